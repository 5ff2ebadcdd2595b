//! A policy file is foreign input: whatever its bytes, it is read or refused, and nothing panics (POL-3).
use super::all;
use fairwatch_core::policy::{Severity, check, lint_on};
use jiff::civil::date;

/// A small generator (xorshift), so that a failure can be tried again from its seed.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end.max(1)).unwrap()).unwrap()
    }
}

/// What holds of any text: every finding has a place in it, and a refusal has an error.
fn try_text(text: &str) {
    let (policy, findings) = check("x.toml", text);
    let lines = text.matches('\n').count() + 1;
    for finding in &findings {
        assert!((1..=lines).contains(&(finding.line as usize)), "{finding} in {lines} lines");
        assert!(finding.column >= 1);
        assert!(!finding.reason.trim().is_empty());
        assert!(!finding.to_string().contains('\u{1b}'), "no control characters reach a terminal");
    }
    match policy {
        None => assert!(findings.iter().any(|f| f.severity == Severity::Error)),
        Some(policy) => {
            let _ = (policy.retention(), lint_on(&policy, date(2026, 2, 28)));
        }
    }
}

#[test]
fn pol_3_arbitrary_bytes_never_panic() {
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let alphabet = b"[]{}=\"'\n\\.,# -_:ab01\t\r\x1b\xc3\xa9\xff";
    for _ in 0..3000 {
        let length = dice.below(200);
        let bytes: Vec<u8> = (0..length).map(|_| alphabet[dice.below(alphabet.len())]).collect();
        try_text(&String::from_utf8_lossy(&bytes));
    }
    for text in ["", "\u{feff}", "\0", "format", "format = 1", &"[".repeat(20_000), &"a.".repeat(20_000)] {
        try_text(text);
    }
    try_text(&format!("x = {}", "[".repeat(20_000)));
    try_text(&format!("x = {}1{}", "[".repeat(20_000), "]".repeat(20_000)));
    try_text(&"x".repeat(600 * 1024));
}

#[test]
fn pol_3_mutated_files_never_panic() {
    let mut dice = Dice(0x2545_F491_4F6C_DD1D);
    let pieces = [
        "\"",
        "[",
        "]",
        "{",
        "}",
        "=",
        "\n",
        "0",
        "-1",
        "999999999999",
        "\"none\"",
        "\u{1b}",
        "é",
        "[[x]]\n",
        "true",
    ];
    let files = all();
    for round in 0..240 {
        let mut text: Vec<char> = files[round % files.len()].1.chars().collect();
        for _ in 0..=dice.below(4) {
            let at = dice.below(text.len());
            match dice.below(4) {
                0 => drop(text.drain(at..(at + 1 + dice.below(40)).min(text.len()))),
                1 => drop(text.splice(at..at, pieces[dice.below(pieces.len())].chars())),
                2 => text[at] = char::from(u8::try_from(32 + dice.below(95)).unwrap()),
                _ => {
                    let end = (at + dice.below(300)).min(text.len());
                    let copy = text[at..end].to_vec();
                    let to = dice.below(text.len());
                    drop(text.splice(to..to, copy));
                }
            }
        }
        try_text(&text.into_iter().collect::<String>());
    }
}

#[test]
fn pol_3_each_line_taken_out_is_survived() {
    for (_, text) in all() {
        let lines: Vec<_> = text.lines().collect();
        for gone in (0..lines.len()).step_by(3) {
            let rest: Vec<_> =
                lines.iter().enumerate().filter(|(i, _)| *i != gone).map(|(_, l)| *l).collect();
            try_text(&rest.join("\n"));
        }
    }
}
