//! What a human writes beside a policy cannot contradict it (POL-4).
use super::{FILES, beside, policy, write};
use fairwatch_core::{
    notices::{Block, Inline, Notice, Piece, Prose, check},
    policy::{Finding, Severity},
};

fn found(file: &str, text: &str) -> Vec<Finding> {
    let prose = beside(file).with(Piece::Reported, text);
    let mut found = check(&policy(file), &prose, "policies/x");
    found.retain(|finding| finding.file == "policies/x/reported.md");
    found
}

/// The text is refused, at this line, for this reason.
#[track_caller]
fn refused(file: &str, text: &str, line: u32, reason: &str) {
    let found = found(file, text);
    assert!(
        found.iter().any(|f| f.line == line && f.reason.contains(reason) && f.severity == Severity::Error),
        "{text:?}: wanted line {line}, {reason:?}, got {found:#?}"
    );
}

#[track_caller]
fn accepted(file: &str, text: &str) {
    let found = found(file, text);
    assert!(found.is_empty(), "{text:?}: {found:#?}");
}

#[test]
fn pol_4_slots_stand_for_what_the_policy_says() {
    let prose = Prose::default().with(
        Piece::Reported,
        "## In our words\n\nMembers see you for {{retention.known.first}}. Write to **{{contact.email}}**, or read [this](notice:public).\n",
    );
    let text = write(Notice::Reported, &policy("cheltenham-safe"), &prose);
    assert!(text.blocks.contains(&Block::Heading { level: 2, text: "In our words".into() }));
    let said = Block::Paragraph(vec![
        Inline::Text("Members see you for 12 months. Write to ".into()),
        Inline::Strong("info@cheltenham-safe.org".into()),
        Inline::Text(", or read ".into()),
        Inline::Link { text: "this".into(), to: "/o/here/notices/public".into() },
        Inline::Text(".".into()),
    ]);
    assert!(text.blocks.contains(&said), "{:#?}", text.blocks);
}

#[test]
fn pol_4_an_unknown_slot_is_an_error_with_file_and_line() {
    refused("generic", "One.\n\nTwo {{retention.known.frist}}.", 3, "no slot `retention.known.frist`");
    refused("generic", "{{retention.known.frist}}", 1, "retention.known.first");
    refused("generic", "{{ registration.number }}", 1, "leaves `registration.number` open");
    refused("generic", "{{contact", 1, "does not end");
}

#[test]
fn pol_4_a_period_that_no_rule_says_is_an_error() {
    refused("tm-safer-towns", "We keep it for\n18 months.", 2, "no rule of the policy says 18 months");
    refused("tm-safer-towns", "We keep it for three years.", 1, "36 months");
    refused("tm-safer-towns", "A 45-day wait.", 1, "45 days");
    refused("tm-safer-towns", "Within two further weeks.", 1, "14 days");
    accepted(
        "tm-safer-towns",
        "Members see it for 12 months, or one year. You are answered within 30 days; a breach is told within 72 hours.",
    );
    for (text, length) in [
        ("Members see you for fifteen months.", "15 months"),
        ("Sixteen days later it goes.", "16 days"),
        ("It is kept for forty-five days.", "45 days"),
        ("It goes within a fortnight.", "14 days"),
        ("It goes after a further month and an hour.", "1 hour"),
        ("It is kept for fifty months.", "50 months"),
    ] {
        refused("tm-safer-towns", text, 1, &format!("no rule of the policy says {length}"));
    }
    accepted(
        "tm-safer-towns",
        "Members see it for a year. We meet twice a year, for half an hour, in a shop.",
    );
    accepted("tm-safer-towns", "Twenty-four months at the longest, after two incidents by 3 people.");
}

#[test]
fn pol_4_an_age_a_day_or_an_address_that_is_not_the_policys_is_an_error() {
    refused("cheltenham-safe", "Nobody aged 12 is held.", 1, "no age of 12");
    refused("cheltenham-safe", "Nobody under 16.", 1, "no age of 16");
    accepted("cheltenham-safe", "Nobody under 14, or 14 years and over.");
    refused("tm-safer-towns", "Since 1 May 2017.", 1, "no such day as 2017-05-01");
    refused("tm-safer-towns", "Since 2017-05-01.", 1, "no such day");
    accepted("tm-safer-towns", "Since 5 April 2019.");
    refused(
        "tm-safer-towns",
        "Write to www.safertowns@gmx.com.",
        1,
        "`www.safertowns@gmx.com` is no address",
    );
    accepted("tm-safer-towns", "Write to safertowns@gmx.com.");
}

#[test]
fn pol_4_who_is_said_to_see_what_must_see_it() {
    // DTAC's members share name and facial image, not the date of birth.
    refused("dartford-tac", "Members see your date of birth.", 1, "does not show date of birth to members");
    accepted("dartford-tac", "Members never see your date of birth.");
    accepted("tm-safer-towns", "Members see your date of birth.");
    refused("tm-safer-towns", "Members do not see your date of birth.", 1, "shows date of birth to members");
    refused("cheltenham-safe", "We note your ethnicity.", 1, "ethnicity, which the policy does not hold");
    accepted("cheltenham-safe", "We hold nothing on ethnicity.");
    refused("tm-safer-towns", "We share it with neighbouring schemes.", 1, "no `[[recipient]]`");
    accepted("cheltenham-safe", "We share it with neighbouring schemes.");
}

#[test]
fn pol_4_what_no_page_can_show_is_an_error() {
    for text in ["<b>bold</b>", "![a](https://x.example/y.png)", "`code`", "> quoted", "---", "- a\n  - b"] {
        assert!(!found("generic", text).is_empty(), "{text:?}");
    }
    refused("generic", "[here](javascript:alert)", 1, "leads nowhere");
    refused("generic", "[here](notice:nothing)", 1, "leads nowhere");
    let unknown = Prose::read("policies/x", [("offenders".to_owned(), "Hello.".to_owned())]).unwrap_err();
    assert!(
        unknown[0].to_string().starts_with("policies/x/offenders.md:1: error: no notice shows this file")
    );
    assert!(Prose::read("x", [("about".to_owned(), "a".repeat(70_000))]).is_err());
}

#[test]
fn pol_4_prose_is_kept_as_it_was_written() {
    for file in FILES {
        let prose = beside(file);
        assert_eq!(Prose::from_json(&prose.to_json()), Some(prose));
    }
    assert_eq!(Prose::from_json("{}"), Some(Prose::default()));
    assert_eq!(Prose::from_json("[1]"), None);
    assert_eq!(Prose::from_json("{\"nothing\": \"x\"}"), None);
}

/// Prose is foreign input: whatever it holds, it is read or refused, and nothing panics.
#[test]
fn pol_3_arbitrary_prose_never_panics() {
    let policy = policy("generic");
    let pieces = [
        "{{",
        "}}",
        "\u{e9}",
        "12",
        " months",
        "\n",
        "- ",
        "# ",
        "**",
        "[",
        "](",
        ")",
        "<a>",
        "@",
        "20",
        "1 May 20",
        "aged ",
        "\u{1f600}",
        "`",
        "|",
        "~",
    ];
    let mut state = 0x9E37_79B9_u32;
    for _ in 0..150 {
        let mut text = String::new();
        for _ in 0..12 {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            text.push_str(pieces[state as usize % pieces.len()]);
        }
        let prose = Prose::default().with(Piece::About, text.clone());
        for finding in check(&policy, &prose, "x") {
            assert!(finding.line >= 1 && !finding.to_string().contains('\u{1b}'), "{text:?}");
        }
        let _ = write(Notice::Reported, &policy, &prose);
    }
}
