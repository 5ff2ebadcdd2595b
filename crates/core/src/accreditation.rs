//! What an assessor of the accreditation reads: for each standard what the scheme says of itself, and what the program
//! finds in its records today (POL-7, DOC-4).
//!
//! A pure function of the policy and of counts and days. It names nobody but the scheme: neither a person who was
//! reported nor a user.
use crate::{
    gate::{AuditClass, Role},
    policy::{Policy, scheme::AccreditationStatus},
    scope::{InOrg, Scope},
};
use jiff::{Span, civil::Date};

/// A part of the standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standard {
    /// Who the scheme is.
    Identity,
    /// Who manages it.
    Board,
    /// That they meet.
    Meetings,
    /// With whom it shares, under which papers.
    Agreements,
    /// How it handles personal data.
    DataProtection,
}

impl Standard {
    /// All of them, in the order of the page.
    pub const ALL: [Self; 5] =
        [Self::Identity, Self::Board, Self::Meetings, Self::Agreements, Self::DataProtection];

    /// The heading of its part.
    #[must_use]
    pub fn heading(self) -> &'static str {
        match self {
            Self::Identity => "Identity",
            Self::Board => "Board of management",
            Self::Meetings => "Meetings",
            Self::Agreements => "Agreements and contracts",
            Self::DataProtection => "Data protection",
        }
    }
}

/// What a piece of evidence shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shows {
    /// That it is as it should be.
    Met,
    /// That something is to be put right.
    Lacking,
    /// Nothing yet: there was none of it.
    Nothing,
    /// That the program does it in any case: no evidence of this scheme's own.
    ByDesign,
}

/// A piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Of which standard.
    pub standard: Standard,
    /// What is asked.
    pub asked: &'static str,
    /// What is found.
    pub found: String,
    /// What that shows.
    pub shows: Shows,
    /// Where it can be seen: a path below the scheme's.
    pub path: &'static str,
}

/// So many of a kind, of how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Of {
    /// How many are as they should be.
    pub n: u64,
    /// How many there are.
    pub of: u64,
}

/// Meetings that were held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Meetings {
    /// How many in the last year, and of how many of them there are minutes.
    pub minutes: Of,
    /// The day of the last annual general meeting within it.
    pub last_agm: Option<Date>,
    /// So many times somebody came to one of them. How many were invited is not kept: it is worked out for the day.
    pub came: u64,
}

/// What is found in the records of a scheme: counts and days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The version of the policy in force, and since when.
    pub policy: (i64, Option<Date>),
    /// Member businesses.
    pub members: u64,
    /// People with the role of the board.
    pub board: u64,
    /// People with the role of the controller.
    pub controllers: u64,
    /// People who have agreed to all that asks them, of everybody with a role.
    pub certified: Of,
    /// Decisions in the last year, and how many of them two people or more took part in.
    pub decided: Of,
    /// Appeals decided in the last year or late and still open, and how many were decided in time.
    pub appeals: Of,
    /// Versions of the policy after the first, and how many of them a second person agreed to.
    pub changes: Of,
    /// Meetings of the last year.
    pub meetings: Meetings,
    /// Agreements that the policy names, and how many are in the register and have not run out.
    pub agreements: Of,
    /// Processors that the policy names, and how many have a contract in the register that has not run out.
    pub processors: Of,
    /// The day on which the registration with the Commissioner runs out, where that is known.
    pub registration: Option<Date>,
    /// Documents, texts and entries of registers that come round, and how many are reviewed in time.
    pub reviewed: Of,
    /// Enquiries and requests answered in the last year, and how many in time.
    pub answered: Of,
    /// Records that are past their end and still here.
    pub past: u64,
    /// The day of the last sweep.
    pub swept_on: Option<Date>,
    /// The day of the last yearly audit of old data.
    pub old_data: Option<Date>,
    /// Entries of the audit, and the day on which its head was last signed.
    pub audit: (u64, Option<Date>),
    /// Whether that was lately, by the clock that nobody moves.
    pub signed_lately: bool,
}

fn day(day: Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

fn some(n: u64, one: &str, many: &str) -> String {
    match n {
        0 => format!("no {many}"),
        1 => format!("1 {one}"),
        n => format!("{n} {many}"),
    }
}

/// What is as it should be where all of them are; where there are none, nothing is shown.
fn all(of: Of) -> Shows {
    match of {
        Of { of: 0, .. } => Shows::Nothing,
        Of { n, of } if n >= of => Shows::Met,
        _ => Shows::Lacking,
    }
}

fn when(holds: bool) -> Shows {
    if holds { Shows::Met } else { Shows::Lacking }
}

/// The evidence for each standard, as the records show it on a day.
#[must_use]
pub fn evidence(policy: &Policy, facts: &Facts, today: Date) -> Vec<Evidence> {
    [
        identity(policy, facts, today),
        board(facts),
        meetings(facts, today),
        agreements(facts),
        data_protection(policy, facts, today),
    ]
    .concat()
}

fn identity(policy: &Policy, facts: &Facts, today: Date) -> Vec<Evidence> {
    let standard = Standard::Identity;
    let accreditation = &policy.accreditation;
    let is_over = accreditation.expires.is_some_and(|end| end <= today);
    let until = accreditation.expires.map_or(String::new(), |end| match is_over {
        true => format!("; it ran out on {}", day(end)),
        false => format!(", until {}", day(end)),
    });
    let status = match accreditation.status {
        AccreditationStatus::Accredited => "Accredited",
        AccreditationStatus::WorkingTowards => "Working towards accreditation",
        AccreditationStatus::None => "Not accredited",
    };
    let shown =
        accreditation.evidence.as_ref().map_or(String::new(), |text| format!(". Shown by: {}", &**text));
    vec![
        Evidence {
            standard,
            asked: "The scheme has a name, an area and somebody to reach, and publishes them",
            found: format!("{}. Area: {}", &*policy.scheme.name, &*policy.scheme.area_of_operation),
            shows: Shows::Met,
            path: "/notices",
        },
        Evidence {
            standard,
            asked: "Its accreditation stands",
            found: format!("{status}{until}{shown}"),
            shows: when(!is_over && accreditation.status != AccreditationStatus::None),
            path: "/registers",
        },
        Evidence {
            standard,
            asked: "Its members are businesses that have joined it",
            found: some(facts.members, "member business", "member businesses"),
            shows: when(facts.members > 0),
            path: "/members",
        },
    ]
}

fn board(facts: &Facts) -> Vec<Evidence> {
    let standard = Standard::Board;
    let Of { n, of } = facts.decided;
    let appeals = facts.appeals;
    let changes = facts.changes;
    vec![
        Evidence {
            standard,
            asked: "A board of at least two people manages it and oversees the controller",
            found: format!(
                "{} and {}",
                some(facts.board, "board member", "board members"),
                some(facts.controllers, "data controller", "data controllers")
            ),
            shows: when(facts.board >= 2 && facts.controllers >= 1),
            path: "/members",
        },
        Evidence {
            standard,
            asked: "Exclusions are decided by more than one person",
            found: match of {
                0 => "No exclusion was decided on in the last year".to_owned(),
                of => format!("{n} of {of} decisions in the last year were taken by two people or more"),
            },
            shows: all(facts.decided),
            path: "/cases",
        },
        Evidence {
            standard,
            asked: "Appeals are heard in time",
            found: match appeals.of {
                0 => "No appeal came due in the last year".to_owned(),
                of => format!(
                    "{} of {of} appeals that came due in the last year were decided in time",
                    appeals.n
                ),
            },
            shows: all(appeals),
            path: "/appeals",
        },
        Evidence {
            standard,
            asked: "Changes of the policy are agreed to by a second person",
            found: match changes.of {
                0 => "The policy has not been changed".to_owned(),
                of => format!("{} of {of} changes were agreed to by a second person", changes.n),
            },
            shows: all(changes),
            path: "/policy",
        },
    ]
}

fn meetings(facts: &Facts, today: Date) -> Vec<Evidence> {
    let standard = Standard::Meetings;
    let Meetings { minutes, last_agm, came } = facts.meetings;
    let recent = last_agm.is_some_and(|on| on > year_before(today));
    vec![
        Evidence {
            standard,
            asked: "An annual general meeting was held in the last year",
            found: last_agm.map_or("None is on record".to_owned(), |on| format!("Held on {}", day(on))),
            shows: when(recent),
            path: "/meetings",
        },
        Evidence {
            standard,
            asked: "Members meet, and who came is written down",
            found: match came {
                0 => "Nobody is on record as having come to one in the last year".to_owned(),
                came => format!(
                    "{} in the last year, with {} on record",
                    some(minutes.of, "meeting", "meetings"),
                    some(came, "attendance", "attendances")
                ),
            },
            shows: when(came > 0),
            path: "/meetings",
        },
        Evidence {
            standard,
            asked: "What was said at meetings is kept as minutes",
            found: match minutes.of {
                0 => "No meeting was held in the last year".to_owned(),
                of => format!("{} of {of} meetings of the last year have minutes", minutes.n),
            },
            shows: all(minutes),
            path: "/meetings",
        },
    ]
}

fn agreements(facts: &Facts) -> Vec<Evidence> {
    let standard = Standard::Agreements;
    let list = |of: Of, what: &str| match of.of {
        0 => format!("The policy names no {what}"),
        all => format!("{} of {all} {what} are in the register and in force", of.n),
    };
    vec![
        Evidence {
            standard,
            asked: "Sharing with police and others stands on signed agreements",
            found: list(facts.agreements, "sharing agreements"),
            shows: all(facts.agreements),
            path: "/registers",
        },
        Evidence {
            standard,
            asked: "Companies that handle data are bound by contract",
            found: list(facts.processors, "contracts with processors"),
            shows: all(facts.processors),
            path: "/registers",
        },
        Evidence {
            standard,
            asked: "Everybody who signs in has read and agreed to the rules that are in force",
            found: format!(
                "{} of {} have; whoever has not sees nothing of other people until they do",
                facts.certified.n, facts.certified.of
            ),
            shows: all(facts.certified),
            path: "/certified",
        },
    ]
}

fn data_protection(policy: &Policy, facts: &Facts, today: Date) -> Vec<Evidence> {
    let standard = Standard::DataProtection;
    let (version, since) = facts.policy;
    let since = since.map_or(String::new(), |since| format!(", in force since {}", day(since)));
    let registered = policy.registration.number.as_ref().map(|number| number.to_string());
    let ends = facts.registration.or(policy.registration.expires);
    let is_over = ends.is_some_and(|end| end <= today);
    let registration = match (&registered, ends) {
        (Some(number), Some(end)) if is_over => format!("{number}; it ran out on {}", day(end)),
        (Some(number), Some(end)) => format!("{number}, until {}", day(end)),
        (Some(number), None) => format!("{number}; when it runs out is not in the register"),
        (None, _) => "The policy names no registration".to_owned(),
    };
    let (entries, signed) = facts.audit;
    vec![
        Evidence {
            standard,
            asked: "The scheme is registered with the Information Commissioner",
            found: registration,
            shows: when(registered.is_some() && !is_over),
            path: "/registers",
        },
        Evidence {
            standard,
            asked: "What is kept of whom, for how long and who sees it is published, and the program does just that",
            found: format!("Version {version} of the policy{since}; the notices are written from it"),
            shows: Shows::ByDesign,
            path: "/policy",
        },
        Evidence {
            standard,
            asked: "Documents, agreements and the list of users are reviewed in time",
            found: format!("{} of {} are reviewed in time", facts.reviewed.n, facts.reviewed.of),
            shows: all(facts.reviewed),
            path: "/duties",
        },
        Evidence {
            standard,
            asked: "Enquiries and requests about data are answered in time",
            found: match facts.answered.of {
                0 => "None came due in the last year".to_owned(),
                of => format!("{} of {of} in the last year were answered in time", facts.answered.n),
            },
            shows: all(facts.answered),
            path: "/duties",
        },
        Evidence {
            standard,
            asked: "Nothing is held for longer than the policy says",
            found: match (facts.past, facts.swept_on) {
                (0, Some(on)) => format!("Nothing is past its end; the last sweep was on {}", day(on)),
                (0, None) => "Nothing is past its end; no sweep has been needed yet".to_owned(),
                (n, _) => format!(
                    "{} past the end: hidden, and destroyed by the next sweep",
                    some(n, "record is", "records are")
                ),
            },
            shows: when(facts.past == 0),
            path: "/sweep",
        },
        Evidence {
            standard,
            asked: "What is old is audited each year",
            found: facts.old_data.map_or("No audit of old data was finished yet".to_owned(), |on| {
                format!("Last finished on {}", day(on))
            }),
            shows: when(facts.old_data.is_some_and(|on| on > year_before(today))),
            path: "/old-data",
        },
        Evidence {
            standard,
            asked: "Every look and every change is on record, and the record cannot be changed unnoticed",
            found: format!(
                "{entries} entries; {}",
                signed.map_or("not signed yet".to_owned(), |on| format!("last signed on {}", day(on)))
            ),
            shows: when(facts.signed_lately),
            path: "/audit",
        },
        Evidence {
            standard,
            asked: "Who sees or decides most signs in with two factors",
            found:
                "Controllers, the board, police and auditors always do; the program lets them in no other way"
                    .to_owned(),
            shows: Shows::ByDesign,
            path: "",
        },
    ]
}

/// The same day of the year before.
#[must_use]
pub fn year_before(today: Date) -> Date {
    today.saturating_sub(Span::new().years(1))
}

crate::gate::actions! {
    /// The evidence for the accreditation (POL-7).
    ShowAccreditation = "accreditation.show", Look, [Role::Controller, Role::Board, Role::Auditor], InOrg => Scope;
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn policy() -> Policy {
        Policy::parse("generic.toml", include_str!("../../../policies/generic.toml"))
            .expect("the pattern is good")
    }

    #[test]
    fn pol_7_evidence_says_what_lacks_and_nothing_of_what_is_not_kept() {
        let today = date(2026, 11, 22);
        let mut facts = Facts {
            board: 2,
            controllers: 1,
            members: 12,
            decided: Of { n: 3, of: 3 },
            agreements: Of { n: 1, of: 2 },
            audit: (40, Some(today)),
            signed_lately: true,
            ..Facts::default()
        };
        let found = evidence(&policy(), &facts, today);
        let of = |asked: &str| found.iter().find(|one| one.asked.contains(asked)).expect(asked).clone();
        assert_eq!(of("board of at least two").shows, Shows::Met);
        assert_eq!(of("signed agreements").shows, Shows::Lacking);
        assert_eq!(of("annual general meeting").shows, Shows::Lacking);
        assert_eq!(of("kept as minutes").shows, Shows::Nothing);
        assert_eq!(of("audited each year").shows, Shows::Lacking);
        assert_eq!(of("Appeals are heard").shows, Shows::Nothing, "none of it shows nothing");
        assert_eq!(of("two factors").shows, Shows::ByDesign, "no evidence of the scheme’s own");
        assert_eq!(of("read and agreed").shows, Shows::Nothing);
        facts.certified = Of { n: 3, of: 200 };
        let some = evidence(&policy(), &facts, today);
        assert!(some.iter().any(|one| one.asked.contains("read and agreed") && one.shows == Shows::Lacking));
        for standard in Standard::ALL {
            assert!(found.iter().any(|one| one.standard == standard), "{standard:?}");
        }
        facts.meetings =
            Meetings { minutes: Of { n: 3, of: 4 }, last_agm: Some(date(2025, 11, 22)), came: 30 };
        let found = evidence(&policy(), &facts, today);
        let minutes = found.iter().find(|one| one.asked.contains("as minutes")).expect("it is asked");
        assert_eq!(minutes.found, "3 of 4 meetings of the last year have minutes");
        let came = found.iter().find(|one| one.asked.contains("who came")).expect("it is asked");
        assert_eq!(came.found, "4 meetings in the last year, with 30 attendances on record");
        let agm = found.iter().find(|one| one.asked.contains("annual general")).expect("it is asked");
        assert_eq!(agm.shows, Shows::Lacking, "a year ago today is not within the last year");
    }
}
