//! Texts that keep their promise: once made, never blank and of the right form.
//!
//! A policy is written by hand. What is checked here when the file is read need not be doubted by anyone
//! who uses it later.
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt, ops::Deref};

/// No sentence of a policy is longer; it bounds what a hostile file can make us print.
const LONGEST: usize = 4000;

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident, $pattern:literal, $check:path;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(String);
        impl TryFrom<String> for $name {
            type Error = String;
            fn try_from(text: String) -> Result<Self, String> {
                $check(&text)?;
                Ok(Self(text))
            }
        }
        impl Deref for $name {
            type Target = str;
            fn deref(&self) -> &str { &self.0 }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) }
        }
        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> { stringify!($name).into() }
            fn inline_schema() -> bool { true }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "pattern": $pattern })
            }
        }
    )+};
}

texts! {
    /// A sentence or a name: never blank, no control characters.
    Text, r"\S", sentence;
    /// What one entry of a list is called by others: lower case letters, digits and `_`.
    Id, "^[a-z][a-z0-9_]{0,39}$", id;
    /// The scheme's name in addresses, such as `/o/{slug}/`.
    Slug, "^[a-z](-?[a-z0-9]){1,39}$", slug;
    /// What references begin with, such as the `NG` of `NG-0169`.
    Prefix, "^[A-Z]{2,5}$", prefix;
    /// A colour as `#rrggbb`.
    Colour, "^#[0-9a-f]{6}$", colour;
    /// An e-mail address.
    Email, r"^[^@\s]+@[^@\s]+\.[^@\s]+$", email;
    /// An address on the web.
    Url, r"^https?://\S+\.\S+$", url;
    /// A telephone number: digits and spaces, with an optional `+` in front.
    Telephone, r"^\+?[0-9][0-9 ]{4,}$", telephone;
}

fn sentence(text: &str) -> Result<(), String> {
    if text.trim().is_empty() {
        return Err("this text is empty: say something".into());
    }
    if text.len() > LONGEST {
        return Err(format!("this text is longer than {LONGEST} characters"));
    }
    if text.chars().any(|c| c.is_control() && c != '\n') {
        return Err("this text holds a control character".into());
    }
    Ok(())
}

fn id(text: &str) -> Result<(), String> {
    let fits = text.len() <= 40
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    fits.then_some(()).ok_or_else(|| {
        format!("`{}` is no id: a lower case letter, then lower case letters, digits and `_`", short(text))
    })
}

fn slug(text: &str) -> Result<(), String> {
    let fits = (2..=40).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        && !text.ends_with('-')
        && !text.contains("--");
    fits.then_some(()).ok_or_else(|| {
        format!(
            "`{}` is no slug: 2 to 40 lower case letters, digits and single hyphens, a letter first",
            short(text)
        )
    })
}

fn prefix(text: &str) -> Result<(), String> {
    let fits = (2..=5).contains(&text.len()) && text.chars().all(|c| c.is_ascii_uppercase());
    fits.then_some(())
        .ok_or_else(|| format!("`{}` is no reference prefix: 2 to 5 capital letters", short(text)))
}

fn colour(text: &str) -> Result<(), String> {
    let fits = text.strip_prefix('#').is_some_and(|digits| {
        digits.len() == 6 && digits.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c))
    });
    fits.then_some(()).ok_or_else(|| format!("`{}` is no colour: write it as `#0e4a56`", short(text)))
}

fn email(text: &str) -> Result<(), String> {
    let fits = text.len() <= 254
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
        && text.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty()
                && !host.contains('@')
                && host.contains('.')
                && host.split('.').all(|p| !p.is_empty())
        });
    fits.then_some(()).ok_or_else(|| format!("`{}` is no e-mail address", short(text)))
}

fn url(text: &str) -> Result<(), String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let fits = text.len() <= 500
        && rest.is_some_and(|rest| rest.contains('.') && !rest.starts_with('.'))
        && !text.chars().any(|c| c.is_whitespace() || c.is_control());
    fits.then_some(()).ok_or_else(|| format!("`{}` is no web address: begin with `https://`", short(text)))
}

fn telephone(text: &str) -> Result<(), String> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let fits = (5..=25).contains(&digits.len())
        && digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || c == ' ');
    fits.then_some(()).ok_or_else(|| format!("`{}` is no telephone number: digits and spaces", short(text)))
}

/// The beginning of a foreign text, safe to print in one line.
pub(super) fn short(text: &str) -> String {
    let mut start: String = text.chars().take(60).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().count() > 60 {
        start.push('…');
    }
    start
}
