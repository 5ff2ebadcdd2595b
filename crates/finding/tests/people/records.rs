//! Invented records: what an entry of a subject holds, of realistic size and variety.
use super::{Culture, Dice, cultures};
use fairwatch_finding::{Entry, Kind};

/// One record's texts.
pub struct Record {
    pub key: u128,
    pub flags: u16,
    pub recent: u64,
    pub texts: Vec<(Kind, String)>,
}

impl Record {
    pub fn text(&self, kind: Kind) -> Option<&str> {
        self.texts.iter().find(|(of, _)| *of == kind).map(|(_, text)| text.as_str())
    }

    /// Hands the entry of this record to `with`.
    pub fn entry<R>(&self, with: impl FnOnce(&Entry<'_>) -> R) -> R {
        let texts: Vec<(Kind, &str)> = self.texts.iter().map(|(kind, text)| (*kind, text.as_str())).collect();
        with(&Entry { key: self.key, flags: self.flags, recent: self.recent, texts: &texts })
    }
}

const WORDS: usize = 6000;
const COMMON: [&str; 40] = [
    "male", "the", "with", "wearing", "and", "black", "hair", "jacket", "a", "of", "tall", "jeans", "slim",
    "build", "white", "brown", "blue", "grey", "short", "beard", "hood", "trainers", "cap", "rucksack",
    "scar", "left", "hand", "eyes", "tattoo", "neck", "glasses", "accent", "local", "about", "thirty",
    "years", "old", "female", "coat", "walks",
];
const SYLLABLES: [&str; 40] = [
    "ba", "be", "bri", "ca", "cla", "com", "de", "dra", "el", "en", "fla", "ga", "gre", "ha", "in", "ka",
    "la", "li", "lo", "ma", "men", "mo", "na", "ness", "or", "pa", "per", "pro", "ra", "re", "sa", "sta",
    "ter", "ti", "tion", "tra", "un", "ver", "wa", "zo",
];

/// A vocabulary of several thousand words, the common ones first.
pub fn vocabulary() -> Vec<String> {
    let mut dice = Dice::new(3);
    let mut words: Vec<String> = COMMON.iter().map(|&word| word.to_owned()).collect();
    while words.len() < WORDS {
        let syllables = 2 + dice.below(3);
        words.push((0..syllables).map(|_| dice.pick(&SYLLABLES)).collect());
    }
    words
}

/// Makes records, one after another.
pub struct Records {
    dice: Dice,
    words: Vec<String>,
    cultures: Vec<Culture>,
    next: u128,
}

impl Records {
    pub fn new(seed: u64) -> Records {
        let mut cultures = cultures();
        // A tail of rare families, as any town has: half of a family with a syllable of its own.
        let mut dice = Dice::new(seed ^ 99);
        for culture in &mut cultures {
            for _ in 0..3000 {
                let family = dice.pick(&culture.families).to_owned();
                let cut = family.char_indices().nth(family.chars().count() / 2).map_or(0, |at| at.0);
                let rare = format!("{}{}{}", &family[..cut], dice.pick(&SYLLABLES), dice.pick(&SYLLABLES));
                culture.families.push(Box::leak(rare.into_boxed_str()));
            }
        }
        Records { dice: Dice::new(seed), words: vocabulary(), cultures, next: 1 }
    }

    fn sentence(&mut self, from: usize, to: usize) -> String {
        let count = from + self.dice.below(to - from + 1);
        let words: Vec<&str> = (0..count).map(|_| self.words[self.dice.zipf(WORDS)].as_str()).collect();
        words.join(" ")
    }

    fn name(&mut self) -> String {
        let culture = &self.cultures[self.dice.below(self.cultures.len())];
        culture.person(&mut self.dice)
    }

    fn plate(&mut self) -> String {
        let mut letters = |count: usize| -> String {
            (0..count).map(|_| char::from(b'A' + self.dice.below(26) as u8)).collect()
        };
        let (first, last) = (letters(2), letters(3));
        format!("{first}{:02} {last}", self.dice.below(100))
    }
}

impl Iterator for Records {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        let mut texts = vec![(Kind::Name, self.name()), (Kind::Reference, format!("CS-{:05}", self.next))];
        for _ in 0..self.dice.below(4) {
            let alias = if self.dice.chance(50) { self.name() } else { self.sentence(1, 2) };
            texts.push((Kind::Alias, alias));
        }
        texts.push((Kind::Activity, self.sentence(6, 14)));
        texts.push((Kind::Description, self.sentence(10, 25)));
        if self.dice.chance(30) {
            texts.push((Kind::Plate, self.plate()));
        }
        let key = self.next;
        self.next += 1;
        let flags = 1 << self.dice.below(3);
        Some(Record { key, flags, recent: self.dice.roll() >> 30, texts })
    }
}

/// What people type: names whole, in part, unfinished and wrong, plates, references, words.
pub fn typed(record: &Record, dice: &mut Dice) -> String {
    let name = record.text(Kind::Name).unwrap_or_default().to_owned();
    let beginning = |text: &str, length: usize| text.chars().take(length).collect::<String>();
    match dice.below(12) {
        0 => beginning(&name, 1),
        1 => beginning(&name, 2),
        2 | 3 => {
            let length = 3 + dice.below(name.chars().count());
            beginning(&name, length)
        }
        4 => name,
        5 | 6 => slip(&name, dice),
        7 => name.split(' ').next_back().unwrap_or_default().to_owned(),
        8 => {
            let words: Vec<&str> = record.text(Kind::Description).unwrap_or_default().split(' ').collect();
            words[dice.below(words.len() - 3)..]
                .iter()
                .take(1 + dice.below(4))
                .copied()
                .collect::<Vec<_>>()
                .join(" ")
        }
        9 => {
            let plate = record.text(Kind::Plate).unwrap_or("AB12 CDE");
            let from = dice.below(3);
            plate[from..from + 4 + dice.below(2)].to_owned()
        }
        10 => record.text(Kind::Reference).unwrap_or_default()[dice.below(5)..].to_owned(),
        _ => {
            let family = name.split(' ').next_back().unwrap_or_default();
            let word = record.text(Kind::Activity).unwrap_or_default().split(' ').next().unwrap_or_default();
            format!("{family} {word}")
        }
    }
}

/// One letter gone, doubled, or swapped with the next.
fn slip(text: &str, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let at = dice.below(letters.len() - 1);
    match dice.below(3) {
        0 => {
            letters.remove(at);
        }
        1 => letters.insert(at, letters[at]),
        _ => letters.swap(at, at + 1),
    }
    letters.into_iter().collect()
}
