//! Answers as JSON text, field by field in the order of the specification.
use super::Refusal;
use crate::clocks::{
    answers::{Change, State},
    calendar::write_date,
};
use std::fmt::Write;

pub(super) fn answer<'s, 'a: 's>(
    out: &mut String,
    states: impl Iterator<Item = &'s State<'a>>,
    changes: &[Change],
) {
    out.reserve(640);
    out.push_str("{\"days\": [");
    for (place, day) in states.enumerate() {
        separate(out, place);
        state(out, day);
    }
    out.push_str("], \"changes\": [");
    for (place, change) in changes.iter().enumerate() {
        separate(out, place);
        out.push_str("{\"on\": \"");
        write_date(out, change.on);
        out.push_str("\", \"stage\": \"");
        out.push_str(change.stage.as_str());
        out.push_str("\"}");
    }
    out.push_str("]}");
}

pub(super) fn refusal(out: &mut String, refusal: &Refusal) {
    out.push_str("{\"error\": {\"event\": ");
    match refusal.event {
        Some(event) => number(out, event as u64),
        None => out.push_str("null"),
    }
    out.push_str(", \"reason\": ");
    quote(out, &refusal.reason);
    out.push_str("}}");
}

fn state(out: &mut String, state: &State<'_>) {
    out.push_str("{\"on\": \"");
    write_date(out, state.on);
    out.push_str("\", \"stage\": \"");
    out.push_str(state.stage.as_str());
    out.push_str("\", \"members_see\": ");
    out.push_str(truth(state.members_see));
    out.push_str(", \"until\": ");
    match state.until {
        Some(until) => {
            out.push('"');
            write_date(out, until);
            out.push('"');
        }
        None => out.push_str("null"),
    }
    out.push_str(", \"rule\": ");
    match state.rule {
        Some(rule) => {
            out.push('"');
            out.push_str(rule.as_str());
            out.push('"');
        }
        None => out.push_str("null"),
    }
    out.push_str(", \"because\": ");
    quote(out, &state.because);
    out.push_str(", \"incidents\": ");
    number(out, state.incidents);
    out.push_str(", \"images\": ");
    number(out, state.images);
    out.push_str(", \"police_items\": [");
    for (place, id) in state.police_items.iter().enumerate() {
        separate(out, place);
        quote(out, id);
    }
    out.push_str("], \"stub\": ");
    out.push_str(truth(state.stub));
    out.push_str(", \"frozen\": ");
    out.push_str(truth(state.frozen));
    out.push('}');
}

fn separate(out: &mut String, place: usize) {
    if place > 0 {
        out.push_str(", ");
    }
}

fn truth(is: bool) -> &'static str {
    if is { "true" } else { "false" }
}

fn number(out: &mut String, number: u64) {
    match u8::try_from(number) {
        Ok(digit) if digit < 10 => out.push(char::from(b'0' + digit)),
        // Writing to a string cannot fail.
        _ => drop(write!(out, "{number}")),
    }
}

/// A JSON string. What needs no escape, nearly everything, is copied in one piece.
fn quote(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| byte < 0x20 || byte == b'"' || byte == b'\\') {
        out.push_str(&rest[..at]);
        let byte = rest.as_bytes()[at];
        match byte {
            b'"' | b'\\' => {
                out.push('\\');
                out.push(char::from(byte));
            }
            _ => drop(write!(out, "\\u{byte:04x}")),
        }
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
    out.push('"');
}
