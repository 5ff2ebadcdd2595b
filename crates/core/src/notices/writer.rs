//! Putting a publication together, block by block, and the words that its sentences share.
use super::blocks::{Block, Inline, Publication};
use crate::policy::{
    Viewer,
    category::{Basis, Statement},
    period::Length,
    scheme::Contact,
};
use std::fmt::Display;

/// A publication in the making.
#[derive(Debug, Default)]
pub(super) struct Writer {
    pub(super) blocks: Vec<Block>,
}

impl Writer {
    /// Begins a section.
    pub(super) fn section(&mut self, text: &str) {
        self.blocks.push(Block::Heading { level: 2, text: text.into() });
    }
    /// Begins a part of a section.
    pub(super) fn part(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Heading { level: 3, text: text.into() });
    }
    /// A paragraph of plain words.
    pub(super) fn say(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Paragraph(vec![Inline::Text(text.into())]));
    }
    /// A paragraph with links or strong words.
    pub(super) fn tell(&mut self, inlines: Vec<Inline>) {
        self.blocks.push(Block::Paragraph(inlines));
    }
    /// A list in which the order does not matter. Nothing at all where there are no points.
    pub(super) fn points<T: Into<String>>(&mut self, points: impl IntoIterator<Item = T>) {
        self.list(points.into_iter().map(|point| vec![Inline::Text(point.into())]).collect());
    }
    /// The same, with links or strong words.
    pub(super) fn list(&mut self, items: Vec<Vec<Inline>>) {
        if !items.is_empty() {
            self.blocks.push(Block::List { ordered: false, items });
        }
    }
    /// Terms, and what each is.
    pub(super) fn facts(&mut self, facts: Vec<(String, Vec<Inline>)>) {
        if !facts.is_empty() {
            self.blocks.push(Block::Facts(facts));
        }
    }
    /// A table.
    pub(super) fn table(&mut self, caption: &str, head: &[&str], rows: Vec<Vec<String>>) {
        if !rows.is_empty() {
            let head = head.iter().map(ToString::to_string).collect();
            self.blocks.push(Block::Table { caption: caption.into(), head, rows });
        }
    }
}

/// A term and what it is, in plain words.
pub(super) fn fact(term: impl Into<String>, text: impl Into<String>) -> (String, Vec<Inline>) {
    (term.into(), vec![Inline::Text(text.into())])
}

pub(super) fn text(text: impl Into<String>) -> Inline {
    Inline::Text(text.into())
}

pub(super) fn strong(text: impl Into<String>) -> Inline {
    Inline::Strong(text.into())
}

pub(super) fn link(text: impl Into<String>, to: impl Into<String>) -> Inline {
    Inline::Link { text: text.into(), to: to.into() }
}

/// Several things as a sentence lists them.
pub(super) fn listed(things: &[impl Display], word: &str) -> String {
    match things {
        [] => "nobody".to_owned(),
        [one] => one.to_string(),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().map(ToString::to_string).collect();
            format!("{} {word} {last}", first.join(", "))
        }
    }
}

/// Several things that all are meant.
pub(super) fn and(things: &[impl Display]) -> String {
    listed(things, "and")
}

/// Those who see something, in a notice's words.
pub(super) fn viewers(viewers: &[Viewer]) -> String {
    and(&viewers.iter().map(|viewer| viewer_words(*viewer)).collect::<Vec<_>>())
}

pub(super) fn viewer_words(viewer: Viewer) -> &'static str {
    match viewer {
        Viewer::Member => "members",
        Viewer::TargetedMember => "members picked for one person",
        Viewer::Staff => "our authorised staff",
        Viewer::Controller => "the data controller",
        Viewer::Board => "the board of management",
        Viewer::Police => "the police",
        Viewer::Agency => "other public agencies",
        Viewer::NeighbouringScheme => "neighbouring schemes",
    }
}

/// A sentence of the policy's, which may or may not end with a stop.
pub(super) fn ended(sentence: &str) -> String {
    let sentence = sentence.trim();
    if sentence.ends_with(['.', '!', '?']) { sentence.to_owned() } else { format!("{sentence}.") }
}

/// The texts of statements, as sentences.
pub(super) fn sentences(statements: &[Statement]) -> Vec<String> {
    statements.iter().map(|statement| ended(&statement.text)).collect()
}

/// A number of calendar months.
pub(super) fn months(number: u32) -> String {
    Length::Months(number).to_string()
}

/// How long something is kept after an event. Nothing at all is `at once`.
pub(super) fn after(length: Length) -> String {
    match length {
        Length::Hours(0) => "at once".into(),
        Length::Days(0) => "the same day".into(),
        other => other.to_string(),
    }
}

/// With a capital letter.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A lawful basis by its article.
pub(super) fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::LegitimateInterests => "legitimate interests: UK GDPR, Article 6(1)(f)",
        Basis::RecognisedLegitimateInterest => {
            "a legitimate interest that the law recognises: UK GDPR, Article 6(1)(ea)"
        }
        Basis::Contract => "contract: UK GDPR, Article 6(1)(b)",
        Basis::LegalObligation => "a duty of law: UK GDPR, Article 6(1)(c)",
        Basis::PublicTask => "a public task: UK GDPR, Article 6(1)(e)",
        Basis::Consent => "consent: UK GDPR, Article 6(1)(a)",
    }
}

/// How to reach somebody, a line each.
pub(super) fn contact_lines(contact: &Contact) -> Vec<String> {
    let mut lines: Vec<String> = contact.address.iter().map(ToString::to_string).collect();
    lines.extend(contact.email.iter().map(|email| format!("Email: {email}")));
    if !contact.telephone.is_empty() {
        let numbers: Vec<&str> = contact.telephone.iter().map(|number| &**number).collect();
        lines.push(format!("Telephone: {}", numbers.join(" or ")));
    }
    lines.extend(contact.website.iter().map(ToString::to_string));
    lines
}

/// How to reach somebody, as terms.
pub(super) fn contact_facts(contact: &Contact) -> Vec<(String, Vec<Inline>)> {
    let mut facts = Vec::new();
    if !contact.address.is_empty() {
        let lines: Vec<&str> = contact.address.iter().map(|line| &**line).collect();
        facts.push(fact("Address", lines.join(", ")));
    }
    if let Some(email) = &contact.email {
        facts.push(("Email".into(), vec![link(email.to_string(), format!("mailto:{email}"))]));
    }
    if !contact.telephone.is_empty() {
        let mut numbers = Vec::new();
        for number in &contact.telephone {
            if !numbers.is_empty() {
                numbers.push(text(" or "));
            }
            let digits: String = number.chars().filter(|c| *c == '+' || c.is_ascii_digit()).collect();
            numbers.push(link(number.to_string(), format!("tel:{digits}")));
        }
        facts.push(("Telephone".into(), numbers));
    }
    if let Some(website) = &contact.website {
        facts.push(("Website".into(), vec![link(website.to_string(), website.to_string())]));
    }
    facts
}

/// A text with the apostrophes that print has: policies are typed by hand.
pub(super) fn curled(text: &str) -> String {
    text.replace('\'', "’")
}

/// Blocks with the apostrophes that print has.
pub(super) fn typeset(mut blocks: Vec<Block>) -> Vec<Block> {
    let curl = |text: &mut String| *text = curled(text);
    let inlines = |inlines: &mut Vec<Inline>| {
        for inline in inlines {
            match inline {
                Inline::Text(text) | Inline::Strong(text) | Inline::Link { text, .. } => curl(text),
            }
        }
    };
    for block in &mut blocks {
        match block {
            Block::Heading { text, .. } => curl(text),
            Block::Paragraph(said) => inlines(said),
            Block::List { items, .. } => items.iter_mut().for_each(inlines),
            Block::Table { caption, head, rows } => {
                curl(caption);
                head.iter_mut().chain(rows.iter_mut().flatten()).for_each(curl);
            }
            Block::Facts(facts) => facts.iter_mut().for_each(|(term, said)| {
                curl(term);
                inlines(said);
            }),
        }
    }
    blocks
}

impl Publication {
    /// Everything that it says, a block to a line, as somebody would read it aloud: for checks, and for finding what it
    /// says of something.
    #[must_use]
    pub fn text(&self) -> String {
        let mut lines = vec![self.title.clone(), self.scheme.clone(), self.version.clone()];
        lines.extend(self.contact.iter().cloned());
        for block in &self.blocks {
            match block {
                Block::Heading { text, .. } => lines.push(text.clone()),
                Block::Paragraph(inlines) => lines.push(said(inlines)),
                Block::List { items, .. } => lines.extend(items.iter().map(|item| said(item))),
                Block::Table { caption, head, rows } => {
                    lines.push(caption.clone());
                    lines.push(head.join(" | "));
                    lines.extend(rows.iter().map(|row| row.join(" | ")));
                }
                Block::Facts(facts) => {
                    lines.extend(facts.iter().map(|(term, what)| format!("{term}: {}", said(what))));
                }
            }
        }
        lines.join("\n")
    }
}

/// What inlines say, links with where they lead.
fn said(inlines: &[Inline]) -> String {
    let mut all = String::new();
    for inline in inlines {
        match inline {
            Inline::Text(text) | Inline::Strong(text) => all.push_str(text),
            Inline::Link { text, to } => {
                all.push_str(text);
                if to.starts_with("http") && to != text {
                    all.push_str(&format!(" ({to})"));
                }
            }
        }
    }
    all
}
