//! What the law demands of each text, held against what the text says (NOT-4).
//!
//! A demand looks for its answer in the words of the publication, not only for a field in the policy: a sentence that
//! somebody forgot to write is missed as much as a value that nobody filled in. What is missing is an error where the
//! scheme exists, since its people have a right to be told today; in a pattern it is a warning, since there is nobody
//! yet whom it would leave untold.
use super::{
    Notice, Piece, Prose, Publication, Registers,
    keeping::columns,
    parts::{self, COMMISSIONER},
    prose, publication,
    writer::{basis, curled, ended, months},
};
use crate::policy::{
    Finding, Policy, Severity,
    category::{Basis, LawfulBasis, Statement},
    scheme::Kind,
};
use jiff::civil::Date;

/// Something that the law demands of a text.
#[derive(Clone, Copy, Debug)]
pub struct Demand {
    /// Article and paragraph.
    pub law: &'static str,
    /// What people must be told.
    pub asks: &'static str,
    /// Whether a publication says it; else the place in the policy where it would come from.
    missing: fn(&Asked<'_>) -> Option<&'static str>,
}

/// What a demand is held against.
struct Asked<'a> {
    notice: Notice,
    policy: &'a Policy,
    text: &'a str,
    headings: Vec<&'a str>,
}

impl Asked<'_> {
    fn says(&self, words: &str) -> bool {
        self.text.contains(&curled(words))
    }
    fn says_all<'b>(&self, words: impl IntoIterator<Item = &'b str>) -> bool {
        words.into_iter().all(|words| self.says(words))
    }
    fn states(&self, statements: &[Statement]) -> bool {
        !statements.is_empty() && statements.iter().all(|statement| self.says(&statement.text))
    }
    /// What the policy says of the people for whom the notice is: section, purposes, basis, interests.
    fn people(&self) -> Vec<(&'static str, &[Statement], &LawfulBasis, &[Statement])> {
        let policy = self.policy;
        let (s, m, p) = (&policy.subjects, &policy.members, &policy.public);
        let subjects = ("subjects", &*s.purposes, &s.lawful_basis, &*s.interests);
        let members = ("members", &*m.purposes, &m.lawful_basis, &*m.interests);
        let public = ("public", &*p.purposes, &p.lawful_basis, &*p.interests);
        match self.notice {
            Notice::Members => vec![members],
            Notice::Public => vec![public],
            Notice::Reported | Notice::Interests | Notice::PolicyDocument => vec![subjects],
            Notice::Processing | Notice::Record => vec![subjects, members, public],
        }
    }
}

fn unless(said: bool, path: &'static str) -> Option<&'static str> {
    (!said).then_some(path)
}

fn controller(asked: &Asked<'_>) -> Option<&'static str> {
    let contact = &asked.policy.controller.contact;
    let mut ways = contact
        .address
        .iter()
        .map(|line| &**line)
        .chain(contact.email.iter().map(|email| &**email))
        .chain(contact.telephone.iter().map(|number| &**number))
        .peekable();
    let reached = ways.peek().is_some() && asked.says_all(ways);
    unless(asked.says(&asked.policy.scheme.name) && reached, "controller.contact")
}

fn representative(asked: &Asked<'_>) -> Option<&'static str> {
    let said = asked.policy.protection.representative.as_ref().is_some_and(|told| asked.says(&told.text));
    unless(said, "protection.representative")
}

fn officer(asked: &Asked<'_>) -> Option<&'static str> {
    let said = asked.policy.protection.officer.as_ref().is_some_and(|told| asked.says(&told.text));
    unless(said, "protection.officer")
}

fn purposes(asked: &Asked<'_>) -> Option<&'static str> {
    asked.people().into_iter().find(|(_, purposes, ..)| !asked.states(purposes)).map(|(path, ..)| path)
}

fn lawful_basis(asked: &Asked<'_>) -> Option<&'static str> {
    let says = |lawful: &LawfulBasis| {
        let article = basis(lawful.basis).rsplit(": ").next().unwrap_or_default();
        asked.says(article) && asked.says(&lawful.text)
    };
    asked.people().into_iter().find(|(_, _, lawful, _)| !says(lawful)).map(|(path, ..)| path)
}

fn interests(asked: &Asked<'_>) -> Option<&'static str> {
    let lacks = |(_, _, lawful, interests): &(_, _, &LawfulBasis, &[Statement])| {
        lawful.basis == Basis::LegitimateInterests && !asked.states(interests)
    };
    asked.people().into_iter().find(lacks).map(|(path, ..)| match path {
        "members" => "members.interests",
        "public" => "public.interests",
        _ => "subjects.interests",
    })
}

fn withdrawal(asked: &Asked<'_>) -> Option<&'static str> {
    let consents = asked.people().iter().any(|(_, _, lawful, _)| lawful.basis == Basis::Consent);
    unless(!consents || asked.says("withdraw your consent"), "members.lawful_basis")
}

fn data(asked: &Asked<'_>) -> Option<&'static str> {
    let policy = asked.policy;
    let categories = || {
        let listed = |you| policy.categories.iter().all(|rule| asked.says(parts::label(rule.kind, you)));
        listed(true) || listed(false)
    };
    match asked.notice {
        Notice::Members => unless(asked.says(&policy.members.data.text), "members.data"),
        Notice::Public => unless(asked.says(&policy.public.data.text), "public.data"),
        Notice::Record | Notice::Processing => unless(
            categories() && asked.says(&policy.members.data.text) && asked.says(&policy.public.data.text),
            "category",
        ),
        _ => unless(categories(), "category"),
    }
}

fn people(asked: &Asked<'_>) -> Option<&'static str> {
    let policy = asked.policy;
    let all = [&policy.subjects.who, &policy.members.who, &policy.public.who];
    unless(all.iter().all(|who| asked.says(&who.text)), "subjects.who")
}

fn recipients(asked: &Asked<'_>) -> Option<&'static str> {
    let policy = asked.policy;
    let outside = || policy.recipients.iter().all(|recipient| asked.says(&recipient.text));
    let third = match asked.notice {
        Notice::Members => asked.says(&policy.members.third_parties.text),
        Notice::Public => asked.says(&policy.public.third_parties.text),
        Notice::Reported => outside(),
        _ => outside() && asked.says(&policy.members.third_parties.text),
    };
    let processors = policy.processors.iter().all(|processor| asked.says(&processor.name))
        && policy.processors_unnamed.iter().all(|said| asked.says(&said.text));
    unless(third && processors, "recipient")
}

fn transfers(asked: &Asked<'_>) -> Option<&'static str> {
    let safe = !asked.policy.storage.outside_uk
        || asked.policy.storage.safeguard.as_ref().is_some_and(|safeguard| asked.says(safeguard));
    unless(safe && asked.says("outside the UK"), "storage")
}

fn time(asked: &Asked<'_>) -> Option<&'static str> {
    let keep = &asked.policy.keep;
    let said = |months_list: Vec<u32>| months_list.into_iter().all(|number| asked.says(&months(number)));
    let subjects = || {
        columns(asked.policy).into_iter().all(|(_, _, rules)| {
            let always = [rules.first, rules.repeat, rules.hold];
            let limits =
                [rules.single_report_delete, rules.cap, rules.stub, rules.incident, rules.unidentified_image];
            said(
                always.into_iter().filter(|number| *number > 0).chain(limits.into_iter().flatten()).collect(),
            )
        })
    };
    match asked.notice {
        Notice::Members => unless(
            asked.says(&keep.draft.length.to_string()) && asked.says("your name and contact details"),
            "keep.user",
        ),
        Notice::Public => {
            unless(asked.says(&format!("{} after the answer", keep.enquiry.length)), "keep.enquiry")
        }
        Notice::Record => unless(
            subjects() && asked.says(&format!("{} after the answer", keep.enquiry.length)),
            "retention",
        ),
        _ => unless(subjects(), "retention"),
    }
}

fn rights(asked: &Asked<'_>) -> Option<&'static str> {
    let mut words = vec!["access", "rectification", "erasure", "restriction", "object"];
    if asked.people().iter().any(|(_, _, lawful, _)| matches!(lawful.basis, Basis::Contract | Basis::Consent))
    {
        words.push("portability");
    }
    unless(asked.says_all(words), "deadlines.answer")
}

fn objection(asked: &Asked<'_>) -> Option<&'static str> {
    unless(asked.headings.contains(&"Your right to object"), "deadlines.answer")
}

fn commissioner(asked: &Asked<'_>) -> Option<&'static str> {
    unless(asked.says_all([COMMISSIONER, "https://ico.org.uk/make-a-complaint/"]), "deadlines.complaint")
}

fn own_complaints(asked: &Asked<'_>) -> Option<&'static str> {
    let by = asked.policy.deadlines.complaint.length.to_string();
    unless(asked.says("section 164A") && asked.says(&by), "deadlines.complaint")
}

fn required(asked: &Asked<'_>) -> Option<&'static str> {
    match asked.notice {
        Notice::Members => {
            let told = asked.policy.members.required.as_ref().is_some_and(|told| asked.says(&told.text));
            unless(told, "members.required")
        }
        _ => unless(asked.says("You do not have to"), "source"),
    }
}

fn automated(asked: &Asked<'_>) -> Option<&'static str> {
    unless(asked.headings.contains(&"No automated decisions"), "scheme")
}

fn sources(asked: &Asked<'_>) -> Option<&'static str> {
    unless(asked.policy.sources.iter().all(|source| asked.says(&source.text)), "source")
}

fn when(asked: &Asked<'_>) -> Option<&'static str> {
    let by = format!("within {} at the latest", asked.policy.deadlines.notice.length);
    unless(asked.says(&by), "deadlines.notice")
}

fn security(asked: &Asked<'_>) -> Option<&'static str> {
    let measures = &asked.policy.protection.measures;
    unless(asked.states(measures) && asked.says("encrypted"), "protection.measures")
}

fn joint(asked: &Asked<'_>) -> Option<&'static str> {
    unless(asked.says("joint controller"), "controller")
}

fn conditions(asked: &Asked<'_>) -> Option<&'static str> {
    unless(asked.policy.conditions.iter().all(|condition| asked.says(&condition.law)), "condition")
}

fn necessary(asked: &Asked<'_>) -> Option<&'static str> {
    let needs = asked.policy.conditions.iter().filter(|condition| condition.policy_document);
    let said = |told: &Option<crate::policy::text::Text>| told.as_ref().is_some_and(|told| asked.says(told));
    unless(needs.into_iter().all(|condition| said(&condition.necessary)), "condition")
}

/// What stands at the foot of the policy document.
fn kept_for_review(asked: &Asked<'_>) -> Option<&'static str> {
    let review = format!("every {}", asked.policy.reviews.documents.length);
    unless(asked.says(&review) && asked.says("six months after"), "reviews.documents")
}

macro_rules! demands {
    ($($law:literal, $asks:literal, $missing:path;)+) => {
        vec![$(Demand { law: $law, asks: $asks, missing: $missing }),+]
    };
}

/// What the law demands of a text.
#[must_use]
pub fn demands(notice: Notice) -> Vec<Demand> {
    match notice {
        Notice::Reported => {
            let mut both = article_13();
            both.extend(article_14());
            both
        }
        Notice::Members | Notice::Public => article_13(),
        Notice::Record => article_30(),
        Notice::PolicyDocument => demands![
            "DPA 2018 Schedule 1 paragraph 39(a)", "how the principles are kept to in reliance on each condition", conditions;
            "DPA 2018 Schedule 1 paragraph 39(a)", "why the processing is necessary for the condition", necessary;
            "DPA 2018 Schedule 1 paragraph 39(b)", "how long the data is retained, and how it is erased", time;
            "DPA 2018 Schedule 1 paragraph 40", "that the document is kept, reviewed and given to the Commissioner", kept_for_review;
        ],
        Notice::Interests => demands![
            "UK GDPR 6(1)(f)", "the interests that are pursued", interests;
        ],
        Notice::Processing => Vec::new(),
    }
}

fn article_13() -> Vec<Demand> {
    demands![
        "UK GDPR 13(1)(a)", "who the controller is and how to reach it", controller;
        "UK GDPR 13(1)(a)", "who represents the controller, or that nobody needs to", representative;
        "UK GDPR 13(1)(b)", "how to reach the data protection officer, or that none is needed", officer;
        "UK GDPR 13(1)(c)", "the purposes", purposes;
        "UK GDPR 13(1)(c)", "the lawful basis", lawful_basis;
        "UK GDPR 13(1)(d)", "the legitimate interests that are pursued", interests;
        "UK GDPR 13(1)(e)", "the recipients", recipients;
        "UK GDPR 13(1)(f)", "transfers to other countries and their safeguard, or that there are none", transfers;
        "UK GDPR 13(2)(a)", "how long the data is kept", time;
        "UK GDPR 13(2)(b)", "the rights of access, rectification, erasure, restriction, objection and portability", rights;
        "UK GDPR 21(4)", "the right to object, apart from everything else", objection;
        "UK GDPR 13(2)(c)", "that consent can be withdrawn", withdrawal;
        "UK GDPR 13(2)(d)", "the right to complain to the Commissioner", commissioner;
        "DPA 2018 s.164A", "the right to complain to the controller", own_complaints;
        "UK GDPR 13(2)(e)", "whether the data must be given, and what follows if it is not", required;
        "UK GDPR 13(2)(f)", "whether decisions are automated", automated;
    ]
}

fn article_14() -> Vec<Demand> {
    demands![
        "UK GDPR 14(1)(a)", "who the controller is and how to reach it", controller;
        "UK GDPR 14(1)(a)", "who represents the controller, or that nobody needs to", representative;
        "UK GDPR 14(1)(b)", "how to reach the data protection officer, or that none is needed", officer;
        "UK GDPR 14(1)(c)", "the purposes", purposes;
        "UK GDPR 14(1)(c)", "the lawful basis", lawful_basis;
        "UK GDPR 14(1)(d)", "the categories of data", data;
        "UK GDPR 14(1)(e)", "the recipients", recipients;
        "UK GDPR 14(1)(f)", "transfers to other countries and their safeguard, or that there are none", transfers;
        "UK GDPR 14(2)(a)", "how long the data is kept", time;
        "UK GDPR 14(2)(b)", "the legitimate interests that are pursued", interests;
        "UK GDPR 14(2)(c)", "the rights of access, rectification, erasure, restriction and objection", rights;
        "UK GDPR 14(2)(d)", "that consent can be withdrawn", withdrawal;
        "UK GDPR 14(2)(e)", "the right to complain to the Commissioner", commissioner;
        "UK GDPR 14(2)(f)", "where the data comes from, and whether anybody could see it", sources;
        "UK GDPR 14(2)(g)", "whether decisions are automated", automated;
        "UK GDPR 14(3)", "by when people are told", when;
        "UK GDPR 10", "the conditions for data on offences", conditions;
    ]
}

fn article_30() -> Vec<Demand> {
    demands![
        "UK GDPR 30(1)(a)", "who the controller is and how to reach it", controller;
        "UK GDPR 30(1)(a)", "whether there is a joint controller", joint;
        "UK GDPR 30(1)(a)", "who represents the controller, or that nobody needs to", representative;
        "UK GDPR 30(1)(a)", "the data protection officer, or that none is needed", officer;
        "UK GDPR 30(1)(b)", "the purposes", purposes;
        "UK GDPR 30(1)(c)", "the categories of people", people;
        "UK GDPR 30(1)(c)", "the categories of data", data;
        "UK GDPR 30(1)(d)", "the categories of recipients", recipients;
        "UK GDPR 30(1)(e)", "transfers to other countries and their safeguard, or that there are none", transfers;
        "UK GDPR 30(1)(f)", "the time limits for erasure", time;
        "UK GDPR 30(1)(g)", "the security measures, technical and organisational", security;
        "DPA 2018 Schedule 1 paragraph 41(a)", "the condition that is relied on", conditions;
        "DPA 2018 Schedule 1 paragraph 41(b)", "how Article 6 is satisfied", lawful_basis;
    ]
}

/// The law and what it asks for, of each demand that a text does not meet, with the place in the policy from which the
/// answer would come.
fn missed(policy: &Policy, text: &Publication, notice: Notice) -> Vec<(Demand, &'static str)> {
    let said = text.text();
    let headings = text
        .blocks
        .iter()
        .filter_map(|block| match block {
            super::Block::Heading { text, .. } => Some(text.as_str()),
            _ => None,
        })
        .collect();
    let asked = Asked { notice, policy, text: &said, headings };
    demands(notice)
        .into_iter()
        .filter_map(|demand| (demand.missing)(&asked).map(|path| (demand, path)))
        .collect()
}

/// Says what is wrong with the texts of a policy: what the law demands and they lack, by article and paragraph, and what
/// was written beside the policy that the policy contradicts (NOT-4, POL-4). `folder` is only what findings call the
/// folder of the prose.
#[must_use]
pub fn check(policy: &Policy, prose: &Prose, folder: &str) -> Vec<Finding> {
    let grave = match policy.scheme.kind {
        Kind::Scheme => Severity::Error,
        Kind::Generic => Severity::Warning,
    };
    let places = policy.places();
    let registers = Registers::of(policy, "");
    let mut findings = Vec::new();
    let mut lacking: Vec<(Demand, &'static str, Vec<Notice>)> = Vec::new();
    for notice in Notice::ALL.into_iter().filter(|notice| notice.is_of(policy)) {
        let text = publication(notice, policy, prose, &registers, 1, Date::default());
        for (demand, path) in missed(policy, &text, notice) {
            match lacking.iter_mut().find(|(other, at, _)| (other.law, *at) == (demand.law, path)) {
                Some((_, _, notices)) => notices.push(notice),
                None => lacking.push((demand, path, vec![notice])),
            }
        }
    }
    for (demand, path, notices) in lacking {
        let titles: Vec<String> = notices.iter().map(|notice| format!("“{}”", notice.title())).collect();
        findings.push(places.finding(
            grave,
            path,
            format!(
                "{} asks to be told {}; it is missing in {}: fill in `{path}`",
                demand.law,
                demand.asks,
                titles.join(", ")
            ),
        ));
    }
    if Notice::Interests.is_of(policy)
        && prose.piece(Piece::Balance).is_none_or(|text| text.trim().is_empty())
    {
        findings.push(places.finding(
            grave,
            "subjects.lawful_basis",
            format!(
                "UK GDPR 6(1)(f) rests on a balance of interests, and 5(2) asks that it can be shown: write it down in {folder}/{}.md",
                Piece::Balance.name()
            ),
        ));
    }
    if policy.storage.certified && policy.storage.certificate.is_none() {
        findings.push(places.finding(
            Severity::Warning,
            "storage.certified",
            "the notices promise storage that is certified: fill in `certificate` with what shows it (SEC-1)",
        ));
    }
    // The lint of the policy warns a pattern already.
    if policy.scheme.kind == Kind::Scheme
        && policy.processors.is_empty()
        && policy.processors_unnamed.is_none()
    {
        findings.push(places.finding(
            Severity::Error,
            "storage",
            "UK GDPR 13(1)(e), 14(1)(e) and 30(1)(d) ask who receives data: list each company that hosts or maintains the system under `[[processor]]`, or say under `[processors_unnamed]` of what kind they are, or that there is none",
        ));
    }
    for (index, processor) in policy.processors.iter().enumerate() {
        let home = ["united kingdom", "uk", "england", "scotland", "wales", "northern ireland"];
        if !policy.storage.outside_uk && !home.contains(&processor.country.to_lowercase().as_str()) {
            findings.push(places.finding(
                Severity::Error,
                &format!("processor[{index}].country"),
                format!("`storage.outside_uk` says that nothing leaves the United Kingdom, but {} keeps data in {}", processor.name, processor.country),
            ));
        }
    }
    findings.extend(statements(policy));
    findings.sort_by_key(|finding| (finding.line, finding.column));
    findings.extend(prose.check(folder, policy));
    findings
}

/// The policy's own sentences, held against its figures: they are published, too.
fn statements(policy: &Policy) -> Vec<Finding> {
    let mut all: Vec<(String, &str)> = vec![
        ("scheme.about".into(), &policy.scheme.about),
        ("subjects.who".into(), &policy.subjects.who.text),
        ("members.who".into(), &policy.members.who.text),
        ("members.data".into(), &policy.members.data.text),
        ("public.who".into(), &policy.public.who.text),
        ("public.data".into(), &policy.public.data.text),
    ];
    for (path, list) in [
        ("subjects.purposes", &policy.subjects.purposes),
        ("subjects.interests", &policy.subjects.interests),
        ("members.purposes", &policy.members.purposes),
        ("public.purposes", &policy.public.purposes),
        ("protection.measures", &policy.protection.measures),
    ] {
        all.extend(list.iter().enumerate().map(|(index, said)| (format!("{path}[{index}]"), &*said.text)));
    }
    let places = policy.places();
    all.into_iter()
        .flat_map(|(path, text)| {
            prose::contradicted(text, policy).into_iter().map(move |reason| {
                places.finding(Severity::Error, &path, format!("“{}” {reason}", brief(text)))
            })
        })
        .collect()
}

fn brief(text: &str) -> String {
    let mut start: String = text.chars().take(60).collect();
    if text.chars().count() > 60 {
        start.push('…');
    }
    ended(&start).trim_end_matches('.').to_owned()
}
