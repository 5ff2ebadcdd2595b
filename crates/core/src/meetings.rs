//! Meetings, the annual general meeting and trainings: who is invited, who comes, who came, and what was said (MEM-5).
pub mod mails;

use crate::{
    calendar::{Entry, When},
    gate::{AuditClass, Facts, Role, Standing, Target},
    ids::{MeetingId, OrgId},
    incidents::words,
    policy::{Policy, period::Length},
    scope::{InOrg, Scope, ends},
};
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

words! {
    /// What a meeting is.
    Kind {
        /// A meeting.
        Meeting = "meeting",
        /// The annual general meeting.
        Agm = "agm",
        /// A training, which may have to be taken again.
        Training = "training",
    }
}

impl Kind {
    /// Every kind, in the order of the form.
    pub const ALL: [Self; 3] = [Self::Meeting, Self::Agm, Self::Training];

    /// What pages call it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Meeting => "Meeting",
            Self::Agm => "Annual general meeting",
            Self::Training => "Training",
        }
    }
}

words! {
    /// Who is invited.
    Circle {
        /// Members, as far as they are chosen, and those who run the scheme.
        Members = "members",
        /// Those who run the scheme alone.
        Office = "office",
    }
}

/// The roles that run a scheme.
pub const OFFICE: [Role; 3] = [Role::Controller, Role::Staff, Role::Board];

words! {
    /// What somebody answered.
    Coming {
        /// They come.
        Yes = "yes",
        /// They do not.
        No = "no",
    }
}

/// What is told of a meeting; sealed under a key of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// What it is called.
    pub title: String,
    /// Where it is.
    pub place: String,
    /// What is to be spoken of.
    pub agenda: String,
    /// For whom of the members it is, in words; empty for every member.
    pub for_whom: Vec<String>,
}

/// What was said; sealed under the meeting.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Minutes {
    /// The text; empty where they are a PDF.
    pub text: String,
}

/// The day on which a meeting is destroyed (RET-15).
#[must_use]
pub fn erased_on(policy: &Policy, day: Date) -> Date {
    ends(day, policy.keep.meeting.length)
}

/// Until when a training holds.
#[must_use]
pub fn holds_until(day: Date, months: u32) -> Date {
    ends(day, Length::Months(months))
}

/// The day by which the next annual general meeting is to be held: counted from the last one, else from the beginning of
/// the scheme here.
#[must_use]
pub fn next_agm(policy: &Policy, last: Option<Date>, begun: Date) -> Date {
    ends(last.unwrap_or(begun), policy.reviews.general_meeting.length)
}

/// When a meeting is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appointment {
    /// The day.
    pub day: Date,
    /// From when.
    pub from: Time,
    /// To when.
    pub to: Time,
}

/// A meeting as other calendars read it.
#[must_use]
pub fn entry(
    (id, at): (MeetingId, Appointment),
    content: &Content,
    (sequence, cancelled): (i64, bool),
    (host, slug): (&str, &str),
) -> Entry {
    Entry {
        uid: format!("meeting-{id}@{slug}.fairwatch"),
        when: When::Hours(at.day, at.from, at.to),
        summary: content.title.clone(),
        place: content.place.clone(),
        url: format!("{}/o/{slug}/meetings/{id}", host.trim_end_matches('/')),
        sequence,
        cancelled,
    }
}

/// A meeting as a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OneMeeting(pub MeetingId);

impl Target for OneMeeting {
    fn about(&self) -> Vec<Uuid> {
        vec![self.0.0]
    }
}

/// What the gate must know about a meeting.
#[derive(Clone, Debug)]
pub struct MeetingFacts {
    /// The organisation, its policy and today.
    pub scope: Scope,
    /// The day on which it is.
    pub day: Date,
    /// Who is invited.
    pub circle: Circle,
    /// Whether it does not take place.
    pub cancelled: bool,
    /// Whether it is for the business for which the asker acts; for whoever acts for none it is.
    pub concerns: bool,
}

impl Facts for MeetingFacts {
    fn org(&self) -> Option<OrgId> {
        Some(self.scope.org)
    }
}

fn is_invited(standing: &Standing, facts: &MeetingFacts) -> bool {
    let is_kept = erased_on(&facts.scope.policy, facts.day) > facts.scope.today;
    is_kept
        && standing.role.is_some_and(|role| match role {
            Role::MemberUser => facts.circle == Circle::Members && facts.concerns,
            role => OFFICE.contains(&role),
        })
}

fn invited(standing: &Standing, _: &OneMeeting, facts: &MeetingFacts) -> bool {
    is_invited(standing, facts)
}

fn answerable(standing: &Standing, _: &OneMeeting, facts: &MeetingFacts) -> bool {
    is_invited(standing, facts) && !facts.cancelled && facts.day >= facts.scope.today
}

fn to_come(standing: &Standing, target: &OneMeeting, facts: &MeetingFacts) -> bool {
    answerable(standing, target, facts)
}

fn held(standing: &Standing, _: &OneMeeting, facts: &MeetingFacts) -> bool {
    is_invited(standing, facts) && !facts.cancelled && facts.day <= facts.scope.today
}

crate::gate::actions! {
    /// The meetings to which one is invited.
    ListMeetings = "meetings.list", Unrecorded, [Role::MemberUser, Role::Staff, Role::Controller, Role::Board],
        InOrg => Scope;
    /// One of them.
    ShowMeeting = "meetings.show", Unrecorded, [Role::MemberUser, Role::Staff, Role::Controller, Role::Board],
        OneMeeting => MeetingFacts, invited;
    /// Ask whom a meeting can be for.
    PrepareMeeting = "meetings.prepare", Unrecorded, [Role::Controller, Role::Board], InOrg => Scope;
    /// Call a meeting.
    CallMeeting = "meetings.call", Change, [Role::Controller, Role::Board], InOrg => Scope;
    /// Change when, where or what it is.
    ChangeMeeting = "meetings.change", Change, [Role::Controller, Role::Board], OneMeeting => MeetingFacts, to_come;
    /// Cancel it.
    CancelMeeting = "meetings.cancel", Change, [Role::Controller, Role::Board], OneMeeting => MeetingFacts, to_come;
    /// Say whether one comes.
    AnswerMeeting = "meetings.answer", Change, [Role::MemberUser, Role::Staff, Role::Controller, Role::Board],
        OneMeeting => MeetingFacts, answerable;
    /// Who is invited, comes, and came.
    ShowAttendance = "meetings.attendance", Look, [Role::Controller, Role::Board],
        OneMeeting => MeetingFacts, invited;
    /// Record who came.
    RecordAttendance = "meetings.attend", Change, [Role::Controller, Role::Board], OneMeeting => MeetingFacts, held;
    /// Keep what was said; those who were invited read it.
    KeepMinutes = "meetings.minutes", Change, [Role::Controller, Role::Board], OneMeeting => MeetingFacts, held;
    /// Send invitations out by mail.
    Invite = "meetings.invite", Change, [], InOrg => Scope, machine;
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn mem_5_the_next_general_meeting_is_counted_from_the_last() {
        let policy = Policy::parse("generic.toml", include_str!("../../../policies/generic.toml")).unwrap();
        let begun = date(2026, 8, 31);
        assert_eq!(next_agm(&policy, None, begun), date(2027, 8, 31));
        assert_eq!(next_agm(&policy, Some(date(2027, 2, 28)), begun), date(2028, 2, 28));
        assert_eq!(holds_until(date(2026, 8, 31), 6), date(2027, 2, 28));
    }
}
