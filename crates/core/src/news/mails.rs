//! What goes out by mail of news: that there is something, and where to read it (MEM-4, SEC-5).
use crate::mail::{Mail, letter};

/// Tells a member that there is an alert. Not what it says: mail lies in boxes that nobody empties.
#[must_use]
pub fn alert(to: &str, name: &str, scheme: &str, link: &str) -> Mail {
    let paragraphs = [
        "There is an alert for your business. Sign in to read it:",
        link,
        "If you do not want to be told of alerts by e-mail, say so under My account.",
    ];
    Mail {
        to: to.to_owned(),
        subject: format!("{scheme}: an alert for your business"),
        text: letter(name, &paragraphs, scheme),
    }
}

/// What is new, for a digest: titles that name nobody, and how many there are beside them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Digest {
    /// A line for each: what it is, and its title.
    pub lines: Vec<String>,
    /// So many more, whose titles stay inside.
    pub others: usize,
}

impl Digest {
    /// Whether there is nothing to tell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.others == 0
    }
}

/// Tells a member what was new in a week.
#[must_use]
pub fn digest(to: &str, name: &str, scheme: &str, new: &Digest, page: &str) -> Mail {
    let mut lines = new.lines.iter().map(|line| format!("- {line}")).collect::<Vec<_>>();
    let more = |also| match new.others {
        1 => format!("- one {also}item"),
        n => format!("- {n} {also}items"),
    };
    if new.others > 0 {
        let also = if lines.is_empty() { "" } else { "more " };
        lines.push(more(also));
    }
    let list = lines.join("\n");
    let paragraphs = [
        "This was new for your business last week:",
        &list,
        "Sign in to read it:",
        page,
        "If you do not want this mail each week, say so under My account.",
    ];
    Mail {
        to: to.to_owned(),
        subject: format!("{scheme}: what was new last week"),
        text: letter(name, &paragraphs, scheme),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mem_4_a_digest_counts_what_it_does_not_name() {
        let new = Digest { lines: vec!["News: New rules".into()], others: 2 };
        let mail = digest("a@b.example", "Pat", "Northgate", &new, "https://x/news");
        assert!(mail.text.contains("- News: New rules\n- 2 more items\n"), "{}", mail.text);
        let new = Digest { lines: Vec::new(), others: 1 };
        assert!(digest("a@b.example", "Pat", "N", &new, "x").text.contains("\n- one item\n"));
        assert!(Digest::default().is_empty() && !new.is_empty());
    }
}
