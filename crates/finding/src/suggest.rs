//! Who may be the same as somebody described: for review, where a report is linked to the people it is about (INC-2,
//! SUB-3).
//!
//! A suggestion adds up independent reasons: each takes its share of what the others left open, so that two weak ones
//! make a fair one and none makes it certain. Weights are fixed, as in the search, and for the same reason.
use crate::{
    dictionary::Token,
    entry::{How, Kind, Kinds, Viewer},
    fold::{fold, joined, pieces},
    index::{Doc, Index},
    query::Query,
    words::telling,
};
use hashbrown::HashMap;
use std::cmp::Reverse;
use zeroize::Zeroize as _;

/// Why somebody is suggested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// A name or alias is the same or similar; how similar, and by what its least similar word was met.
    Name(u16, How),
    /// The same number plate, or one that holds what was seen of it.
    Plate,
    /// The same reference.
    Reference,
    /// So many telling words of the description are the same.
    Description(u16),
    /// The same place.
    Place,
}

/// Somebody who may be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// Whose it is.
    pub key: u128,
    /// How likely it looks, in thousandths: for an order, not for a decision.
    pub score: u16,
    /// Why, the strongest first.
    pub reasons: Vec<Reason>,
}

/// Nobody below this is suggested.
const LEAST: u32 = 250;
/// A name must fit so well to be a reason.
const LEAST_NAME: u16 = 480;
/// As many are looked at for each name.
const NAMESAKES: usize = 64;
/// Telling words, in tenths, that make a full description.
const FULL: u32 = 80;
/// Fewer words in common than this, in tenths, say nothing.
const LEAST_WORDS: u32 = 20;

/// Words that tell less are not compared.
const TELLING: u32 = 5;

/// What speaks for an entry so far.
#[derive(Debug, Default)]
struct Case {
    reasons: Vec<(u32, Reason)>,
}

impl Case {
    /// Of reasons of one sort the stronger stays.
    fn add(&mut self, weight: u32, reason: Reason) {
        let same = |other: &Reason| std::mem::discriminant(other) == std::mem::discriminant(&reason);
        match self.reasons.iter_mut().find(|(_, other)| same(other)) {
            Some(known) if known.0 < weight => *known = (weight, reason),
            Some(_) => {}
            None => self.reasons.push((weight, reason)),
        }
    }

    fn score(&self) -> u32 {
        1000 - self.reasons.iter().fold(1000, |open, (weight, _)| open * (1000 - weight.min(&990)) / 1000)
    }
}

impl Index {
    /// Suggests who may be meant by a description: names, plates, and what was seen, each with its kind.
    pub fn suggest(&self, texts: &[(Kind, &str)], viewer: &Viewer, limit: usize) -> Vec<Suggestion> {
        let mut cases: HashMap<Doc, Case> = HashMap::new();
        for &(kind, text) in texts {
            match kind {
                Kind::Name | Kind::Alias => self.namesakes(text, viewer, &mut cases),
                Kind::Plate | Kind::Reference => self.same_codes(text, viewer, &mut cases),
                _ => {}
            }
        }
        self.alike_in_words(texts, viewer, &mut cases);
        self.same_place(texts, viewer, &mut cases);
        let mut found: Vec<_> = cases
            .into_iter()
            .filter(|(doc, case)| case.score() >= LEAST && self.passes(*doc, viewer.filter))
            .map(|(doc, case)| (case.score(), self.entries[doc as usize].recent, Reverse(doc), case))
            .collect();
        let key = |doc: Doc| self.entries[doc as usize].key;
        found.sort_unstable_by(|a, b| (b.0, b.1).cmp(&(a.0, a.1)).then_with(|| key(a.2.0).cmp(&key(b.2.0))));
        found.truncate(limit);
        found.into_iter().map(|(score, _, doc, case)| suggestion(key(doc.0), score, case)).collect()
    }

    fn namesakes(&self, name: &str, viewer: &Viewer, cases: &mut HashMap<Doc, Case>) {
        let query = Query::finished(name);
        let names = Viewer { kinds: Kinds(viewer.kinds.0 & Kinds::NAMES), ..*viewer };
        for hit in self.search(&query, &names, NAMESAKES) {
            // One word of several is no similar name.
            if hit.score >= LEAST_NAME
                && hit.whole
                && let Some(doc) = self.doc(hit.key)
            {
                let several = if query.words.len() > 1 { 900 } else { 600 };
                let weight = (u32::from(hit.score) - u32::from(LEAST_NAME) / 2) * several / 760;
                cases.entry(doc).or_default().add(weight.min(several), Reason::Name(hit.score, hit.how));
            }
        }
    }

    fn same_codes(&self, text: &str, viewer: &Viewer, cases: &mut HashMap<Doc, Case>) {
        let query = Query::finished(text);
        let Some((_, _, typed)) = query.codes.iter().find(|(from, to, _)| to - from == query.words.len())
        else {
            return;
        };
        for (doc, kind, quality, how) in self.codes.meeting(typed).filter(|met| viewer.kinds.has(met.1)) {
            let reason = if kind == Kind::Reference { Reason::Reference } else { Reason::Plate };
            if how == How::Reference || quality >= 700 {
                cases.entry(doc).or_default().add(u32::from(quality) * typed.telling() / 1000, reason);
            }
        }
    }

    /// Words of descriptions and what else is told, as a bag.
    fn alike_in_words(&self, texts: &[(Kind, &str)], viewer: &Viewer, cases: &mut HashMap<Doc, Case>) {
        const TOLD: Kinds =
            Kinds::of(&[Kind::Description, Kind::Activity, Kind::Narrative, Kind::Vehicle, Kind::Other]);
        for (doc, (weight, count)) in self.in_common(texts, TOLD, viewer) {
            if weight >= LEAST_WORDS {
                let share = weight.min(FULL) * 600 / FULL;
                cases.entry(doc).or_default().add(share, Reason::Description(count));
            }
        }
    }

    fn same_place(&self, texts: &[(Kind, &str)], viewer: &Viewer, cases: &mut HashMap<Doc, Case>) {
        const PLACES: Kinds = Kinds::of(&[Kind::Place]);
        for (doc, (weight, _)) in self.in_common(texts, PLACES, viewer) {
            // A place alone suggests everybody who was ever seen there.
            if weight >= 10
                && let Some(case) = cases.get_mut(&doc)
            {
                case.add(150, Reason::Place);
            }
        }
    }

    /// The entries that share words of these kinds: how much they tell, in tenths, and how many they are.
    fn in_common(&self, texts: &[(Kind, &str)], among: Kinds, viewer: &Viewer) -> Vec<(Doc, (u32, u16))> {
        let kinds = among.0 & viewer.kinds.0;
        let mut common = vec![(0_u32, 0_u16); self.entries.len()];
        for (token, weight) in self.telling_words(texts, among) {
            let postings = &self.postings[token as usize];
            for (&doc, &stands) in postings.docs.iter().zip(&postings.kinds) {
                if stands & kinds != 0 {
                    let sum = &mut common[doc as usize];
                    *sum = (sum.0 + weight, sum.1 + 1);
                }
            }
        }
        (0..).zip(common).filter(|(_, (weight, _))| *weight > 0).collect()
    }

    /// The words of these texts that are known here and tell something, with how much.
    fn telling_words(&self, texts: &[(Kind, &str)], among: Kinds) -> Vec<(Token, u32)> {
        let mut words = Vec::new();
        for (_, text) in texts.iter().filter(|(kind, _)| among.has(*kind)) {
            let mut folded = String::new();
            fold(text, &mut folded);
            for piece in pieces(&folded) {
                let mut word = joined(piece.text);
                let weight = telling(&word);
                words.extend(
                    self.dictionary.find(&word).filter(|_| weight >= TELLING).map(|token| (token, weight)),
                );
                word.zeroize();
            }
            folded.zeroize();
        }
        words.sort_unstable();
        words.dedup_by_key(|(token, _)| *token);
        words
    }
}

fn suggestion(key: u128, score: u32, mut case: Case) -> Suggestion {
    case.reasons.sort_by_key(|(weight, _)| Reverse(*weight));
    let reasons = case.reasons.into_iter().map(|(_, reason)| reason).collect();
    Suggestion { key, score: score as u16, reasons }
}
