//! Where something comes from, as a form asks it and shows it again (INC-5, INC-6).
use crate::{
    forms::Sent,
    pages::day::Day,
    view::{Choice, Errors},
    words,
};
use fairwatch_app::subjects::Shown;
use fairwatch_core::{
    policy::{Category, scheme::SourceKind},
    subjects::{Source, fields::may_come_from},
};

/// What was typed of a source, as typed.
#[derive(Clone, Debug, Default)]
pub(super) struct TypedSource {
    chosen: String,
    pub(super) address: String,
    pub(super) seen: Day,
    pub(super) was_public: bool,
}

impl TypedSource {
    /// What a form sent.
    pub(super) fn from_form(sent: &Sent) -> Self {
        Self {
            chosen: sent.one("source").to_owned(),
            address: sent.one("page-address").to_owned(),
            seen: Day::from_form(sent, "page-seen"),
            was_public: sent.has("page-public"),
        }
    }

    /// The source that was chosen.
    pub(super) fn read(&self, shown: &Shown) -> Result<Source, Errors> {
        if self.chosen == "page" {
            return match self.seen.parse() {
                Ok(Some(seen_on)) => {
                    Ok(Source::SocialMedia { address: self.address.trim().to_owned(), seen_on })
                }
                _ => Err(Errors::one("page-seen", "Enter the day on which you saw it, such as 21 11 2026")),
            };
        }
        let all = all(shown).into_iter().map(|(source, _)| source);
        let found = all.into_iter().find(|source| value(source) == self.chosen);
        found.ok_or_else(|| Errors::one("source", "Choose where it comes from"))
    }

    /// The choices for a category, with the one that was chosen: those that the scheme takes it from.
    pub(super) fn choices(&self, shown: &Shown, category: Category) -> Vec<Choice> {
        let fits = |source: &Source| may_come_from(&shown.scope.policy, category, source).is_ok();
        let known = all(shown).into_iter().filter(|(source, _)| fits(source));
        let mut choices = known.map(|(source, label)| (value(&source), label)).collect::<Vec<_>>();
        choices.extend(public_page(shown).map(|label| ("page".to_owned(), label)));
        choices
            .into_iter()
            .map(|(value, label)| Choice { checked: value == self.chosen, value, label, note: String::new() })
            .collect()
    }
}

/// What a scheme says of public pages as a source; none where they are none (INC-6).
pub(super) fn public_page(shown: &Shown) -> Option<String> {
    let sources = &shown.scope.policy.sources;
    let page = sources.iter().find(|source| source.kind == SourceKind::SocialMedia);
    page.map(|source| source.text.to_string())
}

/// How a form names a source.
fn value(source: &Source) -> String {
    match source {
        Source::Controller | Source::Intelligence { .. } => "controller".to_owned(),
        Source::Subject => "subject".to_owned(),
        Source::Report { report, .. } => format!("report:{report}"),
        Source::Police { agreement } => format!("agreement:{agreement}"),
        Source::Scheme { agreement } => format!("scheme:{agreement}"),
        Source::SocialMedia { .. } => "page".to_owned(),
    }
}

/// The sources that a record can name, but for public pages: the controller, the reports of this person, and those of
/// the scheme's own list (INC-5).
fn all(shown: &Shown) -> Vec<(Source, String)> {
    let (scope, open) = (&shown.scope, &shown.open);
    let own = (Source::Controller, "I found it out myself".to_owned());
    let reports = open.involved.iter().map(|involved| {
        let kind = words::incident_kind(&scope.policy, &involved.category);
        let number = scope.reference(involved.report_number);
        let label = format!("Report {number}: {kind}, {}", words::date(involved.occurred_on));
        (Source::Report { report: involved.report, incident: involved.incident }, label)
    });
    let listed = scope.policy.sources.iter().filter_map(|source| {
        let under = source.agreement.as_deref().map(str::to_owned);
        let given = match (source.kind, under) {
            (SourceKind::Subject, _) => Source::Subject,
            (SourceKind::Police | SourceKind::Agency, Some(agreement)) => Source::Police { agreement },
            (SourceKind::NeighbouringScheme, Some(agreement)) => Source::Scheme { agreement },
            _ => return None,
        };
        Some((given, source.text.to_string()))
    });
    [own].into_iter().chain(reports).chain(listed).collect()
}
