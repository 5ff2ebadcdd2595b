//! One's own second factors, under My account (SEC-2).
use crate::{
    forms::Sent,
    pages::second_factor::{RecoveryCodes, Setup},
    respond::{Answer, page, page_with, see_other_done},
    view::{Errors, Shell},
    visit::Own,
    words,
};
use askama::Template;
use axum::http::StatusCode;
use fairwatch_app::{
    AppError,
    accounts::{self, Password, factors},
};
use fairwatch_core::{accounts::factors::FactorKind, world::london_date};

/// `factors.html`
#[derive(Template, Debug)]
#[template(path = "factors.html")]
struct Factors {
    shell: Shell,
    errors: Errors,
    action: String,
    factors: Vec<Factor>,
    left: i64,
    asks: bool,
    setup: Option<Setup>,
    setup_action: String,
}

#[derive(Debug)]
struct Factor {
    id: String,
    name: String,
    note: String,
}

async fn shown(own: &Own, status: StatusCode, errors: Errors, setup: Option<Setup>) -> Answer {
    let copy = accounts::own_copy(&own.app(), &own.ctx).await?;
    let factors = copy.second_factors.factors.iter().map(|factor| {
        let kind = match factor.kind {
            FactorKind::Codes => "codes from an app",
            FactorKind::Passkey => "passkey",
        };
        let used =
            factor.used_at.map_or_else(String::new, |at| format!(" · last used {}", words::date_time(at)));
        Factor {
            id: factor.factor.to_string(),
            name: factor.name.clone(),
            note: format!("{kind} · since {}{used}", words::date(london_date(factor.since))),
        }
    });
    page_with(
        status,
        &Factors {
            shell: own.shell(),
            errors,
            action: "/account/factors".into(),
            factors: factors.collect(),
            left: copy.second_factors.recovery_codes_left,
            asks: copy.has_password,
            setup,
            setup_action: "/account/factors/codes".into(),
        },
    )
}

/// `GET /account/factors`
pub(crate) async fn show(own: Own) -> Answer {
    shown(&own, StatusCode::OK, Errors::default(), None).await
}

/// `POST /account/factors`: password, do.
pub(crate) async fn change(own: Own, sent: Sent) -> Answer {
    let (app, password) = (own.app(), Password::from(sent.one("password")));
    let done = match sent.one("do").split_once(':').unwrap_or((sent.one("do"), "")) {
        ("codes", _) => match factors::begin_codes(&app, &own.ctx, &password).await {
            Ok(enrolment) => {
                let setup = Setup::of(enrolment)?;
                return shown(&own, StatusCode::OK, Errors::default(), Some(setup)).await;
            }
            Err(error) => Err(error),
        },
        ("recovery", _) => match factors::renew_recovery_codes(&app, &own.ctx, &password).await {
            Ok(codes) => return handed(&own, codes),
            Err(error) => Err(error),
        },
        ("remove", id) => {
            let factor = id.parse().map_err(|_| AppError::Hidden)?;
            factors::remove_factor(&app, &own.ctx, &password, factor).await
        }
        _ => Err(AppError::Hidden),
    };
    match done {
        Ok(()) => Ok(see_other_done("/account/factors", "factor-removed")),
        Err(AppError::Refused(problems)) => {
            shown(&own, StatusCode::UNPROCESSABLE_ENTITY, Errors::from(&problems), None).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /account/factors/codes`: code.
pub(crate) async fn confirm(own: Own, sent: Sent) -> Answer {
    match factors::confirm_codes(&own.app(), &own.ctx, sent.one("code")).await {
        Ok(codes) if codes.is_empty() => Ok(see_other_done("/account/factors", "factor-added")),
        Ok(codes) => handed(&own, codes),
        Err(AppError::Refused(problems)) => {
            let (setup, errors) = match factors::own_enrolment(&own.app(), &own.ctx).await {
                Ok(enrolment) => (Some(Setup::of(enrolment)?), Errors::from(&problems)),
                // It was begun too long ago: the password is given again.
                Err(AppError::Hidden) => (None, Errors::one("", "This took too long. Begin again.")),
                Err(error) => return Err(error.into()),
            };
            shown(&own, StatusCode::UNPROCESSABLE_ENTITY, errors, setup).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The recovery codes, this once.
pub(crate) fn handed(own: &Own, codes: Vec<String>) -> Answer {
    let (action, hidden) = (String::new(), Vec::new());
    page(&RecoveryCodes { shell: own.shell(), codes, action, hidden, href: "/account/factors".into() })
}
