//! Small types that pages share: the words that templates/macros.html and templates/layout.html use. Those
//! templates say what each field means.
use fairwatch_app::{
    error::{Problem, Problems},
    incidents::reporting::cautions::Caution,
};
use fairwatch_core::{incidents::warnings, policy::Policy};

/// What the head and foot of every page show; see `templates/layout.html`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shell {
    pub(crate) assets: String,
    pub(crate) brand_css: Option<String>,
    pub(crate) scheme_name: Option<String>,
    pub(crate) home: String,
    pub(crate) base: String,
    /// Where the search box of the head leads, where there is one.
    pub(crate) search: Option<String>,
    pub(crate) nav: Vec<NavItem>,
    /// The places of the group in which the page stands, where the navigation has groups.
    pub(crate) near: Vec<NavItem>,
    pub(crate) near_label: String,
    pub(crate) user: Option<User>,
    pub(crate) memberships: Vec<Membership>,
    pub(crate) demo: Option<DemoBar>,
    pub(crate) flash: Option<Flash>,
    pub(crate) news: Vec<Link>,
    pub(crate) footer: Vec<Link>,
    /// Whether the page locks after three idle minutes, on a device that others use as well (INC-10).
    pub(crate) locks: bool,
    /// The faint mark that is laid over the page, where it shows people.
    pub(crate) veil: Option<String>,
}
/// A place in the navigation.
#[derive(Clone, Debug, Default)]
pub(crate) struct NavItem {
    pub(crate) label: String,
    pub(crate) href: String,
    pub(crate) current: bool,
    pub(crate) count: Option<u32>,
    /// The places for which it stands: itself, or those of its group.
    pub(crate) stands: Vec<&'static str>,
}
/// Who is signed in.
#[derive(Clone, Debug, Default)]
pub(crate) struct User {
    pub(crate) name: String,
    pub(crate) role_label: String,
    pub(crate) account: String,
    pub(crate) sign_out: String,
}
/// A role to act under.
#[derive(Clone, Debug, Default)]
pub(crate) struct Membership {
    pub(crate) label: String,
    pub(crate) note: String,
    pub(crate) href: String,
    pub(crate) current: bool,
}
/// The controls of a demonstration.
#[derive(Clone, Debug, Default)]
pub(crate) struct DemoBar {
    pub(crate) today: String,
    pub(crate) today_iso: String,
    pub(crate) clock_action: String,
    pub(crate) persona_action: String,
    pub(crate) personas: Vec<Persona>,
}
/// Somebody to be in a demonstration.
#[derive(Clone, Debug, Default)]
pub(crate) struct Persona {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) role: String,
    pub(crate) initials: String,
    pub(crate) controller: bool,
    pub(crate) current: bool,
}
/// What was just done.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flash {
    pub(crate) kind: String,
    pub(crate) text: String,
}
/// A link.
#[derive(Clone, Debug, Default)]
pub(crate) struct Link {
    pub(crate) label: String,
    pub(crate) href: String,
}

/// What is wrong with a form, by the ids of its controls.
#[derive(Clone, Debug, Default)]
pub(crate) struct Errors(pub(crate) Vec<FieldError>);
/// What is wrong with one control; none where the field is empty.
#[derive(Clone, Debug, Default)]
pub(crate) struct FieldError {
    pub(crate) field: String,
    pub(crate) text: String,
}
impl Errors {
    pub(crate) fn any(&self) -> bool {
        !self.0.is_empty()
    }
    pub(crate) fn list(&self) -> &[FieldError] {
        &self.0
    }
    pub(crate) fn has(&self, field: &str) -> bool {
        self.0.iter().any(|e| e.field == field)
    }
    pub(crate) fn text(&self, field: &str) -> &str {
        self.0.iter().find(|e| e.field == field).map_or("", |e| e.text.as_str())
    }
}

/// What in a form looks as if it must not be there, by the ids of its controls: it is said, and never refused (INC-7).
#[derive(Clone, Debug, Default)]
pub(crate) struct Cautions(pub(crate) Vec<FieldError>);
impl Cautions {
    pub(crate) fn any(&self) -> bool {
        !self.0.is_empty()
    }
    pub(crate) fn list(&self) -> &[FieldError] {
        &self.0
    }
    pub(crate) fn at(&self, field: &str) -> Vec<&str> {
        self.0.iter().filter(|caution| caution.field == field).map(|caution| caution.text.as_str()).collect()
    }
    /// What a text holds, at the control in which it stands.
    pub(crate) fn add(&mut self, field: &str, text: &str, policy: &Policy) {
        let found = warnings(text, policy).into_iter();
        self.0.extend(found.map(|warning| FieldError { field: field.to_owned(), text: warning.sentence }));
    }
}

/// How much of the present stage is over.
#[derive(Clone, Debug, Default)]
pub(crate) struct LifeSmall {
    pub(crate) used: u32,
    pub(crate) stage: String,
    pub(crate) until: String,
}
/// The stages of a record on one line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Life {
    pub(crate) segments: Vec<Segment>,
    pub(crate) now: Option<u32>,
    pub(crate) ticks: Vec<Tick>,
    pub(crate) end: Option<String>,
    pub(crate) text: String,
}
/// A stage on the line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Segment {
    pub(crate) kind: String,
    pub(crate) label: String,
    pub(crate) dates: String,
    pub(crate) start: u32,
    pub(crate) width: u32,
}
/// A report on the line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tick {
    pub(crate) at: u32,
    pub(crate) label: String,
}
/// A picture.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pic {
    pub(crate) src: String,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) alt: String,
}
/// A person in the gallery.
#[derive(Clone, Debug, Default)]
pub(crate) struct Card {
    pub(crate) href: String,
    pub(crate) name: String,
    pub(crate) line: String,
    pub(crate) picture: Option<Pic>,
    pub(crate) excluded: Option<Tag>,
    pub(crate) unknown: bool,
    pub(crate) new: bool,
    pub(crate) life: LifeSmall,
    pub(crate) seen_href: Option<String>,
    pub(crate) know_href: Option<String>,
    pub(crate) report_href: Option<String>,
    pub(crate) breach_href: Option<String>,
}
/// A choice of a list.
#[derive(Clone, Debug, Default)]
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) note: String,
    pub(crate) checked: bool,
}
/// The pages of a list.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pager {
    pub(crate) prev: Option<String>,
    pub(crate) next: Option<String>,
    pub(crate) pages: Vec<PageLink>,
    pub(crate) summary: String,
}
/// One of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct PageLink {
    pub(crate) label: String,
    pub(crate) href: String,
    pub(crate) current: bool,
    pub(crate) gap: bool,
}
/// A part of a list, with how many are in it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chip {
    pub(crate) label: String,
    pub(crate) href: String,
    pub(crate) count: Option<u32>,
    pub(crate) current: bool,
}
/// A step of the way to a page.
#[derive(Clone, Debug, Default)]
pub(crate) struct Crumb {
    pub(crate) label: String,
    pub(crate) href: String,
}
/// A key and its value.
#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    pub(crate) key: String,
    pub(crate) value: String,
}
/// What happened, or will.
#[derive(Clone, Debug, Default)]
pub(crate) struct Event {
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) date: String,
    pub(crate) href: Option<String>,
    pub(crate) kind: String,
}
/// An item that is held, and who sees it.
#[derive(Clone, Debug, Default)]
pub(crate) struct HeldField {
    pub(crate) label: String,
    pub(crate) value: String,
    pub(crate) extra: String,
    pub(crate) who: String,
    pub(crate) sealed_href: Option<String>,
}
/// Words, which may be strong or a link.
#[derive(Clone, Debug, Default)]
pub(crate) struct Piece {
    pub(crate) text: String,
    pub(crate) strong: bool,
    pub(crate) href: Option<String>,
}
/// A coloured word.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tag {
    pub(crate) colour: String,
    pub(crate) text: String,
}
/// A small picture that leads to a larger one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Thumb {
    pub(crate) src: String,
    pub(crate) href: String,
    pub(crate) alt: String,
    pub(crate) current: bool,
}

/// Something that wants care: kind is `care` or `stop`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Care {
    pub(crate) kind: String,
    pub(crate) text: String,
    pub(crate) href: Option<String>,
    pub(crate) link: String,
}
/// A number that leads to what it counts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) n: String,
    pub(crate) label: String,
    pub(crate) href: String,
    pub(crate) hot: bool,
}

impl Errors {
    /// One thing that is wrong, at a control, or at none where `field` is empty.
    pub(crate) fn one(field: &str, text: &str) -> Self {
        Self(vec![FieldError { field: field.to_owned(), text: text.to_owned() }])
    }
}

impl From<&[Caution]> for Cautions {
    fn from(found: &[Caution]) -> Self {
        let at =
            |caution: &Caution| FieldError { field: caution.field.clone(), text: caution.sentence.clone() };
        Self(found.iter().map(at).collect())
    }
}

impl From<&Problems> for Errors {
    fn from(problems: &Problems) -> Self {
        let one = |problem: &Problem| FieldError {
            field: problem.field.unwrap_or_default().to_owned(),
            text: problem.sentence.clone(),
        };
        Self(problems.iter().map(one).collect())
    }
}

impl Piece {
    /// Plain words.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

impl Row {
    /// A key and its value.
    pub(crate) fn new(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self { key: key.into(), value: value.into() }
    }
}

impl Tag {
    /// A word in a colour: `red`, `blue`, `amber`, `green`, `teal`, `pale` or none.
    pub(crate) fn new(colour: &str, text: impl Into<String>) -> Self {
        Self { colour: colour.to_owned(), text: text.into() }
    }
}

/// The first letters of a name, for its round mark.
pub(crate) fn initials(name: &str) -> String {
    name.split_whitespace().filter_map(|word| word.chars().next()).take(2).collect::<String>().to_uppercase()
}

/// How many, with thousands apart: `12,408`.
pub(crate) fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!([0, 999, 1000, 1_234_567].map(number).join(" "), "0 999 1,000 1,234,567");
    }

    #[test]
    fn initials_are_two_letters_at_most() {
        assert_eq!(initials("ruth van Okafor"), "RV");
        assert_eq!(initials(""), "");
    }
}
