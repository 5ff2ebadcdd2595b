//! What a JPEG says of itself, read before it is decoded.
//!
//! The decoder finds the size in the header too, but not whether the file is whole, nor how many times
//! it will have to go over the picture.

/// What the markers of a JPEG tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Look {
    /// The frame header, if there was one.
    pub(crate) frame: Option<Frame>,
    /// Frame headers after the first: no honest file has them.
    pub(crate) more_frames: bool,
    /// Scans until the end marker.
    pub(crate) scans: u32,
    /// Whether the end marker is there.
    pub(crate) whole: bool,
}

/// A frame header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Baseline or progressive, Huffman-coded, eight bits: what the decoder knows.
    pub(crate) common: bool,
    /// Bytes that the decoder holds while it decodes.
    pub(crate) memory: u64,
}

/// Walks over the markers. Stops at the end marker, so that pictures and other things behind it (phones
/// append films) do not count.
pub(crate) fn look(bytes: &[u8]) -> Look {
    let mut look = Look::default();
    let mut rest = bytes.get(2..).unwrap_or_default();
    // Within compressed data every FF is followed by 00 or a restart marker, so searching for the next
    // marker is the same between segments and within a scan.
    while let Some(at) = rest.iter().position(|byte| *byte == 0xff) {
        rest = &rest[at + 1..];
        let Some(&marker) = rest.first() else { break };
        match marker {
            // Padding: look at the next byte again.
            0xff => continue,
            0xd9 => {
                look.whole = true;
                break;
            }
            // Stuffing, restart markers and others without a length.
            0x00 | 0x01 | 0xd0..=0xd8 => rest = &rest[1..],
            _ => {
                let Some(length) = rest.get(1..3).map(|b| usize::from(u16::from_be_bytes([b[0], b[1]])))
                else {
                    break;
                };
                let Some(segment) = rest.get(1..1 + length.max(2)) else { break };
                match marker {
                    0xda => look.scans = look.scans.saturating_add(1),
                    0xc4 | 0xc8 | 0xcc => {}
                    0xc0..=0xcf => {
                        look.more_frames |= look.frame.is_some();
                        look.frame = look.frame.or_else(|| frame(marker, segment));
                    }
                    _ => {}
                }
                rest = &rest[1 + length.max(2)..];
            }
        }
    }
    look
}

/// The EXIF directories in front of the picture, if there are any.
pub(crate) fn exif(bytes: &[u8]) -> Option<&[u8]> {
    let mut rest = bytes.get(2..)?;
    while let [0xff, marker, l1, l0, ..] = rest {
        let length = usize::from(u16::from_be_bytes([*l1, *l0]));
        let segment = rest.get(4..2 + length)?;
        match (marker, segment.strip_prefix(b"Exif\0\0")) {
            (0xe1, Some(directories)) => return Some(directories),
            (0xda, _) => return None,
            _ => rest = &rest[2 + length..],
        }
    }
    None
}

/// Reads a frame header: length (2), bits, height (2), width (2), components, then three bytes for each.
fn frame(marker: u8, segment: &[u8]) -> Option<Frame> {
    let &[_, _, bits, h1, h0, w1, w0, components, ..] = segment else { return None };
    let (width, height) = (u32::from(u16::from_be_bytes([w1, w0])), u32::from(u16::from_be_bytes([h1, h0])));
    let factors = segment.get(8..8 + 3 * usize::from(components))?;
    let sampling =
        factors.chunks_exact(3).map(|c| (u64::from(c[1] >> 4).max(1), u64::from(c[1] & 15).max(1)));
    let (mut across, mut down, mut samples) = (1, 1, 0);
    for (h, v) in sampling {
        (across, down, samples) = (across.max(h), down.max(v), samples + h * v);
    }
    let pixels = u64::from(width) * u64::from(height);
    // A progressive picture keeps all its coefficients (two bytes each) until the last scan. Others keep
    // them only where each colour has a scan of its own, which the frame does not tell: assume it.
    let coefficients = pixels * samples * 2 / (across * down);
    let out = pixels * if components == 1 { 1 } else { 3 };
    Some(Frame {
        width,
        height,
        common: matches!(marker, 0xc0..=0xc2) && bits == 8,
        memory: out + coefficients,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: &[u8] = b"\xff\xc2\0\x11\x08\0\x10\0\x20\x03\x01\x22\0\x02\x11\0\x03\x11\0";

    fn file(parts: &[&[u8]]) -> Vec<u8> {
        [&[b"\xff\xd8".as_slice()], parts].concat().concat()
    }

    #[test]
    fn scans_are_counted_until_the_end_marker() {
        let scan = b"\xff\xda\0\x02\x12\xff\0\x34\xff\xd0\x56".as_slice();
        let look = look(&file(&[FRAME, scan, scan, b"\xff\xff\xd9", scan]));
        assert_eq!((look.scans, look.whole, look.more_frames), (2, true, false));
        let frame = look.frame.unwrap();
        assert_eq!((frame.width, frame.height, frame.common), (32, 16, true));
        assert_eq!(frame.memory, 32 * 16 * 3 + 32 * 16 * 3);
    }

    #[test]
    fn a_second_frame_and_a_missing_end_are_noticed() {
        let found = look(&file(&[FRAME, FRAME]));
        assert!(found.more_frames && !found.whole);
        assert_eq!(look(b"\xff\xd8\xff"), Look::default());
        assert_eq!(look(b"\xff\xd8\xff\xc0\xff\xff\x08"), Look::default());
    }
}
