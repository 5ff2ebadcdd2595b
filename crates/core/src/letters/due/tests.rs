//! EXC-3, EXC-7, NOT-1, NOT-5: what is outstanding, since when and by when.
use super::*;
use jiff::civil::date;

const MONTH: Length = Length::Months(1);
const TODAY: Date = date(2026, 11, 22);

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn made(n: u128, kind: Kind, about: Option<Uuid>, on: Date) -> Made {
    Made {
        id: LetterId(id(n)),
        kind,
        about,
        exclusion: about,
        on,
        with_notice: true,
        says: None,
        served: None,
        endeavoured: false,
        failed: None,
    }
}

fn exclusion(ends: Date) -> Decided {
    Decided::Exclusion {
        id: id(1),
        starts: date(2026, 5, 1),
        ends,
        premises: Vec::new(),
        changed: None,
        lifted: None,
        moot: false,
    }
}

fn kinds(found: &[Outstanding]) -> Vec<(&'static str, Kind)> {
    found
        .iter()
        .filter_map(|one| match one.task {
            Task::Make { kind, .. } => Some(("make", kind)),
            Task::Serve { kind, .. } => Some(("serve", kind)),
            Task::Review { .. } => None,
        })
        .collect()
}

/// NOT-1: one month after collection, and first circulation if that is earlier; month ends are met.
#[test]
fn the_notice_is_due_at_the_earlier_of_a_month_and_first_circulation() {
    assert_eq!(notice_due(Some(date(2026, 1, 31)), None, MONTH), Some(date(2026, 2, 28)));
    assert_eq!(notice_due(Some(date(2026, 1, 31)), Some(date(2026, 2, 3)), MONTH), Some(date(2026, 2, 3)));
    assert_eq!(notice_due(Some(date(2026, 1, 31)), Some(date(2026, 6, 3)), MONTH), Some(date(2026, 2, 28)));
    assert_eq!(notice_due(None, None, MONTH), None);
}

/// NOT-5: somebody of whom data are held stands on the list from the first day, and is overdue once members see them.
#[test]
fn a_notice_that_nobody_made_is_outstanding_and_then_overdue() {
    let mut known = Known { collected: Some(date(2026, 11, 10)), ..Known::default() };
    let found = outstanding(&known, MONTH, TODAY);
    assert_eq!(kinds(&found), [("make", Kind::Notice)]);
    assert_eq!((found[0].since, found[0].by), (date(2026, 11, 10), Some(date(2026, 12, 10))));
    assert!(!found[0].is_overdue(TODAY));
    known.circulated = Some(date(2026, 11, 14));
    assert!(outstanding(&known, MONTH, TODAY)[0].is_overdue(TODAY));
}

/// NOT-1: any letter with the notice attached serves it; best endeavours end the letter, and not the duty.
#[test]
fn a_served_letter_brings_the_notice_and_one_that_was_given_up_does_not() {
    let mut known = Known { collected: Some(date(2026, 11, 10)), ..Known::default() };
    known.decided.push(Decided::Warning { id: id(7), on: date(2026, 11, 15) });
    assert_eq!(kinds(&outstanding(&known, MONTH, TODAY)), [("make", Kind::Notice), ("make", Kind::Warning)]);
    known.made.push(made(9, Kind::Warning, Some(id(7)), date(2026, 11, 16)));
    let found = outstanding(&known, MONTH, TODAY);
    assert_eq!(kinds(&found), [("serve", Kind::Warning)]);
    assert!(found[0].notice && found[0].by == Some(date(2026, 12, 10)));
    known.made[0].endeavoured = true;
    assert_eq!(kinds(&outstanding(&known, MONTH, TODAY)), [("make", Kind::Notice)]);
    known.made[0].endeavoured = false;
    known.made[0].served = Some(date(2026, 11, 20));
    assert_eq!(outstanding(&known, MONTH, TODAY), []);
}

/// NOT-1: an exemption takes the notice off the list until it is reviewed, or ended.
#[test]
fn an_exemption_stands_until_its_review() {
    let exempt = Exempt { id: ExemptionId(id(3)), since: date(2026, 8, 22), review: date(2026, 11, 22) };
    let mut known = Known { collected: Some(date(2026, 8, 1)), exempt: Some(exempt), ..Known::default() };
    assert_eq!(outstanding(&known, MONTH, date(2026, 11, 21)), []);
    let found = outstanding(&known, MONTH, TODAY);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].task, Task::Review { exemption: exempt.id });
    known.exempt = None;
    assert_eq!(kinds(&outstanding(&known, MONTH, TODAY)), [("make", Kind::Notice)]);
}

/// EXC-3, EXC-7: an exclusion's letters, one after another. The letter of its end is due a week ahead.
#[test]
fn the_letters_of_an_exclusion_follow_what_happens_to_it() {
    let mut known = Known { decided: vec![exclusion(date(2026, 12, 1))], ..Known::default() };
    let found = outstanding(&known, MONTH, date(2026, 5, 1));
    assert_eq!(kinds(&found), [("make", Kind::Exclusion)]);
    assert_eq!(found[0].by, Some(date(2026, 5, 1)));

    let mut notice = made(1, Kind::Exclusion, Some(id(1)), date(2026, 5, 1));
    notice.says = Some((date(2026, 12, 1), Vec::new()));
    notice.served = Some(date(2026, 5, 2));
    known.made.push(notice);
    assert_eq!(outstanding(&known, MONTH, date(2026, 11, 23)), []);
    let found = outstanding(&known, MONTH, date(2026, 11, 24));
    assert_eq!(kinds(&found), [("make", Kind::Expiry)]);
    assert_eq!(found[0].by, Some(date(2026, 12, 1)));

    known.decided = vec![exclusion(date(2026, 9, 1))];
    assert_eq!(kinds(&outstanding(&known, MONTH, date(2026, 7, 1))), [("make", Kind::Variation)]);

    let Decided::Exclusion { lifted, .. } = &mut known.decided[0] else { panic!("an exclusion") };
    *lifted = Some(date(2026, 7, 1));
    assert_eq!(kinds(&outstanding(&known, MONTH, date(2026, 7, 1))), [("make", Kind::Lifting)]);

    let Decided::Exclusion { moot, .. } = &mut known.decided[0] else { panic!("an exclusion") };
    *moot = true;
    assert_eq!(outstanding(&known, MONTH, date(2026, 7, 1)), []);
}

/// EXC-3: a letter about an exclusion that became narrower says so; the order of premises means nothing.
#[test]
fn a_narrower_exclusion_is_a_variation() {
    let (one, two) = (MemberId(id(11)), MemberId(id(12)));
    let mut known = Known { decided: vec![exclusion(date(2027, 5, 1))], ..Known::default() };
    let mut notice = made(1, Kind::Exclusion, Some(id(1)), date(2026, 5, 1));
    notice.served = Some(date(2026, 5, 1));
    notice.says = Some((date(2027, 5, 1), vec![one, two]));
    known.made.push(notice);
    let Decided::Exclusion { premises, .. } = &mut known.decided[0] else { panic!("an exclusion") };
    *premises = vec![two, one];
    assert_eq!(outstanding(&known, MONTH, TODAY), []);
    let Decided::Exclusion { premises, .. } = &mut known.decided[0] else { panic!("an exclusion") };
    *premises = vec![two];
    assert_eq!(kinds(&outstanding(&known, MONTH, TODAY)), [("make", Kind::Variation)]);
}

/// EXC-3: an appeal is answered twice.
#[test]
fn an_appeal_has_a_receipt_and_a_decision() {
    let received = date(2026, 11, 1);
    let mut known = Known {
        decided: vec![Decided::Appeal { id: id(4), exclusion: None, received, decided: None }],
        ..Known::default()
    };
    assert_eq!(kinds(&outstanding(&known, MONTH, TODAY)), [("make", Kind::AppealReceipt)]);
    known.decided =
        vec![Decided::Appeal { id: id(4), exclusion: None, received, decided: Some(date(2026, 11, 20)) }];
    assert_eq!(kinds(&outstanding(&known, MONTH, TODAY)), [("make", Kind::AppealDecision)]);
}
