//! From a typed word to the words of the dictionary that it may mean, and how well.
//!
//! Every word of the dictionary is looked at, whoever may see the texts in which it stands, and each is judged by
//! itself: nothing is cut off at a number of words, and no road is left out because another led somewhere. So a word
//! that stands only in hidden texts cannot push aside one that does not. It costs a little time; that alone remains
//! of it, and far less than what else varies.
use crate::{
    dictionary::{Dictionary, Token, head, small_hash},
    entry::How,
    near, nicknames, sound,
};

/// A word that may be meant: quality in thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Meant {
    pub(crate) token: Token,
    pub(crate) quality: u16,
    pub(crate) how: How,
}

/// Below this a word is too unlike to count.
const LEAST_LIKENESS: usize = 400;

/// What is worked out of a typed word before the dictionary is read.
struct Asked<'a> {
    word: &'a [u8],
    open: bool,
    letters: u32,
    keys: [u32; sound::KEYS],
    bits: u64,
    readings: sound::Readings,
    short: u32,
    head: u64,
    mask: u64,
}

impl<'a> Asked<'a> {
    fn new(word: &'a str, open: bool) -> Asked<'a> {
        let word = crate::fold::cut(word).as_bytes();
        let keys = sound::keys(word);
        Asked {
            word,
            open,
            letters: near::letters(word),
            keys,
            bits: sound::bits(&keys),
            readings: sound::Readings::of(word),
            short: if word.len() >= 3 { small_hash(word) } else { 0 },
            head: head(word),
            mask: u64::MAX << (64 - 8 * word.len().clamp(1, 8)),
        }
    }
}

/// The words that a typed word may mean, by number. `open`: it may go on.
pub(crate) fn expand(dictionary: &Dictionary, word: &str, open: bool) -> Vec<Meant> {
    let asked = Asked::new(word, open);
    let mut meant = Vec::new();
    for at in 0..dictionary.len() {
        if dictionary.length[at] != 0
            && let Some((quality, how)) = judge(dictionary, at, &asked)
        {
            meant.push(Meant { token: at as Token, quality, how });
        }
    }
    other_forms(dictionary, word, &mut meant);
    meant
}

/// The word itself alone.
pub(crate) fn exactly(dictionary: &Dictionary, word: &str) -> Vec<Meant> {
    dictionary.find(word).map(|token| Meant { token, quality: 1000, how: How::Exact }).into_iter().collect()
}

fn judge(dictionary: &Dictionary, at: usize, asked: &Asked<'_>) -> Option<(u16, How)> {
    let length = usize::from(dictionary.length[at]);
    let typed = asked.word.len();
    let begins = begins(dictionary, at, asked);
    if begins {
        if length == typed {
            return Some((1000, How::Exact));
        }
        if asked.open {
            return Some((800 + (150 * typed / length) as u16, How::Prefix));
        }
        if typed == 1 {
            return Some((500, How::Initial));
        }
    }
    if length == 1
        && typed > 1
        && dictionary.head[at] >> 56 == asked.head >> 56
        && asked.word[0].is_ascii_alphabetic()
    {
        return Some((430, How::Initial));
    }
    let mut best = None;
    if begins && typed >= 3 {
        // A finished word may be short for another, in ways that no table knows.
        best = Some((600 + (150 * typed / length) as u16, How::Prefix));
    }
    if dictionary.short[at] == asked.short
        && asked.short != 0
        && dictionary.word(at as Token).ends_with(asked.word)
    {
        best = best.max(Some((790, How::Nickname)));
    }
    let sounds = sounds(dictionary, at, asked);
    let misspelt = misspelt(dictionary, at, asked);
    let both = match (sounds, misspelt) {
        (Some(sounds), Some(misspelt)) if misspelt > sounds => Some((misspelt + 30, How::Misspelt)),
        (Some(sounds), Some(_)) => Some((sounds + 30, How::Sounds)),
        (Some(sounds), None) => Some((sounds, How::Sounds)),
        (None, Some(misspelt)) => Some((misspelt, How::Misspelt)),
        (None, None) => unfinished(dictionary, at, asked).map(|quality| (quality, How::Misspelt)),
    };
    best.max(both)
}

/// Whether the word begins with what was typed.
fn begins(dictionary: &Dictionary, at: usize, asked: &Asked<'_>) -> bool {
    let typed = asked.word.len();
    (dictionary.head[at] ^ asked.head) & asked.mask == 0
        && usize::from(dictionary.length[at]) >= typed
        && (typed <= 8 || dictionary.word(at as Token).starts_with(asked.word))
}

fn sounds(dictionary: &Dictionary, at: usize, asked: &Asked<'_>) -> Option<u16> {
    let shared = dictionary.sound_bits[at] & asked.bits != 0
        && dictionary.sounds[at].iter().any(|key| *key != 0 && asked.keys.contains(key));
    if !shared {
        return None;
    }
    let word = dictionary.word(at as Token);
    let heard = asked.readings.likeness(&sound::Readings::of(word))?;
    let likeness = heard.max(near::likeness(asked.word, word));
    (likeness >= LEAST_LIKENESS).then_some(500 + (270 * likeness / 1000) as u16)
}

fn misspelt(dictionary: &Dictionary, at: usize, asked: &Asked<'_>) -> Option<u16> {
    let length = usize::from(dictionary.length[at]);
    let most = near::slips(asked.word.len().max(length));
    if asked.word.len().abs_diff(length) > most
        || (dictionary.letters[at] ^ asked.letters).count_ones() as usize > 2 * most
        || asked.word.iter().all(u8::is_ascii_digit)
    {
        return None;
    }
    let word = dictionary.word(at as Token);
    let slips = near::distance(asked.word, word, most)?;
    let other_start = if word[0] == asked.word[0] { 0 } else { 60 };
    Some((860 - 1100 * slips / asked.word.len().max(length)).saturating_sub(other_start).max(1) as u16)
}

/// A word that is not finished, with a slip in what there is of it.
fn unfinished(dictionary: &Dictionary, at: usize, asked: &Asked<'_>) -> Option<u16> {
    let typed = asked.word.len();
    let missing = (asked.letters & !dictionary.letters[at]).count_ones();
    let first = asked.mask & 0xff00_0000_0000_0000;
    if !asked.open
        || typed < 4
        || missing > 1
        || usize::from(dictionary.length[at]) < typed
        || (dictionary.head[at] ^ asked.head) & first != 0
        || asked.word.iter().any(u8::is_ascii_digit)
    {
        return None;
    }
    let slips = near::distance_of_beginning(asked.word, dictionary.word(at as Token), 1)?;
    Some((760 - 1100 * slips / typed) as u16)
}

/// Adds nicknames and the like, from their table.
fn other_forms(dictionary: &Dictionary, word: &str, meant: &mut Vec<Meant>) {
    let forms = nicknames::forms(word).into_iter().map(|(form, close)| (form, if close { 800 } else { 690 }));
    let short = nicknames::short(word).map(|short| (short, 790));
    for (form, quality) in forms.chain(short) {
        let Some(token) = dictionary.find(form) else { continue };
        let found = Meant { token, quality, how: How::Nickname };
        match meant.binary_search_by_key(&token, |meant| meant.token) {
            Ok(at) if meant[at].quality < quality => meant[at] = found,
            Ok(_) => {}
            Err(at) => meant.insert(at, found),
        }
    }
}

/// Two words that were typed as one: `smithjones`. Each half has three letters or more.
pub(crate) fn halves(dictionary: &Dictionary, word: &str) -> Vec<(Token, Token)> {
    if !word.is_ascii() {
        return Vec::new();
    }
    (3..word.len().saturating_sub(2))
        .filter_map(|at| Some((dictionary.find(&word[..at])?, dictionary.find(&word[at..])?)))
        .collect()
}
