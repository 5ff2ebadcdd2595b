//! What Articles 13, 14 and 30 ask for and a notice lacks is said by article and paragraph (NOT-4).
use super::{FILES, beside, policy, source, write};
use fairwatch_core::{
    notices::{Notice, Prose, check, demands},
    policy::{Finding, Policy, Severity},
};

fn findings(file: &str, from: &str, to: &str) -> Vec<Finding> {
    let text = source(file);
    assert!(text.contains(from), "{file} has no {from:?}");
    let policy = Policy::parse("x.toml", &text.replacen(from, to, 1)).unwrap();
    check(&policy, &beside(file), "x")
}

/// A line of a file, taken out whole.
fn without(file: &str, start: &str) -> Vec<Finding> {
    let text = source(file);
    let line = text.lines().find(|line| line.starts_with(start)).unwrap_or_else(|| panic!("no {start}"));
    findings(file, &format!("{line}\n"), "")
}

#[track_caller]
fn lacks(found: &[Finding], grave: Severity, parts: &[&str]) {
    let told = |finding: &&Finding| parts.iter().all(|part| finding.reason.contains(part));
    let finding = found.iter().find(told).unwrap_or_else(|| panic!("nothing says {parts:?}: {found:#?}"));
    assert_eq!(finding.severity, grave, "{finding}");
}

#[test]
fn not_4_the_ready_files_lack_nothing_that_the_law_asks_for() {
    for file in FILES {
        let found = check(&policy(file), &beside(file), file);
        assert!(found.iter().all(|finding| finding.severity != Severity::Error), "{found:#?}");
        assert!(!found.iter().any(|finding| finding.reason.contains("asks to be told")), "{found:#?}");
    }
}

#[test]
fn not_4_what_is_missing_is_named_by_article_and_paragraph() {
    let real = "tm-safer-towns";
    for (start, parts) in [
        ("officer = ", &["UK GDPR 13(1)(b)", "data protection officer", "protection.officer"][..]),
        ("officer = ", &["UK GDPR 14(1)(b)", Notice::Reported.title()]),
        ("officer = ", &["UK GDPR 30(1)(a)", Notice::Record.title()]),
        ("representative = ", &["UK GDPR 14(1)(a)", "represents the controller"]),
        ("required = ", &["UK GDPR 13(2)(e)", Notice::Members.title(), "members.required"]),
        ("necessary = ", &["DPA 2018 Schedule 1 paragraph 39(a)", Notice::PolicyDocument.title()]),
    ] {
        lacks(&without(real, start), Severity::Error, parts);
    }
}

#[test]
fn not_4_interests_security_and_safeguards_are_asked_for() {
    let (start, end) = ("interests = [\n    { text = \"Our members'", "]\npurposes");
    let text = source("generic");
    let from = text.find(start).unwrap();
    let until = from + text[from..].find(end).unwrap();
    let policy =
        Policy::parse("x.toml", &format!("{}interests = [{}", &text[..from], &text[until..])).unwrap();
    let found = check(&policy, &beside("generic"), "x");
    lacks(&found, Severity::Warning, &["UK GDPR 14(2)(b)", "subjects.interests"]);
    lacks(&found, Severity::Warning, &["UK GDPR 13(1)(d)"]);

    let abroad = findings("cheltenham-safe", "outside_uk = false", "outside_uk = true");
    lacks(&abroad, Severity::Error, &["UK GDPR 14(1)(f)", "transfers"]);
    let safe = "outside_uk = true\nsafeguard = \"The UK addendum to the EU standard clauses.\"";
    let safe = findings("cheltenham-safe", "outside_uk = false", safe);
    assert!(!safe.iter().any(|finding| finding.reason.contains("14(1)(f)")), "{safe:#?}");

    let text = source("dartford-tac");
    let from = text.find("measures = [").unwrap();
    let until = from + text[from..].find("\n]\n").unwrap();
    let bare = format!("{}measures = [{}", &text[..from], &text[until..]);
    let found = check(&Policy::parse("x.toml", &bare).unwrap(), &beside("dartford-tac"), "x");
    lacks(&found, Severity::Error, &["UK GDPR 30(1)(g)", "protection.measures"]);
}

/// A pattern leaves nobody untold, so it is warned of what a scheme that exists is refused for.
#[test]
fn not_4_a_pattern_is_warned_and_a_scheme_is_refused() {
    lacks(&without("generic", "officer = "), Severity::Warning, &["UK GDPR 13(1)(b)"]);
    lacks(&without("cheltenham-safe", "officer = "), Severity::Error, &["UK GDPR 13(1)(b)"]);
    let alone = check(&policy("cheltenham-safe"), &Prose::default(), "policies/cheltenham-safe");
    lacks(&alone, Severity::Error, &["UK GDPR 6(1)(f)", "policies/cheltenham-safe/balance.md"]);
}

#[test]
fn doc_5_a_processor_abroad_contradicts_a_policy_that_keeps_data_at_home() {
    let processor = "[[processor]]\nname = \"Hosts Ltd\"\ndoes = \"Runs our servers\"\ncountry = \"France\"\nclause = \"Contract\"\n\n[deadlines]";
    let found = findings("generic", "[deadlines]", processor);
    lacks(&found, Severity::Error, &["Hosts Ltd", "France"]);
    let home = findings("generic", "[deadlines]", &processor.replace("France", "United Kingdom"));
    assert!(!home.iter().any(|finding| finding.reason.contains("Hosts Ltd")), "{home:#?}");
}

/// A sentence of the policy that is published is held against its own figures.
#[test]
fn pol_4_a_sentence_of_the_policy_cannot_contradict_its_figures() {
    let found = findings(
        "cheltenham-safe",
        "who = { text = \"Individuals aged 14",
        "who = { text = \"Individuals aged 12",
    );
    lacks(&found, Severity::Error, &["Individuals aged 12", "no age of 12"]);
}

#[test]
fn not_4_every_article_that_is_asked_for_is_asked_of_the_right_text() {
    let laws = |notice| demands(notice).iter().map(|demand| demand.law).collect::<Vec<_>>();
    for part in [
        "(1)(a)", "(1)(b)", "(1)(c)", "(1)(d)", "(1)(e)", "(1)(f)", "(2)(a)", "(2)(b)", "(2)(c)", "(2)(d)",
        "(2)(e)", "(2)(f)",
    ] {
        for notice in [Notice::Members, Notice::Public, Notice::Reported] {
            assert!(laws(notice).iter().any(|law| *law == format!("UK GDPR 13{part}")), "{notice:?} {part}");
        }
        assert!(laws(Notice::Reported).iter().any(|law| *law == format!("UK GDPR 14{part}")), "{part}");
    }
    for part in ["(2)(g)", "(3)"] {
        assert!(laws(Notice::Reported).iter().any(|law| *law == format!("UK GDPR 14{part}")), "{part}");
    }
    for part in ["a", "b", "c", "d", "e", "f", "g"] {
        assert!(laws(Notice::Record).iter().any(|law| *law == format!("UK GDPR 30(1)({part})")), "{part}");
    }
}

/// Nothing is said of companies that the policy does not say; a scheme that exists must say something (UK GDPR 13(1)(e)).
#[test]
fn not_4_doc_2_companies_are_told_only_as_the_policy_tells_of_them() {
    let silent = |file: &str| {
        let text = source(file);
        let start = text.find("[processors_unnamed]").unwrap();
        let end = start + text[start..].find("\n[storage]").unwrap();
        Policy::parse("x.toml", &format!("{}{}", &text[..start], &text[end..])).unwrap()
    };
    for file in ["cheltenham-safe", "tm-safer-towns", "dartford-tac"] {
        let policy = silent(file);
        lacks(
            &check(&policy, &beside(file), "x"),
            Severity::Error,
            &["UK GDPR 13(1)(e)", "[processors_unnamed]"],
        );
        for notice in Notice::ALL {
            let text = write(notice, &policy, &beside(file)).text();
            assert!(!text.contains("No other company") && !text.contains("our work is neither"), "{file}");
        }
    }
    let text = source("cheltenham-safe");
    let none = text.replacen(
        "Formally contracted data processors may have access to it.",
        "No company handles it for us.",
        1,
    );
    let policy = Policy::parse("x.toml", &none).unwrap();
    assert!(
        write(Notice::Reported, &policy, &beside("cheltenham-safe"))
            .text()
            .contains("No company handles it for us")
    );
    let both = format!(
        "{text}\n[[processor]]\nname = \"Hosts Ltd\"\ndoes = \"Runs servers\"\ncountry = \"United Kingdom\"\nclause = \"C\"\n"
    );
    assert!(Policy::parse("x.toml", &both).is_err(), "a list and a sentence in its place");
}
