//! What several texts share: who we are, who sees it, safety, rights, complaints.
use super::{
    Given, Notice,
    keeping::For,
    prose::Piece,
    writer::{
        Writer, and, basis, capital, contact_facts, ended, fact, link, sentences, strong, text, viewer_words,
        viewers,
    },
};
use crate::policy::{
    Category, CategoryRule, Nature, Policy, Viewer,
    category::{Basis, LawfulBasis, ReleaseReason, Statement},
    scheme::AccreditationStatus,
};

/// The Commissioner, as notices give the address.
pub(super) const COMMISSIONER: &str =
    "Information Commissioner’s Office, Wycliffe House, Water Lane, Wilmslow, Cheshire, SK9 5AF";
/// In texts that are about people rather than for them.
pub(super) const YOU: &str = "Where this text says “you”, it means the person whom the data is about.";
const COMMISSIONER_TELEPHONE: &str = "0303 123 1113";
const COMPLAIN: &str = "https://ico.org.uk/make-a-complaint/";

/// Who the scheme is, who answers for data, and how to reach them (UK GDPR 13(1)(a) and (b)).
pub(super) fn who_we_are(given: Given<'_>, writer: &mut Writer) {
    let Given { policy, prose, .. } = given;
    writer.section("Who we are, and how to reach us");
    let about = prose.blocks(Piece::About, given, 3);
    if about.is_empty() {
        writer.say(ended(&policy.scheme.about));
    }
    writer.blocks.extend(about);
    writer.say(format!(
        "Our area of operation: {}. We decide why and how your data is used, and we answer for it: in law we are its controller.",
        policy.scheme.area_of_operation
    ));
    let (scheme, controller) = (&policy.scheme.contact, &policy.controller);
    let mut facts = vec![fact("The scheme", &*policy.scheme.name)];
    facts.extend(contact_facts(scheme));
    writer.facts(facts);
    let answers = format!(
        "Our {} makes sure that we keep to data protection law, and answers you on anything about your data",
        controller.title
    );
    // What is the same for both is said once.
    let known = contact_facts(scheme);
    let own: Vec<_> =
        contact_facts(&controller.contact).into_iter().filter(|fact| !known.contains(fact)).collect();
    if own.is_empty() {
        writer.say(format!("{answers}: ask for them in any of these ways."));
    } else {
        writer.say(format!("{answers}. You can also reach them directly:"));
        writer.facts(own);
    }
    if let Some(registered) = registration(policy) {
        writer.say(registered);
    }
    let protection = &policy.protection;
    if let Some(officer) = &protection.officer {
        writer.say(ended(&officer.text));
        if let Some(contact) = &officer.contact {
            writer.facts(contact_facts(contact));
        }
    }
    if let Some(representative) = &protection.representative {
        writer.say(ended(&representative.text));
    }
}

/// Registration and accreditation, where the policy tells of them.
pub(super) fn registration(policy: &Policy) -> Option<String> {
    let mut said = Vec::new();
    said.extend(policy.registration.text.as_ref().map(|text| ended(text)));
    said.extend(policy.registration.number.as_ref().map(|number| {
        format!("Our registration number with the Information Commissioner’s Office is {number}.")
    }));
    said.extend(
        policy
            .registration
            .expires
            .map(|day| format!("The registration runs until {} and is renewed.", day.strftime("%-d %B %Y"))),
    );
    match policy.accreditation.status {
        AccreditationStatus::Accredited => {
            said.push("We are accredited to a national standard for such schemes.".into());
        }
        AccreditationStatus::WorkingTowards => {
            said.push("We are working towards a national standard for such schemes.".into());
        }
        AccreditationStatus::None => {}
    }
    (!said.is_empty()).then(|| said.join(" "))
}

/// What for, and what allows it (UK GDPR 13(1)(c) and (d), 14(1)(c), 14(2)(b)).
pub(super) fn purposes_and_basis(
    given: Given<'_>,
    purposes: &[Statement],
    lawful: &LawfulBasis,
    interests: &[Statement],
    writer: &mut Writer,
) {
    writer.section("Why we use it");
    writer.points(sentences(purposes));
    writer.section("What allows us to");
    writer.tell(vec![
        text("Our lawful basis is "),
        strong(basis(lawful.basis)),
        text(format!(". {} {}", ended(&lawful.text), consent(lawful.basis))),
    ]);
    if !interests.is_empty() {
        writer.say("These are the interests:");
        writer.points(sentences(interests));
    }
    if Notice::Interests.is_of(given.policy) && std::ptr::eq(lawful, &given.policy.subjects.lawful_basis) {
        writer.tell(vec![
            text("We have assessed what this means for people’s rights and freedoms, weighed it against the rights of our members, and concluded that in this matter our members’ rights prevail, within the limits that this notice sets. You can read how: "),
            link("legitimate interests statement", given.registers.place(Notice::Interests)),
            text("."),
        ]);
    }
}

/// What is to be said of consent.
pub(super) fn consent(basis: Basis) -> &'static str {
    match basis {
        Basis::Consent => "You can withdraw your consent at any time; what was done until then stays lawful.",
        _ => "We do not need your consent for it.",
    }
}

/// The lawful conditions for data on offences and for special category data (UK GDPR 9 and 10).
pub(super) fn conditions(given: Given<'_>, writer: &mut Writer) {
    let policy = given.policy;
    let of = |nature| policy.conditions.iter().filter(move |condition| condition.nature == nature);
    if policy.categories.iter().any(|rule| rule.nature == Nature::CriminalOffence) {
        writer.say("What you are reported or suspected to have done counts in law as data on criminal offences, even if no court has found you guilty. We may use it under this condition:");
        writer.points(of(Nature::CriminalOffence).map(|condition| condition.law.to_string()));
    }
    if policy.subjects.special_category.is {
        let kinds: Vec<String> = policy
            .categories
            .iter()
            .filter(|rule| rule.nature == Nature::Special)
            .map(|rule| label(rule.kind, true).to_lowercase())
            .collect();
        writer.say(format!(
            "Some data is specially protected. Of that we hold: {}. We may use it under this condition:",
            and(&kinds)
        ));
        writer.points(of(Nature::Special).map(|condition| condition.law.to_string()));
    } else {
        writer.say("No sensitive or “special category” data is processed: nothing on ethnicity, sexuality, religious beliefs, politics, health or the like.");
    }
    if Notice::PolicyDocument.is_of(policy) {
        writer.tell(vec![
            text("How we keep to the law with such data is written down in our "),
            link("appropriate policy document", given.registers.place(Notice::PolicyDocument)),
            text("."),
        ]);
    }
}

/// A category of data in words: of the person who reads, or of somebody.
pub(super) fn label(category: Category, you: bool) -> &'static str {
    let (yours, theirs) = match category {
        Category::Name => ("Your name", "Name"),
        Category::Alias => ("Other names that you go by (aliases)", "Other names (aliases)"),
        Category::Image => ("Pictures of you, such as your face", "Facial image and other pictures"),
        Category::DateOfBirth => ("Your date of birth", "Date of birth"),
        Category::Description => ("What you look like (description)", "Description"),
        Category::Ethnicity => ("Your ethnicity", "Ethnicity"),
        Category::Associates => {
            ("People with whom you are said to commit such crime (associates)", "Associates in such crime")
        }
        Category::Vehicles => ("Vehicles that you use", "Vehicles"),
        Category::SuspectedActivity => (
            "What you are reported or suspected to have done or tried to do",
            "Suspected or attempted criminal or anti-social activity, and its nature",
        ),
        Category::ModusOperandi => (
            "How you are said to go about it (modus operandi)",
            "How the person goes about it (modus operandi)",
        ),
        Category::Arrests => ("Arrests", "Arrests"),
        Category::Convictions => ("Convictions", "Convictions"),
        Category::WarningMarkers => {
            ("Warnings that you may be dangerous (warning markers)", "Warning markers")
        }
        Category::Exclusion => {
            ("That you are excluded, from where and until when", "Exclusion: from where and until when")
        }
        Category::ContactDetails => (
            "Your postal and email addresses, telephone numbers and other contact details",
            "Postal and email addresses, telephone numbers and other contact details",
        ),
        Category::MedicalRisk => (
            "A medical condition whose symptoms would make you a danger to members",
            "Medical conditions whose symptoms would make the person a danger to members",
        ),
        Category::Vulnerability => ("That you are vulnerable", "Vulnerability"),
        Category::Evidence => (
            "Information and evidence about incidents in which you were involved",
            "Information and evidence about incidents",
        ),
    };
    if you { yours } else { theirs }
}

/// Who sees a category, by [`Policy::sees`]: never by reading the list of the rule, so that what is said here is what
/// the program answers.
pub(super) fn seen_by(policy: &Policy, category: Category) -> Vec<Viewer> {
    let sees = |viewer: &Viewer| {
        let all = *viewer == Viewer::TargetedMember && policy.sees(Viewer::Member, category);
        !all && policy.sees(*viewer, category)
    };
    Viewer::ALL.into_iter().filter(sees).collect()
}

/// The same in words.
fn seen_in_words(policy: &Policy, category: Category, you: bool) -> String {
    let word = |viewer| match viewer {
        Viewer::TargetedMember if you => "members picked for you alone",
        other => viewer_words(other),
    };
    and(&seen_by(policy, category).into_iter().map(word).collect::<Vec<_>>())
}

/// What is held, why, and who sees it (UK GDPR 14(1)(d)).
pub(super) fn categories(policy: &Policy, you: bool, writer: &mut Writer) {
    let row = |rule: &CategoryRule| {
        vec![
            label(rule.kind, you).to_owned(),
            ended(&rule.purpose),
            capital(&seen_in_words(policy, rule.kind, you)),
        ]
    };
    let rows = policy.categories.iter().map(row).collect();
    let head = ["What", "What for", "Who sees it while members can see the person"];
    let own = ["What", "What for", "Who sees it while members can see you"];
    writer.table("What is held, and who sees it", if you { &own } else { &head }, rows);
    writer.points(sight_notes(policy, you));
}

/// What the table of categories does not say: single releases, advice, what is refused.
fn sight_notes(policy: &Policy, you: bool) -> Vec<String> {
    let mut said = vec!["Nothing that is not in this table can be entered.".to_owned()];
    for rule in &policy.categories {
        if let Some(release) = &rule.release {
            let reasons: Vec<&str> = release
                .reasons
                .iter()
                .map(|reason| match reason {
                    ReleaseReason::CivilRecovery => "civil recovery of a loss",
                    ReleaseReason::LegalProceedings => "legal proceedings",
                })
                .collect();
            said.push(format!(
                "{} can be released to {} for {} alone: once, with the reason on record.",
                label(rule.kind, you),
                viewers(&release.to),
                super::writer::listed(&reasons, "or")
            ));
        } else if rule.kind == Category::ContactDetails {
            said.push(format!("{} are never shared with members.", label(rule.kind, you)));
        }
        if let Some(advice) = &rule.advice {
            said.push(format!(
                "{}: {} read advice in its place, which gives no reason: “{}”",
                label(rule.kind, you),
                viewers(&advice.to),
                advice.text
            ));
        }
        if rule.nature == Nature::Special && policy.sees(Viewer::TargetedMember, rule.kind) {
            said.push(format!(
                "{}: never shown to all members, but only to those whom it is most likely to affect, picked one by one.",
                label(rule.kind, you)
            ));
        }
    }
    if policy.holds(Category::Convictions) || policy.holds(Category::WarningMarkers) {
        said.push(
            "Convictions and warning markers that came from the police are refused: we keep none.".into(),
        );
    }
    if policy.holds(Category::Vulnerability) {
        said.push(
            "That somebody is vulnerable is kept for the same time as everything else, and no longer.".into(),
        );
    }
    said
}

/// Who outside the scheme's own people has access (UK GDPR 13(1)(e), 14(1)(e)).
pub(super) fn recipients(given: Given<'_>) -> Vec<String> {
    let policy = given.policy;
    let mut said = Vec::new();
    for recipient in &policy.recipients {
        let mut sentence = ended(&recipient.text);
        let agreement = recipient
            .agreement
            .as_ref()
            .and_then(|id| given.registers.agreements.iter().find(|a| a.id == *id));
        if let Some(agreement) = agreement {
            sentence.push_str(&format!(" Under our {}.", lower(&agreement.name)));
        }
        if policy.asks_reason(recipient.viewer) {
            sentence.push_str(" Each look needs a reason, which is recorded.");
        }
        if recipient.evidence_of_activity {
            sentence.push_str(" We write the evidence down before anything is passed on.");
        }
        said.push(sentence);
    }
    said
}

/// With a small letter, unless it is a name of capitals.
fn lower(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// Companies that handle data for the scheme, as the register has them.
pub(super) fn processors(given: Given<'_>) -> Vec<String> {
    if given.registers.processors.is_empty() {
        // Nothing is made up: where the policy is silent, so is the notice, and the lint says so.
        return given.policy.processors_unnamed.iter().map(|said| ended(&said.text)).collect();
    }
    let mut said = vec![
        "Formally contracted data processors, who work for us and follow our instructions alone:".to_owned(),
    ];
    said.extend(
        given.registers.processors.iter().map(|processor| {
            format!("{}, {}: {}", processor.name, processor.country, ended(&processor.does))
        }),
    );
    said
}

/// Whether data leaves the country (UK GDPR 13(1)(f), 14(1)(f); DOC-5).
pub(super) fn transfers(policy: &Policy, what: &str) -> String {
    match (&policy.storage.safeguard, policy.storage.outside_uk) {
        (_, false) => format!("We will not transfer {what} outside the UK."),
        (Some(safeguard), true) => {
            format!("{} may be transferred outside the UK. {}", capital(what), ended(safeguard))
        }
        (None, true) => format!("{} may be transferred outside the UK.", capital(what)),
    }
}

/// How data is secured (UK GDPR 32, 30(1)(g); SEC-1).
pub(super) fn security(policy: &Policy) -> Vec<String> {
    let mut said = Vec::new();
    if policy.storage.certified {
        let shown = policy.storage.certificate.as_ref().map_or(String::new(), |by| format!(" ({by})"));
        said.push(format!(
            "Data is stored in a facility that is independently certified as secure to a high standard{shown}."
        ));
    }
    said.extend([
        "Names, pictures and everything else that is personal are encrypted where they are stored. The keys are kept apart from them.".to_owned(),
        "When a record is deleted, its key is destroyed with it, so that nobody can read it again: neither we nor anybody who has a copy.".to_owned(),
        "People see what their role lets them see, and nothing else. Every look at a person’s record and every change is written down in a log that cannot be altered unseen.".to_owned(),
        "Pictures bear a visible mark that says who looked and when. Copying, photographing, printing and passing on are forbidden.".to_owned(),
        "Pictures are freed of hidden data, such as the place at which they were taken.".to_owned(),
        format!(
            "The list of those who can sign in is checked every {}; backups are encrypted, and tried by restoring one every {}.",
            policy.reviews.users.length, policy.reviews.restore_test.length
        ),
    ]);
    said.extend(sentences(&policy.protection.measures));
    said
}

/// What happens after a breach (UK GDPR 33 and 34; BRE-2, BRE-3).
pub(super) fn breach(policy: &Policy) -> String {
    format!(
        "If data is lost, stolen or seen by somebody who should not see it, we report that to the board of management and to the Information Commissioner’s Office within {} of becoming aware of it. If it is likely to put you at high risk, we tell you as soon as possible what happened and what it means for you.",
        policy.deadlines.breach.length
    )
}

/// That no computer decides alone (UK GDPR 13(2)(f), 14(2)(g), 22).
pub(super) fn automated(writer: &mut Writer) {
    writer.section("No automated decisions");
    writer.say("No decision about you is made by a computer alone, and there is no profiling. People decide whether a report is approved, whether members may see somebody, and whether somebody is warned or excluded. No pictures of faces are compared by computer. What the program does by itself is to count the days, so that nothing is shown or kept for longer than this notice says.");
}

/// By when a request is answered, and how.
fn answered(policy: &Policy) -> String {
    format!(
        "We confirm that we have your request within {} and answer it within {} of receiving it, and never later than the law allows. It is free of charge. If we are not sure that it is you who asks, we may ask for proof of your identity first.",
        policy.deadlines.receipt.length, policy.deadlines.answer.length
    )
}

/// The rights, one by one (UK GDPR 13(2)(b) to (d), 14(2)(c) to (e)).
pub(super) fn rights(given: Given<'_>, whom: For, writer: &mut Writer) {
    let policy = given.policy;
    let controller = &policy.controller.title;
    writer.section("Your rights");
    writer.say(format!(
        "To use a right, write, ring or come to the {controller}; you need no form. {}",
        answered(policy)
    ));
    let copy = match whom {
        For::Members => {
            "You can have a copy of all personal data that we hold about you, at any time under My account, or from the data controller."
        }
        _ => {
            "You can have a copy of all personal data that we hold about you, your pictures among it, in a form that you can read, with the documents that show how we keep to data protection law. What would identify other people is blacked out."
        }
    };
    let correct = match whom {
        For::Members => {
            "Under My account you see what we hold about you. If any of it is wrong, ask the data controller to have it corrected for you."
        }
        For::Public => "If your details change, or are wrong, tell us: we correct, update or remove them.",
        _ => {
            "If any of it is incorrect, unnecessary or disproportionate, you can require us to correct it. We tell those to whom we passed it."
        }
    };
    let erase = match whom {
        For::Members => {
            "When you leave, you can ask the data controller to delete your personal data for good, but for what “How long we keep it” names, and to confirm the deletion."
        }
        For::Public => "You can ask us to delete it, and to send you nothing more.",
        _ => {
            "You can ask us to delete your data. We decide each case on its merits. We may refuse to delete what is correct, necessary and proportionate; then we give you our reasons."
        }
    };
    let mut facts = vec![
        fact("To see it (access)", copy),
        fact("To have it corrected (rectification)", correct),
        fact("To have it deleted (erasure)", erase),
        fact(
            "To have it restricted (restriction)",
            "While it is in dispute whether your data is right, or whether we may use it, you can ask us to keep it without using it. Members do not see it in that time.",
        ),
    ];
    if whom == For::Members {
        facts.push(fact(
            "To take it with you (portability)",
            "You can have what you gave us in a form that another program can read.",
        ));
    }
    writer.facts(facts);
    writer.section("Your right to object");
    let object = match whom {
        For::Members => {
            "Where we use your data for anything but our agreement with you, you can object, for reasons of your own situation."
        }
        For::Public => {
            "You can object at any time to our keeping or using what you sent us. We then stop, unless the law obliges us to keep it."
        }
        _ => {
            "You can object at any time to our use of your data, for reasons that have to do with your own situation (UK GDPR, Article 21). We then stop, unless we can show compelling reasons that weigh more than yours, or need the data for legal claims. While we look at it, you can ask that members do not see you."
        }
    };
    writer.tell(vec![strong(object)]);
}

/// How to complain: to the scheme, and to the Commissioner (UK GDPR 13(2)(d), 14(2)(e); DPA 2018 s.164A).
pub(super) fn complaints(policy: &Policy, writer: &mut Writer) {
    writer.section("If you want to complain");
    writer.tell(vec![
        strong("To us. "),
        text(format!(
            "If you think that we handle your data wrongly, you have the right to complain to us (Data Protection Act 2018, section 164A). You can do so by email or in any other way that suits you. We acknowledge your complaint within {}, look into it without undue delay, keep you informed, and tell you the outcome.",
            policy.deadlines.complaint.length
        )),
    ]);
    writer.tell(vec![
        strong("To the Information Commissioner. "),
        text("You have the right to complain about us to the Information Commissioner’s Office (ICO) at any time: "),
        link(COMPLAIN, COMPLAIN),
        text(format!(", telephone {COMMISSIONER_TELEPHONE}, or by post to {COMMISSIONER}.")),
    ]);
    writer.say("You can also ask a court to decide.");
}

/// How the text is kept up to date.
pub(super) fn changes(given: Given<'_>, notice: Notice, writer: &mut Writer) {
    let policy = given.policy;
    writer.section("Changes to this text");
    writer.tell(vec![
        text(format!(
            "It is written from the same rules that our computer system works by. We review it every {}. A change makes a new version; former versions stay readable ",
            policy.reviews.documents.length
        )),
        link("on the page of this text", given.registers.place(notice)),
        text("."),
    ]);
}

/// Everybody who sees members' or enquirers' data, processors among them.
pub(super) fn own_audience(given: Given<'_>, audience: &[Viewer]) -> String {
    let mut who: Vec<&str> = audience.iter().map(|viewer| viewer_words(*viewer)).collect();
    if !given.registers.processors.is_empty() {
        who.push("formally contracted data processors");
    }
    format!("{} may have access to it.", capital(&and(&who)))
}
