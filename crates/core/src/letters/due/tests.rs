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
        ended: false,
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
    known.decided = vec![Decided::Appeal {
        id: id(4),
        exclusion: None,
        received,
        decided: Some((date(2026, 11, 20), Outcome::Upheld)),
    }];
    assert_eq!(kinds(&outstanding(&known, MONTH, TODAY)), [("make", Kind::AppealDecision)]);
}

fn noticed(served: Option<Date>) -> Made {
    let says = Some((date(2027, 5, 1), Vec::new()));
    Made { says, served, ..made(1, Kind::Exclusion, Some(id(1)), date(2026, 5, 1)) }
}

/// EXC-3, NOT-5, EXC-6: a letter that was made and has not been served is not to be served once what it tells of is gone,
/// replaced, lifted, over, or stands otherwise; the privacy notice that would have come with it is due by itself.
#[test]
fn a_letter_that_says_what_stands_no_more_is_not_to_be_served() {
    let collected = Some(date(2026, 4, 20));
    let with = |decided: Vec<Decided>| {
        let known = Known { decided, made: vec![noticed(None)], collected, ..Known::default() };
        kinds(&outstanding(&known, MONTH, TODAY))
    };
    let changed = |change: fn(&mut Decided)| {
        let mut decided = exclusion(date(2027, 5, 1));
        change(&mut decided);
        vec![decided]
    };
    assert_eq!(with(changed(|_| {})), [("serve", Kind::Exclusion)], "it stands as the letter says");
    assert_eq!(with(Vec::new()), [("make", Kind::Notice)], "nothing was decided any more");
    let moot = changed(|one| {
        if let Decided::Exclusion { moot, .. } = one {
            *moot = true;
        }
    });
    assert_eq!(with(moot), [("make", Kind::Notice)]);
    let lifted = changed(|one| {
        if let Decided::Exclusion { lifted, .. } = one {
            *lifted = Some(date(2026, 11, 1));
        }
    });
    assert_eq!(with(lifted), [("make", Kind::Notice), ("make", Kind::Lifting)]);
    let shortened = vec![exclusion(date(2027, 2, 1))];
    assert_eq!(
        with(shortened),
        [("make", Kind::Exclusion), ("make", Kind::Notice)],
        "its notice is made anew"
    );
    let narrowed = changed(|one| {
        if let Decided::Exclusion { premises, .. } = one {
            *premises = vec![MemberId(id(11))];
        }
    });
    assert_eq!(with(narrowed), [("make", Kind::Exclusion), ("make", Kind::Notice)]);
    let over = vec![exclusion(date(2026, 11, 1))];
    assert!(!with(over.clone()).contains(&("serve", Kind::Exclusion)));
    assert!(with(over).contains(&("make", Kind::Notice)));
}

/// EXC-5, EXC-3: the warning that an appeal took back is not handed over, nor the receipt of an appeal that was decided.
#[test]
fn what_an_appeal_took_back_is_not_served() {
    let received = date(2026, 11, 1);
    let decided = Some((date(2026, 11, 20), Outcome::Lifted));
    let known = Known {
        // A warning that was taken back is among what was decided no more.
        decided: vec![Decided::Appeal { id: id(4), exclusion: None, received, decided }],
        made: vec![
            made(9, Kind::Warning, Some(id(7)), date(2026, 10, 16)),
            made(10, Kind::AppealReceipt, Some(id(4)), received),
        ],
        ..Known::default()
    };
    assert_eq!(kinds(&outstanding(&known, MONTH, TODAY)), [("make", Kind::AppealDecision)]);
}

/// EXC-3, EXC-5: the letter about an appeal tells that an exclusion is lifted only if that appeal lifted it.
#[test]
fn an_exclusion_that_is_lifted_beside_an_appeal_is_told_by_its_own_letter() {
    let day = date(2026, 11, 20);
    let mut lifted_on = exclusion(date(2027, 5, 1));
    if let Decided::Exclusion { lifted, .. } = &mut lifted_on {
        *lifted = Some(day);
    }
    let with = |outcome: Outcome| {
        let appeal = Decided::Appeal {
            id: id(4),
            exclusion: Some(id(1)),
            received: date(2026, 11, 1),
            decided: Some((day, outcome)),
        };
        let told = noticed(Some(date(2026, 5, 2)));
        let known = Known { decided: vec![lifted_on.clone(), appeal], made: vec![told], ..Known::default() };
        kinds(&outstanding(&known, MONTH, TODAY))
    };
    assert_eq!(with(Outcome::Lifted), [("make", Kind::AppealDecision)]);
    assert_eq!(with(Outcome::Upheld), [("make", Kind::Lifting), ("make", Kind::AppealDecision)]);
}

/// RET-15, NOT-1: a letter that is past its end is not to be served; one that was served has brought the notice for good.
#[test]
fn a_letter_past_its_end_is_not_to_be_served_and_what_it_brought_stays_brought() {
    let old = Made { ended: true, ..made(1, Kind::Notice, None, date(2024, 5, 1)) };
    let known = Known { made: vec![old.clone()], collected: Some(date(2024, 4, 20)), ..Known::default() };
    assert_eq!(kinds(&outstanding(&known, MONTH, TODAY)), [("make", Kind::Notice)]);
    let served = Made { served: Some(date(2024, 5, 2)), ..old };
    let known = Known { made: vec![served], ..known };
    assert_eq!(outstanding(&known, MONTH, TODAY), []);
}
