//! Which bytes of a file a request asks for: one range or all of it. Several ranges at once are answered with all of
//! it, as a server may; browsers ask for one.

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Everything.
    All,
    /// From a byte up to, but not including, another.
    Part {
        /// The first.
        from: u64,
        /// Behind the last.
        to: u64,
    },
    /// Nothing that is there.
    Nothing,
}

/// Reads a `Range` header for a file of so many bytes. What cannot be read is as if it were not there.
pub(crate) fn wanted(header: Option<&str>, length: u64) -> Wanted {
    let Some((first, last)) = header.and_then(|text| text.trim().strip_prefix("bytes=")?.split_once('-'))
    else {
        return Wanted::All;
    };
    let (first, last) = (first.trim(), last.trim());
    match (number(first), number(last)) {
        (Some(from), Some(last)) if from <= last => part(from, last.saturating_add(1).min(length), length),
        (Some(from), None) if last.is_empty() => part(from, length, length),
        (None, Some(0)) if first.is_empty() => Wanted::Nothing,
        (None, Some(tail)) if first.is_empty() => part(length.saturating_sub(tail), length, length),
        _ => Wanted::All,
    }
}

fn number(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

fn part(from: u64, to: u64, length: u64) -> Wanted {
    if from < length { Wanted::Part { from, to } } else { Wanted::Nothing }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn vis_3_ranges_are_read_as_the_standard_says() {
        let of = |text: &str| wanted(Some(text), 1000);
        let part = |from, to| Wanted::Part { from, to };
        assert_eq!(wanted(None, 1000), Wanted::All);
        assert_eq!(of("bytes=0-"), part(0, 1000));
        assert_eq!(of("bytes=0-0"), part(0, 1));
        assert_eq!(of("bytes=10-19"), part(10, 20));
        assert_eq!(of("bytes=990-4000"), part(990, 1000));
        assert_eq!(of("bytes=-100"), part(900, 1000));
        assert_eq!(of("bytes=-4000"), part(0, 1000));
        for nothing in ["bytes=1000-", "bytes=1000-1001", "bytes=-0"] {
            assert_eq!(of(nothing), Wanted::Nothing, "{nothing}");
        }
        for odd in [
            "",
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=5-4",
            "bytes=a-b",
            "bytes=0-1,5-6",
            "lines=1-2",
            "bytes=+1-2",
        ] {
            assert_eq!(of(odd), Wanted::All, "{odd}");
        }
        assert_eq!(wanted(Some("bytes=18446744073709551615-"), 1000), Wanted::Nothing);
        assert_eq!(wanted(Some("bytes=0-18446744073709551615"), 1000), part(0, 1000));
    }

    proptest! {
        #[test]
        fn what_is_handed_out_is_there(text in "(bytes=)?[0-9a-z, -]{0,24}", length in 1u64..2000) {
            if let Wanted::Part { from, to } = wanted(Some(&text), length) {
                prop_assert!(from < to && to <= length);
            }
        }

        #[test]
        fn a_range_is_what_was_asked_for(length in 1u64..5000, a in 0u64..6000, b in 0u64..6000) {
            let (a, b) = (a.min(b), a.max(b));
            let found = wanted(Some(&format!("bytes={a}-{b}")), length);
            let expected = if a < length { Wanted::Part { from: a, to: (b + 1).min(length) } } else { Wanted::Nothing };
            prop_assert_eq!(found, expected);
        }
    }
}
