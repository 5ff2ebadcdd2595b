//! Why a picture is not taken, in words for the person who sent it.

/// Why a picture is not taken. The text is meant to be shown as it is: what is wrong, then what to do.
///
/// It carries no error of a decoder: those speak of markers and chunks, and tell an attacker more than
/// a shop assistant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// No bytes at all.
    #[error("This file is empty. Choose the picture again.")]
    Empty,
    /// More bytes than [`crate::Limits::bytes`].
    #[error(
        "This file is too large: {}. A picture can have up to {}. Send a smaller copy, or a screenshot of it.",
        mebibytes(*bytes),
        mebibytes(*most)
    )]
    Heavy {
        /// Bytes of the file.
        bytes: usize,
        /// Bytes that a file may have.
        most: usize,
    },
    /// More pixels or longer sides than [`crate::Limits`] allow.
    #[error(
        "This picture is too large: {} by {} pixels. Up to {} million pixels in all and {} on one side can be read. Send a smaller copy, or a screenshot of it.",
        thousands(*width),
        thousands(*height),
        pixels / 1_000_000,
        thousands(*side)
    )]
    Large {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// Pixels that a picture may have.
        pixels: u64,
        /// Pixels that one side may have.
        side: u32,
    },
    /// More memory to decode than [`crate::Limits::decode_memory`].
    #[error(
        "This picture needs too much memory to read: {} by {} pixels, stored with many colours or in many steps. Send a smaller copy, or a screenshot of it.",
        thousands(*width),
        thousands(*height)
    )]
    Deep {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// A HEIC picture, as phones keep them.
    #[error(
        "This is a HEIC picture, which many phones take and few programs can read. On an iPhone choose Settings, Camera, Formats, Most Compatible; on other phones switch off “High efficiency pictures”. Then take it again, or send a screenshot of it."
    )]
    Heic,
    /// Another kind of file, recognised.
    #[error("This is {0}. Send a JPEG, PNG or WebP picture, for example a screenshot of it.")]
    Kind(&'static str),
    /// Another kind of file, not recognised.
    #[error("This is not a picture that can be read here. Send a JPEG, PNG or WebP picture.")]
    Unknown,
    /// The file ends before its picture does.
    #[error(
        "This picture is incomplete: the file ends before the picture does. Copy it again, then send it."
    )]
    Truncated,
    /// The file begins as a picture and does not go on as one.
    #[error("This picture is damaged and cannot be read. Open it, save a copy, and send the copy.")]
    Damaged,
    /// A JPEG of more scans than [`crate::Limits::scans`].
    #[error("This picture is stored in a way that takes too long to read. Send a screenshot of it.")]
    Slow,
    /// A JPEG of a rare kind (arithmetic, lossless, 12-bit).
    #[error("This is a rare kind of JPEG that cannot be read here. Open it, save a copy, and send the copy.")]
    Rare,
    /// A part that lies outside of its picture or is too small.
    #[error("That part of the picture is too small to show anyone. Mark a larger part.")]
    Region,
}

/// A size in MB as people read it: one decimal below ten, never "0".
fn mebibytes(bytes: usize) -> String {
    let tenths = (bytes as u64).saturating_mul(10).div_ceil(1024 * 1024);
    if tenths < 100 { format!("{}.{} MB", tenths / 10, tenths % 10) } else { format!("{} MB", tenths / 10) }
}

/// A number with commas between thousands.
fn thousands(number: u32) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        assert_eq!(thousands(7), "7");
        assert_eq!(thousands(1000), "1,000");
        assert_eq!(thousands(4_294_967_295), "4,294,967,295");
        assert_eq!(mebibytes(1), "0.1 MB");
        assert_eq!(mebibytes(20 * 1024 * 1024), "20 MB");
        assert_eq!(mebibytes(20 * 1024 * 1024 + 200_000), "20 MB");
    }

    #[test]
    fn every_message_says_what_to_do() {
        for refused in [
            Refused::Empty,
            Refused::Heavy { bytes: 41_000_000, most: 20 << 20 },
            Refused::Large { width: 30_000, height: 30_000, pixels: 50_500_000, side: 16_384 },
            Refused::Deep { width: 9000, height: 5000 },
            Refused::Heic,
            Refused::Kind("a PDF document"),
            Refused::Unknown,
            Refused::Truncated,
            Refused::Damaged,
            Refused::Slow,
            Refused::Rare,
            Refused::Region,
        ] {
            let text = refused.to_string();
            assert!(
                ["Choose", "Send", "Open", "Mark", "Copy", "take it again"]
                    .iter()
                    .any(|verb| text.contains(verb)),
                "{text}"
            );
            assert!(text.ends_with('.') && !text.contains("  "), "{text}");
        }
    }
}
