//! Reading and agreeing to what asks for it, before one sees others' data; and who has yet to (MEM-3).
use super::notices::{Section, sections};
use crate::{
    forms::{Sent, encoded},
    pages::{confirm::Confirm, registers},
    respond::{Answer, PageError, page, page_again, page_with, see_other_done},
    shell::Nav,
    view::{Chip, Errors, Piece, Row, Shell},
    visit::{Guest, Visit, local_path, resume},
    words,
};
use askama::Template;
use axum::{
    extract::Query,
    http::{StatusCode, Uri},
};
use fairwatch_app::{
    AppError,
    certifications::{self, Agreed, Asks, Owed},
    governing, notices,
};
use fairwatch_core::{
    certifications::Text,
    governing::blocks,
    notices::{Block, Inline, Notice},
};
use serde::Deserialize;

/// `certify.html`
#[derive(Template, Debug)]
#[template(path = "certify.html")]
struct CertifyPage {
    shell: Shell,
    errors: Errors,
    scheme: String,
    /// Why something is asked now, in a sentence; nothing where nothing is.
    why: String,
    again: String,
    action: String,
    then: String,
    carried: Vec<Row>,
    texts: Vec<Asked>,
    agreed: Vec<Row>,
    report: Option<String>,
}

/// A text to be read.
#[derive(Debug)]
struct Asked {
    id: String,
    value: String,
    title: String,
    version: String,
    changed: String,
    pdf: Option<String>,
    sections: Vec<Section>,
    ticked: bool,
}

/// The route of the page that asks.
pub(crate) const PATH: &str = "/o/{slug}/certify";

/// The page that asks, and leads back to where somebody was going.
pub(crate) fn address(visit: &Visit, uri: &Uri) -> String {
    let to = uri.path_and_query().map_or_else(|| uri.path(), |path| path.as_str());
    format!("{}?then={}", visit.href("/certify"), encoded(to))
}

async fn text(visit: &Visit, asks: &Asks, ticked: &[String]) -> Result<Asked, AppError> {
    let value = certifications::shown(asks.text, asks.version);
    let ticked = ticked.contains(&value);
    match asks.text {
        Text::Notice => {
            let published = notices::published(&visit.app, &visit.ctx, &visit.scope.slug, None).await?;
            let published = published.ok_or(AppError::Hidden)?;
            let text = notices::text(&published, Notice::Members, "").ok_or(AppError::Hidden)?;
            Ok(Asked {
                id: "agree".into(),
                value,
                title: text.title.clone(),
                version: text.version.clone(),
                changed: String::new(),
                pdf: None,
                sections: sections(text),
                ticked,
            })
        }
        Text::Document(id) => {
            let document = governing::read(&visit.app, &visit.ctx, id).await?;
            let version = document.current(visit.scope.today).ok_or(AppError::Hidden)?;
            let pdf = version
                .is_pdf
                .then(|| visit.href(&format!("/documents/{id}/pdf?version={}", version.version)));
            Ok(Asked {
                id: format!("agree-{id}"),
                value,
                version: format!("Version {}, from {}", version.version, words::date(version.effective_on)),
                changed: version.content.changed.clone(),
                pdf,
                sections: vec![Section {
                    id: String::new(),
                    title: String::new(),
                    blocks: blocks(&version.content.text),
                }],
                title: document.title,
                ticked,
            })
        }
    }
}

async fn titled(visit: &Visit, agreed: &Agreed) -> String {
    match agreed.text {
        Text::Notice => Notice::Members.title().to_owned(),
        // One that was withdrawn is not read any more.
        Text::Document(id) => match governing::read(&visit.app, &visit.ctx, id).await {
            Ok(document) => document.title,
            Err(_) => "A document that is not in force any more".to_owned(),
        },
    }
}

async fn form(
    visit: &Visit,
    then: &str,
    carried: Vec<Row>,
    ticked: &[String],
    errors: Errors,
) -> Result<CertifyPage, AppError> {
    let Owed { asked, agreed, again_on } = certifications::owed(&visit.app, &visit.ctx, visit.org()).await?;
    let mut texts = Vec::with_capacity(asked.len());
    for asks in &asked {
        texts.push(text(visit, asks, ticked).await?);
    }
    let mut rows = Vec::with_capacity(agreed.len());
    for one in agreed.iter().take(20) {
        let title = titled(visit, one).await;
        rows.push(Row::new(
            title,
            format!("Version {}, agreed to {}", one.version, words::date_time(one.at)),
        ));
    }
    let today = visit.scope.today;
    let months = visit.scope.policy.reviews.certification.length;
    let why = match again_on {
        _ if asked.is_empty() => String::new(),
        None => "Before you see what others have reported, please read what applies to you and agree to it."
            .into(),
        Some(day) if day <= today => {
            format!("You agreed more than {months} ago. Please read it again and agree, before you go on.")
        }
        Some(_) => {
            "There is a new version since you agreed. Please read it and agree, before you go on.".into()
        }
    };
    Ok(CertifyPage {
        shell: visit.shell(Nav::Elsewhere),
        errors,
        scheme: visit.scope.policy.scheme.name.to_string(),
        why,
        again: again_on.filter(|_| asked.is_empty()).map(words::date).unwrap_or_default(),
        action: visit.href("/certify"),
        then: then.to_owned(),
        carried,
        texts,
        agreed: rows,
        report: visit.may::<fairwatch_core::incidents::SubmitReport>().then(|| visit.href("/report")),
    })
}

/// Where somebody was going.
#[derive(Deserialize)]
pub(crate) struct Onward {
    #[serde(default)]
    then: String,
}

/// `GET /o/{slug}/certify`: then, where somebody was going.
pub(crate) async fn show(visit: Visit, Query(onward): Query<Onward>) -> Answer {
    let then = local_path(&onward.then).unwrap_or_default();
    page(&form(&visit, then, Vec::new(), &[], Errors::default()).await?)
}

/// A form that was sent by somebody who has yet to certify: nothing is done, and what was typed is carried.
pub(crate) async fn ask_first(
    visit: &Visit,
    path: &str,
    sent: &Sent,
) -> Result<axum::response::Response, PageError> {
    // The route at which it was sent lets nothing of this be asked.
    let visit = visit.asked_to_certify();
    let carried = resume::carry(path, sent);
    let mut page = form(&visit, "", carried, &[], Errors::default()).await?;
    let files = if sent.files.is_empty() { "" } else { " Files have to be chosen again." };
    page.why = format!("{} What you sent is kept, and nothing was done with it yet.{files}", page.why);
    page_with(StatusCode::FORBIDDEN, &page)
}

/// `POST /o/{slug}/certify`: agree, once for each text; then, and what another form sent.
pub(crate) async fn agree(guest: Guest, visit: Visit, sent: Sent) -> Answer {
    let ticked = sent.all("agree");
    match certifications::agree(&visit.app, &visit.ctx, visit.org(), &ticked, guest.address).await {
        Ok(()) => match resume::back(&sent) {
            Some((to, fields)) => page(&Confirm {
                shell: visit.shell(Nav::Elsewhere),
                title: "Thank you".into(),
                text: vec![vec![Piece::text(
                    "It is on record that you agreed. What you sent before is kept, and nothing was done with it yet.",
                )]],
                action: to,
                hidden: fields,
                button: "Send it now".into(),
                cancel: visit.href(""),
                ..Confirm::default()
            }),
            None => {
                let then = local_path(sent.one("then")).map_or_else(|| visit.href(""), str::to_owned);
                Ok(see_other_done(&then, "certified"))
            }
        },
        Err(AppError::Refused(problems)) => {
            let mut errors = Errors::from(&problems);
            for error in &mut errors.0 {
                "agree".clone_into(&mut error.field);
            }
            let then = local_path(sent.one("then")).unwrap_or_default().to_owned();
            let carried = resume::carried(&sent);
            page_again(&form(&visit, &then, carried, &ticked, errors).await?)
        }
        Err(error) => Err(error.into()),
    }
}

/// `certified.html`
#[derive(Template, Debug)]
#[template(path = "certified.html")]
struct CertifiedPage {
    shell: Shell,
    chips: Vec<Chip>,
    are: String,
    period: String,
    outstanding: Vec<Open>,
    more: usize,
}

#[derive(Debug)]
struct Open {
    name: String,
    role: &'static str,
    last: String,
}

/// `GET /o/{slug}/certified`: who has yet to agree.
pub(crate) async fn outstanding(visit: Visit) -> Answer {
    let found = certifications::outstanding(&visit.app, &visit.ctx, visit.org()).await?;
    let more = (found.of - found.are).saturating_sub(found.outstanding.len());
    page(&CertifiedPage {
        shell: visit.shell(Nav::Registers),
        chips: registers::chips(&visit, "/certified"),
        are: format!("{} of {} people have agreed to what applies to them.", found.are, found.of),
        period: visit.scope.policy.reviews.certification.length.to_string(),
        outstanding: found
            .outstanding
            .iter()
            .map(|one| Open {
                name: one.name.clone(),
                role: one.role.label(),
                last: one.agreed_on.map_or_else(
                    || "has never agreed".to_owned(),
                    |day| format!("last agreed on {}", words::date(day)),
                ),
            })
            .collect(),
        more,
    })
}
