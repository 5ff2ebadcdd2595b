//! In which lines two texts differ: for whoever has to agree to the new one (POL-5).

/// A line of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// Its number in the old text, where it stands there.
    pub was: Option<usize>,
    /// Its number in the new one.
    pub will: Option<usize>,
    /// What it says.
    pub text: &'a str,
}

impl Line<'_> {
    /// Whether it stands in both.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.was.is_some() && self.will.is_some()
    }
}

/// Texts that differ in more than so many pairs of lines are shown as one replaced by the other: a table of them all
/// would cost more than anybody can read.
const MOST_PAIRS: usize = 4_000_000;

/// All lines of both texts, with as few that differ as there can be.
#[must_use]
pub fn compare<'a>(old: &'a str, new: &'a str) -> Vec<Line<'a>> {
    let (a, b) = (old.lines().collect::<Vec<_>>(), new.lines().collect::<Vec<_>>());
    let head = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let tail = a[head..].iter().rev().zip(b[head..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (ends_a, ends_b) = (a.len() - tail, b.len() - tail);
    let mut lines = Vec::with_capacity(a.len().max(b.len()));
    let same = |i: usize, j: usize, text: &'a str| Line { was: Some(i + 1), will: Some(j + 1), text };
    lines.extend((0..head).map(|i| same(i, i, a[i])));
    middle(&a[head..ends_a], &b[head..ends_b], head, &mut lines);
    lines.extend((0..tail).map(|i| same(ends_a + i, ends_b + i, a[ends_a + i])));
    lines
}

fn middle<'a>(a: &[&'a str], b: &[&'a str], head: usize, lines: &mut Vec<Line<'a>>) {
    let gone = |i: usize| Line { was: Some(head + i + 1), will: None, text: a[i] };
    let came = |j: usize| Line { was: None, will: Some(head + j + 1), text: b[j] };
    let width = b.len() + 1;
    // The longest common run of the ends of both, from each pair of places on.
    let mut common =
        vec![0_u32; if a.len().saturating_mul(b.len()) > MOST_PAIRS { 0 } else { (a.len() + 1) * width }];
    if common.is_empty() {
        lines.extend((0..a.len()).map(gone));
        lines.extend((0..b.len()).map(came));
        return;
    }
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            common[i * width + j] = if a[i] == b[j] {
                common[(i + 1) * width + j + 1] + 1
            } else {
                common[(i + 1) * width + j].max(common[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            lines.push(Line { was: Some(head + i + 1), will: Some(head + j + 1), text: a[i] });
            (i, j) = (i + 1, j + 1);
        } else if j == b.len() || (i < a.len() && common[(i + 1) * width + j] >= common[i * width + j + 1]) {
            lines.push(gone(i));
            i += 1;
        } else {
            lines.push(came(j));
            j += 1;
        }
    }
}

/// The parts of a comparison that hold a difference, each with so many lines around it.
#[must_use]
pub fn hunks<'l, 'a>(lines: &'l [Line<'a>], around: usize) -> Vec<&'l [Line<'a>]> {
    let mut hunks: Vec<(usize, usize)> = Vec::new();
    for (at, _) in lines.iter().enumerate().filter(|(_, line)| !line.is_same()) {
        let (from, to) = (at.saturating_sub(around), (at + around + 1).min(lines.len()));
        match hunks.last_mut() {
            Some(last) if from <= last.1 => last.1 = to,
            _ => hunks.push((from, to)),
        }
    }
    hunks.into_iter().filter_map(|(from, to)| lines.get(from..to)).collect()
}
