//! One calendar of every duty and its deadline (DOC-4): a pure function of what registers and records say.
//!
//! A duty is never stored. What is dated (an enquiry to answer, a hold to review, a registration that runs out) stands in
//! its own record; what comes round is counted from the last time. So nothing is missed because a job did not run, and
//! nothing stands twice. A duty that nobody does stays where it is, overdue.
//!
//! Labels name nobody: the calendar leaves the program, as a feed and by mail.
use crate::{
    calendar::{Entry, When},
    exclusions::{appeals::hearers, deciders},
    gate::{AuditClass, Role},
    incidents::words,
    policy::Policy,
    registers::Reviewable,
    scope::{InOrg, Scope},
};
use jiff::{Span, civil::Date};
use serde::{Deserialize, Serialize};

words! {
    /// What is to be done.
    Kind {
        /// Reports wait for review.
        Report = "report",
        /// Names that members sent wait for review.
        Name = "name",
        /// An enquiry is to be answered (PUB-2, SAR-1).
        Enquiry = "enquiry",
        /// A business wants to join (MEM-1).
        Application = "application",
        /// Somebody with a role asked to be deleted (MEM-2).
        Deletion = "deletion",
        /// An appeal is to be decided (EXC-5).
        Appeal = "appeal",
        /// A proposal is to be voted on (EXC-2).
        Proposal = "proposal",
        /// Letters and notices are to be made and served (NOT-5).
        Letter = "letter",
        /// An exemption from serving a notice is to be reviewed (NOT-1).
        Exemption = "exemption",
        /// A hold is to be reviewed (RET-11).
        Hold = "hold",
        /// That a business is suspended is to be looked at again (MEM-8).
        Suspension = "suspension",
        /// That a member is picked for a person ends (SUB-6).
        Pick = "pick",
        /// An export of all data waits for a second person (SEC-6).
        Export = "export",
        /// A change of the policy waits for a second person (POL-5).
        Policy = "policy",
        /// The Information Commissioner is to be told of a change (DOC-3).
        Revision = "revision",
        /// A contract, an agreement, a registration or an accreditation runs out (DOC-2, POL-7).
        Expiry = "expiry",
        /// A document or an entry of a register is to be reviewed (DOC-1).
        Review = "review",
        /// People have yet to read and agree (MEM-3).
        Certification = "certification",
        /// A member leaves, and the board ends its membership (MEM-6).
        Leaving = "leaving",
        /// A request about somebody's data is to be answered (SAR-1).
        Request = "request",
        /// Whoever asked about their data, or complained, is to be told that it came (SAR-1, SAR-8).
        Receipt = "receipt",
        /// Somebody is to be told of a breach of personal data, or its risk is to be judged (BRE-2, BRE-3).
        Breach = "breach",
        /// The annual general meeting is to be held (MEM-5).
        GeneralMeeting = "general_meeting",
        /// Somebody's training runs out (MEM-5).
        Training = "training",
    }
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 24] = [
        Self::Report,
        Self::Name,
        Self::Enquiry,
        Self::Application,
        Self::Deletion,
        Self::Appeal,
        Self::Proposal,
        Self::Letter,
        Self::Exemption,
        Self::Hold,
        Self::Suspension,
        Self::Pick,
        Self::Export,
        Self::Policy,
        Self::Revision,
        Self::Expiry,
        Self::Review,
        Self::Certification,
        Self::Leaving,
        Self::Request,
        Self::Receipt,
        Self::Breach,
        Self::GeneralMeeting,
        Self::Training,
    ];

    /// Whether it stands for a list, whose day moves with what is on it. Of a list one is reminded once at each stage,
    /// until it is empty.
    #[must_use]
    pub fn is_list(self) -> bool {
        matches!(self, Self::Report | Self::Name | Self::Letter | Self::Certification)
    }

    /// Several of a kind in one line, and where they stand together; none where each stands by itself.
    #[must_use]
    pub fn several(self, n: usize) -> Option<(String, &'static str)> {
        Some(match self {
            Self::Enquiry => (format!("{n} enquiries to answer"), "/enquiries"),
            Self::Application => (format!("{n} applications to join"), "/applications"),
            Self::Deletion => (format!("{n} users asked to be deleted"), "/members"),
            Self::Appeal => (format!("{n} appeals to decide"), "/appeals"),
            Self::Proposal => (format!("{n} proposals wait for a decision"), "/cases"),
            Self::Exemption => (format!("{n} exemptions from serving a notice to review"), "/duties"),
            Self::Hold => (format!("{n} holds to review"), "/duties"),
            Self::Pick => (format!("For {n} members their sight of targeted data ends"), "/duties"),
            Self::Revision => (format!("{n} changes to tell the Information Commissioner"), "/registers"),
            Self::Expiry => (format!("{n} agreements, contracts or registrations run out"), "/registers"),
            Self::Review => (format!("{n} documents and entries of registers to review"), "/documents"),
            Self::Leaving => (format!("{n} members leave"), "/members"),
            _ => return None,
        })
    }

    /// Who is responsible.
    #[must_use]
    pub fn roles(self, policy: &Policy) -> Vec<Role> {
        match self {
            Self::Appeal => hearers(policy).to_vec(),
            Self::Proposal => deciders(policy).to_vec(),
            Self::Letter => vec![Role::Controller, Role::Staff],
            Self::Policy | Self::Application | Self::Leaving | Self::Export => vec![Role::Board],
            Self::Expiry | Self::Breach | Self::Suspension | Self::GeneralMeeting => {
                vec![Role::Controller, Role::Board]
            }
            _ => vec![Role::Controller],
        }
    }
}

/// Something with a day of its own, as its record says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dated {
    /// What.
    pub kind: Kind,
    /// Which: an id, or the name of a list.
    pub key: String,
    /// The last day on which it is in time.
    pub due: Date,
    /// How many are behind it, where it stands for a list.
    pub count: u64,
    /// What is added to its words: what runs out, the number of a proposal. Never a person's name.
    pub about: String,
}

/// What the duties of a scheme are worked out from.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// What comes round.
    pub reviewable: Vec<Reviewable>,
    /// What has a day of its own.
    pub dated: Vec<Dated>,
}

/// How near a duty is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Its day is over.
    Overdue,
    /// It is today.
    Today,
    /// Within the next two weeks.
    Soon,
    /// Later.
    Later,
}

/// So many days before its day a duty is soon, and whoever is responsible is reminded.
pub const AHEAD: i64 = 14;

/// For so many days after its day somebody is reminded of a duty, where they have not been yet. That they were is
/// remembered for longer, or they would be reminded every morning of what nobody does.
pub const REMINDED_DAYS: i64 = 365;

/// A duty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    /// What is to be done.
    pub kind: Kind,
    /// Which.
    pub key: String,
    /// In words that name nobody.
    pub label: String,
    /// The last day on which it is in time.
    pub due: Date,
    /// Who is responsible.
    pub roles: Vec<Role>,
    /// Where it is done: a path below the scheme's.
    pub path: String,
}

/// How near a day is by which something is to be done.
#[must_use]
pub fn state(due: Date, today: Date) -> State {
    match due {
        due if due < today => State::Overdue,
        due if due == today => State::Today,
        due if due <= today.saturating_add(Span::new().days(AHEAD)) => State::Soon,
        _ => State::Later,
    }
}

impl Duty {
    /// How near it is.
    #[must_use]
    pub fn state(&self, today: Date) -> State {
        state(self.due, today)
    }

    /// What somebody is reminded of: a fortnight ahead, on the day, and a week after it. Each once for a due day; after
    /// a year nobody is reminded any more, and it stays in the calendar alone.
    #[must_use]
    pub fn reminder(&self, today: Date) -> Option<Reminder> {
        let late = self.due.saturating_add(Span::new().days(7));
        let given_up = self.due.saturating_add(Span::new().days(REMINDED_DAYS));
        match self.state(today) {
            State::Later => None,
            _ if today >= given_up => None,
            State::Soon => Some(Reminder::Ahead),
            _ if today < late => Some(Reminder::Due),
            _ => Some(Reminder::Late),
        }
    }
}

words! {
    /// Which reminder of a duty it is.
    Reminder {
        /// Its day comes.
        Ahead = "ahead",
        /// Its day is here.
        Due = "due",
        /// Its day was a week ago.
        Late = "late",
    }
}

fn plural(n: u64, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {many}") }
}

fn told(one: &Dated) -> (String, String) {
    let (n, about, key) = (one.count, &one.about, &one.key);
    match one.kind {
        Kind::Report => {
            (format!("{} for review", plural(n, "report waits", "reports wait")), "/review".into())
        }
        Kind::Name => (format!("{} for review", plural(n, "name waits", "names wait")), "/review".into()),
        Kind::Enquiry => ("Answer an enquiry".into(), format!("/enquiries/{key}")),
        Kind::Application => ("Decide on an application to join".into(), format!("/applications/{key}")),
        Kind::Request => (format!("Answer a request about data: {about}"), format!("/requests/{key}")),
        Kind::Receipt => {
            (format!("Say that a request about data was received: {about}"), format!("/requests/{key}"))
        }
        // What is owed of a breach stands in its key: of one breach several things are.
        Kind::Breach => (about.clone(), format!("/breaches/{}", key.split(' ').next().unwrap_or_default())),
        Kind::Deletion => ("Answer a user who asked to be deleted".into(), "/members".into()),
        Kind::Appeal => ("Decide on an appeal".into(), format!("/appeals/{key}")),
        Kind::Proposal => (format!("Decide on proposal {about}"), format!("/cases/{key}")),
        Kind::Letter => {
            (format!("{} to make, serve or follow up", plural(n, "letter", "letters")), "/letters".into())
        }
        Kind::Exemption => {
            ("Review why a privacy notice is not served".into(), format!("/people/{about}/letters"))
        }
        Kind::Hold => ("Review a hold".into(), format!("/people/{about}")),
        Kind::Suspension => {
            ("Review the suspension of a business".into(), format!("/businesses/{key}/conduct"))
        }
        Kind::Pick => ("A member’s sight of targeted data ends".into(), format!("/people/{about}/picked")),
        Kind::Export => ("Decide on an export of all data".into(), "/exports".into()),
        Kind::Policy => ("Decide on a change of the policy".into(), format!("/policy/changes/{key}")),
        Kind::Revision => {
            ("Tell the Information Commissioner of a change".into(), format!("/registers/{key}"))
        }
        Kind::Expiry => (format!("Runs out: {about}"), "/registers".into()),
        Kind::Review => (format!("Review: {about}"), "/documents".into()),
        Kind::Certification => {
            let people = plural(n, "person has", "people have");
            (format!("{people} yet to read and agree"), "/certified".into())
        }
        Kind::Leaving => {
            ("End the membership of a member that leaves".into(), format!("/businesses/{key}/leaving"))
        }
        Kind::GeneralMeeting => ("Hold the annual general meeting".into(), "/meetings".into()),
        Kind::Training => {
            let people = plural(n, "person", "people");
            (format!("Train {people} again: {about}"), format!("/meetings/{key}"))
        }
    }
}

/// Every duty of a scheme, each once, the soonest first (DOC-4).
#[must_use]
pub fn duties(policy: &Policy, facts: &Facts) -> Vec<Duty> {
    let reviews = facts.reviewable.iter().map(|one| Duty {
        kind: Kind::Review,
        key: format!("{} {}", one.subject.kind, one.subject.key),
        label: format!("Review: {}", one.label),
        due: one.due,
        roles: Kind::Review.roles(policy),
        path: match &*one.subject.kind {
            "notice" | "document" => "/documents".into(),
            "old_data" => "/old-data".into(),
            _ => "/registers".into(),
        },
    });
    let dated = facts.dated.iter().map(|one| {
        let (label, path) = told(one);
        Duty {
            kind: one.kind,
            key: one.key.clone(),
            label,
            due: one.due,
            roles: one.kind.roles(policy),
            path,
        }
    });
    let mut all = reviews.chain(dated).collect::<Vec<_>>();
    all.sort_by(|a, b| (a.due, a.kind, &a.key).cmp(&(b.due, b.kind, &b.key)));
    all.dedup_by(|a, b| (a.kind, &a.key) == (b.kind, &b.key));
    all
}

/// Whether a change can move anything in the calendar: what was worked out of it is kept until one does. What people do
/// to sign in, and what they type and upload before they send it, moves nothing.
#[must_use]
pub fn moves(action: &str) -> bool {
    const STILL: [&str; 13] = [
        "duties.",
        "drafts.",
        "pictures.",
        "sightings.",
        "devices.",
        "evidence.",
        "accounts.sign",
        "accounts.password_given",
        "accounts.code_refused",
        "accounts.end_sessions",
        "accounts.change_",
        "accounts.set_pin",
        "accounts.preferences",
    ];
    !STILL.iter().any(|start| action.starts_with(start))
}

/// The duties for which somebody in one of these roles is responsible.
#[must_use]
pub fn of_roles(duties: &[Duty], roles: &[Role]) -> Vec<Duty> {
    duties.iter().filter(|duty| duty.roles.iter().any(|role| roles.contains(role))).cloned().collect()
}

/// The calendar as a feed (RFC 5545): one whole day for each duty, which keeps its identity when its day moves. `host`
/// stands before paths; `stamp` is the moment at which it was worked out.
#[must_use]
pub fn calendar(name: &str, duties: &[Duty], host: &str, slug: &str, stamp: jiff::Timestamp) -> String {
    let entry = |duty: &Duty| {
        let key = duty.key.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        Entry {
            uid: format!("{}-{key}@{slug}.fairwatch", duty.kind.name()),
            when: When::Day(duty.due),
            summary: duty.label.clone(),
            place: String::new(),
            url: format!("{}/o/{slug}{}", host.trim_end_matches('/'), duty.path),
            sequence: 0,
            cancelled: false,
        }
    };
    let entries = duties.iter().map(entry).collect::<Vec<_>>();
    crate::calendar::calendar(name, "Duties", &entries, stamp)
}

crate::gate::actions! {
    /// The calendar of duties (DOC-4).
    ShowDuties = "duties.show", Look, [Role::Controller, Role::Staff, Role::Board], InOrg => Scope;
    /// Make the address of one's own feed; the one before ends.
    MakeFeed = "duties.make_feed", Change, [Role::Controller, Role::Staff, Role::Board], InOrg => Scope;
    /// End one's own feed.
    EndFeed = "duties.end_feed", Change, [Role::Controller, Role::Staff, Role::Board], InOrg => Scope;
    /// Remind those who are responsible.
    Remind = "duties.remind", Change, [], InOrg => Scope, machine;
}

#[cfg(test)]
mod tests;
