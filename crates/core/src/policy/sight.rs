//! Who sees what of a subject, by policy alone (VIS-1 to VIS-5).
use super::{
    Policy,
    category::{Category, CategoryRule, Release, Viewer},
    scheme::{Agreement, Recipient},
    text::Text,
};

impl Policy {
    /// What the policy says of a category; nothing where it may not be held at all (SUB-1).
    #[must_use]
    pub fn category(&self, category: Category) -> Option<&CategoryRule> {
        self.categories.iter().find(|rule| rule.kind == category)
    }

    /// Whether the category may be held at all (SUB-1).
    #[must_use]
    pub fn holds(&self, category: Category) -> bool {
        self.category(category).is_some()
    }

    /// Whether a viewer sees a category of a subject that circulates.
    ///
    /// Outside circulation ask [`Policy::sees_held`] as well: who sees the subject at all then sees of it
    /// what this says. A single release ([`Policy::release`]) is not part of the answer.
    #[must_use]
    pub fn sees(&self, viewer: Viewer, category: Category) -> bool {
        self.category(category).is_some_and(|rule| {
            rule.audience.contains(&viewer)
                || (viewer == Viewer::TargetedMember && rule.audience.contains(&Viewer::Member))
        })
    }

    /// What a viewer reads in place of a category (SUB-5); a targeted member reads what any member does.
    #[must_use]
    pub fn advice(&self, viewer: Viewer, category: Category) -> Option<&Text> {
        let advice = self.category(category)?.advice.as_ref()?;
        let reads = advice.to.contains(&viewer)
            || (viewer == Viewer::TargetedMember && advice.to.contains(&Viewer::Member));
        reads.then_some(&advice.text)
    }

    /// Whether a viewer sees a subject between withdrawal and deletion (VIS-4).
    #[must_use]
    pub fn sees_held(&self, viewer: Viewer) -> bool {
        self.subjects.held.viewers.contains(&viewer)
    }

    /// The recorded, reasoned, single release by which a viewer can be given a category that it does not
    /// see (VIS-2, VIS-3).
    #[must_use]
    pub fn release(&self, viewer: Viewer, category: Category) -> Option<&Release> {
        self.category(category)?.release.as_ref().filter(|release| release.to.contains(&viewer))
    }

    /// What the policy says of a viewer outside the scheme's own people; nothing where it names none, and
    /// then there is no such access and no such sharing (VIS-5, SHA-1).
    #[must_use]
    pub fn recipient(&self, viewer: Viewer) -> Option<&Recipient> {
        self.recipients.iter().find(|recipient| recipient.viewer == viewer)
    }

    /// Whether each look of a viewer at a subject asks for a reason (VIS-5).
    #[must_use]
    pub fn asks_reason(&self, viewer: Viewer) -> bool {
        self.recipient(viewer).is_some_and(|recipient| recipient.reason_for_each_look)
    }

    /// An agreement by its id.
    #[must_use]
    pub fn agreement(&self, id: &str) -> Option<&Agreement> {
        self.agreements.iter().find(|agreement| &*agreement.id == id)
    }
}
