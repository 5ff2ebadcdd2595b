//! News, alerts, documents and events, for the members whom they concern (MEM-4).
//!
//! News is no way round the gate: what is told of people stands in their records. So whoever writes is warned where a
//! text names somebody who is held, an alert for the radio that does is refused ([`radio`], DIS-20), and what goes out
//! by mail says that there is something, and where ([`mails`]).
pub mod mails;
pub mod radio;

use crate::{
    gate::{AuditClass, Facts, Role, Standing, Target},
    ids::{AccountId, OrgId, PostId},
    incidents::words,
    policy::Policy,
    scope::{InOrg, Scope, ends},
};
use jiff::{Span, civil::Date};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

words! {
    /// What a post is.
    Kind {
        /// News.
        News = "news",
        /// What members must know now.
        Alert = "alert",
        /// A document to keep.
        Document = "document",
        /// Something that happens on a day, at a place.
        Event = "event",
    }
}

impl Kind {
    /// Every kind, in the order of the form.
    pub const ALL: [Self; 4] = [Self::News, Self::Alert, Self::Document, Self::Event];

    /// What pages call it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::News => "News",
            Self::Alert => "Alert",
            Self::Document => "Document",
            Self::Event => "Event",
        }
    }

    /// Who writes it: the board news and events, the controller all.
    #[must_use]
    pub fn is_written_by(self, role: Role) -> bool {
        role == Role::Controller || (role == Role::Board && matches!(self, Self::News | Self::Event))
    }

    /// The last day on which it is shown, where whoever writes it says nothing: an event to its own day.
    #[must_use]
    pub fn over_on(self, today: Date, happens_on: Option<Date>) -> Date {
        let days = match self {
            Self::Alert => 7,
            Self::News | Self::Event => 30,
            Self::Document => 365,
        };
        happens_on.unwrap_or_else(|| today.saturating_add(Span::new().days(days)))
    }
}

/// What a post says; sealed under a key of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// What stands above it.
    pub title: String,
    /// What it says.
    pub text: String,
    /// Of an event: at which time, in the words of whoever wrote it.
    pub time: String,
    /// Of an event: where.
    pub place: String,
    /// For whom it is, in words; empty for everybody.
    pub for_whom: Vec<String>,
}

/// The day on which a post is destroyed that was over on one (RET-15).
#[must_use]
pub fn erased_on(policy: &Policy, over_on: Date) -> Date {
    ends(over_on, policy.keep.news.length)
}

/// A post as a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnePost(pub PostId);

impl Target for OnePost {
    fn about(&self) -> Vec<Uuid> {
        vec![self.0.0]
    }
}

/// What the gate must know about a post.
#[derive(Clone, Debug)]
pub struct PostFacts {
    /// The organisation, its policy and today.
    pub scope: Scope,
    /// What it is.
    pub kind: Kind,
    /// The last day on which it is shown.
    pub over_on: Date,
    /// Who wrote it.
    pub author: Option<AccountId>,
    /// Whether it is for the business for which the asker acts; for whoever acts for none it is.
    pub concerns: bool,
}

impl Facts for PostFacts {
    fn org(&self) -> Option<OrgId> {
        Some(self.scope.org)
    }
}

/// Whether somebody of this role reads what is over, and what concerns others: whoever writes.
#[must_use]
pub fn keeps(role: Role) -> bool {
    matches!(role, Role::Controller | Role::Board)
}

fn readable(standing: &Standing, _: &OnePost, facts: &PostFacts) -> bool {
    let is_shown = facts.concerns && facts.over_on >= facts.scope.today;
    // Past its last day at all, it is gone, whether or not the sweep has come by.
    let is_kept = erased_on(&facts.scope.policy, facts.over_on) > facts.scope.today;
    standing.role.is_some_and(|role| if keeps(role) { is_kept } else { is_shown })
}

/// The controller takes any post back, others what they wrote themselves.
fn own_or_controllers(standing: &Standing, target: &OnePost, facts: &PostFacts) -> bool {
    let is_own = standing.account.is_some() && standing.account == facts.author;
    readable(standing, target, facts) && (standing.is(Role::Controller) || is_own)
}

crate::gate::actions! {
    /// What concerns one's business; whoever writes sees all.
    ListNews = "news.list", Unrecorded, [Role::MemberUser, Role::Staff, Role::Controller, Role::Board],
        InOrg => Scope;
    /// Alerts that one has not read, for the page on which one starts.
    ListAlerts = "news.alerts", Unrecorded, [Role::MemberUser, Role::Staff], InOrg => Scope;
    /// Read a post: it is on record that one has.
    ReadPost = "news.read", Look, [Role::MemberUser, Role::Staff, Role::Controller, Role::Board],
        OnePost => PostFacts, readable;
    /// Ask for whom something can be written.
    PrepareNews = "news.prepare", Unrecorded, [Role::Controller, Role::Board], InOrg => Scope;
    /// Look whether a text names anybody who is held: whoever may look at them all.
    CheckNames = "news.check", Look, [Role::Controller], InOrg => Scope;
    /// Find out whether a text may leave the program. Nobody sees more of it than that.
    LookForNames = "news.names", Unrecorded, [], InOrg => Scope, machine;
    /// Publish something.
    PublishPost = "news.publish", Change, [Role::Controller, Role::Board], InOrg => Scope;
    /// Take it back.
    WithdrawPost = "news.withdraw", Change, [Role::Controller, Role::Board], OnePost => PostFacts, own_or_controllers;
    /// Who has read a post.
    ShowReaders = "news.readers", Look, [Role::Controller], OnePost => PostFacts;
    /// Send alerts out by mail.
    Announce = "news.announce", Change, [], InOrg => Scope, machine;
    /// Send what is new, once a week.
    SendDigest = "news.digest", Change, [], InOrg => Scope, machine;
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn mem_4_the_board_writes_news_and_events_the_controller_all() {
        let by = |role| Kind::ALL.into_iter().filter(|kind| kind.is_written_by(role)).collect::<Vec<_>>();
        assert_eq!(by(Role::Controller), Kind::ALL);
        assert_eq!(by(Role::Board), [Kind::News, Kind::Event]);
        assert!(by(Role::MemberUser).is_empty() && by(Role::Staff).is_empty());
    }

    #[test]
    fn mem_4_an_event_is_over_after_its_day_and_an_alert_after_a_week() {
        let today = date(2026, 3, 2);
        assert_eq!(Kind::Event.over_on(today, Some(date(2026, 5, 1))), date(2026, 5, 1));
        assert_eq!(Kind::Alert.over_on(today, None), date(2026, 3, 9));
    }
}
