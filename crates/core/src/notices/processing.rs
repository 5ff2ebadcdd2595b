//! How all of it is done: who, what, why, the retention table, and the procedures (CS; DOC-1).
use super::{
    Given, Notice,
    keeping::{self, For},
    parts::{self, YOU},
    prose::Piece,
    writer::{Writer, after, basis, capital, ended, fact, link, sentences, strong, text, viewers},
};
use crate::{
    breaches::ENTRIES,
    policy::{Policy, category::LawfulBasis, keeping::Reviews, scheme::AccreditationStatus},
};

pub(super) fn write(given: Given<'_>, writer: &mut Writer) {
    let Given { policy, prose, .. } = given;
    writer.say(format!(
        "This document describes how {} processes and secures personal data. It is written for whoever wants to know exactly: the people concerned, our members, our partners, and the Information Commissioner.",
        policy.scheme.name
    ));
    writer.tell(vec![
        text("Shorter texts are for the people themselves: "),
        link("for people who are reported", given.registers.place(Notice::Reported)),
        text(", "),
        link("for members", given.registers.place(Notice::Members)),
        text(" and "),
        link("for visitors and enquirers", given.registers.place(Notice::Public)),
        text("."),
    ]);
    writer.say(YOU);
    writer.blocks.extend(prose.blocks(Piece::Processing, given, 2));
    parts::who_we_are(given, writer);
    people(policy, writer);
    writer.section("Purposes");
    writer.part("People who are reported");
    writer.points(sentences(&policy.subjects.purposes));
    writer.part("Members");
    writer.points(sentences(&policy.members.purposes));
    writer.part("Visitors and enquirers");
    writer.points(sentences(&policy.public.purposes));
    bases(given, writer);
    writer.section("Categories and types of personal data");
    writer.part("People who are reported");
    parts::categories(policy, false, writer);
    parts::conditions(given, writer);
    writer.part("Members");
    writer.say(ended(&policy.members.data.text));
    if !policy.members.special_category.is {
        writer.say("No sensitive or “special category” data about members is processed.");
    }
    writer.part("Visitors and enquirers");
    writer.say(ended(&policy.public.data.text));
    from_and_to(given, writer);
    writer.section("Retention table");
    writer.points(keeping::ages(policy));
    keeping::table(policy, writer);
    for (_, who, rules) in keeping::columns(policy) {
        writer.part(format!("{who}, step by step"));
        writer.facts(keeping::run(policy, &rules));
    }
    writer.part("Exceptions");
    writer.points(keeping::exceptions(policy));
    writer.part("Everything else");
    keeping::rest(policy, For::Everybody, writer);
    conflicts(policy, writer);
    procedures(policy, writer);
    writer.section("Security, technical and organisational");
    writer.points(parts::security(policy));
    parts::automated(writer);
    parts::changes(given, Notice::Processing, writer);
    appendix(writer);
}

fn people(policy: &Policy, writer: &mut Writer) {
    writer.section("The people whose data we process");
    writer.facts(vec![
        fact("People who are reported", ended(&policy.subjects.who.text)),
        fact("Members", ended(&policy.members.who.text)),
        fact("Visitors and enquirers", ended(&policy.public.who.text)),
    ]);
}

fn bases(given: Given<'_>, writer: &mut Writer) {
    let policy = given.policy;
    writer.section("Lawful basis");
    let of = |who: &str, lawful: &LawfulBasis| {
        (
            who.to_owned(),
            vec![
                strong(capital(basis(lawful.basis))),
                text(format!(". {} {}", ended(&lawful.text), parts::consent(lawful.basis))),
            ],
        )
    };
    writer.facts(vec![
        of("People who are reported", &policy.subjects.lawful_basis),
        of("Members", &policy.members.lawful_basis),
        of("Visitors and enquirers", &policy.public.lawful_basis),
    ]);
    writer.say("The interests that we pursue:");
    writer.points(sentences(&policy.subjects.interests));
    writer.points(sentences(&policy.public.interests));
    if Notice::Interests.is_of(policy) {
        writer.tell(vec![
            text("We have assessed the impact on the rights and freedoms of people who are reported, have balanced them with the rights of our members, and have concluded that our members’ rights prevail in this matter: see the "),
            link("legitimate interests statement", given.registers.place(Notice::Interests)),
            text("."),
        ]);
    }
}

fn from_and_to(given: Given<'_>, writer: &mut Writer) {
    let policy = given.policy;
    writer.section("Sources");
    writer.part("People who are reported");
    writer.points(policy.sources.iter().map(|source| ended(&source.text)));
    writer.part("Members");
    writer.points(sentences(&policy.members.sources));
    writer.part("Visitors and enquirers");
    writer.say("The people themselves.");
    writer.section("Recipients");
    writer.part("Of data about people who are reported");
    writer.points(parts::recipients(given));
    writer.say(keeping::held(policy).replace("you are", "somebody is").replace("your record", "the record"));
    writer.part("Of data about members");
    writer.say(parts::own_audience(given, &policy.members.audience.viewers));
    writer.say(ended(&policy.members.third_parties.text));
    writer.part("Of data about visitors and enquirers");
    writer.say(parts::own_audience(given, &policy.public.audience.viewers));
    writer.say(ended(&policy.public.third_parties.text));
    writer.section("Processors and agreements");
    writer.points(parts::processors(given));
    let rows = given.registers.agreements.iter().map(|agreement| {
        let day = |day: Option<jiff::civil::Date>| {
            day.map_or("Not stated".to_owned(), |day| day.strftime("%-d %B %Y").to_string())
        };
        vec![
            agreement.name.to_string(),
            agreement.with.to_string(),
            day(agreement.signed),
            agreement.ends.map_or("Until it is ended".into(), |ends| day(Some(ends))),
        ]
    });
    writer.table("Information sharing agreements", &["Agreement", "With", "Signed", "Ends"], rows.collect());
    writer.section("Outside the UK");
    writer.points([
        parts::transfers(policy, "data of people who are reported"),
        parts::transfers(policy, "members’ personal data"),
    ]);
}

/// Where a document promised two things: both, and which one is kept (POL-3).
fn conflicts(policy: &Policy, writer: &mut Writer) {
    if policy.conflicts.is_empty() {
        return;
    }
    writer.part("Where our own documents said two things");
    writer.points(policy.conflicts.iter().map(|conflict| {
        format!(
            "“{}” ({}), but “{}” ({}). {} {}",
            conflict.first.says,
            conflict.first.clause,
            conflict.second.says,
            conflict.second.clause,
            ended(&conflict.choice),
            ended(&conflict.why)
        )
    }));
}

fn procedures(policy: &Policy, writer: &mut Writer) {
    let (deadlines, reviews, keep) = (&policy.deadlines, &policy.reviews, &policy.keep);
    writer.section("How we work");
    writer.part("Documents");
    writer.points([
        format!(
            "Every {} the data controller reviews all documents on personal data: the privacy notices, this document, the legitimate interests statement with its balance of interests, data protection impact assessments, the record of processing, and agreements with partners and processors.",
            reviews.documents.length
        ),
        "A change makes a new version. The data controller keeps the versions before it.".to_owned(),
    ]);
    writer.part("Requests about personal data (subject access requests)");
    writer.points([
        format!(
            "The data controller confirms that a request has come within {} of its arrival, and answers it within {}.",
            deadlines.receipt.length, deadlines.answer.length
        ),
        "Where it is doubtful who asks, the data controller makes sure first; that can be done in person, by comparing faces with one’s own eyes.".into(),
        "All data on the person is collected, pictures among it. What identifies anybody else is redacted. The answer comes in a conventional, readable format, with the documents that show how we comply with data protection law.".into(),
        "The person is told of the right to have corrected what is incorrect, unnecessary or disproportionate, and of the rights of erasure, restriction and objection.".into(),
        format!("How the request was completed is documented, and kept for {}.", after(keep.request.length)),
        format!("A complaint about how we handle data is acknowledged within {}.", deadlines.complaint.length),
    ]);
    writer.part("A breach of personal data");
    writer.points([
        format!(
            "Within {} of becoming aware of a breach, the data controller reports it to the board of management and to the Information Commissioner’s Office; processors concerned are told {}.",
            deadlines.breach.length,
            match deadlines.breach_processor.length.at_most_hours() {
                0 => "at once".to_owned(),
                _ => format!("within {}", deadlines.breach_processor.length),
            }
        ),
        "If the board of management finds that it is likely to put people at high risk, those people are told as soon as possible, with what the risk is for their rights and freedoms.".into(),
        format!("Each breach is documented as the appendix shows, and kept on record for {}.", after(keep.breach.length)),
    ]);
    writer.part("Serving privacy notices");
    writer.points([
        "Data that comes from the person: the privacy notice is handed over at the time and place at which it is collected.".into(),
        format!(
            "Data that comes from somebody else: we use best endeavours to serve the notice before members first see the person, and within {}. Attempts and service are recorded, and kept for {}.",
            deadlines.notice.length,
            after(keep.service_record.length)
        ),
        format!("Where a notice is not served, the ground is recorded and reviewed every {}.", reviews.notice_exemptions.length),
        "The notice is always on public display.".into(),
        "Members are served their notice when their data is collected: when they accept their invitation. When, and in which version, is recorded.".into(),
    ]);
    writer.part("Registration with the Information Commissioner’s Office");
    writer.say(format!(
        "Every {}, when the renewal is due, the data controller reviews our registration. What needs to be revised is told to the Commissioner’s registration department (registration@ico.org.uk) as soon as possible.",
        reviews.registration.length
    ));
    if policy.accreditation.status != AccreditationStatus::None
        && let Some(said) = parts::registration(policy)
    {
        writer.say(said);
    }
    writer.part("Checks that come round");
    writer.table(
        "What is checked, and how often",
        &["What", "How often"],
        reviews
            .terms()
            .into_iter()
            // Nothing asks anybody to certify yet, so nothing is promised of it.
            // From what age on something is old is no cycle: it stands with the audit.
            .filter(|(name, _)| !matches!(*name, "certification" | "old_after"))
            .map(|(name, term)| vec![review(name, reviews), format!("Every {}", term.length)])
            .collect(),
    );
    writer.part("Warnings and exclusions");
    writer.say(format!(
        "They are decided by {}. The police and public bodies give evidence and take no part in deciding. An appeal can be made within {}.",
        viewers(&policy.exclusions.authorised_by),
        policy.exclusions.appeal.length
    ));
}

fn review(name: &str, reviews: &Reviews) -> String {
    let what = match name {
        "documents" => "Each of our documents",
        "registration" => "Our registration with the Information Commissioner",
        "audit" => return format!("An audit of what is more than {} old", reviews.old_after.length),
        "agreements" => "Agreements with partners, contracts with processors",
        "holds" => "Each hold that keeps a record from being deleted",
        "notice_exemptions" => "Each reason for not serving a notice",
        "users" => "The list of those who sign in, and what each may do",
        "restore_test" => "A backup is tried by restoring it",
        "general_meeting" => "The annual general meeting is held",
        _ => "Something else",
    };
    what.to_owned()
}

/// The twelve entries of the register of breaches (BRE-1).
fn appendix(writer: &mut Writer) {
    writer.section("Appendix: what we record of each breach");
    let rows = ENTRIES
        .iter()
        .enumerate()
        .map(|(index, entry)| vec![(index + 1).to_string(), entry.label.to_owned(), entry.note.to_owned()]);
    writer.table("The twelve entries", &["No.", "Entry", "Notes"], rows.collect());
}
