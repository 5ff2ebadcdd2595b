//! Who the scheme is, where its words come from, and with whom it deals.
use super::{
    category::Viewer,
    text::{Colour, Email, Id, Prefix, Slug, Telephone, Text, Url},
};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

/// Whether the file describes a scheme that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A scheme that exists, with documents of its own.
    Scheme,
    /// A pattern from which a new scheme starts: its names and addresses are examples.
    Generic,
}

/// The nation whose law applies to a scheme: by its bank holidays last days are moved (SAR-1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Nation {
    /// England and Wales, which have the same.
    EnglandAndWales,
    /// Scotland.
    Scotland,
    /// Northern Ireland.
    NorthernIreland,
}

impl Nation {
    /// Every nation.
    pub const ALL: [Self; 3] = [Self::EnglandAndWales, Self::Scotland, Self::NorthernIreland];

    /// As the file writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::EnglandAndWales => "england_and_wales",
            Self::Scotland => "scotland",
            Self::NorthernIreland => "northern_ireland",
        }
    }

    /// What pages call it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::EnglandAndWales => "England and Wales",
            Self::Scotland => "Scotland",
            Self::NorthernIreland => "Northern Ireland",
        }
    }
}

/// The scheme itself (POL-1).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scheme {
    /// Whether the file describes a scheme that exists.
    pub kind: Kind,
    /// The full name.
    pub name: Text,
    /// What people call it, where space is short.
    pub short: Text,
    /// The name in addresses.
    pub slug: Slug,
    /// What references of people and incidents begin with.
    pub prefix: Prefix,
    /// In one or two sentences, who the scheme is and what it is for.
    pub about: Text,
    /// Where it operates.
    pub area_of_operation: Text,
    /// The nation whose law applies there (SAR-1).
    pub nation: Nation,
    /// A colour of its own for what belongs to the scheme.
    pub brand: Option<Colour>,
    /// How to reach it.
    pub contact: Contact,
}

/// How to reach a scheme or its controller.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// The postal address, a line each.
    #[serde(default)]
    pub address: Vec<Text>,
    /// The e-mail address.
    pub email: Option<Email>,
    /// Telephone numbers.
    #[serde(default)]
    pub telephone: Vec<Telephone>,
    /// The web site.
    pub website: Option<Url>,
}

/// The scheme's data controller, who answers to people and to the regulator.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Controller {
    /// What the scheme calls the role.
    pub title: Text,
    /// How to reach the controller.
    pub contact: Contact,
    /// Where the document says so.
    pub clause: Text,
}

/// Registration with the Information Commissioner (DOC-3).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// What notices say of it.
    pub text: Option<Text>,
    /// The number in the Commissioner's register.
    pub number: Option<Text>,
    /// The day on which it runs out.
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    #[serde(default, deserialize_with = "super::read::optional_date")]
    pub expires: Option<Date>,
    /// Where the document says so.
    pub clause: Text,
}

/// How far the scheme is with an accredited standard (POL-7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccreditationStatus {
    /// Accredited.
    Accredited,
    /// Demonstrably working towards it.
    WorkingTowards,
    /// Neither.
    None,
}

/// Accreditation, without which a force may share nothing (POL-7).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Accreditation {
    /// How far the scheme is.
    pub status: AccreditationStatus,
    /// What shows it: a certificate, a plan.
    pub evidence: Option<Text>,
    /// The day on which it runs out.
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    #[serde(default, deserialize_with = "super::read::optional_date")]
    pub expires: Option<Date>,
    /// Where the document says so.
    pub clause: Text,
}

/// A document of the scheme's from which clauses are cited.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// Its title.
    pub title: Text,
    /// The date that it bears.
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    #[serde(default, deserialize_with = "super::read::optional_date")]
    pub dated: Option<Date>,
}

/// Where personal data about subjects may come from (INC-5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// The person.
    Subject,
    /// A member of the scheme.
    Member,
    /// A police force, under an agreement.
    Police,
    /// Another public agency, under an agreement.
    Agency,
    /// The controller of another scheme.
    NeighbouringScheme,
    /// A page that anyone could see (INC-6).
    SocialMedia,
}

/// A source that the scheme accepts (INC-5).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The kind of source.
    pub kind: SourceKind,
    /// What notices say of it.
    pub text: Text,
    /// The `id` of the agreement under which it gives.
    pub agreement: Option<Id>,
    /// Where the document says so.
    pub clause: Text,
}

/// A sharing agreement with another organisation (DOC-2).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    /// What sources and recipients name it by.
    pub id: Id,
    /// Its title.
    pub name: Text,
    /// The other side.
    pub with: Text,
    /// The day on which both sides had signed it.
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    #[serde(default, deserialize_with = "super::read::optional_date")]
    pub signed: Option<Date>,
    /// The day on which it ends.
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    #[serde(default, deserialize_with = "super::read::optional_date")]
    pub ends: Option<Date>,
    /// Where the document says so.
    pub clause: Text,
}

/// Someone outside the scheme's own people who may have access to subjects' data (VIS-5).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Recipient {
    /// As what they look at data.
    pub viewer: Viewer,
    /// What notices say of them.
    pub text: Text,
    /// The `id` of the agreement under which they receive.
    pub agreement: Option<Id>,
    /// Whether each look at a subject asks for a reason (VIS-5).
    pub reason_for_each_look: bool,
    /// Whether evidence must be recorded that the person acts or is likely to act in their area (SHA-1).
    pub evidence_of_activity: bool,
    /// Where the document says so.
    pub clause: Text,
}

/// A company that handles data on the scheme's behalf (DOC-2).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Processor {
    /// Its name.
    pub name: Text,
    /// What it does for the scheme.
    pub does: Text,
    /// The country in which it keeps the data (DOC-5).
    pub country: Text,
    /// Where the document says so.
    pub clause: Text,
}

/// Where data is kept (SEC-1, DOC-5).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Storage {
    /// Whether anything may leave the United Kingdom.
    pub outside_uk: bool,
    /// Whether the notice promises that the storage is independently certified as secure.
    pub certified: bool,
    /// The certificate that shows it.
    pub certificate: Option<Text>,
    /// The safeguard under which data may leave the United Kingdom, where it may (UK GDPR 13(1)(f), 46).
    pub safeguard: Option<Text>,
    /// Where the document says so.
    pub clause: Text,
}

/// A place in the area by which people filter and choose.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Area {
    /// What records name it by.
    pub id: Id,
    /// What people read.
    pub label: Text,
}
