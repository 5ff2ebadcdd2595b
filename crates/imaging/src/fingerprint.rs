//! What a picture looks like, in 64 bits.
use crate::baseline::Plane;

/// What a picture looks like, in 64 bits: whether each of 8 x 8 fields is darker than the field to its
/// right (known as "difference hash"). The same picture at another size or quality differs in a few bits.
///
/// It is personal data of the person in the picture, and sealed like the picture.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub u64);

impl Fingerprint {
    /// The number of bits in which two pictures differ: up to about 6 of 64 they are likely the same
    /// picture, from about 20 they have nothing to do with each other.
    #[must_use]
    pub fn distance(self, other: Self) -> u32 {
        (self.0 ^ other.0).count_ones()
    }

    /// The fingerprint of a small picture.
    pub(crate) fn of(pixels: &Plane) -> Self {
        let (width, height) = (pixels.width as u32, pixels.height as u32);
        // The mean brightness of 9 x 8 fields. A picture narrower than nine pixels repeats some.
        let field = |x: u32, y: u32| {
            let span = |at: u32, of: u32, length: u32| {
                let start = (at * length / of).min(length - 1);
                start..((at + 1) * length / of).max(start + 1)
            };
            let (mut sum, mut count) = (0u64, 0u64);
            for row in span(y, 8, height) {
                for column in span(x, 9, width) {
                    sum += u64::from(pixels.row(row as usize)[column as usize]);
                    count += 1;
                }
            }
            sum / count.max(1)
        };
        let mut bits = 0;
        for y in 0..8 {
            for x in 0..8 {
                bits = bits << 1 | u64::from(field(x, y) < field(x + 1, y));
            }
        }
        Self(bits)
    }
}

impl std::fmt::Debug for Fingerprint {
    /// Without the bits, which belong to a person.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fingerprint")
    }
}
