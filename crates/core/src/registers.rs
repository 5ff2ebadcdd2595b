//! What a scheme keeps a register of: processors, sharing agreements, responsible persons, its registration with the
//! Information Commissioner, its accreditation, the certificate of its storage; and what of all that was reviewed
//! when (DOC-1, DOC-2, DOC-3, POL-7, SEC-1).
//!
//! The policy file is the source of who the processors are, with whom there are agreements, what number the registration
//! has, and how far the accreditation is: notices are written from it, and only two people change it. The register adds
//! what the file does not say (contracts, contacts, days of ending, who looks after it) and names nobody whom the file
//! does not. Where both know a day of ending, the file's counts.
use crate::{
    gate::{AuditClass, Facts, Role, Standing, Target},
    ids::{DocumentId, EntryId, OrgId},
    incidents::words,
    notices::Notice,
    policy::{Policy, period::Length},
    scope::{InOrg, Scope, ends},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

words! {
    /// What an entry is about.
    Kind {
        /// A company that handles data on the scheme's behalf; the policy names it.
        Processor = "processor",
        /// An agreement with another organisation; the policy names it.
        Agreement = "agreement",
        /// Somebody who is responsible for something.
        Person = "person",
        /// The registration with the Information Commissioner.
        Registration = "registration",
        /// A change that the Commissioner has to be told of (DOC-3).
        Revision = "revision",
        /// The accreditation (POL-7).
        Accreditation = "accreditation",
        /// The storage's independent certificate (SEC-1).
        Certificate = "certificate",
    }
}

impl Kind {
    /// Every kind, in the order of the page.
    pub const ALL: [Self; 7] = [
        Self::Processor,
        Self::Agreement,
        Self::Person,
        Self::Registration,
        Self::Revision,
        Self::Accreditation,
        Self::Certificate,
    ];

    /// The heading of its section.
    #[must_use]
    pub fn heading(self) -> &'static str {
        match self {
            Self::Processor => "Processors",
            Self::Agreement => "Sharing agreements",
            Self::Person => "Responsible persons",
            Self::Registration => "Registration with the Information Commissioner",
            Self::Revision => "Changes that the Commissioner has to know",
            Self::Accreditation => "Accreditation",
            Self::Certificate => "Certificate of the storage",
        }
    }

    /// What one of them is called.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Processor => "Processor",
            Self::Agreement => "Sharing agreement",
            Self::Person => "Responsible person",
            Self::Registration => "Registration",
            Self::Revision => "Change of the registration",
            Self::Accreditation => "Accreditation",
            Self::Certificate => "Certificate of the storage",
        }
    }

    /// What the policy file names of this kind: the key by which an entry refers to it, and what it is called. None
    /// where the register alone knows them.
    #[must_use]
    pub fn named(self, policy: &Policy) -> Option<Vec<(String, String)>> {
        let one = |name: &str| Some(vec![(self.name().to_owned(), name.to_owned())]);
        match self {
            Self::Processor => Some(
                policy.processors.iter().map(|one| (one.name.to_string(), one.name.to_string())).collect(),
            ),
            Self::Agreement => Some(
                policy
                    .agreements
                    .iter()
                    .map(|one| (one.id.to_string(), format!("{}, with {}", &*one.name, &*one.with)))
                    .collect(),
            ),
            Self::Registration => one("Registration with the Information Commissioner"),
            Self::Accreditation => one("Accreditation"),
            Self::Certificate => one("Certificate of the storage"),
            Self::Person | Self::Revision => None,
        }
    }

    /// The day of ending that the policy file gives; it goes before the register's.
    #[must_use]
    pub fn policy_end(self, policy: &Policy, key: &str) -> Option<Date> {
        match self {
            Self::Agreement => policy.agreements.iter().find(|one| &*one.id == key)?.ends,
            Self::Registration => policy.registration.expires,
            Self::Accreditation => policy.accreditation.expires,
            Self::Processor | Self::Person | Self::Revision | Self::Certificate => None,
        }
    }

    /// How often it is reviewed; a person and a change are not.
    #[must_use]
    pub fn cycle(self, policy: &Policy) -> Option<Length> {
        let reviews = &policy.reviews;
        match self {
            Self::Processor | Self::Agreement => Some(reviews.agreements.length),
            Self::Registration | Self::Accreditation | Self::Certificate => Some(reviews.registration.length),
            Self::Person | Self::Revision => None,
        }
    }
}

/// What an entry says; sealed under a key of its own, since it may name people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// Whose contract, which certificate, who is responsible, what has to change.
    pub name: String,
    /// What for: the person's duty, the contract's reference, what it covers.
    pub about: String,
    /// How to reach them.
    pub contact: String,
    /// Who of the scheme looks after it.
    pub responsible: String,
    /// Anything else, such as where the paper lies.
    pub note: String,
}

/// Something that is reviewed, by the name under which reviews are kept: stable, and about nobody.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Subject {
    /// `notice`, `document`, or the kind of an entry, `users`, `old_data`, `restore_test`.
    pub kind: String,
    /// Which of them.
    pub key: String,
}

impl Subject {
    /// A text that the program writes.
    #[must_use]
    pub fn notice(notice: Notice) -> Self {
        Self { kind: "notice".into(), key: notice.name().into() }
    }
    /// A governing document.
    #[must_use]
    pub fn document(id: DocumentId) -> Self {
        Self { kind: "document".into(), key: id.to_string() }
    }
    /// What a register keeps.
    #[must_use]
    pub fn entry(kind: Kind, key: &str) -> Self {
        Self { kind: kind.name().into(), key: key.to_owned() }
    }
    /// The list of users and of what each may do.
    #[must_use]
    pub fn users() -> Self {
        Self { kind: "users".into(), key: "users".into() }
    }
    /// The audit of what is old, which has a run of its own (RET-13).
    #[must_use]
    pub fn old_data() -> Self {
        Self { kind: "old_data".into(), key: "old_data".into() }
    }
    /// Trying a backup by restoring it (SEC-5).
    #[must_use]
    pub fn restore_test() -> Self {
        Self { kind: "restore_test".into(), key: "restore_test".into() }
    }

    /// How often it is reviewed; none for what is no subject of reviews in this scheme.
    #[must_use]
    pub fn cycle(&self, policy: &Policy) -> Option<Length> {
        let reviews = &policy.reviews;
        match &*self.kind {
            "notice" => Notice::named(&self.key)
                .is_some_and(|notice| notice.is_of(policy))
                .then_some(reviews.documents.length),
            "document" => Some(reviews.documents.length),
            "users" => Some(reviews.users.length),
            "old_data" => Some(reviews.audit.length),
            "restore_test" => Some(reviews.restore_test.length),
            kind => {
                let kind: Kind = kind.parse().ok()?;
                let is_named = kind.named(policy)?.iter().any(|(key, _)| *key == self.key);
                is_named.then(|| kind.cycle(policy)).flatten()
            }
        }
    }

    /// The day on which it is to be reviewed, counted from the last time.
    #[must_use]
    pub fn due(&self, policy: &Policy, since: Date) -> Option<Date> {
        self.cycle(policy).map(|length| ends(since, length))
    }
}

/// Something that comes round: what, what it is called, since when it counts, and when it is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewable {
    /// What.
    pub subject: Subject,
    /// What pages call it.
    pub label: String,
    /// The last review, or when it began.
    pub since: Date,
    /// Whether it was ever reviewed.
    pub reviewed: bool,
    /// The day by which it is reviewed.
    pub due: Date,
}

/// What of a scheme is known about its documents and registers, as far as reviews are worked out from it.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The day on which the scheme began.
    pub begun: Date,
    /// The day on which the policy in force took effect: what is written from it is as new.
    pub in_force: Date,
    /// Documents in force: which, their title, since when the present version holds.
    pub documents: Vec<(DocumentId, String, Date)>,
    /// Entries that stand: kind, key, since when.
    pub entries: Vec<(Kind, String, Date)>,
    /// The last review of each subject.
    pub last: BTreeMap<Subject, Date>,
}

/// All that is reviewed in a scheme, each once, the soonest first (DOC-1, DOC-2, DOC-3, POL-7). A new version counts as
/// a review of what it replaces.
#[must_use]
pub fn reviewable(policy: &Policy, known: &Known) -> Vec<Reviewable> {
    let mut all: Vec<(Subject, String, Date)> = Vec::new();
    for notice in Notice::ALL.into_iter().filter(|notice| notice.is_of(policy)) {
        all.push((Subject::notice(notice), notice.title().to_owned(), known.in_force));
    }
    for (id, title, since) in &known.documents {
        all.push((Subject::document(*id), title.clone(), *since));
    }
    for kind in Kind::ALL {
        for (key, label) in kind.named(policy).unwrap_or_default() {
            let entry = known.entries.iter().find(|(of, about, _)| (*of, about) == (kind, &key));
            // A certificate that the scheme has not is not reviewed, and nobody has to be accredited.
            if entry.is_none() && matches!(kind, Kind::Certificate | Kind::Accreditation) {
                continue;
            }
            let since = entry.map_or(known.begun, |(_, _, since)| *since);
            all.push((Subject::entry(kind, &key), format!("{}: {label}", kind.label()), since));
        }
    }
    all.push((Subject::users(), "Users, and what each may do".to_owned(), known.begun));
    all.push((Subject::old_data(), "What is old: the audit of each year".to_owned(), known.begun));
    all.push((Subject::restore_test(), "A backup, by restoring it".to_owned(), known.begun));
    let mut all = all
        .into_iter()
        .filter_map(|(subject, label, began)| {
            let last = known.last.get(&subject).copied();
            let since = last.map_or(began, |last| last.max(began));
            let due = subject.due(policy, since)?;
            Some(Reviewable { subject, label, since, reviewed: last.is_some(), due })
        })
        .collect::<Vec<_>>();
    all.sort_by(|a, b| (a.due, &a.subject).cmp(&(b.due, &b.subject)));
    all
}

/// An entry as a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OneEntry(pub EntryId);

impl Target for OneEntry {
    fn about(&self) -> Vec<Uuid> {
        vec![self.0.0]
    }
}

/// What the gate must know about an entry.
#[derive(Clone, Debug)]
pub struct EntryFacts {
    /// The organisation, its policy and today.
    pub scope: Scope,
    /// What it is about.
    pub kind: Kind,
    /// Since when it is over.
    pub ended_on: Option<Date>,
}

impl Facts for EntryFacts {
    fn org(&self) -> Option<OrgId> {
        Some(self.scope.org)
    }
}

fn stands(_: &Standing, _: &OneEntry, facts: &EntryFacts) -> bool {
    facts.ended_on.is_none()
}

crate::gate::actions! {
    /// The registers (DOC-2, DOC-3, POL-7).
    ListRegisters = "registers.list", Look, [Role::Controller, Role::Board], InOrg => Scope;
    /// Enter something.
    AddEntry = "registers.add", Change, [Role::Controller, Role::Board], InOrg => Scope;
    /// Put an entry right, or bring it up to date.
    EditEntry = "registers.edit", Change, [Role::Controller, Role::Board], OneEntry => EntryFacts, stands;
    /// Say that an entry is over: a contract ended, a person has another duty, the Commissioner was told.
    EndEntry = "registers.end", Change, [Role::Controller, Role::Board], OneEntry => EntryFacts, stands;
    /// Record that something was reviewed, and with what result (DOC-1, DOC-3).
    RecordReview = "registers.review", Change, [Role::Controller, Role::Board], InOrg => Scope;
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
    fn doc_1_doc_2_doc_3_each_is_reviewed_by_its_own_cycle() {
        let policy = policy();
        let since = date(2026, 8, 31);
        let due = |subject: Subject| subject.due(&policy, since);
        assert_eq!(
            due(Subject::notice(Notice::Members)),
            Some(date(2027, 2, 28)),
            "half a year, at a month's end"
        );
        assert_eq!(due(Subject::entry(Kind::Registration, "registration")), Some(date(2027, 8, 31)));
        assert_eq!(due(Subject::entry(Kind::Processor, "Nobody Ltd")), None, "whom the policy does not name");
        assert_eq!(due(Subject::entry(Kind::Person, "x")), None);
        let known = Known {
            begun: date(2026, 1, 31),
            in_force: since,
            last: BTreeMap::from([(Subject::users(), date(2026, 9, 1))]),
            ..Known::default()
        };
        let all = reviewable(&policy, &known);
        let of =
            |subject: &Subject| all.iter().find(|one| one.subject == *subject).expect("it is reviewed").due;
        assert_eq!(of(&Subject::users()), date(2027, 3, 1), "from the last review");
        assert_eq!(of(&Subject::restore_test()), date(2026, 4, 30), "from the beginning, at a month's end");
        assert_eq!(of(&Subject::notice(Notice::Record)), date(2027, 2, 28), "from the policy's own day");
        assert!(all.windows(2).all(|pair| pair[0].due <= pair[1].due));
        assert_eq!(due(Subject { kind: "anything".into(), key: String::new() }), None);
    }
}
