//! People, businesses and incidents that do not exist, from a seed.
//!
//! Names follow the mix of a British town, and go with the drawn face. Telephone numbers come from the range
//! that Ofcom keeps for drama, addresses end in a name reserved for examples, and number plates carry
//! a year that was never issued, so that none of them can be somebody's.
mod words;

use crate::{
    Random,
    faces::{Age, Face, Looks},
};
use jiff::{ToSpan, civil::Date};
use std::ops::RangeInclusive;
use words::{Trade, names};

/// Someone who may be reported.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    /// The seed of this person, and of the face.
    pub seed: u64,
    /// First name.
    pub first: String,
    /// Family name.
    pub last: String,
    /// Other names: mostly none, sometimes one or two.
    pub aliases: Vec<String>,
    /// Date of birth, where somebody knows it.
    pub born: Option<Date>,
    /// How old the person looks.
    pub age: Age,
    /// Height, build and marks: "About 185 cm, slim, scar on left brow".
    pub description: String,
    /// What was worn, sometimes.
    pub clothing: Option<String>,
    /// Vehicle and number plate, seldom.
    pub vehicle: Option<String>,
    /// The drawn face.
    pub face: Face,
}

impl Person {
    /// A person as they are on a day. The date of birth is known for six in ten.
    #[must_use]
    pub fn from_seed(seed: u64, on: Date) -> Self {
        let looks = Looks::from_seed(seed);
        let years = match looks.age {
            Age::Child => 12..=17,
            Age::Young => 18..=29,
            Age::Middle => 30..=54,
            Age::Old => 55..=79,
        };
        let mut person = Self::build(seed, looks, years, on);
        if !Random::aspect(seed, "born known").chance(0.6) {
            person.born = None;
        }
        person
    }

    /// A person whose age on a day lies within a range of years, with a known date of birth.
    #[must_use]
    pub fn aged(seed: u64, years: RangeInclusive<u8>, on: Date) -> Self {
        let age = match u16::from(*years.start()).midpoint(u16::from(*years.end())) {
            0..18 => Age::Child,
            18..30 => Age::Young,
            30..55 => Age::Middle,
            _ => Age::Old,
        };
        Self::build(seed, Looks { age, ..Looks::from_seed(seed) }, years, on)
    }

    fn build(seed: u64, looks: Looks, years: RangeInclusive<u8>, on: Date) -> Self {
        let mut random = Random::aspect(seed, "person");
        let r = &mut random;
        let (first, last) = name(r, looks);
        let face = Face::new(seed, looks);
        let (oldest, youngest) = (i64::from(*years.end()) + 1, i64::from(*years.start()));
        // The day after the birthday on which they would be too old, to the birthday on which they are just
        // old enough.
        let from = on.saturating_sub(oldest.years()).saturating_add(1.day());
        let to = on.saturating_sub(youngest.years());
        let span = from.until(to).map_or(0, |span| i64::from(span.get_days()));
        let born = from.saturating_add(r.between(0, span).days());
        Self {
            seed,
            aliases: aliases(r, &first, &last),
            born: Some(born),
            age: looks.age,
            description: description(r, looks, &face),
            clothing: r.chance(0.55).then(|| clothing(r)),
            vehicle: r.chance(0.16).then(|| vehicle(r)),
            first,
            last,
            face,
        }
    }

    /// First and family name.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {}", self.first, self.last)
    }
}

fn name(r: &mut Random, looks: Looks) -> (String, String) {
    let names = names(looks.origin);
    let first = *r.pick(if looks.feminine { names.women } else { names.men });
    (first.to_owned(), (*r.pick(names.families)).to_owned())
}

fn aliases(r: &mut Random, first: &str, last: &str) -> Vec<String> {
    let mut aliases = Vec::new();
    if r.chance(0.18) {
        aliases.push(format!("“{}”", r.pick(words::NICKNAMES)));
    }
    if r.chance(0.12) {
        // Misheard, misspelt, or given differently: a vowel changes.
        let swap = |c: char| match c {
            'a' => 'e',
            'e' => 'a',
            'i' => 'y',
            'o' => 'u',
            other => other,
        };
        let other: String = last.char_indices().map(|(at, c)| if at > 1 { swap(c) } else { c }).collect();
        if other != last {
            aliases.push(format!("{first} {other}"));
        }
    }
    aliases
}

fn description(r: &mut Random, looks: Looks, face: &Face) -> String {
    let (low, high) = match (looks.age, looks.feminine) {
        (Age::Child, _) => (29, 34),
        (_, true) => (31, 35),
        (_, false) => (33, 39),
    };
    let mut parts =
        vec![format!("About {} cm", r.between(low, high) * 5), (*r.pick(words::BUILDS)).to_owned()];
    parts.extend(face.features().into_iter().map(str::to_owned));
    if looks.age != Age::Child && r.chance(0.4) {
        parts.push((*r.pick(words::MARKS)).to_owned());
    }
    parts.join(", ")
}

fn clothing(r: &mut Random) -> String {
    let worn = format!("{} {}", r.pick(words::COLOURS), r.pick(words::GARMENTS));
    if r.chance(0.5) { format!("{worn}, {}", r.pick(words::EXTRAS)) } else { worn }
}

fn vehicle(r: &mut Random) -> String {
    let colour = *r.pick(words::COLOURS);
    let car = *r.pick(words::CARS);
    if car.starts_with("electric") {
        return format!("{colour} {car}");
    }
    // Letters that plates use; the year 00 was never issued.
    let letters: &[char] = &['B', 'D', 'F', 'G', 'H', 'K', 'L', 'N', 'P', 'R', 'S', 'T', 'V', 'W', 'X', 'Y'];
    let mut letter = || *r.pick(letters);
    format!("{colour} {car}, {}{}00 {}{}{}", letter(), letter(), letter(), letter(), letter())
}

/// A business that may be a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Business {
    /// "Harbour Pharmacy".
    pub name: String,
    /// "12 Market Square".
    pub address: String,
    /// The street alone.
    pub street: String,
    /// "pharmacy".
    pub trade: &'static str,
    /// A telephone number that nobody has.
    pub telephone: String,
}

impl Business {
    /// The business with a number: names repeat only after all are used, and then carry their street.
    #[must_use]
    pub fn number(number: usize) -> Self {
        let all: Vec<(&Trade, &str)> = words::TRADES
            .iter()
            .flat_map(|trade| trade.names.iter().map(move |name| (trade, *name)))
            .collect();
        let mut random = Random::aspect(number as u64, "business");
        // A step without a factor in common with the count mixes trades and meets every name once. Counts
        // here are small, so the product does not overflow.
        let step = (11..).find(|step| gcd(*step, all.len()) == 1).unwrap_or(1);
        let (trade, name) = all[number % all.len() * step % all.len()];
        let street = *random.pick(words::STREETS);
        let round = number / all.len();
        let name = match round {
            0 => name.to_owned(),
            1 => format!("{name}, {street}"),
            _ => format!("{name}, {street} ({round})"),
        };
        Self {
            name,
            address: format!("{} {street}", random.between(1, 96)),
            street: street.to_owned(),
            trade: trade.kind,
            telephone: format!("01632 960{:03}", random.below(1000)),
        }
    }

    fn items(&self) -> &'static [(&'static str, u64)] {
        words::TRADES.iter().find(|trade| trade.kind == self.trade).map_or(&[], |trade| trade.items)
    }
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Someone who works for a member business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staff {
    /// First and family name.
    pub name: String,
    /// An address that no letter reaches.
    pub email: String,
}

impl Staff {
    /// A member user. The number in the address keeps it apart from those of others of the same name.
    #[must_use]
    pub fn from_seed(seed: u64) -> Self {
        let mut random = Random::aspect(seed, "staff");
        let looks = Looks { age: Age::Middle, ..Looks::from_seed(random.number()) };
        let (first, last) = name(&mut random, looks);
        let plain = |name: &str| {
            name.to_lowercase()
                .chars()
                .filter_map(|c| match c {
                    'ł' => Some('l'),
                    'ó' => Some('o'),
                    c => c.is_ascii_alphabetic().then_some(c),
                })
                .collect::<String>()
        };
        Self {
            email: format!("{}.{}{seed}@shops.example", plain(&first), plain(&last)),
            name: format!("{first} {last}"),
        }
    }
}

/// What kind of thing happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Taking goods.
    Theft,
    /// Shouting at or insulting staff.
    Abuse,
    /// Threatening staff with harm.
    Threat,
    /// Hurting someone.
    Violence,
    /// Breaking things.
    Damage,
    /// Paying falsely.
    Fraud,
    /// Being a nuisance.
    Antisocial,
}

impl Kind {
    /// The kind in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Theft => "Theft",
            Self::Abuse => "Abuse of staff",
            Self::Threat => "Threats",
            Self::Violence => "Violence",
            Self::Damage => "Damage",
            Self::Fraud => "Fraud",
            Self::Antisocial => "Antisocial behaviour",
        }
    }
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident {
    /// What kind.
    pub kind: Kind,
    /// What happened, in one or two sentences that name nobody.
    pub sentence: String,
    /// What was taken or broken, where something was.
    pub item: Option<&'static str>,
    /// Where: the business and its street.
    pub place: String,
    /// What it cost, in pence.
    pub loss: u64,
}

impl Incident {
    /// Something that happened at a business.
    #[must_use]
    pub fn from_seed(seed: u64, at: &Business) -> Self {
        let mut random = Random::aspect(seed, "incident");
        let r = &mut random;
        let kind = match r.below(100) {
            0..58 => Kind::Theft,
            58..72 => Kind::Abuse,
            72..78 => Kind::Threat,
            78..83 => Kind::Violence,
            83..89 => Kind::Damage,
            89..94 => Kind::Fraud,
            _ => Kind::Antisocial,
        };
        let items = at.items();
        let (item, price) = if items.is_empty() { ("goods", 1_000) } else { *r.pick(items) };
        let place = format!("{}, {}", at.name, at.street);
        let (sentence, loss) = match kind {
            Kind::Theft => {
                let count = r.between(1, 6).unsigned_abs();
                let singular = item.starts_with("a ") || item.starts_with("the ");
                let loss = if singular { price } else { price * count };
                (theft(r, item), loss)
            }
            Kind::Damage => (pick(r, DAMAGE), r.between(20, 900).unsigned_abs() * 100),
            Kind::Fraud => (pick(r, FRAUD), r.between(10, 400).unsigned_abs() * 50),
            Kind::Abuse => (pick(r, ABUSE), 0),
            Kind::Threat => (pick(r, THREATS), 0),
            Kind::Violence => (pick(r, VIOLENCE), 0),
            Kind::Antisocial => (pick(r, ANTISOCIAL), 0),
        };
        Self { kind, sentence, item: (kind == Kind::Theft).then_some(item), place, loss }
    }
}

fn pick(r: &mut Random, from: &[&str]) -> String {
    (*r.pick(from)).to_owned()
}

fn theft(r: &mut Random, item: &str) -> String {
    match r.below(6) {
        0 => format!("Hid {item} in a bag and left without paying."),
        1 => format!("Took {item} from the display while staff were busy, and ran towards the car park."),
        2 => format!("Walked out past the till with {item}. The alarm went off; nobody was hurt."),
        3 => format!("Put {item} under a coat by the back shelves. Refused to stop when asked."),
        4 => format!("Was seen on camera taking {item}. Staff noticed when counting in the evening."),
        _ => format!("Came in twice within an hour; the second time {item} went missing."),
    }
}

const ABUSE: &[&str] = &[
    "Swore at two members of staff when asked to leave.",
    "Shouted at the cashier about a refund and knocked over a stand.",
    "Called staff names after being refused service.",
    "Filmed staff at close range and insulted them.",
];
const THREATS: &[&str] = &[
    "Said he would wait outside for the manager after closing.",
    "Threatened to smash the window if the police were called.",
    "Raised a bottle at a member of staff, then put it down and left.",
];
const VIOLENCE: &[&str] = &[
    "Pushed a member of staff against the counter. Bruised arm, no hospital.",
    "Spat at the security guard and kicked the door on the way out.",
    "Struck a customer in the queue after an argument.",
];
const DAMAGE: &[&str] = &[
    "Kicked in the lower pane of the front door after closing time.",
    "Scratched words into the shop front; the paint must be renewed.",
    "Threw a chair that broke the display cabinet.",
    "Pulled the card terminal from its stand.",
];
const FRAUD: &[&str] = &[
    "Paid with a counterfeit £20 note; a second one was refused.",
    "Asked for refunds on goods that had not been bought here.",
    "Swapped the labels of two items before paying.",
    "Used a card that was reported lost an hour before.",
];
const ANTISOCIAL: &[&str] = &[
    "Sat in the doorway drinking and would not let customers pass.",
    "Rode an electric scooter through the shop.",
    "Let off a fire extinguisher in the entrance.",
    "Begged at the tables and would not leave when asked.",
];

#[cfg(test)]
mod tests;
