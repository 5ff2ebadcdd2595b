//! What a WebP says of itself, read before it is decoded.
//!
//! The decoder believes each frame inside the file about its own size, whatever the file as a whole
//! declares, and believes each chunk about its length. Both are checked here.
use crate::Refused;

/// What the chunks of a WebP tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Look {
    /// The greatest width that the file or a frame declares.
    pub(crate) width: u32,
    /// The greatest height that the file or a frame declares.
    pub(crate) height: u32,
}

/// Walks over the chunks.
pub(crate) fn look(bytes: &[u8]) -> Result<Look, Refused> {
    let declared = bytes.get(4..8).ok_or(Refused::Truncated)?;
    let declared = usize::try_from(u32::from_le_bytes([declared[0], declared[1], declared[2], declared[3]]));
    let end = declared.ok().and_then(|length| length.checked_add(8)).ok_or(Refused::Damaged)?;
    // A last chunk of odd length has a byte of padding that some writers leave out.
    if end > bytes.len() + 1 {
        return Err(Refused::Truncated);
    }
    let mut look = Look::default();
    chunks(bytes.get(12..end.min(bytes.len())).ok_or(Refused::Damaged)?, &mut look, true)?;
    if look.width == 0 || look.height == 0 { Err(Refused::Damaged) } else { Ok(look) }
}

/// Walks over the chunks of the file, or of one frame of an animation.
fn chunks(mut rest: &[u8], look: &mut Look, outermost: bool) -> Result<(), Refused> {
    while let [a, b, c, d, l0, l1, l2, l3, after @ ..] = rest {
        let length =
            usize::try_from(u32::from_le_bytes([*l0, *l1, *l2, *l3])).map_err(|_| Refused::Damaged)?;
        let body = after.get(..length).ok_or(Refused::Damaged)?;
        match &[*a, *b, *c, *d] {
            b"VP8X" => grow(look, size24(body, 4)?),
            b"VP8 " => grow(look, size_lossy(body)?),
            b"VP8L" => grow(look, size_lossless(body)?),
            b"ANMF" if outermost => {
                grow(look, size24(body, 6)?);
                chunks(body.get(16..).ok_or(Refused::Damaged)?, look, false)?;
            }
            _ => {}
        }
        rest = after.get(length + length % 2..).unwrap_or_default();
    }
    Ok(())
}

fn grow(look: &mut Look, (width, height): (u32, u32)) {
    look.width = look.width.max(width);
    look.height = look.height.max(height);
}

/// Width and height in three bytes each, less one.
fn size24(body: &[u8], at: usize) -> Result<(u32, u32), Refused> {
    let side = |at: usize| body.get(at..at + 3).map(|b| u32::from_le_bytes([b[0], b[1], b[2], 0]) + 1);
    side(at).zip(side(at + 3)).ok_or(Refused::Damaged)
}

/// The key frame header of VP8: three bytes of tag, three of start code, then 14 bits for each side.
fn size_lossy(body: &[u8]) -> Result<(u32, u32), Refused> {
    let &[_, _, _, 0x9d, 0x01, 0x2a, w0, w1, h0, h1, ..] = body else { return Err(Refused::Damaged) };
    Ok((u32::from(u16::from_le_bytes([w0, w1]) & 0x3fff), u32::from(u16::from_le_bytes([h0, h1]) & 0x3fff)))
}

/// The header of VP8L: a signature byte, then 14 bits for each side, less one.
fn size_lossless(body: &[u8]) -> Result<(u32, u32), Refused> {
    let &[0x2f, a, b, c, d, ..] = body else { return Err(Refused::Damaged) };
    let bits = u32::from_le_bytes([a, b, c, d]);
    Ok(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
        let mut body = b"WEBP".to_vec();
        for (name, bytes) in chunks {
            body.extend_from_slice(*name);
            body.extend_from_slice(&u32::try_from(bytes.len()).unwrap().to_le_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(&vec![0; bytes.len() % 2]);
        }
        [b"RIFF".as_slice(), &u32::try_from(body.len()).unwrap().to_le_bytes(), &body].concat()
    }

    #[test]
    fn a_frame_larger_than_its_file_is_seen() {
        let canvas = [0, 0, 0, 0, 9, 0, 0, 9, 0, 0];
        let frame = [0, 0, 0, 0x9d, 0x01, 0x2a, 0xff, 0x3f, 0xff, 0x3f];
        assert_eq!(look(&file(&[(b"VP8X", &canvas)])), Ok(Look { width: 10, height: 10 }));
        assert_eq!(
            look(&file(&[(b"VP8X", &canvas), (b"VP8 ", &frame)])),
            Ok(Look { width: 16_383, height: 16_383 })
        );
    }

    #[test]
    fn lengths_beyond_the_file_are_refused() {
        let mut bytes = file(&[(b"VP8X", &[0; 10])]);
        assert!(look(&bytes).is_ok());
        bytes[16] = 0xff;
        assert_eq!(look(&bytes), Err(Refused::Damaged));
        assert_eq!(look(&bytes[..20]), Err(Refused::Truncated));
        assert_eq!(look(b"RIFF"), Err(Refused::Truncated));
    }
}
