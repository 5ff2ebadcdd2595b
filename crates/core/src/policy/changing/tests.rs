use super::{
    lines::{compare, hunks},
    *,
};
use crate::clocks::What;
use jiff::{Span, civil::date};

const CS: &str = include_str!("../../../../../policies/cheltenham-safe.toml");

fn policy(text: &str) -> Policy {
    Policy::parse("x.toml", text).expect("sound")
}

fn both(old: &str, new: &str) -> String {
    let of = |line: &lines::Line<'_>| match (line.was, line.will) {
        (Some(_), Some(_)) => format!(" {}", line.text),
        (Some(_), None) => format!("-{}", line.text),
        _ => format!("+{}", line.text),
    };
    compare(old, new).iter().map(of).collect::<Vec<_>>().join("|")
}

#[test]
fn pol_5_lines_that_differ_are_told_apart_from_those_that_do_not() {
    assert_eq!(both("a\nb\nc", "a\nB\nc"), " a|-b|+B| c");
    assert_eq!(both("a\nb\nc\nd", "a\nc\nx\nd"), " a|-b| c|+x| d");
    assert_eq!(both("", "a"), "+a");
    assert_eq!(both("a\na", "a"), " a|-a");
    assert_eq!(both("same\n", "same\n"), " same");
    let many = (0..3000).map(|n| n.to_string()).collect::<Vec<_>>().join("\n");
    let other = (0..3000).map(|n| format!("{n}x")).collect::<Vec<_>>().join("\n");
    assert_eq!(compare(&many, &other).len(), 6000, "what would cost too much is one for the other");
    let text = "1\n2\n3\n4\n5\n6\n7\n8\n9";
    let lines = compare(text, "1\nx\n3\n4\n5\n6\n7\ny\n9");
    let parts = hunks(&lines, 1);
    assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [4, 4]);
    assert_eq!(parts[1][0].was, Some(7));
}

#[test]
fn pol_5_what_a_change_does_to_one_person_is_told_with_both_days() {
    let old = policy(CS).retention();
    let report = |on| Event {
        on,
        what: What::Report { id: Some("CS-1"), incident: Some("CS-1"), occurred: on, images: 0 },
    };
    let (today, effective) = (date(2026, 3, 2), date(2026, 4, 1));
    let months = |n| date(2026, 3, 2) + Span::new().months(n);
    let told = |new: &Retention, on: Date| {
        let facts = Facts { born: None, apparent_age: crate::clocks::AgeBand::Adult, identified: true };
        foretell((&old, new), facts, &[report(on)], today, effective).effects(effective)
    };
    let first = i64::from(old.known.first);
    assert_eq!(told(&old, today), [], "the same policy does nothing");
    let mut shorter = old.clone();
    shorter.known.first = 1;
    let felt = told(&shorter, date(2026, 2, 1));
    assert!(
        felt.iter().any(|felt| felt.effect == Effect::Hidden && felt.will == Some(effective)),
        "{felt:?}"
    );
    shorter.known.first = 2;
    let felt = told(&shorter, today);
    let seen = felt.iter().find(|felt| felt.effect == Effect::ShownShorter).expect("withdrawn sooner");
    assert_eq!((seen.was, seen.will), (Some(months(first)), Some(months(2))));
    let mut longer = old.clone();
    longer.known.first = old.known.first + 6;
    let felt = told(&longer, today);
    let seen = felt.iter().find(|felt| felt.effect == Effect::ShownLonger).expect("shown longer");
    assert_eq!((seen.was, seen.will), (Some(months(first)), Some(months(first + 6))));
}

#[test]
fn pol_5_who_comes_to_see_what_is_told_both_ways() {
    let old = policy(CS);
    let mut new = old.clone();
    let name = new.categories.iter_mut().find(|rule| rule.kind == Category::Name).expect("names are held");
    name.audience.retain(|viewer| *viewer != Viewer::Member);
    let told = sights(&old, &new);
    let members = told.iter().find(|sight| sight.viewer == Viewer::Member).expect("told");
    assert_eq!((members.category, members.seen), (Some(Category::Name), false));
    assert!(told.iter().all(|sight| sight.category == Some(Category::Name) && !sight.seen));
    assert!(sights(&new, &old).iter().all(|sight| sight.seen));
    assert_eq!(sights(&old, &old), []);
}

#[test]
fn pol_5_what_records_are_known_by_cannot_change() {
    let old = policy(CS);
    assert_eq!(fixed(&old, &old), []);
    let prefix = format!("prefix = \"{}\"", &*old.scheme.prefix);
    let text = CS.replace(&prefix, "prefix = \"XX\"");
    assert_ne!(text, CS, "the file names its prefix");
    let found = fixed(&old, &policy(&text));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].severity, Severity::Error);
    let line = text.lines().position(|line| line.contains("prefix = \"XX\"")).expect("it is there") + 1;
    assert_eq!(found[0].line as usize, line);
}

#[test]
fn pol_5_ends_are_counted_once_and_on_the_right_side() {
    let day = |n: i8| Some(date(2026, 5, n));
    let effective = date(2026, 5, 10);
    let mut ends = Ends::default();
    for (was, will) in [
        (day(9), day(5)),
        (day(20), day(10)),
        (day(20), day(3)),
        (day(20), day(15)),
        (day(20), day(25)),
        (day(20), None),
        (day(10), day(12)),
        (day(20), day(20)),
        (None, day(12)),
    ] {
        ends.add(1, was, will, effective);
    }
    assert_eq!(ends, Ends { at_once: 2, sooner: 2, later: 3 });
}
