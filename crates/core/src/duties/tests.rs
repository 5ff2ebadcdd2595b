//! DOC-4: the clock is moved over five years, and no duty is missed or stands twice.
use super::*;
use crate::registers::{self, Known, Subject, reviewable};
use jiff::civil::date;
use std::collections::{BTreeMap, BTreeSet};

fn policy(change: impl Fn(&str) -> String) -> Policy {
    Policy::parse("generic.toml", &change(include_str!("../../../../policies/generic.toml")))
        .expect("it is a policy")
}

/// Numbers that repeat (splitmix64).
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }
}

const BEGUN: Date = date(2026, 8, 31);

/// A scheme whose people do what is due: some things on the day, some early, some late, some never.
struct Life {
    policy: Policy,
    known: Known,
    open: BTreeMap<String, Dated>,
    done: BTreeMap<String, u32>,
    random: Random,
    next: u32,
}

impl Life {
    fn facts(&self) -> Facts {
        Facts {
            reviewable: reviewable(&self.policy, &self.known),
            dated: self.open.values().cloned().collect(),
        }
    }

    fn begin(&mut self, today: Date) {
        let kind = Kind::ALL[usize::try_from(self.random.below(Kind::ALL.len() as u64)).unwrap_or(0)];
        if kind == Kind::Review {
            return;
        }
        self.next += 1;
        let ahead = i64::try_from(self.random.below(90)).unwrap_or(0);
        let due = today.saturating_add(Span::new().days(ahead));
        let key = format!("n{}", self.next);
        let count = 1 + self.random.below(9);
        self.open.insert(key.clone(), Dated { kind, key, due, count, about: "12".into() });
    }

    /// Does a duty, and says so where it is recorded.
    fn act(&mut self, duty: &Duty, today: Date) {
        *self.done.entry(duty.key.clone()).or_default() += 1;
        if duty.kind == Kind::Review {
            let (kind, key) = duty.key.split_once(' ').expect("a subject has both");
            self.known.last.insert(Subject { kind: kind.into(), key: key.into() }, today);
        } else {
            self.open.remove(&duty.key);
        }
    }
}

#[test]
fn doc_4_over_five_years_no_duty_is_missed_or_stands_twice() {
    for seed in 0..12_u64 {
        let mut life = Life {
            policy: policy(str::to_owned),
            known: Known { begun: BEGUN, in_force: BEGUN, ..Known::default() },
            open: BTreeMap::new(),
            done: BTreeMap::new(),
            random: Random(seed),
            next: 0,
        };
        let mut made = 0;
        let mut today = BEGUN;
        let end = date(2031, 8, 31);
        while today <= end {
            if life.random.below(4) == 0 {
                life.begin(today);
                made = life.next;
            }
            let all = duties(&life.policy, &life.facts());
            let names = all.iter().map(|duty| (duty.kind, duty.key.clone())).collect::<BTreeSet<_>>();
            assert_eq!(names.len(), all.len(), "seed {seed}, {today}: a duty stands twice");
            // Everything that has a day of its own, and everything that comes round, is there with its day.
            for dated in life.open.values() {
                let found = all.iter().find(|duty| (duty.kind, &duty.key) == (dated.kind, &dated.key));
                assert_eq!(
                    found.map(|duty| duty.due),
                    Some(dated.due),
                    "seed {seed}, {today}: {dated:?} is missed"
                );
            }
            for one in reviewable(&life.policy, &life.known) {
                let key = format!("{} {}", one.subject.kind, one.subject.key);
                let found = all.iter().find(|duty| duty.kind == Kind::Review && duty.key == key);
                assert_eq!(
                    found.map(|duty| duty.due),
                    Some(one.due),
                    "seed {seed}, {today}: {key} is missed"
                );
            }
            assert!(all.iter().all(|duty| !duty.roles.is_empty()), "somebody is responsible for each");
            assert!(all.windows(2).all(|pair| pair[0].due <= pair[1].due), "the soonest first");
            for duty in &all {
                let users = duty.key == "users users";
                let on_the_day = duty.due <= today;
                // The list of users is always reviewed on its day, a backup never tried, the rest by chance.
                let acts = if users {
                    on_the_day
                } else if duty.key == "restore_test restore_test" {
                    false
                } else {
                    on_the_day && life.random.below(5) == 0 || life.random.below(200) == 0
                };
                if acts {
                    life.act(duty, today);
                }
            }
            today = today.tomorrow().expect("there is a day after");
        }
        assert_eq!(life.done.get("users users"), Some(&10), "seed {seed}: every six months, over five years");
        let all = duties(&life.policy, &life.facts());
        let never =
            all.iter().find(|duty| duty.key.starts_with("restore_test")).expect("it does not go away");
        assert_eq!((never.due, never.state(end)), (date(2026, 11, 30), State::Overdue), "at a month's end");
        let single = life.done.iter().filter(|(key, _)| key.starts_with('n') && !key.contains(' '));
        let (mut count, mut twice) = (0, 0);
        single.for_each(|(_, n)| (count, twice) = (count + 1, twice + u32::from(*n > 1)));
        assert_eq!(twice, 0, "seed {seed}: what was done once is not asked again");
        assert_eq!(count + u32::try_from(life.open.len()).unwrap_or(0), made, "seed {seed}: none got lost");
    }
}

#[test]
fn doc_4_another_policy_moves_every_day_at_once() {
    let known = Known { begun: BEGUN, in_force: BEGUN, ..Known::default() };
    let due = |policy: &Policy| {
        let facts = Facts { reviewable: reviewable(policy, &known), dated: Vec::new() };
        duties(policy, &facts).into_iter().find(|duty| duty.key == "users users").expect("it is there").due
    };
    assert_eq!(due(&policy(str::to_owned)), date(2027, 2, 28));
    let quicker = policy(|text| text.replace("users = { months = 6,", "users = { months = 1,"));
    assert_eq!(due(&quicker), date(2026, 9, 30));
}

#[test]
fn doc_4_each_reminder_has_its_days() {
    let duty = Duty {
        kind: Kind::Hold,
        key: "x".into(),
        label: String::new(),
        due: date(2026, 3, 29),
        roles: Vec::new(),
        path: String::new(),
    };
    let on = |day: i8| duty.reminder(date(2026, 3, day));
    assert_eq!((on(14), on(15), on(28)), (None, Some(Reminder::Ahead), Some(Reminder::Ahead)));
    assert_eq!((on(29), on(31)), (Some(Reminder::Due), Some(Reminder::Due)));
    assert_eq!(duty.reminder(date(2026, 4, 4)), Some(Reminder::Due));
    assert_eq!(duty.reminder(date(2026, 4, 5)), Some(Reminder::Late), "across the change of the clocks");
    assert_eq!(duty.reminder(date(2027, 3, 28)), Some(Reminder::Late));
    assert_eq!(duty.reminder(date(2027, 3, 29)), None, "what was forgotten by then is reminded of no more");
    assert_eq!(duty.reminder(date(2030, 4, 5)), None);
}

#[test]
fn doc_4_the_feed_is_well_formed_and_each_event_keeps_its_name() {
    let policy = policy(str::to_owned);
    let known = Known {
        begun: BEGUN,
        in_force: BEGUN,
        documents: vec![(
            crate::ids::DocumentId(uuid::Uuid::from_u128(7)),
            "Rules; protocols, and \\ all that\nis agreed between the members of the scheme and those who manage it".into(),
            BEGUN,
        )],
        ..Known::default()
    };
    let facts = Facts { reviewable: registers::reviewable(&policy, &known), dated: Vec::new() };
    let all = duties(&policy, &facts);
    let stamp = date(2026, 9, 1).at(12, 0, 0, 0).in_tz("UTC").expect("a moment").timestamp();
    let text = calendar("Duties", &all, "https://fairwatch.example/", "northgate", stamp);
    assert!(text.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n") && text.ends_with("END:VCALENDAR\r\n"));
    assert!(text.split("\r\n").all(|line| line.len() <= 75), "lines are folded");
    let unfolded = text.replace("\r\n ", "");
    assert!(unfolded.contains("SUMMARY:Review: Rules\\; protocols\\, and \\\\ all that\\nis agreed"));
    assert!(
        unfolded.contains("DTSTART;VALUE=DATE:20270228") && unfolded.contains("DTSTAMP:20260901T120000Z")
    );
    assert!(unfolded.contains("URL:https://fairwatch.example/o/northgate/documents"));
    let uids = unfolded.lines().filter(|line| line.starts_with("UID:")).collect::<BTreeSet<_>>();
    assert_eq!(uids.len(), all.len());
    assert!(uids.contains("UID:review-users-users@northgate.fairwatch"));
}
