//! The index: entries put in and taken out, and what is kept of them.
use crate::{
    codes::{Code, Codes, plates_in},
    dictionary::{Dictionary, Token},
    entry::{Entry, Filter, Kind, Kinds},
    fold::{fold, joined, pieces},
    words::{is_code, name_forms},
};
use hashbrown::HashMap;
use zeroize::Zeroize as _;

/// The number of an entry. Numbers rise as entries come; that of an entry that went is not given again until
/// [`Index::renumber`].
pub(crate) type Doc = u32;

/// How many entries may be gone before numbers are given anew, if that is also a quarter of all.
const GONE: usize = 1024;
/// Up to this length a posting is taken out of its list at once; in longer lists it is blanked first.
const SHORT: usize = 512;

/// Where a word stands: entries in order, and for each the kinds of text (0 for one that is gone).
#[derive(Debug, Default)]
pub(crate) struct Postings {
    pub(crate) docs: Vec<Doc>,
    pub(crate) kinds: Vec<u16>,
    blank: u32,
}

impl Postings {
    fn push(&mut self, doc: Doc, kinds: u16) {
        self.docs.push(doc);
        self.kinds.push(kinds);
    }

    /// True when the word stands nowhere any more.
    fn remove(&mut self, doc: Doc) -> bool {
        let Ok(at) = self.docs.binary_search(&doc) else { return self.is_empty() };
        if self.docs.len() <= SHORT {
            self.docs.remove(at);
            self.kinds.remove(at);
        } else if self.kinds[at] != 0 {
            self.kinds[at] = 0;
            self.blank += 1;
            if self.blank as usize * 4 > self.docs.len() {
                self.renumber(Some);
            }
        }
        self.is_empty()
    }

    fn is_empty(&self) -> bool {
        self.docs.len() == self.blank as usize
    }

    /// Drops blanks, and gives the entries their new numbers, which are in the same order.
    fn renumber(&mut self, new: impl Fn(Doc) -> Option<Doc>) {
        let mut kept = 0;
        for at in 0..self.docs.len() {
            if self.kinds[at] != 0
                && let Some(doc) = new(self.docs[at])
            {
                self.docs[kept] = doc;
                self.kinds[kept] = self.kinds[at];
                kept += 1;
            }
        }
        self.docs.truncate(kept);
        self.kinds.truncate(kept);
        self.blank = 0;
        if self.docs.capacity() > 2 * kept + 8 {
            self.docs.shrink_to_fit();
            self.kinds.shrink_to_fit();
        }
    }
}

/// What is known of an entry beside its words, and its words in the order of its names.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) key: u128,
    pub(crate) recent: u64,
    pub(crate) flags: u16,
    pub(crate) gone: bool,
    /// Names first, each a head (kind, how many words) and its words; then, from `others`, all words but those.
    forward: Box<[u32]>,
    others: u32,
}

impl Known {
    /// The entry's names: kind, words.
    pub(crate) fn names(&self) -> impl Iterator<Item = (Kind, &[Token])> {
        let mut rest = &self.forward[..self.others as usize];
        std::iter::from_fn(move || {
            let (&head, after) = rest.split_first()?;
            let (words, next) = after.split_at((head & 0xff) as usize);
            rest = next;
            Some((Kind::ALL[(head >> 8) as usize], words))
        })
    }

    fn tokens(&self) -> impl Iterator<Item = Token> {
        let others = self.forward[self.others as usize..].iter().copied();
        self.names().flat_map(|(_, words)| words.iter().copied()).chain(others)
    }
}

/// Everything that can be found, in memory.
///
/// It is searched through `&self` by any number of threads; who changes it needs it alone. Put it behind an
/// `RwLock`: a change takes some microseconds, except that now and then numbers are given anew (see
/// [`Index::remove`]).
///
/// What is kept: each distinct word once, folded; where it stands; the order of the words of names; plates and
/// references. No text as a whole. A word that no entry holds any more is overwritten, and so is the storage that
/// is left behind when it grows. What cannot be wiped is what the processor and the allocator keep of moved
/// numbers, which tell nothing without the words.
#[derive(Debug, Default)]
pub struct Index {
    pub(crate) dictionary: Dictionary,
    pub(crate) postings: Vec<Postings>,
    pub(crate) codes: Codes,
    pub(crate) entries: Vec<Known>,
    by_key: HashMap<u128, Doc>,
    gone: usize,
    scratch: Scratch,
}

/// Storage that is used for one entry after another.
#[derive(Debug, Default)]
struct Scratch {
    folded: String,
    names: Vec<u32>,
    found: Vec<(Token, u16)>,
}

impl Index {
    /// An empty index.
    pub fn new() -> Index {
        Index::default()
    }

    /// How many entries it holds.
    pub fn len(&self) -> usize {
        self.by_key.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.by_key.is_empty()
    }

    /// Whether it holds this entry.
    pub fn contains(&self, key: u128) -> bool {
        self.by_key.contains_key(&key)
    }

    /// Puts an entry in, in place of the one with the same key.
    pub fn put(&mut self, entry: &Entry<'_>) {
        self.remove(entry.key);
        let doc = self.entries.len() as Doc;
        let mut scratch = std::mem::take(&mut self.scratch);
        for &(kind, text) in entry.texts {
            self.read(doc, kind, text, &mut scratch);
        }
        let others = scratch.names.len() as u32;
        self.post(doc, &mut scratch);
        let known = Known {
            key: entry.key,
            recent: entry.recent,
            flags: entry.flags,
            gone: false,
            forward: scratch.names.as_slice().into(),
            others,
        };
        self.entries.push(known);
        self.by_key.insert(entry.key, doc);
        scratch.names.clear();
        scratch.found.clear();
        self.scratch = scratch;
    }

    /// Takes an entry out. True if it was there.
    ///
    /// Its words are overwritten where nobody else has them. When a quarter of all numbers are of entries that went,
    /// the rest are numbered anew: some milliseconds for a hundred thousand entries, as often as tens of thousands
    /// of removals.
    pub fn remove(&mut self, key: u128) -> bool {
        let Some(doc) = self.by_key.remove(&key) else { return false };
        let known = &mut self.entries[doc as usize];
        let gone = Known { key: 0, recent: 0, flags: 0, gone: true, forward: Box::default(), others: 0 };
        let known = std::mem::replace(known, gone);
        for token in known.tokens() {
            if self.dictionary.length[token as usize] != 0 && self.postings[token as usize].remove(doc) {
                self.postings[token as usize] = Postings::default();
                self.dictionary.forget(token);
            }
        }
        self.codes.forget(doc);
        self.gone += 1;
        if self.gone > GONE && self.gone * 4 > self.entries.len() {
            self.renumber();
        }
        true
    }

    /// Changes an entry's flags. False if it is not there.
    pub fn set_flags(&mut self, key: u128, flags: u16) -> bool {
        let found = self.by_key.get(&key);
        if let Some(&doc) = found {
            self.entries[doc as usize].flags = flags;
        }
        found.is_some()
    }

    /// Joins another index into this one, so that an index can be built in parts on several threads. Of entries
    /// with one key the other's stays.
    pub fn absorb(&mut self, mut other: Index) {
        let same: Vec<u128> = other.by_key.keys().copied().filter(|&key| self.contains(key)).collect();
        for key in same {
            self.remove(key);
        }
        other.renumber();
        let base = self.entries.len() as Doc;
        let tokens: Vec<Token> =
            (0..other.dictionary.len() as Token).map(|token| self.adopt(&other, token)).collect();
        for (token, postings) in std::mem::take(&mut other.postings).into_iter().enumerate() {
            if !postings.docs.is_empty() {
                let ours = &mut self.postings[tokens[token] as usize];
                ours.docs.extend(postings.docs.iter().map(|doc| doc + base));
                ours.kinds.extend_from_slice(&postings.kinds);
            }
        }
        self.codes.absorb(std::mem::take(&mut other.codes), base);
        for mut known in std::mem::take(&mut other.entries) {
            known.translate(&tokens);
            self.by_key.insert(known.key, self.entries.len() as Doc);
            self.entries.push(known);
        }
    }

    /// The number that a word of another index has here.
    fn adopt(&mut self, other: &Index, token: Token) -> Token {
        match std::str::from_utf8(other.dictionary.word(token)) {
            Ok(word) if !word.is_empty() => self.learn(word),
            _ => 0,
        }
    }

    /// Bytes held: capacities, and an estimate of what the hash tables keep beside.
    pub fn memory(&self) -> usize {
        let postings: usize = self
            .postings
            .iter()
            .map(|postings| postings.docs.capacity() * 4 + postings.kinds.capacity() * 2)
            .sum();
        let forward: usize = self.entries.iter().map(|known| known.forward.len() * 4).sum();
        self.dictionary.memory()
            + postings
            + self.postings.capacity() * size_of::<Postings>()
            + self.codes.memory()
            + forward
            + self.entries.capacity() * size_of::<Known>()
            + self.by_key.capacity() * 8 / 7 * (size_of::<(u128, Doc)>() + 1)
    }

    /// How many distinct words it holds.
    pub fn words(&self) -> usize {
        self.dictionary.length.iter().filter(|&&length| length > 0).count()
    }

    /// Whether an entry may be found at all.
    pub(crate) fn passes(&self, doc: Doc, filter: Filter) -> bool {
        let known = &self.entries[doc as usize];
        !known.gone && filter.passes(known.flags)
    }

    /// The number of an entry.
    pub(crate) fn doc(&self, key: u128) -> Option<Doc> {
        self.by_key.get(&key).copied()
    }

    fn learn(&mut self, word: &str) -> Token {
        let (token, _) = self.dictionary.learn(word);
        if token as usize >= self.postings.len() {
            self.postings.push(Postings::default());
        }
        token
    }

    /// Reads one text into the scratch.
    fn read(&mut self, doc: Doc, kind: Kind, text: &str, scratch: &mut Scratch) {
        if is_code(kind) {
            if let Some(code) = Code::new(doc, kind, text) {
                self.codes.push(code);
            }
            return;
        }
        fold(text, &mut scratch.folded);
        if kind.is_name() {
            self.read_name(kind, scratch);
        } else {
            self.read_words(doc, kind, scratch);
        }
        scratch.folded.zeroize();
    }

    fn read_name(&mut self, kind: Kind, scratch: &mut Scratch) {
        for mut form in name_forms(&scratch.folded) {
            let count = form.len().min(12);
            scratch.names.push((kind as u32) << 8 | count as u32);
            for word in &mut form[..count] {
                let token = self.learn(word);
                scratch.names.push(token);
                scratch.found.push((token, kind.bit()));
            }
            form.zeroize();
        }
    }

    fn read_words(&mut self, doc: Doc, kind: Kind, scratch: &mut Scratch) {
        let mut digits = false;
        for piece in pieces(&scratch.folded) {
            digits |= piece.text.bytes().any(|byte| byte.is_ascii_digit());
            let token = if piece.apostrophe {
                let mut whole = joined(piece.text);
                let token = self.learn(&whole);
                whole.zeroize();
                token
            } else {
                self.learn(piece.text)
            };
            scratch.found.push((token, kind.bit()));
        }
        if digits {
            for mut plate in plates_in(pieces(&scratch.folded).map(|piece| piece.text)) {
                if let Some(code) = Code::new(doc, kind, &plate) {
                    self.codes.push(code);
                }
                plate.zeroize();
            }
        }
    }

    /// Writes each distinct word of the scratch into its postings, and adds those that are in no name to `names`.
    fn post(&mut self, doc: Doc, scratch: &mut Scratch) {
        scratch.found.sort_unstable_by_key(|&(token, _)| token);
        for same in scratch.found.chunk_by(|a, b| a.0 == b.0) {
            let (token, kinds) = (same[0].0, same.iter().fold(0, |all, found| all | found.1));
            self.postings[token as usize].push(doc, kinds);
            if kinds & Kinds::NAMES == 0 {
                scratch.names.push(token);
            }
        }
    }

    /// Numbers the entries anew, without those that went.
    fn renumber(&mut self) {
        if self.gone == 0 {
            return;
        }
        let mut new = Vec::with_capacity(self.entries.len());
        let mut next = 0;
        for known in &self.entries {
            new.push((!known.gone).then_some(next));
            next += u32::from(!known.gone);
        }
        let number = |doc: Doc| new[doc as usize];
        for postings in &mut self.postings {
            postings.renumber(number);
        }
        self.codes.renumber(number);
        self.entries.retain(|known| !known.gone);
        self.entries.shrink_to_fit();
        for doc in self.by_key.values_mut() {
            *doc = number(*doc).unwrap_or(*doc);
        }
        self.gone = 0;
    }
}

impl Known {
    /// Puts the numbers of another index in place of its own.
    fn translate(&mut self, tokens: &[Token]) {
        let others = self.others as usize;
        let mut at = 0;
        while at < others {
            let count = (self.forward[at] & 0xff) as usize;
            for word in &mut self.forward[at + 1..=at + count] {
                *word = tokens[*word as usize];
            }
            at += count + 1;
        }
        for word in &mut self.forward[others..] {
            *word = tokens[*word as usize];
        }
    }
}
