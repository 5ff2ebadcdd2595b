//! What an entry of the audit says was done, in words.
use fairwatch_app::accounts;

/// An action in words; one that is not known keeps its stable name.
pub(crate) fn told(action: &str) -> &str {
    DEEDS.iter().chain(BY_LINK).find(|(name, _)| *name == action).map_or(action, |(_, words)| words)
}

const DEEDS: &[(&str, &str)] = &[
    ("accounts.show", "Looked at their own account"),
    ("accounts.end_sessions", "Signed out elsewhere"),
    ("accounts.change_password", "Changed their password"),
    ("accounts.members", "Looked at the members"),
    ("accounts.give_role", "Gave somebody a role"),
    ("accounts.invite", "Invited a user"),
    ("accounts.renew_invitation", "Made a new link for an invitation"),
    ("accounts.revoke_invitation", "Took an invitation back"),
    ("accounts.add_member", "Added a business"),
    ("accounts.suspend", "Suspended, removed or let back in a user"),
    ("accounts.add_org", "Made the scheme"),
    ("accounts.recover", "Made a new link for somebody locked out"),
    ("audit.list", "Looked at the audit"),
    ("audit.verify", "Checked the audit"),
    ("audit.export", "Exported the audit"),
    ("audit.sign", "Signed the audit"),
    ("appeals.ask", "Asked what can be appealed against"),
    ("appeals.receive", "Wrote an appeal down"),
    ("appeals.list", "Looked at the appeals"),
    ("appeals.show", "Looked at an appeal"),
    ("appeals.decide", "Decided on an appeal"),
    ("appeals.withdraw", "Recorded that an appeal was taken back"),
    ("enquiries.receive", "Wrote from outside"),
    ("enquiries.list", "Looked at the enquiries"),
    ("enquiries.open", "Read an enquiry"),
    ("enquiries.answer", "Recorded how an enquiry was answered"),
    ("evidence.prepare", "Began to upload evidence"),
    ("evidence.add", "Uploaded it as evidence"),
    ("evidence.take_back", "Took back evidence before sending the report"),
    ("evidence.prepare_attached", "Began to add evidence to a report"),
    ("evidence.attach", "Added it to a report as evidence"),
    ("evidence.show", "Looked at evidence"),
    ("evidence.read", "Read a piece of evidence"),
    ("evidence.download", "Downloaded evidence"),
    ("evidence.list", "Looked at the list of evidence"),
    ("evidence.share", "Shared evidence, or ended that"),
    ("evidence.release", "Released evidence to the board"),
    ("evidence.remove", "Removed evidence"),
    ("exclusions.tariff", "Looked at what the tariff says of a person"),
    ("exclusions.propose", "Warned a person, or proposed to exclude them"),
    ("exclusions.list", "Looked at the proposals"),
    ("exclusions.case", "Looked at a proposal"),
    ("exclusions.vote", "Voted on a proposal"),
    ("exclusions.withdraw", "Took a proposal back"),
    ("exclusions.vary", "Shortened or narrowed an exclusion"),
    ("exclusions.lift", "Lifted an exclusion"),
    ("exclusions.ask_evidence", "Asked for the form to give evidence"),
    ("exclusions.give_evidence", "Gave evidence for a decision on a person"),
    ("reports.submit", "Reported an incident"),
    ("reports.mine", "Looked at their own reports"),
    ("reports.show", "Looked at a report of their own"),
    ("drafts.keep", "Kept what was typed"),
    ("reports.queue", "Looked at the review queue"),
    ("reports.open", "Opened a report"),
    ("reports.approve", "Approved a report"),
    ("reports.reject", "Rejected a report"),
    ("intelligence.send", "Sent a name for somebody"),
    ("intelligence.open", "Opened a name that was sent"),
    ("intelligence.accept", "Took over a name that was sent"),
    ("intelligence.reject", "Rejected a name that was sent"),
    ("letters.outstanding", "Looked at the letters that are to be made and served"),
    ("letters.preview", "Looked at a letter before it was made"),
    ("letters.list", "Looked at the letters of a person"),
    ("letters.make", "Made a letter"),
    ("letters.open", "Looked at the record of a letter"),
    ("letters.download", "Took a copy of a letter"),
    ("letters.serve", "Recorded how a letter was served"),
    ("letters.proof", "Looked at what shows that a letter was served"),
    ("letters.exempt", "Recorded why a privacy notice is not served for now"),
    ("letters.review_exemption", "Reviewed why a privacy notice is not served"),
    ("letters.end_exemption", "Ended that a privacy notice is not served"),
    ("sightings.say", "Said that they saw somebody"),
    ("sightings.undo", "Took back that they saw somebody"),
    ("drafts.remove_picture", "Took back a picture"),
    ("incidents.open", "Opened an incident"),
    ("pictures.thumbnail", "Looked at a small picture"),
    ("pictures.show", "Looked at a picture"),
    ("pictures.add", "Uploaded a picture"),
    ("pictures.crops", "Looked at a picture of several people"),
    ("pictures.prepare_crop", "Began to cut a part out of a picture"),
    ("pictures.crop", "Kept a part of a picture with the person whom it shows"),
    ("pictures.undo_crop", "Took away a part of a picture"),
    ("subjects.gallery", "Looked at the gallery"),
    ("subjects.show", "Looked at a person, as members do"),
    ("subjects.list", "Looked at the list of people"),
    ("finding.find", "Searched for people"),
    ("finding.prepare", "Began a search"),
    ("finding.index", "Read what people are found by"),
    ("subjects.open", "Opened a person's record"),
    ("subjects.open_frozen", "Opened a frozen record"),
    ("subjects.correct", "Corrected a record"),
    ("subjects.enter", "Entered something in a record"),
    ("subjects.remove_field", "Removed something from a record"),
    ("subjects.pick", "Picked a member for a person"),
    ("subjects.end_pick", "Ended that a member was picked for a person"),
    ("subjects.restrict", "Restricted a record, or ended that"),
    ("subjects.erase", "Erased a record"),
    ("subjects.hold", "Put a hold on a record"),
    ("subjects.end_hold", "Ended a hold"),
    ("subjects.agree", "Recorded an agreement"),
    ("subjects.remove_report", "Took a report away from a person"),
    ("subjects.move_report", "Moved a report to another person"),
    ("subjects.preview_merge", "Looked at two records as one"),
    ("subjects.merge", "Made two records of one person one"),
    ("subjects.preview_undo", "Looked at what taking a merge back would do"),
    ("subjects.undo_merge", "Took a merge of two records back"),
    ("subjects.follow_merge", "Followed a record that was merged"),
    ("associates.show", "Looked at who acts with a person"),
    ("associates.record", "Recorded that two people act together"),
    ("associates.remove", "Took back that two people act together"),
    ("subjects.match", "Looked for people who match a report"),
    ("sweep.plan", "Asked what the sweep would do"),
    ("sweep.subject", "Swept a record"),
    ("sweep.scheme", "Swept the scheme"),
    ("sweep.installation", "Swept the installation"),
    ("sweep.show", "Looked at the sweeps"),
];

/// What is done by a link alone, and passes no door: in no role matrix, and on record all the same.
const BY_LINK: &[(&str, &str)] =
    &[(accounts::ACCEPTED, "Accepted an invitation"), (accounts::DECLINED, "Declined an invitation")];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aud_1_every_action_has_words_and_no_words_are_stale() {
        let actions: Vec<&str> = fairwatch_core::actions::all().iter().map(|listed| listed.name).collect();
        for action in &actions {
            assert_ne!(told(action), *action, "{action} has no words");
        }
        for (name, _) in DEEDS {
            assert!(actions.contains(name), "{name} is no action any more");
        }
    }
}
