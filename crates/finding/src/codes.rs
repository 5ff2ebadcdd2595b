//! Number plates and references: strings without meaning, of which people remember a part.
//!
//! They stand apart from the words: nearly every one is different, none has a sound, and they are looked for by any
//! part. A search reads all of them; there are one or two for each entry.
use crate::entry::{How, Kind};
use zeroize::Zeroize as _;

/// Longer ones are cut.
pub(crate) const LONGEST: usize = 16;

/// No plate in a text is longer, spaces aside.
const LONGEST_PLATE: usize = 9;

/// A plate or reference: capitals and digits alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Code {
    pub(crate) doc: u32,
    /// The kind of text in which it stands.
    pub(crate) kind: Kind,
    length: u8,
    text: [u8; LONGEST],
}

impl Code {
    /// From letters and digits in any case; None if there is nothing of either.
    pub(crate) fn new(doc: u32, kind: Kind, text: &str) -> Option<Code> {
        let mut code = Code { doc, kind, length: 0, text: [0; LONGEST] };
        for byte in text.bytes().filter(u8::is_ascii_alphanumeric).take(LONGEST) {
            code.text[usize::from(code.length)] = byte.to_ascii_uppercase();
            code.length += 1;
        }
        (code.length > 0).then_some(code)
    }

    fn text(&self) -> &[u8] {
        &self.text[..usize::from(self.length)]
    }
}

/// The codes of all entries, by entry.
#[derive(Debug, Default)]
pub(crate) struct Codes {
    all: Vec<Code>,
}

impl Codes {
    /// Adds a code of the entry that was added last.
    pub(crate) fn push(&mut self, code: Code) {
        if self.all.len() == self.all.capacity() {
            let mut larger = Vec::with_capacity((self.all.len() * 2).max(64));
            larger.extend_from_slice(&self.all);
            wipe(&mut self.all);
            self.all = larger;
        }
        self.all.push(code);
    }

    /// Overwrites the codes of an entry.
    pub(crate) fn forget(&mut self, doc: u32) {
        let from = self.all.partition_point(|code| code.doc < doc);
        for code in self.all[from..].iter_mut().take_while(|code| code.doc == doc) {
            code.text.zeroize();
            code.length = 0;
        }
    }

    /// Gives entries their new numbers, which are in the same order; drops those of entries that are gone.
    pub(crate) fn renumber(&mut self, new: impl Fn(u32) -> Option<u32>) {
        let mut packed = Vec::with_capacity(self.all.len());
        for code in self.all.iter().filter(|code| code.length > 0) {
            if let Some(doc) = new(code.doc) {
                packed.push(Code { doc, ..*code });
            }
        }
        wipe(&mut self.all);
        self.all = packed;
    }

    /// Adds the codes of another index, whose entries come after ours.
    pub(crate) fn absorb(&mut self, mut other: Codes, base: u32) {
        for code in &other.all {
            self.push(Code { doc: code.doc + base, ..*code });
        }
        wipe(&mut other.all);
    }

    /// All that meet what was typed: entry, kind, quality in thousandths, how.
    pub(crate) fn meeting<'a>(
        &'a self,
        typed: &'a Typed,
    ) -> impl Iterator<Item = (u32, Kind, u16, How)> + 'a {
        self.all.iter().filter(|code| code.length > 0).filter_map(|code| {
            let (quality, how) = if code.kind == Kind::Reference {
                (typed.meets_reference(code.text())?, How::Reference)
            } else {
                (typed.meets_plate(code.text())?, How::Plate)
            };
            Some((code.doc, code.kind, quality, how))
        })
    }

    pub(crate) fn memory(&self) -> usize {
        self.all.capacity() * size_of::<Code>()
    }
}

impl Drop for Codes {
    fn drop(&mut self) {
        wipe(&mut self.all);
    }
}

fn wipe(codes: &mut [Code]) {
    for code in codes {
        code.text.zeroize();
    }
}

/// What was typed, as a plate or reference: `?` stands for one sign, and `*` counts as `?`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Typed {
    signs: Vec<u8>,
    /// How many letters stand before the first digit.
    letters: usize,
}

impl Drop for Typed {
    fn drop(&mut self) {
        self.signs.zeroize();
    }
}

impl Typed {
    /// None unless there are two to sixteen signs, a digit or a wildcard among them, and not wildcards alone.
    pub(crate) fn new(text: &str) -> Option<Typed> {
        let signs: Vec<u8> = text
            .bytes()
            .filter(|byte| byte.is_ascii_alphanumeric() || b"?*".contains(byte))
            .map(|byte| if byte == b'*' { b'?' } else { byte.to_ascii_uppercase() })
            .collect();
        let known = signs.iter().filter(|&&sign| sign != b'?').count();
        let telling = signs.iter().any(|sign| sign.is_ascii_digit() || *sign == b'?');
        let fits = (2..=LONGEST).contains(&signs.len());
        let letters = parted(&signs).0.len();
        (fits && telling && known > 0).then_some(Typed { signs, letters })
    }

    /// How much it tells, in thousandths: the more signs are known the more.
    pub(crate) fn telling(&self) -> u32 {
        let known = self.signs.iter().filter(|&&sign| sign != b'?').count() as u32;
        (known * 150).min(950)
    }

    fn meets_plate(&self, plate: &[u8]) -> Option<u16> {
        let typed = &self.signs;
        if typed.len() > plate.len() {
            return None;
        }
        let last = plate.len() - typed.len();
        let at = (0..=last).find(|&at| typed.iter().zip(&plate[at..]).all(|(&a, &b)| same_sign(a, b)));
        let wild = typed.iter().filter(|&&sign| sign == b'?').count() as u16 * 20;
        match at {
            Some(_) if last == 0 => Some(1000 - wild),
            Some(0) => Some(900 - wild),
            Some(at) if at == last => Some(870 - wild),
            Some(_) => Some(800 - wild),
            None if last == 0 && typed.len() >= 6 => {
                let wrong = typed.iter().zip(plate).filter(|&(&a, &b)| !same_sign(a, b)).count();
                (wrong == 1).then_some(700)
            }
            None => None,
        }
    }

    fn meets_reference(&self, reference: &[u8]) -> Option<u16> {
        let (typed_letters, typed_number) = self.signs.split_at(self.letters);
        // Nearly all differ in the first letter or the first and last digit, and all of them are looked at.
        if self.letters > 0 && self.signs[0] != reference[0] {
            return None;
        }
        let (letters, number) = parted(reference);
        if typed_number.last() != number.last() && typed_number.first() != number.first() {
            return None;
        }
        if self.signs == reference {
            return Some(1000);
        }
        let same_letters = typed_letters == letters;
        if !(same_letters || typed_letters.is_empty()) || typed_number.is_empty() {
            return None;
        }
        let (short, whole) = (without_zeros(typed_number), without_zeros(number));
        if short == whole && !short.is_empty() {
            return Some(if same_letters { 990 } else { 960 });
        }
        if number.starts_with(typed_number) {
            return Some(if same_letters { 850 } else { 700 });
        }
        // 20260042, of which only 42 or 0042 is remembered.
        (typed_number.len() >= 3 && number.ends_with(typed_number)).then_some(600)
    }
}

/// A wildcard is any sign, O is 0 and I is 1.
fn same_sign(typed: u8, sign: u8) -> bool {
    fn plain(sign: u8) -> u8 {
        match sign {
            b'O' => b'0',
            b'I' => b'1',
            sign => sign,
        }
    }
    typed == b'?' || plain(typed) == plain(sign)
}

/// The letters before the first digit, and the rest.
fn parted(code: &[u8]) -> (&[u8], &[u8]) {
    code.split_at(code.iter().position(u8::is_ascii_digit).unwrap_or(code.len()))
}

fn without_zeros(number: &[u8]) -> &[u8] {
    &number[number.iter().position(|&digit| digit != b'0').unwrap_or(number.len())..]
}

/// Whether a run of letters and digits has the form of a British, Northern Irish or Irish plate.
pub(crate) fn is_plate(text: &str) -> bool {
    let mut form = String::with_capacity(text.len());
    let mut runs = Vec::new();
    for byte in text.bytes() {
        let sign = if byte.is_ascii_digit() { '9' } else { 'A' };
        if form.ends_with(sign) {
            if let Some(last) = runs.last_mut() {
                *last += 1;
            }
        } else {
            form.push(sign);
            runs.push(1);
        }
    }
    let runs = runs.as_slice();
    match form.as_str() {
        "A9A" => matches!(runs, [2, 2, 3] | [1, 1..=3, 3] | [3, 1..=3, 1]),
        "A9" => matches!(runs, [2 | 3, 3..=4]),
        "9A9" => matches!(runs, [2..=3, 1..=2, 3..=6]),
        _ => false,
    }
}

/// The plates in a text of words: `blue Focus AB12 CDE` holds one.
pub(crate) fn plates_in<'a>(words: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut plates = Vec::new();
    let mut before: [&str; 2] = ["", ""];
    for word in words {
        let [second, last] = before;
        let runs = [["", "", word], ["", last, word], [second, last, word]];
        // The shortest run that has the form; a longer one must hold one word more.
        plates.extend(
            runs.into_iter().filter(|run| run[1..].iter().any(|word| has_digit(word))).find_map(plate),
        );
        before = [last, word];
    }
    plates
}

/// These words as one, if that has the form of a plate.
fn plate(words: [&str; 3]) -> Option<String> {
    let length: usize = words.iter().map(|word| word.len()).sum();
    if length > LONGEST_PLATE || !words.iter().all(|word| word.is_ascii()) {
        return None;
    }
    let mut whole = String::with_capacity(length);
    words.iter().for_each(|word| whole.push_str(word));
    let found = is_plate(&whole);
    if !found {
        whole.zeroize();
    }
    found.then_some(whole)
}

fn has_digit(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn meets(typed: &str, kind: Kind, text: &str) -> Option<u16> {
        let mut codes = Codes::default();
        codes.push(Code::new(0, kind, text)?);
        let typed = Typed::new(typed)?;
        codes.meeting(&typed).next().map(|met| met.2)
    }

    #[test]
    fn plates_by_any_part() {
        for typed in ["AB12 CDE", "ab12cde", "AB12", "12 CDE", "?12", "A?12", "2CD", "AB12CDF", "ABI2CDE"] {
            assert!(meets(typed, Kind::Plate, "AB12 CDE").is_some(), "{typed}");
        }
        for typed in ["AB13", "XY", "CDE", "?", "AB13CDF", "AB12CDEF"] {
            assert!(meets(typed, Kind::Plate, "AB12 CDE").is_none(), "{typed}");
        }
        assert!(meets("AB12CDE", Kind::Plate, "AB12 CDE") > meets("AB12", Kind::Plate, "AB12 CDE"));
    }

    #[test]
    fn forgotten_codes_are_overwritten() {
        let mut codes = Codes::default();
        codes.push(Code::new(0, Kind::Plate, "AB12 CDE").expect("a code"));
        codes.push(Code::new(1, Kind::Plate, "XY34 FGH").expect("a code"));
        codes.forget(0);
        assert_eq!(codes.all[0].text, [0; LONGEST]);
        codes.renumber(|doc| doc.checked_sub(1));
        assert_eq!((codes.all.len(), codes.all[0].doc, codes.all[0].text()), (1, 0, &b"XY34FGH"[..]));
    }

    #[test]
    fn references_by_number_with_or_without_letters_and_zeros() {
        for typed in ["CS-0123", "cs123", "0123", "123", "CS-01"] {
            assert!(meets(typed, Kind::Reference, "CS-0123").is_some(), "{typed}");
        }
        for typed in ["CS-0124", "AB-0123", "23", "1234"] {
            assert!(meets(typed, Kind::Reference, "CS-0123").is_none(), "{typed}");
        }
    }

    #[test]
    fn plates_are_seen_in_words() {
        for (text, found) in [
            ("blue ford focus ab12 cde dented", vec!["ab12cde"]),
            ("vans y123abc and abc123y", vec!["y123abc", "abc123y"]),
            ("dublin 12 d 12345", vec!["12d12345"]),
            ("took 12 bottles of gin", vec![]),
        ] {
            assert_eq!(plates_in(text.split(' ')), found, "{text}");
        }
    }

    proptest! {
        /// Any part of a plate that holds a digit finds it, with any signs unknown.
        #[test]
        fn any_part_finds(plate in "[A-Z]{2}[0-9]{2}[A-Z]{3}", from in 0_usize..6, to in 1_usize..7, blank in 0_usize..7) {
            prop_assume!(to > from);
            let mut part: Vec<u8> = plate.as_bytes()[from..=to.min(6)].to_vec();
            if let Some(sign) = part.get_mut(blank) {
                *sign = b'?';
            }
            let part = String::from_utf8_lossy(&part).into_owned();
            if Typed::new(&part).is_some() {
                prop_assert!(meets(&part, Kind::Plate, &plate).is_some());
            }
        }
    }
}
