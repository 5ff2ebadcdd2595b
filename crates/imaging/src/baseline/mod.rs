//! Our own baseline JPEG: writing the three sizes, and reading what telephones send.
//!
//! Two things made it worth having. A thumbnail that was written with a restart marker after each row of
//! blocks can be given a marked strip without being decoded (VIS-8), and no permissive encoder at hand
//! writes those. And a decoder that yields a half, a quarter or an eighth of the size straight from the
//! frequencies spares most of the work on a large photograph, in time and in memory.
//!
//! The reader knows the common case alone: sequential, Huffman-coded, eight bits, one scan, grey or YCbCr.
//! For everything else, and for every file with an error in it, it says `None`, and the general decoder
//! has the word. So it never has to judge a hostile file, only to survive it.
pub(crate) mod bits;
pub(crate) mod decode;
pub(crate) mod encode;
pub(crate) mod header;
pub(crate) mod huffman;
pub(crate) mod inverse;
pub(crate) mod tables;
#[cfg(test)]
mod tests;
pub(crate) mod transform;

/// One colour of a picture, a byte for each pixel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plane {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) samples: Vec<u8>,
}

impl Plane {
    /// A plane of one value.
    pub(crate) fn filled(width: usize, height: usize, value: u8) -> Self {
        Self { width, height, samples: vec![value; width * height] }
    }

    /// The samples of a row.
    pub(crate) fn row(&self, y: usize) -> &[u8] {
        &self.samples[y * self.width..][..self.width]
    }
}

/// A picture as JPEGs keep it: brightness, and two colours of fewer pixels over the same area.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Planes {
    /// Width of the picture in pixels of its brightness.
    pub(crate) width: u32,
    /// Height of the picture in pixels of its brightness.
    pub(crate) height: u32,
    /// Brightness, blueness, redness.
    pub(crate) planes: [Plane; 3],
}
