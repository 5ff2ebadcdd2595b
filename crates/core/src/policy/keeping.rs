//! The end of everything that is not a subject (RET-15), and the duties that come round (DOC-1, DOC-4).
use super::{category::Answer, period::Term};
use schemars::JsonSchema;
use serde::Deserialize;

/// For how long everything else is kept. What belongs to a subject, an incident or a request goes with it
/// at the latest; these are the ends of what outlives it or stands alone (RET-15).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Keep {
    /// At most this long a report that waits for review delays the deletion of a subject that it names.
    pub review_delay: Term,
    /// A report after it was rejected.
    pub rejected_report: Term,
    /// Data from police, other schemes or the public that belongs to no report, after it came.
    pub unattached: Term,
    /// A member's intelligence that belongs to no subject, after it was sent.
    pub intelligence: Term,
    /// An incident with no subject, after the day on which it happened.
    pub incident_without_subject: Term,
    /// A letter, after it was made.
    pub letter: Term,
    /// A vote on an exclusion, after the decision.
    pub vote: Term,
    /// A record of service or of an attempt, after it.
    pub service_record: Term,
    /// An appeal, after its decision.
    pub appeal: Term,
    /// A request of a person about their data, after it was completed.
    pub request: Term,
    /// The pack that answered a request, after it was sent.
    pub pack: Term,
    /// A data protection complaint, after its outcome.
    pub complaint: Term,
    /// An entry in the register of breaches, after it was closed.
    pub breach: Term,
    /// An enquiry on the public site, after it was answered (PUB-2).
    pub enquiry: Term,
    /// A business that applied and did not join, after the decision.
    pub application: Term,
    /// A user who left or was removed.
    pub user: Term,
    /// That somebody broke the rules of the scheme, was suspended or removed, with the reason (MEM-8).
    pub conduct: Term,
    /// Who certified what, after the next certification.
    pub certification: Term,
    /// A sign-in without activity.
    pub session: Term,
    /// What a user typed and uploaded but has not sent.
    pub draft: Term,
    /// A message, after it was sent or given up.
    pub mail: Term,
    /// A file that a user had made, after it was made.
    pub export: Term,
    /// A news item, an alert or an event, after it was over.
    pub news: Term,
    /// Who was invited to a meeting, came, and what was said, after it (MEM-5).
    pub meeting: Term,
    /// A record of what went to whom, after it went.
    pub sharing: Term,
    /// The record of a hold, after it ended.
    pub hold_record: Term,
    /// A former version of a governing document, after it was replaced.
    pub old_document: Term,
    /// The audit chain.
    pub audit: Term,
    /// Deleted data in backups and remnants of storage (RET-9).
    pub backup: Term,
}

impl Keep {
    /// Each term with the name that it bears in the file.
    #[must_use]
    pub fn terms(&self) -> Vec<(&'static str, &Term)> {
        macro_rules! list {
            ($($name:ident),+ $(,)?) => { vec![$((stringify!($name), &self.$name)),+] };
        }
        list![
            review_delay,
            rejected_report,
            unattached,
            intelligence,
            incident_without_subject,
            letter,
            vote,
            service_record,
            appeal,
            request,
            pack,
            complaint,
            breach,
            enquiry,
            application,
            user,
            conduct,
            certification,
            session,
            draft,
            mail,
            export,
            news,
            meeting,
            sharing,
            hold_record,
            old_document,
            audit,
            backup,
        ]
    }
}

/// What comes round, each counted from the last time (DOC-1, DOC-3, DOC-4, RET-13).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reviews {
    /// Each governing document (DOC-1).
    pub documents: Term,
    /// The registration with the Information Commissioner (DOC-3).
    pub registration: Term,
    /// The audit of what is old (RET-13).
    pub audit: Term,
    /// From what age on something is old for that audit.
    pub old_after: Term,
    /// Each sharing agreement and processor contract (DOC-2).
    pub agreements: Term,
    /// Each hold (RET-11).
    pub holds: Term,
    /// Each exemption from serving a notice (NOT-1).
    pub notice_exemptions: Term,
    /// The list of users and of what each may do.
    pub users: Term,
    /// Each user certifies again (MEM-3).
    pub certification: Term,
    /// A backup is tried by restoring it (SEC-5).
    pub restore_test: Term,
    /// The annual general meeting (MEM-5).
    pub general_meeting: Term,
}

impl Reviews {
    /// Each term with the name that it bears in the file.
    #[must_use]
    pub fn terms(&self) -> Vec<(&'static str, &Term)> {
        vec![
            ("documents", &self.documents),
            ("registration", &self.registration),
            ("audit", &self.audit),
            ("old_after", &self.old_after),
            ("agreements", &self.agreements),
            ("holds", &self.holds),
            ("notice_exemptions", &self.notice_exemptions),
            ("users", &self.users),
            ("certification", &self.certification),
            ("restore_test", &self.restore_test),
            ("general_meeting", &self.general_meeting),
        ]
    }
}

/// By when people are answered and told (SAR-1, SAR-8, BRE-2, NOT-1, MEM-6).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deadlines {
    /// A request of a person about their data is answered: a promise that is not paused (SAR-1).
    pub answer: Term,
    /// Its receipt is confirmed.
    pub receipt: Term,
    /// A data protection complaint is acknowledged (SAR-8).
    pub complaint: Term,
    /// A breach is reported to the board and the Information Commissioner, from becoming aware (BRE-2).
    pub breach: Term,
    /// A breach is reported to the processors concerned; 0 is at once (BRE-2).
    pub breach_processor: Term,
    /// The privacy notice is served, where the data did not come from the person (NOT-1).
    pub notice: Term,
    /// A member who left confirms it; after that the board does (MEM-6).
    pub leaving: Term,
    /// Whether every user certifies again before the next look when a document asks for it (MEM-3).
    pub certify_on_revision: Answer,
}

impl Deadlines {
    /// Each term with the name that it bears in the file.
    #[must_use]
    pub fn terms(&self) -> Vec<(&'static str, &Term)> {
        vec![
            ("answer", &self.answer),
            ("receipt", &self.receipt),
            ("complaint", &self.complaint),
            ("breach", &self.breach),
            ("breach_processor", &self.breach_processor),
            ("notice", &self.notice),
            ("leaving", &self.leaving),
        ]
    }
}
