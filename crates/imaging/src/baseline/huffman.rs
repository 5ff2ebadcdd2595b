//! Reading bits and Huffman codes of a file that anybody may have written.

/// How many bits are looked up at once. Most codes with their numbers are shorter.
const LOOK: u32 = 10;

/// A Huffman table of a file, for looking up.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    /// By the next bits: see [`Entry`].
    short: Vec<Entry>,
    /// One past the last code of each length, in sixteen bits, for codes longer than [`LOOK`].
    ends: [u32; 17],
    /// What to add to a code of each length for its place in `symbols`.
    offsets: [i32; 17],
    symbols: [u8; 256],
}

/// What some bits begin with.
#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    /// The number, if all its bits are there as well.
    value: i16,
    /// Zeros to skip above, bits of the number below.
    symbol: u8,
    /// Bits of the code, and of the number if it is there. Zero for codes that are longer.
    length: u8,
}

impl Table {
    /// The table of a file, if it is one.
    pub(crate) fn new(counts: &[u8; 16], symbols: &[u8]) -> Option<Self> {
        let mut table = Self {
            short: vec![Entry::default(); 1 << LOOK],
            ends: [0; 17],
            offsets: [0; 17],
            symbols: [0; 256],
        };
        table.symbols.get_mut(..symbols.len())?.copy_from_slice(symbols);
        let (mut code, mut at) = (0u32, 0usize);
        for length in 1..=16u32 {
            let count = usize::from(counts[length as usize - 1]);
            table.offsets[length as usize] = at as i32 - code as i32;
            for _ in 0..count {
                let symbol = *symbols.get(at)?;
                if code >> length != 0 {
                    return None;
                }
                if length <= LOOK {
                    table.fill(code, length, symbol);
                }
                (code, at) = (code + 1, at + 1);
            }
            table.ends[length as usize] = code << (16 - length);
            code <<= 1;
        }
        (at == symbols.len()).then_some(table)
    }

    /// Enters a code under everything that begins with it.
    fn fill(&mut self, code: u32, length: u32, symbol: u8) {
        let free = LOOK - length;
        let size = u32::from(symbol & 15);
        for rest in 0..1 << free {
            let entry = &mut self.short[(code << free | rest) as usize];
            *entry = Entry { value: 0, symbol, length: length as u8 };
            if size > 0 && size <= free {
                entry.value = extend(rest >> (free - size), size) as i16;
                entry.length += size as u8;
            }
        }
    }
}

/// A number of so many bits: those that begin with zero are negative.
#[inline(always)]
fn extend(bits: u32, size: u32) -> i32 {
    let bits = bits as i32;
    if bits >> (size - 1) == 0 { bits - (1 << size) + 1 } else { bits }
}

/// The bits of a scan.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    /// The next bits, from the highest.
    held: u64,
    count: u32,
    /// Bits that were invented because a marker or the end had come.
    pub(crate) invented: u32,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, held: 0, count: 0, invented: 0 }
    }

    /// Sees that there are at least 32 bits: a code of 16 and a number of up to 16.
    #[inline(always)]
    fn fill(&mut self) {
        if self.count >= 32 {
            return;
        }
        if let Some(&[a, b, c, d]) = self.bytes.get(self.at..).and_then(<[u8]>::first_chunk::<4>) {
            let word = u32::from_be_bytes([a, b, c, d]);
            let inverse = !word;
            if inverse.wrapping_sub(0x0101_0101) & !inverse & 0x8080_8080 == 0 {
                self.held |= u64::from(word) << (32 - self.count);
                self.count += 32;
                self.at += 4;
                return;
            }
        }
        self.fill_slowly();
    }

    #[cold]
    fn fill_slowly(&mut self) {
        while self.count < 32 {
            let byte = match self.bytes.get(self.at..self.at + 2) {
                Some([0xff, 0]) => {
                    self.at += 2;
                    0xff
                }
                Some([byte, _]) if *byte != 0xff => {
                    self.at += 1;
                    *byte
                }
                // The end marker is behind every scan, so two bytes are always there.
                _ => {
                    self.invented += 8;
                    0
                }
            };
            self.held |= u64::from(byte) << (56 - self.count);
            self.count += 8;
        }
    }

    /// Drops bits that are held.
    #[inline(always)]
    fn drop(&mut self, length: u32) {
        self.held <<= length;
        self.count = self.count.wrapping_sub(length);
    }

    /// The next code: zeros to skip and the size above and below, and the number behind it.
    #[inline(always)]
    pub(crate) fn next(&mut self, table: &Table) -> Option<(u8, i32)> {
        self.fill();
        let entry = table.short[(self.held >> (64 - LOOK)) as usize & ((1 << LOOK) - 1)];
        if entry.value != 0 {
            self.drop(u32::from(entry.length));
            return Some((entry.symbol, i32::from(entry.value)));
        }
        let (symbol, length) =
            if entry.length > 0 { (entry.symbol, u32::from(entry.length)) } else { self.long(table)? };
        self.drop(length);
        let size = u32::from(symbol & 15);
        if size == 0 {
            return Some((symbol, 0));
        }
        let bits = (self.held >> (64 - size)) as u32;
        self.drop(size);
        Some((symbol, extend(bits, size)))
    }

    /// A code longer than the look-up.
    #[inline(never)]
    fn long(&self, table: &Table) -> Option<(u8, u32)> {
        let bits = (self.held >> 48) as u32;
        let length = (LOOK + 1..=16).find(|length| bits < table.ends[*length as usize])?;
        let place = (bits >> (16 - length)) as i32 + table.offsets[length as usize];
        Some((*table.symbols.get(usize::try_from(place).ok()?)?, length))
    }

    /// Goes behind the restart marker that has to be here.
    pub(crate) fn restart(&mut self, number: u8) -> Option<()> {
        // Whole bytes that were read ahead cannot have passed a marker, but bits may be left over.
        let here = self.bytes.get(self.at..self.at + 2)? == [0xff, 0xd0 + number];
        if self.invented > self.count || self.held_whole_bytes() > 0 || !here {
            return None;
        }
        self.at += 2;
        (self.held, self.count, self.invented) = (0, 0, 0);
        Some(())
    }

    /// Bytes of the file that were read and not used.
    fn held_whole_bytes(&self) -> u32 {
        (self.count.saturating_sub(self.invented)) / 8
    }

    /// Whether the bits ended where the picture did: with a marker behind it, and nothing used that was
    /// invented.
    pub(crate) fn ended(&self) -> bool {
        self.invented <= self.count
            && self.held_whole_bytes() == 0
            && self.bytes.get(self.at..self.at + 2).is_none_or(|pair| pair[0] == 0xff && pair[1] != 0)
    }
}
