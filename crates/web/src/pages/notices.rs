//! What a scheme publishes, as pages: public, without a cookie, and written from the rules that the program enforces
//! (POL-4, NOT-2, PUB-1).
use crate::{
    respond::{Answer, PageError, page, see_other},
    shell,
    view::{Link, Shell},
    visit::{Guest, Place},
    words,
};
use askama::Template;
use axum::{
    extract::{Path, Query, rejection::PathRejection},
    http::{HeaderValue, header},
    response::IntoResponse as _,
};
use fairwatch_app::{
    AppError,
    notices::{self, Published},
    orgs,
};
use fairwatch_core::notices::{Block, Inline, Notice, Publication};
use serde::Deserialize;

/// `notices.html`
#[derive(Template, Debug)]
#[template(path = "notices.html")]
struct Index {
    shell: Shell,
    schemes: Vec<Scheme>,
}

#[derive(Debug)]
struct Scheme {
    name: String,
    version: String,
    texts: Vec<Listed>,
    policy_href: String,
    former: Vec<Link>,
}

#[derive(Debug)]
struct Listed {
    title: &'static str,
    about: &'static str,
    href: String,
    pdf: String,
}

/// `notice.html`
#[derive(Template, Debug)]
#[template(path = "notice.html")]
struct Page {
    shell: Shell,
    title: String,
    scheme: String,
    version: String,
    /// What is to be said of a version that is not in force any more.
    former: Option<Former>,
    sections: Vec<Section>,
    index_href: String,
    pdf: String,
    versions: Vec<Link>,
}

#[derive(Debug)]
struct Former {
    text: String,
    href: String,
}

/// A part of a text under its heading; what stands before the first heading has none.
#[derive(Debug)]
pub(crate) struct Section {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) blocks: Vec<Block>,
}

/// The parts of a text, each under its heading.
pub(crate) fn sections(publication: Publication) -> Vec<Section> {
    let mut sections = vec![Section { id: String::new(), title: String::new(), blocks: Vec::new() }];
    for block in publication.blocks {
        match block {
            Block::Heading { level: 2, text } => {
                let number = sections.len();
                sections.push(Section { id: format!("part-{number}"), title: text, blocks: Vec::new() });
            }
            other => {
                if let Some(section) = sections.last_mut() {
                    section.blocks.push(other);
                }
            }
        }
    }
    sections
}

/// Which version is wanted; none is the one in force.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    version: String,
}

impl Wanted {
    /// The number; what is no number is no version that there is.
    fn number(&self) -> Result<Option<i64>, AppError> {
        match self.version.as_str() {
            "" => Ok(None),
            number => number.parse().map(Some).map_err(|_| AppError::Hidden),
        }
    }
}

/// `GET /notices`: for pages that belong to no scheme, such as signing in.
pub(crate) async fn all(guest: Guest) -> Answer {
    let app = guest.web.app();
    let scopes = orgs::all(&app, &guest.ctx).await?;
    if let [scope] = &*scopes {
        return Ok(see_other(&format!("/o/{}/notices", scope.slug)));
    }
    let mut schemes = Vec::new();
    for scope in &scopes {
        if let Some(published) = notices::published(&app, &guest.ctx, &scope.slug, None).await? {
            schemes.push(listed(&published));
        }
    }
    page(&Index { shell: guest.shell(), schemes })
}

/// `GET /o/{slug}/notices`
pub(crate) async fn index(guest: Guest, path: Result<Path<String>, PathRejection>) -> Answer {
    let Path(slug) = path.map_err(|_| AppError::Hidden)?;
    let published = found(&guest, &slug, None).await?;
    let shell = shell::of_place(&guest, &published.slug, &published.policy).await?;
    page(&Index { shell, schemes: vec![listed(&published)] })
}

/// `GET /o/{slug}/notices/{name}`: version, where it is not the one in force.
pub(crate) async fn show(guest: Guest, path: Place, Query(wanted): Query<Wanted>) -> Answer {
    let Path((slug, name)) = path.map_err(|_| AppError::Hidden)?;
    let published = found(&guest, &slug, wanted.number()?).await?;
    let notice = Notice::named(&name).ok_or(AppError::Hidden)?;
    let text = notices::text(&published, notice, "").ok_or(AppError::Hidden)?;
    let shell = shell::of_place(&guest, &published.slug, &published.policy).await?;
    let href = format!("/o/{slug}/notices/{name}");
    let at = |number: i64| format!("{href}?version={number}");
    let newest = published.versions.first().map(|(number, _)| *number);
    let is_former = newest != Some(published.version);
    let versions = match published.versions.len() {
        0 | 1 => Vec::new(),
        _ => published
            .versions
            .iter()
            .filter(|(number, _)| *number != published.version)
            .map(|(number, from)| Link {
                label: format!("Version {number}, from {}", words::date(*from)),
                href: at(*number),
            })
            .collect(),
    };
    let pdf = match is_former {
        true => format!("{href}/pdf?version={}", published.version),
        false => format!("{href}/pdf"),
    };
    page(&Page {
        shell,
        title: text.title.clone(),
        scheme: text.scheme.clone(),
        version: text.version.clone(),
        former: is_former.then(|| Former {
            text: format!("This is a former text: version {} is not in force any more.", published.version),
            href,
        }),
        sections: sections(text),
        index_href: format!("/o/{slug}/notices"),
        pdf,
        versions,
    })
}

/// `GET /o/{slug}/notices/{name}/pdf`: version, where it is not the one in force.
pub(crate) async fn pdf(guest: Guest, path: Place, Query(wanted): Query<Wanted>) -> Answer {
    let Path((slug, name)) = path.map_err(|_| AppError::Hidden)?;
    let published = found(&guest, &slug, wanted.number()?).await?;
    let notice = Notice::named(&name).ok_or(AppError::Hidden)?;
    let made = notices::pdf(&guest.web.app(), &published, notice, guest.web.base()).await?;
    let bytes = made.ok_or(AppError::Hidden)?;
    let file = format!("inline; filename=\"{slug}-{name}-version-{}.pdf\"", published.version);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/pdf")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_str(&file).map_err(PageError::internal)?),
    ];
    Ok((headers, bytes.as_ref().clone()).into_response())
}

/// What a scheme publishes, or the answer about what there is not.
async fn found(guest: &Guest, slug: &str, version: Option<i64>) -> Result<Published, AppError> {
    notices::published(&guest.web.app(), &guest.ctx, slug, version).await?.ok_or(AppError::Hidden)
}

fn listed(published: &Published) -> Scheme {
    let base = format!("/o/{}", published.slug);
    let former = published.versions.iter().skip(1).map(|(number, from)| Link {
        label: format!("Version {number}, from {}", words::date(*from)),
        href: format!("{base}/notices/{}?version={number}", Notice::Reported.name()),
    });
    Scheme {
        name: published.policy.scheme.name.to_string(),
        version: format!("Version {}, in force from {}", published.version, words::date(published.in_force)),
        texts: notices::texts(published)
            .into_iter()
            .map(|notice| Listed {
                title: notice.title(),
                about: notice.about(),
                href: format!("{base}/notices/{}", notice.name()),
                pdf: format!("{base}/notices/{}/pdf", notice.name()),
            })
            .collect(),
        policy_href: format!("{base}/policy"),
        former: former.collect(),
    }
}
