//! Invented people, as many as are wanted, always the same: for tests and benches.
#![allow(dead_code, unreachable_pub)]
pub mod records;

/// Numbers that look random and are the same each time.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(2).wrapping_add(1))
    }

    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        (self.roll() % bound.max(1) as u64) as usize
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }

    /// Small numbers far more often than great ones, as words are used: about one over the rank.
    pub fn zipf(&mut self, bound: usize) -> usize {
        let part = (self.roll() >> 11) as f64 / (1_u64 << 53) as f64;
        ((bound as f64).powf(part) as usize).saturating_sub(1).min(bound - 1)
    }
}

/// One culture's names.
pub struct Culture {
    pub name: &'static str,
    pub given: Vec<&'static str>,
    pub families: Vec<&'static str>,
}

/// The cultures of `people.txt`.
pub fn cultures() -> Vec<Culture> {
    let mut cultures: Vec<Culture> = Vec::new();
    let mut families = false;
    for line in include_str!("../people.txt").lines().filter(|line| !line.starts_with('#')) {
        if let Some(heading) = line.strip_prefix('[') {
            let (name, part) = heading.trim_end_matches(']').split_once(' ').expect("culture and part");
            families = part == "family";
            if !families {
                cultures.push(Culture { name, given: Vec::new(), families: Vec::new() });
            }
        } else {
            let culture = cultures.last_mut().expect("a heading first");
            let list = if families { &mut culture.families } else { &mut culture.given };
            list.extend(line.split_whitespace());
        }
    }
    for culture in &mut cultures {
        for list in [&mut culture.given, &mut culture.families] {
            list.sort_unstable();
            list.dedup();
        }
    }
    cultures
}

impl Culture {
    /// A full name: one given name in five is double, one family name in thirty.
    pub fn person(&self, dice: &mut Dice) -> String {
        let mut name = dice.pick(&self.given).to_owned();
        if dice.chance(20) {
            name = format!("{name} {}", dice.pick(&self.given));
        }
        name = format!("{name} {}", dice.pick(&self.families));
        if dice.chance(3) {
            name = format!("{name}-{}", dice.pick(&self.families));
        }
        name
    }
}
