//! A published text for its template.
use crate::DocumentError;
use fairwatch_core::notices::{Block, Inline, Publication};
use serde_json::{Value, json};

/// Whether all is there that a reader needs.
pub(crate) fn check(publication: &Publication) -> Result<(), DocumentError> {
    let blank = |text: &str| text.trim().is_empty();
    if blank(&publication.title) {
        return Err(DocumentError::Missing("title"));
    }
    if blank(&publication.scheme) {
        return Err(DocumentError::Missing("name of the scheme"));
    }
    if publication.blocks.is_empty() {
        return Err(DocumentError::Missing("text"));
    }
    Ok(())
}

/// What the template reads.
pub(crate) fn values(publication: &Publication) -> Value {
    json!({
        "title": publication.title,
        "scheme": publication.scheme,
        "version": publication.version,
        "contact": publication.contact,
        "brand": publication.brand,
        "blocks": publication.blocks.iter().map(block).collect::<Vec<_>>(),
    })
}

fn block(block: &Block) -> Value {
    match block {
        Block::Heading { level, text } => {
            json!({ "kind": "heading", "level": (*level).clamp(2, 3), "text": text })
        }
        Block::Paragraph(words) => json!({ "kind": "paragraph", "words": inlines(words) }),
        Block::List { ordered, items } => {
            json!({ "kind": "list", "ordered": ordered, "items": items.iter().map(|i| inlines(i)).collect::<Vec<_>>() })
        }
        Block::Table { caption, head, rows } => {
            // A row of another length would shift every cell after it.
            let rows: Vec<Vec<&str>> = rows
                .iter()
                .map(|row| (0..head.len()).map(|n| row.get(n).map_or("", String::as_str)).collect())
                .collect();
            json!({ "kind": "table", "caption": caption, "head": head, "rows": rows })
        }
        Block::Facts(facts) => {
            let facts: Vec<Value> =
                facts.iter().map(|(term, what)| json!({ "term": term, "words": inlines(what) })).collect();
            json!({ "kind": "facts", "facts": facts })
        }
    }
}

fn inlines(words: &[Inline]) -> Vec<Value> {
    words
        .iter()
        .map(|inline| match inline {
            Inline::Text(text) => json!({ "kind": "text", "text": text }),
            Inline::Strong(text) => json!({ "kind": "strong", "text": text }),
            Inline::Link { text, to } => json!({ "kind": "link", "text": text, "to": to }),
        })
        .collect()
}
