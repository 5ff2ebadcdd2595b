//! The texts follow the policy, and are fit to be handed to somebody (POL-4, NOT-2).
use super::{FILES, beside, policy, source, write};
use fairwatch_core::{
    notices::{Block, Inline, Notice},
    policy::{Policy, Viewer},
};

/// Each text of each file.
fn all() -> Vec<(&'static str, Notice, fairwatch_core::notices::Publication)> {
    let mut all = Vec::new();
    for file in FILES {
        let (policy, prose) = (policy(file), beside(file));
        for notice in Notice::ALL.into_iter().filter(|notice| notice.is_of(&policy)) {
            all.push((file, notice, write(notice, &policy, &prose)));
        }
    }
    all
}

#[test]
fn not_2_each_text_names_scheme_version_and_contact() {
    let texts = all();
    assert_eq!(texts.len(), FILES.len() * Notice::ALL.len());
    for (file, notice, text) in texts {
        assert_eq!(text.version, "Version 3, in force from 1 May 2026", "{file}");
        assert_eq!(text.title, notice.title());
        assert!(!text.contact.is_empty(), "{file} {notice:?}");
        assert_eq!(Notice::named(notice.name()), Some(notice));
    }
}

/// What is changed in the policy changes in the text, and nowhere else need it be changed.
#[test]
fn pol_4_a_changed_rule_is_a_changed_sentence() {
    let said = |from: &str, to: &str| {
        let text = source("cheltenham-safe");
        assert!(text.contains(from), "{from}");
        let policy = Policy::parse("x", &text.replacen(from, to, 1)).unwrap();
        write(Notice::Reported, &policy, &beside("cheltenham-safe")).text()
    };
    let as_is = said("format = 1", "format = 1");
    assert!(
        as_is.contains("members may see you for 12 months")
            && !as_is.contains("members may see you for 9 months")
    );
    let shorter = said("first = { months = 12", "first = { months = 9");
    assert!(shorter.contains("members may see you for 9 months"), "{shorter}");
    let answer = said("answer = { days = 30", "answer = { days = 20");
    assert!(answer.contains("answer it within 20 days"));
    let backups = said("backup = { days = 30", "backup = { days = 14");
    assert!(backups.contains("We keep no backup for longer than 14 days"));
    let age = said("minimum_age = { years = 14", "minimum_age = { years = 16");
    assert!(age.contains("We hold nobody who is under 16"));
}

/// Who is said to see a category is whom the program lets see it: every viewer, for every category, in every file.
#[test]
fn pol_4_vis_5_audiences_are_those_of_the_policy() {
    let words = [
        (Viewer::Member, "members"),
        (Viewer::Staff, "our authorised staff"),
        (Viewer::Board, "the board of management"),
        (Viewer::Police, "the police"),
        (Viewer::Agency, "other public agencies"),
        (Viewer::NeighbouringScheme, "neighbouring schemes"),
    ];
    for file in FILES {
        let (policy, prose) = (policy(file), beside(file));
        let text = write(Notice::Reported, &policy, &prose);
        let table = text.blocks.iter().find_map(|block| match block {
            Block::Table { caption, rows, .. } if caption == "What is held, and who sees it" => Some(rows),
            _ => None,
        });
        let rows = table.unwrap();
        assert_eq!(rows.len(), policy.categories.len());
        for (row, rule) in rows.iter().zip(&policy.categories) {
            let seen = row[2].to_lowercase().replace("members picked for you alone", "");
            for (viewer, word) in words {
                assert_eq!(
                    seen.contains(word),
                    policy.sees(viewer, rule.kind),
                    "{file}: {} to {viewer}: {seen}",
                    rule.kind
                );
            }
        }
    }
}

/// Each table has as many cells in each row as in its head; nothing is blank that is said, but for notes.
#[test]
fn not_2_the_texts_are_well_made() {
    for (file, notice, text) in all() {
        let mut levels = Vec::new();
        for block in &text.blocks {
            match block {
                Block::Heading { level, text } => {
                    assert!((2..=3).contains(level) && !text.trim().is_empty(), "{file} {notice:?}");
                    levels.push(*level);
                }
                Block::Table { caption, head, rows } => {
                    assert!(!caption.is_empty() && !rows.is_empty(), "{file} {notice:?}");
                    assert!(rows.iter().all(|row| row.len() == head.len()), "{file} {notice:?} {caption}");
                }
                Block::List { items, .. } => assert!(!items.is_empty()),
                Block::Facts(facts) => assert!(!facts.is_empty()),
                Block::Paragraph(inlines) => {
                    assert!(!inlines.is_empty(), "{file} {notice:?}");
                    for inline in inlines {
                        let Inline::Text(text) = inline else { continue };
                        assert!(!text.contains("..") || text.contains("..."), "{file} {notice:?}: {text}");
                    }
                }
            }
        }
        assert_eq!(levels.first(), Some(&2), "{file} {notice:?} begins with a section");
        let captions: Vec<_> = text
            .blocks
            .iter()
            .filter_map(|block| match block {
                Block::Table { caption, .. } => Some(caption),
                _ => None,
            })
            .collect();
        let mut unique = captions.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(
            unique.len(),
            captions.len(),
            "{file} {notice:?}: regions of a page have names of their own"
        );
    }
}

/// Handed to a person: no “shall”, no slot, no field of a file, nobody called an offender or a criminal by us.
#[test]
fn not_2_the_texts_for_people_are_in_plain_words() {
    for (file, notice, text) in all() {
        let said = text.text();
        for word in ["{{", "hereby", "pursuant", "data subject ", "aforementioned"] {
            assert!(!said.to_lowercase().contains(word), "{file} {notice:?} says {word}");
        }
        if matches!(notice, Notice::Reported | Notice::Members | Notice::Public) {
            // The documentation quotes what older documents said; these speak in our words alone.
            assert!(!said.to_lowercase().contains("shall "), "{file} {notice:?}");
            assert!(
                !said.contains("Offender") && !said.to_lowercase().contains(" criminals"),
                "{file} {notice:?}"
            );
            assert!(said.contains(" you ") && said.contains("We "), "{file} {notice:?} speaks to somebody");
        }
    }
}

/// A notice tells of what the program keeps, and promises nothing that it does not do yet (POL-4).
#[test]
fn pol_4_members_are_told_what_is_so_and_no_more() {
    for file in FILES {
        let (policy, prose) = (policy(file), beside(file));
        let members = write(Notice::Members, &policy, &prose).text();
        assert!(members.contains("the network address from which you signed in"), "{file}");
        assert!(members.contains("ask the data controller to have it corrected for you"), "{file}");
        for notice in Notice::ALL {
            let text = write(notice, &policy, &prose).text();
            for claim in [
                "correct your data at any time",
                "update their own data",
                "certify again",
                "certifies again",
                "Everybody who signs in has agreed",
            ] {
                let found = text.lines().find(|line| line.contains(claim));
                assert!(found.is_none(), "{file}, {notice:?}: {found:?}");
            }
        }
    }
}

/// A row that names an end is one that the sweep keeps, or stands where it says that people see to it (RET-15).
#[test]
fn pol_4_ret_15_no_notice_promises_an_end_that_nothing_keeps() {
    let table = |block: &Block, wanted: &str| match block {
        Block::Table { caption, rows, .. } if caption.contains(wanted) => rows.clone(),
        _ => Vec::new(),
    };
    let mut kept = 0;
    for (file, notice, text) in all() {
        let (mut swept, mut by_hand) = (Vec::new(), Vec::new());
        for block in &text.blocks {
            by_hand.extend(table(block, "What is kept elsewhere"));
            swept.extend(table(block, "Retention of everything else"));
            swept.extend(table(block, "How long we keep"));
        }
        let rows = |list: &[Vec<String>], word: &str| list.iter().any(|row| row[0].contains(word));
        for never in
            ["The log of who", "Your name and contact", "Files that a user", "intelligence", "of a hold"]
        {
            assert!(!rows(&swept, never) && !rows(&by_hand, never), "{file} {notice:?}: {never}");
        }
        for people in ["Backups", "breach", "went to whom", "copy of your data"] {
            assert!(!rows(&swept, people), "{file} {notice:?}: the sweep does not end {people}");
        }
        kept +=
            ["application", "Messages", "News", "Meetings"].iter().filter(|word| rows(&swept, word)).count();
        let said = text.text();
        assert_eq!(said.contains("not in our computer system, if we have it at all"), !by_hand.is_empty());
        assert!(!said.contains("the police lend us"), "{file} {notice:?}");
    }
    assert!(kept > 0, "applications, mail, news and meetings end by the sweep, and a notice says so");
}

/// Where the balance says what members see, it says all of it, and for how long with its exceptions (POL-4).
#[test]
fn pol_4_the_balance_names_what_the_policy_shares_and_that_exclusions_last() {
    for file in FILES {
        let text = write(Notice::Interests, &policy(file), &beside(file)).text();
        for line in text.lines().filter(|line| line.contains("Nothing else is shared with members")) {
            for shared in ["a name", "other names", "facial image", "what was reported", "is excluded"] {
                assert!(line.contains(shared), "{file}: {line}");
            }
        }
        for line in text.lines().filter(|line| line.contains("It ends:") || line.contains("Time is limited"))
        {
            assert!(line.contains("exclusion"), "{file}: {line}");
        }
    }
}

/// Whoever had a letter is told where to answer it and what to type (NOT-2, EXC-5).
#[test]
fn not_2_whoever_had_a_letter_is_told_how_to_answer_it() {
    for file in FILES {
        let text = write(Notice::Reported, &policy(file), &beside(file));
        let page = |inline: &Inline| matches!(inline, Inline::Link { to, .. } if to == "/o/here/letter");
        let told = |block: &Block| matches!(block, Block::Paragraph(said) if said.iter().any(page));
        assert!(text.blocks.iter().any(told), "{file}");
        assert!(text.text().contains("type the reference that stands on the letter"), "{file}");
    }
}
