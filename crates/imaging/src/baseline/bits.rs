//! Writing numbers of a block as bits.
use super::tables::Words;

/// Bits on their way to bytes. A byte of ones is followed by a zero, so that it is no marker.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    bytes: Vec<u8>,
    held: u64,
    count: u32,
}

impl Writer {
    /// Goes on behind these bytes.
    pub(crate) fn behind(bytes: Vec<u8>) -> Self {
        Self { bytes, held: 0, count: 0 }
    }

    /// Adds up to 32 bits.
    #[inline(always)]
    fn put(&mut self, bits: u32, length: u32) {
        if self.count + length > 64 {
            self.drain();
        }
        self.held = self.held << length | u64::from(bits);
        self.count += length;
    }

    /// Moves whole bytes out.
    fn drain(&mut self) {
        if self.count >= 32 {
            let word = (self.held >> (self.count - 32)) as u32;
            self.count -= 32;
            // No byte of ones among the four: the complement has no byte of zeros.
            let inverse = !word;
            if inverse.wrapping_sub(0x0101_0101) & !inverse & 0x8080_8080 == 0 {
                self.bytes.extend_from_slice(&word.to_be_bytes());
            } else {
                word.to_be_bytes().into_iter().for_each(|byte| self.byte(byte));
            }
        }
    }

    fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
        if byte == 0xff {
            self.bytes.push(0);
        }
    }

    /// Fills the last byte with ones, then writes a marker.
    pub(crate) fn marker(&mut self, marker: u8) {
        let fill = (8 - self.count % 8) % 8;
        self.put((1 << fill) - 1, fill);
        self.drain();
        while self.count > 0 {
            self.count -= 8;
            self.byte((self.held >> self.count) as u8);
        }
        self.bytes.extend_from_slice(&[0xff, marker]);
    }

    /// Writes the numbers of a block, the first as its difference from that of the block before.
    #[inline]
    pub(crate) fn block(&mut self, block: &[i16; 64], before: i16, level: &Words, detail: &Words) {
        self.number(level, 0, i32::from(block[0]) - i32::from(before));
        let mut there = 0u64;
        for (at, value) in block.iter().enumerate() {
            there |= u64::from(*value != 0) << at;
        }
        there &= !1;
        let mut last = 0;
        while there != 0 {
            let at = there.trailing_zeros();
            there &= there - 1;
            let mut zeros = at - last - 1;
            last = at;
            while zeros >= 16 {
                let (code, length) = detail[0xf0];
                self.put(u32::from(code), u32::from(length));
                zeros -= 16;
            }
            self.number(detail, zeros, i32::from(block[at as usize & 63]));
        }
        if last < 63 {
            let (code, length) = detail[0];
            self.put(u32::from(code), u32::from(length));
        }
    }

    /// A code for zeros skipped and length, then the number in that length.
    #[inline(always)]
    fn number(&mut self, words: &Words, zeros: u32, value: i32) {
        let size = 32 - value.unsigned_abs().leading_zeros();
        // Negative numbers are stored less one, so that their first bit is zero.
        let bits = (value + (value >> 31)) as u32 & ((1 << size) - 1);
        let (code, length) = words[(zeros << 4 | size) as usize & 255];
        self.put(u32::from(code) << size | bits, u32::from(length) + size);
    }

    /// The bytes, after a marker.
    pub(crate) fn finish(self) -> Vec<u8> {
        self.bytes
    }
}
