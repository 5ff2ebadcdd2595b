//! From text as people write it to words that can be compared: small letters, no marks, Latin script.
//!
//! Cyrillic and Greek are spelt out letter by letter, Arabic script too; there short vowels are not written, so such
//! a word meets its Latin form by sound alone, where vowels do not count.
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Longer words are cut here: nobody types more, and distances stay cheap.
pub(crate) const LONGEST: usize = 32;

/// Appends the folded text. Apostrophes stay, as `'`: what they join depends on the kind of text.
pub(crate) fn fold(text: &str, out: &mut String) {
    // Enough for whatever it becomes, so that no copy stays behind where the string was too small.
    out.reserve(text.len() * 2 + 16);
    if text.is_ascii() {
        let from = out.len();
        out.push_str(text);
        out[from..].make_ascii_lowercase();
        return;
    }
    for letter in text.nfd() {
        if letter.is_ascii() {
            out.push(letter.to_ascii_lowercase());
        } else if !is_combining_mark(letter) {
            for small in letter.to_lowercase() {
                match spelt(small) {
                    Some(latin) => out.push_str(latin),
                    None if is_combining_mark(small) => {}
                    None => out.push(small),
                }
            }
        }
    }
}

/// A letter that is not Latin, or Latin with a stroke that no decomposition takes away.
fn spelt(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ł' => "l",
        'đ' | 'ð' | 'ɖ' => "d",
        'ø' | 'ɔ' => "o",
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ı' => "i",
        'ə' => "a",
        'ɛ' => "e",
        'ŋ' => "n",
        'ħ' => "h",
        '’' | '‘' | 'ʼ' | '`' | '´' | 'ʹ' | 'ʿ' | 'ʾ' => "'",
        // Cyrillic. й and ё have lost their marks.
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' | 'ґ' | 'ѓ' => "g",
        'д' => "d",
        'е' | 'э' => "e",
        'є' => "ye",
        'ж' => "zh",
        'з' => "z",
        'и' | 'і' | 'ї' => "i",
        'ј' => "j",
        'к' | 'ќ' => "k",
        'л' => "l",
        'љ' => "lj",
        'м' => "m",
        'н' => "n",
        'њ' => "nj",
        'о' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'ћ' => "c",
        'у' | 'ў' => "u",
        'ф' => "f",
        'х' => "kh",
        'ц' => "ts",
        'ч' => "ch",
        'џ' => "dz",
        'ш' => "sh",
        'щ' => "shch",
        'ъ' | 'ь' => "",
        'ы' => "y",
        'ђ' => "dj",
        'ю' => "yu",
        'я' => "ya",
        // Greek.
        'α' => "a",
        'β' => "v",
        'γ' => "g",
        'δ' => "d",
        'ε' => "e",
        'ζ' => "z",
        'η' | 'ι' | 'υ' => "i",
        'θ' => "th",
        'κ' => "k",
        'λ' => "l",
        'μ' => "m",
        'ν' => "n",
        'ξ' => "x",
        'ο' | 'ω' => "o",
        'π' => "p",
        'ρ' => "r",
        'σ' | 'ς' => "s",
        'τ' => "t",
        'φ' => "f",
        'χ' => "ch",
        'ψ' => "ps",
        // Arabic, Persian, Urdu.
        'ا' | 'ع' | 'ى' | 'ة' => "a",
        'ب' => "b",
        'پ' => "p",
        'ت' | 'ط' | 'ٹ' => "t",
        'ث' => "th",
        'ج' => "j",
        'چ' => "ch",
        'ح' | 'ه' | 'ہ' | 'ھ' => "h",
        'خ' => "kh",
        'د' | 'ض' | 'ڈ' => "d",
        'ذ' => "dh",
        'ر' | 'ڑ' => "r",
        'ز' | 'ظ' | 'ژ' => "z",
        'س' | 'ص' => "s",
        'ش' => "sh",
        'غ' => "gh",
        'ف' => "f",
        'ق' => "q",
        'ك' | 'ک' => "k",
        'گ' => "g",
        'ل' => "l",
        'م' => "m",
        'ن' | 'ں' => "n",
        'و' => "u",
        'ي' | 'ی' | 'ے' => "i",
        'ء' | 'ـ' => "",
        _ => return None,
    })
}

/// A word of a folded text, and whether an apostrophe stands in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece<'a> {
    pub(crate) text: &'a str,
    pub(crate) apostrophe: bool,
}

/// The words of a folded text, apostrophes still in them.
pub(crate) fn pieces(folded: &str) -> impl Iterator<Item = Piece<'_>> {
    folded
        .split(|letter: char| !(letter.is_alphanumeric() || letter == '\''))
        .map(|piece| piece.trim_matches('\''))
        .filter(|piece| !piece.is_empty())
        .map(|piece| Piece { text: cut(piece), apostrophe: piece.contains('\'') })
}

/// The first [`LONGEST`] bytes, at a letter's end.
pub(crate) fn cut(word: &str) -> &str {
    &word[..word.floor_char_boundary(LONGEST)]
}

/// A piece without its apostrophes: `o'brien` becomes `obrien`, and `tesco's` becomes `tesco`.
pub(crate) fn joined(piece: &str) -> String {
    piece.strip_suffix("'s").unwrap_or(piece).replace('\'', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> String {
        let mut out = String::new();
        fold(text, &mut out);
        out
    }

    #[test]
    fn marks_strokes_and_scripts_fold_away() {
        for (written, plain) in [
            ("Łukasz Żółć", "lukasz zolc"),
            ("Zoë Brontë", "zoe bronte"),
            ("Ṣọlá Olúṣẹ́gun", "sola olusegun"),
            ("Nguyễn Văn Đức", "nguyen van duc"),
            ("Çağrı Öztürk", "cagri ozturk"),
            ("Сергей Щукин", "sergei shchukin"),
            ("O’Brien", "o'brien"),
            ("محمد", "mhmd"),
            ("Straße Ærø", "strasse aero"),
            ("İstanbul", "istanbul"),
        ] {
            assert_eq!(folded(written), plain, "{written}");
        }
    }

    #[test]
    fn pieces_keep_apostrophes_inside_and_lose_them_outside() {
        let words: Vec<_> = pieces("'jane' smith-jones o'brien, tesco's").map(|piece| piece.text).collect();
        assert_eq!(words, ["jane", "smith", "jones", "o'brien", "tesco's"]);
        assert_eq!((joined("o'brien"), joined("tesco's")), ("obrien".to_owned(), "tesco".to_owned()));
    }
}
