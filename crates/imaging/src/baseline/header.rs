//! What stands in front of the bits in the files that we write.
use super::tables::{CODES, Coarseness, ZIGZAG};

/// Pixels of a side of a group of blocks: four of brightness, one each of the colours.
pub(crate) const GROUP: usize = 16;

/// Groups in a row of a picture.
pub(crate) fn groups(pixels: u32) -> usize {
    pixels.div_ceil(GROUP as u32) as usize
}

/// Everything before the bits. It depends on the sides, the coarseness and on whether each row of groups
/// ends in a restart marker, and on nothing else, so a file of ours can be told by it.
pub(crate) fn header(width: u16, height: u16, coarseness: &Coarseness, restarts: bool) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(640);
    bytes.extend_from_slice(&[0xff, 0xd8]);
    segment(&mut bytes, 0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
    for (id, table) in coarseness.iter().enumerate() {
        let mut body = vec![id as u8];
        body.extend(ZIGZAG.iter().map(|at| table[usize::from(*at)] as u8));
        segment(&mut bytes, 0xdb, &body);
    }
    let ([h0, h1], [w0, w1]) = (height.to_be_bytes(), width.to_be_bytes());
    // Three colours: number, groups of two by two or one by one, table.
    segment(&mut bytes, 0xc0, &[8, h0, h1, w0, w1, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1]);
    for code in &CODES {
        let mut body = vec![code.id];
        body.extend_from_slice(&code.counts);
        body.extend_from_slice(code.symbols);
        segment(&mut bytes, 0xc4, &body);
    }
    if restarts {
        let row = u16::try_from(groups(width.into())).unwrap_or(u16::MAX).to_be_bytes();
        segment(&mut bytes, 0xdd, &row);
    }
    segment(&mut bytes, 0xda, &[3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0]);
    bytes
}

fn segment(bytes: &mut Vec<u8>, marker: u8, body: &[u8]) {
    bytes.extend_from_slice(&[0xff, marker]);
    bytes.extend_from_slice(&(body.len() as u16 + 2).to_be_bytes());
    bytes.extend_from_slice(body);
}

/// Where the height stands in [`header`], then the width: behind the first marker, JFIF's segment, two
/// tables and the beginning of the frame.
pub(crate) const HEIGHT_AT: usize = 2 + 18 + 2 * 69 + 5;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::baseline::tables::coarseness;

    #[test]
    fn the_sides_are_where_they_are_looked_for() {
        let bytes = header(0x1234, 0x5678, &coarseness(78), true);
        assert_eq!(bytes[HEIGHT_AT..HEIGHT_AT + 4], [0x56, 0x78, 0x12, 0x34]);
    }
}
