//! The tables of the JPEG standard (ITU T.81, annex K), and codes made of them.

/// Where the frequencies of a block are in the order in which they are stored.
pub(crate) const ZIGZAG: [u8; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7,
    14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39,
    46, 53, 60, 61, 54, 47, 55, 62, 63,
];

/// How coarsely frequencies are kept at quality 50, brightness then colour, row by row.
const COARSENESS: [[u16; 64]; 2] = [
    [
        16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14,
        17, 22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49,
        64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
    ],
    [
        17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47,
        66, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    ],
];

/// How coarsely frequencies are kept, for brightness and colour, row by row (not in zigzag).
pub(crate) type Coarseness = [[u16; 64]; 2];

/// The coarseness of a quality from 1 to 100, as libjpeg counts it.
pub(crate) fn coarseness(quality: u8) -> Coarseness {
    let quality = u32::from(quality.clamp(1, 100));
    let percent = if quality < 50 { 5000 / quality } else { 200 - 2 * quality };
    COARSENESS.map(|table| {
        table.map(|value| {
            let scaled = (u32::from(value) * percent + 50) / 100;
            // One byte each in a baseline file.
            u16::from(u8::try_from(scaled.max(1)).unwrap_or(u8::MAX))
        })
    })
}

/// A Huffman table as files hold it: how many codes there are of each length, and what they stand for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Code {
    /// Class and number in the file: 0x00 and 0x10 for brightness, 0x01 and 0x11 for colour.
    pub(crate) id: u8,
    /// Codes of one bit, of two bits and so on to sixteen.
    pub(crate) counts: [u8; 16],
    /// What the codes stand for, in order.
    pub(crate) symbols: &'static [u8],
}

/// The four tables that we write: brightness level and detail, colour level and detail.
pub(crate) const CODES: [Code; 4] = [
    Code {
        id: 0x00,
        counts: [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0],
        symbols: &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
    },
    Code {
        id: 0x10,
        counts: [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7d],
        symbols: &[
            0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51, 0x61, 0x07,
            0x22, 0x71, 0x14, 0x32, 0x81, 0x91, 0xa1, 0x08, 0x23, 0x42, 0xb1, 0xc1, 0x15, 0x52, 0xd1, 0xf0,
            0x24, 0x33, 0x62, 0x72, 0x82, 0x09, 0x0a, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x25, 0x26, 0x27, 0x28,
            0x29, 0x2a, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49,
            0x4a, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69,
            0x6a, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89,
            0x8a, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7,
            0xa8, 0xa9, 0xaa, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xc2, 0xc3, 0xc4, 0xc5,
            0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda, 0xe1, 0xe2,
            0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xea, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8,
            0xf9, 0xfa,
        ],
    },
    Code {
        id: 0x01,
        counts: [0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0],
        symbols: &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
    },
    Code {
        id: 0x11,
        counts: [0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 0x77],
        symbols: &[
            0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0x05, 0x21, 0x31, 0x06, 0x12, 0x41, 0x51, 0x07, 0x61, 0x71,
            0x13, 0x22, 0x32, 0x81, 0x08, 0x14, 0x42, 0x91, 0xa1, 0xb1, 0xc1, 0x09, 0x23, 0x33, 0x52, 0xf0,
            0x15, 0x62, 0x72, 0xd1, 0x0a, 0x16, 0x24, 0x34, 0xe1, 0x25, 0xf1, 0x17, 0x18, 0x19, 0x1a, 0x26,
            0x27, 0x28, 0x29, 0x2a, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48,
            0x49, 0x4a, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68,
            0x69, 0x6a, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87,
            0x88, 0x89, 0x8a, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0xa2, 0xa3, 0xa4, 0xa5,
            0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xc2, 0xc3,
            0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda,
            0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xea, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8,
            0xf9, 0xfa,
        ],
    },
];

/// The bits of each symbol: the code, and its length above it.
pub(crate) type Words = [(u16, u8); 256];

/// The words of [`CODES`], in the same order.
pub(crate) static WORDS: [Words; 4] =
    [words(&CODES[0]), words(&CODES[1]), words(&CODES[2]), words(&CODES[3])];

/// Numbers the codes as the standard says: each length goes on where the one before it ended, doubled.
const fn words(code: &Code) -> Words {
    let mut words = [(0, 0); 256];
    let (mut next, mut at, mut length) = (0u16, 0, 0);
    while length < 16 {
        let mut left = code.counts[length];
        while left > 0 {
            words[code.symbols[at] as usize] = (next, length as u8 + 1);
            next += 1;
            at += 1;
            left -= 1;
        }
        length += 1;
        next = next.wrapping_shl(1);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_visits_every_frequency_once() {
        let mut seen = [false; 64];
        ZIGZAG.iter().for_each(|at| seen[usize::from(*at)] = true);
        assert_eq!(seen, [true; 64]);
    }

    #[test]
    fn no_code_begins_another() {
        for words in &WORDS {
            let used: Vec<_> = words.iter().filter(|(_, length)| *length > 0).collect();
            for (code, length) in &used {
                let beginning =
                    |(other, longer): &&&(u16, u8)| longer >= length && other >> (longer - length) == *code;
                assert_eq!(used.iter().filter(beginning).count(), 1);
            }
        }
    }

    #[test]
    fn a_better_quality_is_finer() {
        assert_eq!(coarseness(50)[0][..3], [16, 11, 10]);
        assert_eq!(coarseness(100), [[1; 64]; 2]);
        assert!(coarseness(80)[1].iter().zip(&coarseness(60)[1]).all(|(fine, coarse)| fine <= coarse));
        assert!(coarseness(0)[0].iter().all(|value| (1..=255).contains(value)));
    }
}
