//! What a PNG says of itself, read before it is decoded.

/// What the chunks of a PNG tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Whether the end chunk is there.
    pub(crate) whole: bool,
}

/// Reads the header, and walks over the chunks to the end. Nothing if the file does not begin with a header.
pub(crate) fn look(bytes: &[u8]) -> Option<Look> {
    let &[_, _, _, _, b'I', b'H', b'D', b'R', w3, w2, w1, w0, h3, h2, h1, h0] = bytes.get(8..24)? else {
        return None;
    };
    let mut rest = bytes.get(8..)?;
    let mut whole = false;
    while let [l3, l2, l1, l0, a, b, c, d, after @ ..] = rest {
        if [*a, *b, *c, *d] == *b"IEND" {
            whole = after.len() >= 4;
            break;
        }
        // The body, then four bytes of checksum.
        let length = usize::try_from(u32::from_be_bytes([*l3, *l2, *l1, *l0])).ok()?;
        rest = length.checked_add(4).and_then(|end| after.get(end..)).unwrap_or_default();
    }
    let (width, height) = (u32::from_be_bytes([w3, w2, w1, w0]), u32::from_be_bytes([h3, h2, h1, h0]));
    Some(Look { width, height, whole })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_found_or_missed() {
        let header = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x07\0\0\0\x05\x08\x02\0\0\0sums".as_slice();
        let part = look(header).unwrap();
        assert_eq!(part, Look { width: 7, height: 5, whole: false });
        let end = b"\0\0\0\0IENDsums".as_slice();
        assert!(look(&[header, end].concat()).unwrap().whole);
        // A length beyond the file hides the end.
        assert!(!look(&[header, b"\xff\xff\xff\xffIDAT", end].concat()).unwrap().whole);
        assert_eq!(look(&header[..20]), None);
        assert_eq!(look(b"\x89PNG\r\n\x1a\n\0\0\0\x0dJUNK\0\0\0\x07\0\0\0\x05"), None);
    }
}
