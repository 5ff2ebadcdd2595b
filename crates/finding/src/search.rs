//! The search: each typed word meets the words of the index, entries are scored by their meetings, and the best of
//! them once more by how well a whole name fits.
//!
//! What a viewer may not search by has no part in it. Scores are made of fixed weights and of the viewer's own kinds
//! of text alone; there are no frequencies. Entries that the filter keeps out are left out before the best are
//! picked, ties are broken by recency and key, and nothing is cut off that a hidden text could have filled.
use crate::{
    dictionary::Token,
    entry::{How, Kind, Kinds, Meeting, Viewer},
    expand::{Meant, exactly, expand, halves},
    index::{Doc, Index, Known},
    query::{Query, Word},
    words::{is_particle, telling},
};
use std::cmp::Reverse;
use zeroize::Zeroize as _;

/// Somebody or something that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// Whose it is.
    pub key: u128,
    /// How well it fits, in thousandths.
    pub score: u16,
    /// The kind of text that told most.
    pub matched: Kind,
    /// The weakest link between what was typed and what was found: why it is here although it looks different.
    pub how: How,
    /// Whether every word that was typed was found in it.
    pub whole: bool,
}

/// At least so many entries are looked at twice.
const SECOND_LOOK: usize = 256;
/// In longer queries words that stand side by side are not tried as one.
const MOST_PAIRED: usize = 5;
/// What counts of the score of words that do not stand in one name, in hundredths.
const SCATTERED: u64 = 85;

/// One or more typed words that are met as one, and what they met.
pub(crate) struct Span {
    start: usize,
    end: usize,
    /// The words that may be meant, by number.
    meant: Vec<Meant>,
    /// Pairs of words that are meant together.
    pairs: Vec<(Token, Token)>,
    /// The best meeting with each entry.
    best: Vec<Meeting>,
}

impl Span {
    fn new(index: &Index, start: usize, end: usize) -> Span {
        let best = vec![Meeting::default(); index.entries.len()];
        Span { start, end, meant: Vec::new(), pairs: Vec::new(), best }
    }

    fn meet(&mut self, doc: Doc, meeting: Meeting) {
        let best = &mut self.best[doc as usize];
        *best = (*best).max(meeting);
    }

    fn quality(&self, token: Token) -> Option<u16> {
        let at = self.meant.binary_search_by_key(&token, |meant| meant.token).ok()?;
        Some(self.meant[at].quality)
    }
}

/// Entries with their score, to be ordered: greater first.
type Ranked = (u64, u64, Reverse<u128>, Doc);

impl Index {
    /// Finds what was typed among what the viewer may see: the best first, at most `limit`.
    pub fn search(&self, query: &Query, viewer: &Viewer, limit: usize) -> Vec<Hit> {
        if query.is_empty() || limit == 0 || viewer.kinds == Kinds::NONE {
            return Vec::new();
        }
        let spans = self.spans(query, viewer);
        let mut ranked = self.rank(query, &spans, viewer, limit.saturating_mul(2).max(SECOND_LOOK));
        for entry in &mut ranked {
            let known = &self.entries[entry.3 as usize];
            entry.0 = (entry.0 * SCATTERED / 100).max(best_name(known, query, &spans, viewer.kinds));
        }
        ranked.sort_unstable_by(|a, b| b.cmp(a));
        ranked.truncate(limit);
        ranked.into_iter().map(|entry| self.hit(entry, query, &spans)).collect()
    }

    /// Everything that was typed, with all that it met.
    fn spans(&self, query: &Query, viewer: &Viewer) -> Vec<Span> {
        let mut spans = Vec::new();
        for (at, word) in query.words.iter().enumerate().filter(|(_, word)| !word.wild) {
            spans.push(self.word_span(at, word, viewer.kinds));
        }
        if query.words.len() <= MOST_PAIRED {
            for (at, pair) in query.words.windows(2).enumerate() {
                spans.extend(self.joined_span(at, pair, viewer.kinds));
            }
            for (at, three) in query.words.windows(3).enumerate().filter(|(_, three)| is_particle(&three[1].text)) {
                spans.extend(self.joined_span(at, three, viewer.kinds));
            }
        }
        for (start, end, typed) in &query.codes {
            let mut span = Span::new(self, *start, *end);
            for (doc, kind, quality, how) in self.codes.meeting(typed).filter(|met| viewer.kinds.has(met.1)) {
                span.meet(doc, Meeting::new(quality, kind, how));
            }
            spans.push(span);
        }
        spans
    }

    fn word_span(&self, at: usize, word: &Word, kinds: Kinds) -> Span {
        let mut span = Span::new(self, at, at + 1);
        if word.exact {
            span.meant = exactly(&self.dictionary, &word.text);
        } else {
            span.meant = expand(&self.dictionary, &word.text, word.open);
            span.pairs = halves(&self.dictionary, &word.text);
        }
        self.meet_all(&mut span, kinds.0);
        span
    }

    /// Words that may be one, of a name: `mac donald`.
    fn joined_span(&self, at: usize, words: &[Word], kinds: Kinds) -> Option<Span> {
        if words.iter().any(|word| word.exact || word.wild) {
            return None;
        }
        let mut span = Span::new(self, at, at + words.len());
        let mut whole: String = words.iter().map(|word| word.text.as_str()).collect();
        let open = words.last().is_some_and(|word| word.open);
        span.meant = expand(&self.dictionary, &whole, open);
        whole.zeroize();
        self.meet_all(&mut span, kinds.0 & Kinds::NAMES);
        Some(span)
    }

    /// Meets every entry in which a word stands that is meant.
    fn meet_all(&self, span: &mut Span, kinds: u16) {
        let meant = std::mem::take(&mut span.meant);
        for meant in &meant {
            let by_name = matches!(meant.how, How::Sounds | How::Nickname | How::Initial);
            let kinds = if by_name { kinds & Kinds::NAMES } else { kinds };
            let meetings = Kind::ALL.map(|kind| Meeting::new(meant.quality, kind, meant.how));
            let postings = &self.postings[meant.token as usize];
            for (&doc, &stands) in postings.docs.iter().zip(&postings.kinds) {
                let seen = stands & kinds;
                if seen != 0 {
                    span.meet(doc, meetings[seen.trailing_zeros() as usize]);
                }
            }
        }
        span.meant = meant;
        for (first, second) in std::mem::take(&mut span.pairs) {
            self.meet_both(span, first, second, kinds & Kinds::NAMES);
            span.pairs.push((first, second));
        }
    }

    fn meet_both(&self, span: &mut Span, first: Token, second: Token, kinds: u16) {
        let (first, second) = (&self.postings[first as usize], &self.postings[second as usize]);
        let (fewer, more) = if first.docs.len() < second.docs.len() { (first, second) } else { (second, first) };
        for (&doc, &stands) in fewer.docs.iter().zip(&fewer.kinds) {
            let Ok(at) = more.docs.binary_search(&doc) else { continue };
            let seen = stands & more.kinds[at] & kinds;
            if seen != 0 {
                span.meet(doc, Meeting::new(900, Kind::ALL[seen.trailing_zeros() as usize], How::Exact));
            }
        }
    }

    /// The best entries by their meetings alone.
    fn rank(&self, query: &Query, spans: &[Span], viewer: &Viewer, most: usize) -> Vec<Ranked> {
        let weights: Vec<u64> = query.words.iter().map(|word| u64::from(telling(&word.text))).collect();
        let mut ranked: Vec<Ranked> = Vec::new();
        for doc in 0..self.entries.len() as Doc {
            if spans.iter().all(|span| span.best[doc as usize].is_none()) || !self.passes(doc, viewer.filter) {
                continue;
            }
            let (score, missing) = scattered(&weights, spans, doc);
            let required = query.words.iter().enumerate().all(|(at, word)| !word.exact || !missing.contains(&at));
            if score > 0 && required && missing.len() * 2 <= query.words.len() {
                let known = &self.entries[doc as usize];
                ranked.push((score, known.recent, Reverse(known.key), doc));
            }
        }
        if ranked.len() > most {
            ranked.select_nth_unstable_by(most, |a, b| b.cmp(a));
            ranked.truncate(most);
        }
        ranked
    }

    fn hit(&self, (score, _, Reverse(key), doc): Ranked, query: &Query, spans: &[Span]) -> Hit {
        let weights = vec![1; query.words.len()];
        let used = cover(&weights, spans, doc);
        let met = || used.iter().map(|&at| spans[at].best[doc as usize]);
        let words: usize = used.iter().map(|&at| spans[at].end - spans[at].start).sum();
        Hit {
            key,
            score: (score / 100).min(1000) as u16,
            matched: met().max().map_or(Kind::Other, Meeting::kind),
            how: met().map(Meeting::how).max().unwrap_or(How::Misspelt),
            whole: words == query.words.len(),
        }
    }
}

/// The spans by which the words are met best, none of them twice.
fn cover(weights: &[u64], spans: &[Span], doc: Doc) -> Vec<usize> {
    let mut sums = vec![0_u64; weights.len() + 1];
    let mut steps: Vec<Option<usize>> = vec![None; weights.len() + 1];
    for end in 1..=weights.len() {
        sums[end] = sums[end - 1];
        for (at, span) in spans.iter().enumerate().filter(|(_, span)| span.end == end) {
            let weight: u64 = weights[span.start..end].iter().sum();
            let sum = sums[span.start] + weight * u64::from(span.best[doc as usize].value());
            if sum > sums[end] {
                sums[end] = sum;
                steps[end] = Some(at);
            }
        }
    }
    let mut used = Vec::new();
    let mut end = weights.len();
    while end > 0 {
        match steps[end] {
            Some(at) => {
                used.push(at);
                end = spans[at].start;
            }
            None => end -= 1,
        }
    }
    used
}

/// The score of an entry by its meetings, wherever they are, in hundred-thousandths; and the words not met.
fn scattered(weights: &[u64], spans: &[Span], doc: Doc) -> (u64, Vec<usize>) {
    let used = cover(weights, spans, doc);
    let mut missing: Vec<usize> = (0..weights.len()).collect();
    let mut sum = 0;
    for at in used {
        let span = &spans[at];
        sum += weights[span.start..span.end].iter().sum::<u64>() * u64::from(span.best[doc as usize].value());
        missing.retain(|word| !(span.start..span.end).contains(word));
    }
    let (met, all) = ((weights.len() - missing.len()) as u64, weights.len() as u64);
    (sum / weights.iter().sum::<u64>().max(1) * (60 + 40 * met / all) / 100, missing)
}

/// How well the best of an entry's names fits all that was typed, in hundred-thousandths.
fn best_name(known: &Known, query: &Query, spans: &[Span], kinds: Kinds) -> u64 {
    known
        .names()
        .filter(|(kind, _)| kinds.has(*kind))
        .map(|(kind, name)| fit(name, query.words.len(), spans) * u64::from(kind.weight()))
        .max()
        .unwrap_or(0)
}

/// How well a name fits: each word that was typed to one of the name's, the best first; in thousandths.
///
/// What was typed and is not in the name costs all of its share, what is in the name and was not typed a little:
/// people leave out names, but do not invent them.
fn fit(name: &[Token], typed: usize, spans: &[Span]) -> u64 {
    let mut offers = offers(name, spans);
    offers.sort_unstable_by(|a, b| b.cmp(a));
    let (mut used, mut taken, mut sum, mut last) = (0_u32, 0_u32, 0, None);
    let mut in_order = true;
    for (value, _, words, places) in offers {
        if used & words == 0 && taken & places == 0 {
            used |= words;
            taken |= places;
            sum += u64::from(value) * u64::from(words.count_ones());
            let now = (words, places);
            in_order &= last.is_none_or(|(words, places)| (words < now.0) == (places < now.1));
            last = Some(now);
        }
    }
    let covered = u64::from(taken.count_ones()) * 1000 / name.len().max(1) as u64;
    let order = if in_order { 1000 } else { 985 };
    sum / typed.max(1) as u64 * (830 + 170 * covered / 1000) / 1000 * order / 1000
}

/// Quality, how many words it stands for, which of them (a bit each), which places of the name (a bit each).
type Offer = (u16, u32, u32, u32);

fn offers(name: &[Token], spans: &[Span]) -> Vec<Offer> {
    let mut offers = Vec::new();
    for span in spans {
        let words = ((1_u32 << span.end) - 1) & !((1 << span.start) - 1);
        for (at, &token) in name.iter().enumerate() {
            if let Some(quality) = span.quality(token) {
                offers.push((quality, words.count_ones(), words, 1 << at));
            }
            for (first, second) in &span.pairs {
                if *first == token && name.get(at + 1) == Some(second) {
                    offers.push((970, words.count_ones(), words, 3 << at));
                }
            }
        }
    }
    offers
}
