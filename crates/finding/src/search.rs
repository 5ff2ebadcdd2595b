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
    query::{MOST_WORDS, Query, Word},
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
    /// Whether there was any.
    any: bool,
}

impl Span {
    fn new(index: &Index, start: usize, end: usize) -> Span {
        let best = vec![Meeting::default(); index.entries.len()];
        Span { start, end, meant: Vec::new(), pairs: Vec::new(), best, any: false }
    }

    fn meet(&mut self, doc: Doc, meeting: Meeting) {
        let best = &mut self.best[doc as usize];
        *best = (*best).max(meeting);
        self.any = true;
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

    /// Everything that was typed, with all that it met: one span for each word, then those of several.
    fn spans(&self, query: &Query, viewer: &Viewer) -> Vec<Span> {
        let mut spans: Vec<Span> =
            query.words.iter().enumerate().map(|(at, word)| self.word_span(at, word, viewer.kinds)).collect();
        if query.words.len() <= MOST_PAIRED {
            for (at, pair) in query.words.windows(2).enumerate() {
                spans.extend(self.joined_span(at, pair, viewer.kinds));
            }
            for (at, three) in
                query.words.windows(3).enumerate().filter(|(_, three)| is_particle(&three[1].text))
            {
                spans.extend(self.joined_span(at, three, viewer.kinds));
            }
        }
        for (start, end, typed) in &query.codes {
            let mut span = if end - start == 1 { None } else { Some(Span::new(self, *start, *end)) };
            for (doc, kind, quality, how) in self.codes.meeting(typed).filter(|met| viewer.kinds.has(met.1)) {
                span.as_mut().unwrap_or(&mut spans[*start]).meet(doc, Meeting::new(quality, kind, how));
            }
            spans.extend(span);
        }
        spans.retain(|span| span.end - span.start == 1 || span.any);
        spans
    }

    fn word_span(&self, at: usize, word: &Word, kinds: Kinds) -> Span {
        let mut span = Span::new(self, at, at + 1);
        if word.wild {
            return span;
        }
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
        let digits = |word: &Word| word.text.bytes().any(|byte| byte.is_ascii_digit());
        if words.iter().any(|word| word.exact || word.wild || digits(word)) {
            return None;
        }
        let mut span = Span::new(self, at, at + words.len());
        let mut whole: String = words.iter().map(|word| word.text.as_str()).collect();
        let open = words.last().is_some_and(|word| word.open);
        // Anything may be written apart, but looking for what is like it is worth its time only for `mac donnald`.
        let parted = words.iter().any(|word| word.text.len() <= 3 || is_particle(&word.text));
        span.meant =
            if parted { expand(&self.dictionary, &whole, open) } else { exactly(&self.dictionary, &whole) };
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
        let (fewer, more) =
            if first.docs.len() < second.docs.len() { (first, second) } else { (second, first) };
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
        let board = Board::new(query, spans);
        let mut scored: Vec<(u64, Doc)> = Vec::new();
        for doc in 0..self.entries.len() as Doc {
            let score = board.score(doc);
            if score > 0 && self.passes(doc, viewer.filter) {
                scored.push((score, doc));
            }
        }
        // Those that are sure to be among the best, and all that tie for the last place.
        if scored.len() > most {
            let (_, &mut (last, _), _) = scored.select_nth_unstable_by(most, |a, b| b.0.cmp(&a.0));
            let score = |&(score, doc): &(u64, Doc)| (score >= last).then_some((score, doc));
            let best: Vec<(u64, Doc)> = scored[..most].to_vec();
            let ties = scored[most..].iter().filter_map(score);
            scored = best.into_iter().chain(ties).collect();
        }
        let mut ranked: Vec<Ranked> =
            scored.into_iter().map(|(score, doc)| self.ranked(score, doc)).collect();
        if ranked.len() > most {
            ranked.select_nth_unstable_by(most, |a, b| b.cmp(a));
            ranked.truncate(most);
        }
        ranked
    }

    fn ranked(&self, score: u64, doc: Doc) -> Ranked {
        let known = &self.entries[doc as usize];
        (score, known.recent, Reverse(known.key), doc)
    }

    fn hit(&self, (score, _, Reverse(key), doc): Ranked, query: &Query, spans: &[Span]) -> Hit {
        let used = Board::new(query, spans).cover(doc);
        let met = || used.spans().map(|at| spans[at].best[doc as usize]);
        Hit {
            key,
            score: (score / 100).min(1000) as u16,
            matched: met().max().map_or(Kind::Other, Meeting::kind),
            how: met().map(Meeting::how).max().unwrap_or(How::Misspelt),
            whole: used.words().count_ones() as usize == query.words.len(),
        }
    }
}

/// What was typed and what it met, for scoring entries one after another.
struct Board<'a> {
    /// One for each word, in order.
    single: &'a [Span],
    /// Those of several words.
    wider: &'a [Span],
    weights: [u64; MOST_WORDS],
    weight: u64,
    /// A bit for each word that must be there.
    required: u32,
}

/// The spans by which the words of an entry are met best, none of them twice.
struct Cover {
    sum: u64,
    /// For each place after a word, the span that ends there, if one is used.
    steps: [Option<(u8, u8)>; MOST_WORDS + 1],
    words: usize,
}

impl Cover {
    /// The spans that are used: their number, and where each starts.
    fn steps(&self) -> impl Iterator<Item = (usize, usize, usize)> {
        let mut end = self.words;
        std::iter::from_fn(move || {
            while end > 0 && self.steps[end].is_none() {
                end -= 1;
            }
            let (at, start) = self.steps[end]?;
            let step = (usize::from(at), usize::from(start), end);
            end = step.1;
            Some(step)
        })
    }

    fn spans(&self) -> impl Iterator<Item = usize> {
        self.steps().map(|step| step.0)
    }

    /// A bit for each word that is met.
    fn words(&self) -> u32 {
        self.steps().fold(0, |bits, (_, start, end)| bits | bits_of(start, end))
    }
}

/// A bit for each word from `start` up to `end`.
fn bits_of(start: usize, end: usize) -> u32 {
    ((1 << end) - 1) & !((1 << start) - 1)
}

impl<'a> Board<'a> {
    fn new(query: &Query, spans: &'a [Span]) -> Board<'a> {
        let (single, wider) = spans.split_at(query.words.len());
        let mut weights = [0; MOST_WORDS];
        let mut required = 0;
        for (at, word) in query.words.iter().enumerate() {
            weights[at] = u64::from(telling(&word.text));
            required |= u32::from(word.exact) << at;
        }
        Board { single, wider, weights, weight: weights.iter().sum::<u64>().max(1), required }
    }

    /// The score of an entry by its meetings, wherever they are, in hundred-thousandths. 0 if less than half of the
    /// words are met, or one is not that must be.
    fn score(&self, doc: Doc) -> u64 {
        let at = doc as usize;
        let (sum, met) = if self.wider.iter().any(|span| !span.best[at].is_none()) {
            let cover = self.cover(doc);
            (cover.sum, cover.words())
        } else {
            self.single.iter().enumerate().fold((0, 0), |(sum, met), (word, span)| {
                let value = u64::from(span.best[at].value());
                (sum + self.weights[word] * value, met | u32::from(value > 0) << word)
            })
        };
        let (count, all) = (u64::from(met.count_ones()), self.single.len() as u64);
        if count * 2 < all || met & self.required != self.required {
            return 0;
        }
        sum / self.weight * (60 + 40 * count / all) / 100
    }

    /// Step by step from the first word: the best way to meet all words up to here.
    fn cover(&self, doc: Doc) -> Cover {
        let words = self.single.len();
        let mut sums = [0_u64; MOST_WORDS + 1];
        let mut steps = [None; MOST_WORDS + 1];
        for end in 1..=words {
            sums[end] = sums[end - 1];
            let wider = self.wider.iter().enumerate().filter(|(_, span)| span.end == end);
            let wider = wider.map(|(at, span)| (words + at, span));
            for (at, span) in std::iter::once((end - 1, &self.single[end - 1])).chain(wider) {
                let weight: u64 = self.weights[span.start..end].iter().sum();
                let sum = sums[span.start] + weight * u64::from(span.best[doc as usize].value());
                if sum > sums[end] {
                    sums[end] = sum;
                    steps[end] = Some((at as u8, span.start as u8));
                }
            }
        }
        Cover { sum: sums[words], steps, words }
    }
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
        let words = bits_of(span.start, span.end);
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
