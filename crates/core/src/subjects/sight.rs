//! What of a person a viewer sees, purely: by the policy, and for a member by whether they were picked (SUB-5, SUB-6,
//! VIS-1 to VIS-5). One function cuts a profile, for pages, cards and searches alike.
use super::{Profile, SubjectFacts, viewer};
use crate::{
    gate::Standing,
    policy::{Category, Policy, Viewer, text::Text},
};

/// As what somebody looks at one person: a member who was picked for them sees what is targeted (SUB-6).
#[must_use]
pub fn viewer_of(standing: &Standing, facts: &SubjectFacts) -> Option<Viewer> {
    match viewer(standing.role?)? {
        Viewer::Member if standing.member.is_some_and(|member| facts.picked.contains(&member)) => {
            Some(Viewer::TargetedMember)
        }
        who => Some(who),
    }
}

/// Whether a viewer sees a category. To the controller all that is held is open, since they answer for it, also what
/// a later policy no longer lists.
#[must_use]
pub fn sees(policy: &Policy, who: Viewer, category: Category) -> bool {
    who == Viewer::Controller || policy.sees(who, category)
}

/// What members read of somebody vulnerable, who are not told why (SUB-5); asked before the profile is cut.
#[must_use]
pub fn advice<'a>(policy: &'a Policy, who: Viewer, profile: &Profile) -> Option<&'a Text> {
    profile.newest(Category::Vulnerability)?;
    policy.advice(who, Category::Vulnerability)
}

impl Profile {
    /// Takes out all that the policy does not give a viewer (VIS-1, VIS-7).
    pub fn cut(&mut self, policy: &Policy, who: Viewer) {
        self.fields.retain(|field| sees(policy, who, field.category));
        if !sees(policy, who, Category::DateOfBirth) {
            self.hide_birth();
        }
        if !sees(policy, who, Category::SuspectedActivity) {
            self.activities.clear();
        }
        // Why somebody so young is held is what the controller answers for.
        if who != Viewer::Controller {
            self.necessities.clear();
        }
    }
}
