//! Markdown to blocks, slots filled. What a block cannot show is a fault, not a guess.
use super::{
    Fault,
    slots::{self, Slots},
};
use crate::notices::{Block, Inline, Notice};
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, TextMergeWithOffset};

/// What is being read.
#[derive(Default)]
struct Reading {
    blocks: Vec<Block>,
    faults: Vec<Fault>,
    /// The inlines of the paragraph, heading or point that is open.
    inlines: Vec<Inline>,
    /// The points of the list that is open, and whether it is ordered.
    list: Option<(bool, Vec<Vec<Inline>>)>,
    strong: u32,
    link: Option<(String, String)>,
}

/// The blocks of a text and what is wrong with it.
pub(super) fn blocks(
    text: &str,
    level: u8,
    slots: &Slots,
    place: &dyn Fn(Notice) -> String,
) -> (Vec<Block>, Vec<Fault>) {
    let mut reading = Reading::default();
    let parser = Parser::new_ext(text, Options::empty()).into_offset_iter();
    for (event, range) in TextMergeWithOffset::new(parser) {
        let at = range.start;
        match event {
            Event::Start(Tag::Strong | Tag::Emphasis) => reading.strong += 1,
            Event::End(TagEnd::Strong | TagEnd::Emphasis) => {
                reading.strong = reading.strong.saturating_sub(1);
            }
            Event::Start(Tag::Link { dest_url, .. }) => {
                let to = target(&dest_url, place).unwrap_or_else(|| {
                    reading.fault(at, format!("`{dest_url}` leads nowhere: write https://..., mailto:... or notice:NAME with one of {}", names()));
                    String::new()
                });
                reading.link = Some((String::new(), to));
            }
            Event::End(TagEnd::Link) => {
                if let Some((text, to)) = reading.link.take() {
                    let inline = if to.is_empty() { Inline::Text(text) } else { Inline::Link { text, to } };
                    reading.inlines.push(inline);
                }
            }
            Event::Text(words) => {
                let (filled, faults) = slots::fill(&words, slots);
                faults.into_iter().for_each(|(offset, reason)| reading.fault(at + offset, reason));
                reading.words(&filled);
            }
            Event::SoftBreak | Event::HardBreak => reading.words(" "),
            Event::Start(Tag::List(first)) => {
                if reading.list.is_some() {
                    reading.fault(at, "a list in a list cannot be shown: write one list".into());
                } else {
                    reading.list = Some((first.is_some(), Vec::new()));
                }
            }
            Event::End(TagEnd::List(_)) => {
                if let Some((ordered, items)) = reading.list.take() {
                    reading.blocks.push(Block::List { ordered, items });
                }
            }
            Event::Start(Tag::Item | Tag::Paragraph | Tag::Heading { .. }) => {}
            Event::End(TagEnd::Item) => {
                let item = std::mem::take(&mut reading.inlines);
                if let Some((_, items)) = &mut reading.list
                    && !item.is_empty()
                {
                    items.push(item);
                }
            }
            Event::End(TagEnd::Paragraph) => {
                if reading.list.is_none() {
                    let inlines = std::mem::take(&mut reading.inlines);
                    reading.blocks.push(Block::Paragraph(inlines));
                } else {
                    reading.words(" ");
                }
            }
            Event::End(TagEnd::Heading(depth)) => {
                let text = plain(&std::mem::take(&mut reading.inlines));
                let level = if depth <= HeadingLevel::H2 { level } else { 3 };
                reading.blocks.push(Block::Heading { level, text });
            }
            Event::Start(_)
            | Event::Html(_)
            | Event::InlineHtml(_)
            | Event::Code(_)
            | Event::Rule
            | Event::FootnoteReference(_)
            | Event::TaskListMarker(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_) => {
                reading.fault(
                    at,
                    "this cannot be shown: headings, paragraphs, lists, strong words and links can".into(),
                );
            }
            Event::End(_) => {}
        }
    }
    (reading.blocks, reading.faults)
}

impl Reading {
    fn fault(&mut self, at: usize, reason: String) {
        self.faults.push(Fault { at, reason });
    }

    /// Adds words where they belong.
    fn words(&mut self, words: &str) {
        if let Some((text, _)) = &mut self.link {
            text.push_str(words);
            return;
        }
        match (self.inlines.last_mut(), self.strong > 0) {
            (Some(Inline::Text(text)), false) | (Some(Inline::Strong(text)), true) => text.push_str(words),
            (_, true) => self.inlines.push(Inline::Strong(words.to_owned())),
            (_, false) => self.inlines.push(Inline::Text(words.to_owned())),
        }
    }
}

fn plain(inlines: &[Inline]) -> String {
    inlines
        .iter()
        .map(|inline| match inline {
            Inline::Text(text) | Inline::Strong(text) | Inline::Link { text, .. } => text.as_str(),
        })
        .collect()
}

fn names() -> String {
    Notice::ALL.map(Notice::name).join(", ")
}

/// Where a link may lead: to the web, to a mailbox, or to another notice.
fn target(to: &str, place: &dyn Fn(Notice) -> String) -> Option<String> {
    if let Some(name) = to.strip_prefix("notice:") {
        return Notice::named(name).map(place);
    }
    let fits = ["https://", "mailto:"].iter().any(|start| to.starts_with(start));
    (fits && !to.chars().any(|c| c.is_whitespace() || c.is_control())).then(|| to.to_owned())
}
