//! What an assessor of the accreditation reads, on a page that prints (POL-7).
use crate::{
    respond::{Answer, page},
    shell::{self, Nav},
    view::{Shell, Tag},
    visit::Visit,
    words,
};
use askama::Template;
use fairwatch_app::accreditation;
use fairwatch_core::accreditation::{Evidence, Shows, Standard};

/// `accreditation.html`
#[derive(Template, Debug)]
#[template(path = "accreditation.html")]
struct Accreditation {
    shell: Shell,
    scheme: String,
    day: String,
    summary: String,
    parts: Vec<Part>,
}

#[derive(Debug)]
struct Part {
    title: &'static str,
    rows: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    asked: &'static str,
    found: String,
    href: Option<String>,
    tag: Tag,
}

fn line(visit: &Visit, one: &Evidence) -> Line {
    let tag = match one.shows {
        Shows::Met => Tag::new("green", "Shown"),
        Shows::Lacking => Tag::new("amber", "To put right"),
        Shows::Nothing => Tag::new("", "Nothing to show yet"),
        Shows::ByDesign => Tag::new("teal", "By design"),
    };
    // Only what this reader may open; what is published anybody may.
    let reads =
        one.path.starts_with("/notices") || one.path.starts_with("/policy") || shell::leads(visit, one.path);
    Line {
        asked: one.asked,
        found: one.found.clone(),
        href: (!one.path.is_empty() && reads).then(|| visit.href(one.path)),
        tag,
    }
}

fn summary(found: &[Evidence]) -> String {
    let n = |shows| found.iter().filter(|one| one.shows == shows).count();
    let lacking = match n(Shows::Lacking) {
        0 => "nothing is to be put right".to_owned(),
        n => format!("{} to be put right", words::count(n, "is", "are")),
    };
    format!("Of {} points {} shown, {lacking}.", found.len(), words::count(n(Shows::Met), "is", "are"))
}

/// `GET /o/{slug}/accreditation`
pub(crate) async fn show(visit: Visit) -> Answer {
    let (scope, found) = accreditation::show(&visit.app, &visit.ctx, visit.org()).await?;
    let parts = Standard::ALL.into_iter().map(|standard| Part {
        title: standard.heading(),
        rows: found.iter().filter(|one| one.standard == standard).map(|one| line(&visit, one)).collect(),
    });
    page(&Accreditation {
        shell: visit.shell(Nav::Accreditation),
        scheme: scope.policy.scheme.name.to_string(),
        day: words::date(scope.today),
        summary: summary(&found),
        parts: parts.collect(),
    })
}
