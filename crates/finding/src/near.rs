//! How far two words are apart: letters put in, left out, mistaken or swapped with their neighbour.
use crate::fold::LONGEST;

/// One bit for each letter that occurs. Two words at distance `d` differ in at most `2 d` bits, which rules out
/// nearly all words of a dictionary without reading them.
pub(crate) fn letters(word: &[u8]) -> u32 {
    word.iter().fold(0, |bits, &byte| {
        bits | match byte {
            b'a'..=b'z' => 1 << (byte - b'a'),
            b'0'..=b'9' => 1 << 26,
            _ => 1 << (27 + byte % 5),
        }
    })
}

/// How many slips we allow in a word of this length.
pub(crate) fn slips(length: usize) -> usize {
    match length {
        0..=2 => 0,
        3..=5 => 1,
        6..=9 => 2,
        _ => 3,
    }
}

const WIDTH: usize = LONGEST + 2;

/// The rows of a distance that is being worked out: the last three.
struct Rows {
    before: [u8; WIDTH],
    last: [u8; WIDTH],
    now: [u8; WIDTH],
}

impl Rows {
    fn new() -> Rows {
        let mut last = [0; WIDTH];
        for (column, cell) in last.iter_mut().enumerate() {
            *cell = column as u8;
        }
        Rows { before: last, last, now: last }
    }

    /// Works out the row of `a[row]`; the least cell of it.
    fn step(&mut self, a: &[u8], row: usize, b: &[u8]) -> u8 {
        self.now[0] = row as u8 + 1;
        let mut least = self.now[0];
        for column in 0..b.len() {
            let same = a[row] == b[column];
            let mut cell = (self.last[column] + u8::from(!same))
                .min(self.last[column + 1] + 1)
                .min(self.now[column] + 1);
            if !same && row > 0 && column > 0 && a[row] == b[column - 1] && a[row - 1] == b[column] {
                cell = cell.min(self.before[column - 1] + 1);
            }
            self.now[column + 1] = cell;
            least = least.min(cell);
        }
        std::mem::swap(&mut self.before, &mut self.last);
        std::mem::swap(&mut self.last, &mut self.now);
        least
    }
}

/// The distance, if it is at most `most`.
pub(crate) fn distance(a: &[u8], b: &[u8], most: usize) -> Option<usize> {
    let (a, b) = (&a[..a.len().min(LONGEST)], &b[..b.len().min(LONGEST)]);
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let mut rows = Rows::new();
    for row in 0..a.len() {
        if usize::from(rows.step(a, row, b)) > most {
            return None;
        }
    }
    let found = usize::from(rows.last[b.len()]);
    (found <= most).then_some(found)
}

/// The distance between `typed` and the nearest beginning of `word`, if it is at most `most`.
pub(crate) fn distance_of_beginning(typed: &[u8], word: &[u8], most: usize) -> Option<usize> {
    let typed = &typed[..typed.len().min(LONGEST)];
    let word = &word[..word.len().min(typed.len() + most).min(LONGEST)];
    let mut rows = Rows::new();
    for row in 0..typed.len() {
        if usize::from(rows.step(typed, row, word)) > most {
            return None;
        }
    }
    let shortest = typed.len().saturating_sub(most);
    rows.last[..=word.len()]
        .get(shortest..)?
        .iter()
        .min()
        .map(|&least| usize::from(least))
        .filter(|&d| d <= most)
}

/// How alike two words are, in thousandths.
pub(crate) fn likeness(a: &[u8], b: &[u8]) -> usize {
    let longer = a.len().max(b.len()).max(1);
    let apart = distance(a, b, longer).unwrap_or(longer);
    1000 - 1000 * apart.min(longer) / longer
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn slips_of_each_kind_cost_one() {
        for (a, b) in [("smith", "smyth"), ("smith", "smth"), ("smith", "smitth"), ("smith", "simth")] {
            assert_eq!(distance(a.as_bytes(), b.as_bytes(), 3), Some(1), "{a} {b}");
        }
        assert_eq!(distance(b"kitten", b"sitting", 3), Some(3));
        assert_eq!(distance(b"kitten", b"sitting", 2), None);
        assert_eq!(distance_of_beginning(b"sczep", b"szczepanski", 1), Some(1));
        assert_eq!(distance_of_beginning(b"smyt", b"smithson", 1), Some(1));
    }

    proptest! {
        #[test]
        fn distance_is_even_handed_and_the_letters_bound_it(a in "[a-f]{0,9}", b in "[a-f]{0,9}") {
            let apart = distance(a.as_bytes(), b.as_bytes(), 40);
            prop_assert_eq!(apart, distance(b.as_bytes(), a.as_bytes(), 40));
            let apart = apart.unwrap_or(99);
            prop_assert_eq!(apart == 0, a == b);
            let bits = (letters(a.as_bytes()) ^ letters(b.as_bytes())).count_ones() as usize;
            prop_assert!(bits <= 2 * apart);
            for most in 0..4 {
                let cut = distance(a.as_bytes(), b.as_bytes(), most);
                prop_assert_eq!(cut, (apart <= most).then_some(apart));
            }
        }
    }
}
