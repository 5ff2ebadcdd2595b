//! The demonstration: its people, its clock, its reset. None of it is a route where people are real.
use crate::{
    forms::Sent,
    respond::{Answer, PageError, see_other, see_other_done},
    view,
    visit::{Guest, cookie, local_path},
    words,
};
use axum::http::{HeaderMap, header};
use fairwatch_app::{App, AppError, accounts, world::DemoClock};
use fairwatch_core::{
    gate::Role,
    ids::AccountId,
    world::{Clock as _, london},
};
use jiff::{
    Timestamp, ToSpan as _,
    civil::{Date, Time},
};
use std::{
    pin::Pin,
    sync::{Arc, PoisonError, RwLock},
};

/// Somebody invented whom one click signs in.
#[derive(Clone, Debug)]
pub struct Persona {
    /// What the form sends.
    pub id: String,
    /// Their name.
    pub name: String,
    /// What stands below it: `Harbour Pharmacy, member`.
    pub note: String,
    /// Their role.
    pub role: Role,
    /// The scheme's name in addresses.
    pub slug: String,
    /// Their account.
    pub account: AccountId,
}

/// A demonstration as delivered: the database that takes the old one's place, and its people.
pub struct Fresh {
    /// The use cases over it.
    pub app: App,
    /// Who can be signed in.
    pub personas: Vec<Persona>,
}

/// Something that the binary does for the demo's controls.
pub type Task<T> = Box<dyn Fn() -> Pin<Box<dyn Future<Output = Result<T, AppError>> + Send>> + Send + Sync>;

/// What the demo's controls act on.
pub struct DemoState {
    clock: Arc<DemoClock>,
    personas: RwLock<Arc<[Persona]>>,
    moved: Task<()>,
    reset: Task<Fresh>,
    /// One move or reset at a time.
    busy: tokio::sync::Mutex<()>,
}

impl DemoState {
    /// The controls of a demo. `moved` runs after the clock went forward: it keeps the clock for the next start,
    /// and may sweep. `reset` makes the demo anew, as delivered; the clock is set back before it runs.
    #[must_use]
    pub fn new(clock: Arc<DemoClock>, personas: Vec<Persona>, moved: Task<()>, reset: Task<Fresh>) -> Self {
        Self {
            clock,
            personas: RwLock::new(personas.into()),
            moved,
            reset,
            busy: tokio::sync::Mutex::new(()),
        }
    }

    pub(crate) fn personas(&self) -> Arc<[Persona]> {
        Arc::clone(&self.personas.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The bar above every page.
    pub(crate) fn bar(&self, account: Option<AccountId>, today: Date) -> view::DemoBar {
        view::DemoBar {
            today: words::date(today),
            today_iso: today.to_string(),
            clock_action: "/demo/clock".into(),
            persona_action: "/demo/sign-in".into(),
            personas: self.personas().iter().map(|persona| persona.view(account)).collect(),
        }
    }
}

impl Persona {
    pub(crate) fn view(&self, account: Option<AccountId>) -> view::Persona {
        view::Persona {
            id: self.id.clone(),
            name: self.name.clone(),
            role: self.note.clone(),
            initials: view::initials(&self.name),
            controller: self.role == Role::Controller,
            current: account == Some(self.account),
        }
    }
}

/// `POST /demo/sign-in`: be somebody.
pub(crate) async fn sign_in(guest: Guest, headers: HeaderMap, sent: Sent) -> Answer {
    let demo = guest.web.demo().ok_or(AppError::Hidden)?;
    let personas = demo.personas();
    let wanted = sent.one("persona");
    let persona = personas.iter().find(|persona| persona.id == wanted).ok_or(AppError::Hidden)?;
    let app = guest.web.app();
    if let Some(token) = cookie::read(&headers, guest.web.secure()) {
        accounts::sign_out(&app, &guest.ctx, token).await?;
    }
    let browser = guest.browser(&headers);
    let session = accounts::sign_in_as(&app, &guest.ctx, persona.account, &browser, guest.address).await?;
    let mut answer = see_other(&format!("/o/{}", persona.slug));
    cookie::set(&mut answer, &guest, &session);
    Ok(answer)
}

/// `POST /demo/clock`: forward by a day, a week, a month or a year, to a day, or back to the first.
pub(crate) async fn move_clock(guest: Guest, headers: HeaderMap, sent: Sent) -> Answer {
    let demo = guest.web.demo().ok_or(AppError::Hidden)?;
    let Ok(_turn) = demo.busy.try_lock() else { return Err(PageError::from(AppError::busy())) };
    if sent.one("by") == "reset" {
        demo.clock.reset();
        let fresh = (demo.reset)().await?;
        *demo.personas.write().unwrap_or_else(PoisonError::into_inner) = fresh.personas.into();
        guest.web.replace(fresh.app);
        return Ok(see_other_done("/", "reset"));
    }
    let then = destination(demo.clock.now(), sent.one("by"), sent.one("to")).ok_or_else(|| {
        AppError::refused("Choose a day after today. The clock goes forward only, until it is reset.")
    })?;
    let backwards = |_| AppError::refused("The clock goes forward only, until it is reset.");
    demo.clock.forward_to(then).map_err(backwards)?;
    (demo.moved)().await?;
    let back = headers
        .get(header::REFERER)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.split_once("://"))
        .and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]))
        .and_then(local_path)
        .unwrap_or("/");
    Ok(see_other(back))
}

fn destination(now: Timestamp, by: &str, to: &str) -> Option<Timestamp> {
    let here = now.to_zoned(london().clone());
    let span = match by {
        "1d" => 1.day(),
        "1w" => 1.week(),
        "1m" => 1.month(),
        "1y" => 1.year(),
        "" => {
            let day: Date = to.parse().ok().filter(|day| *day > here.date())?;
            // Nine in the morning: after the midnight at which things happen, before anybody asks.
            return day
                .to_datetime(Time::constant(9, 0, 0, 0))
                .to_zoned(london().clone())
                .ok()
                .map(|z| z.timestamp());
        }
        _ => return None,
    };
    here.checked_add(span).ok().map(|then| then.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_clock_goes_by_the_calendar() {
        let now = at("2027-01-31T10:00:00Z");
        assert_eq!(destination(now, "1m", ""), Some(at("2027-02-28T10:00:00Z")));
        assert_eq!(destination(now, "1w", ""), Some(at("2027-02-07T10:00:00Z")));
        assert_eq!(destination(now, "", "2027-07-01"), Some(at("2027-07-01T08:00:00Z")));
    }

    #[test]
    fn it_does_not_go_back_or_nowhere() {
        let now = at("2027-01-31T10:00:00Z");
        for (by, to) in [("", "2027-01-31"), ("", "2026-12-01"), ("", ""), ("2c", ""), ("", "tomorrow")] {
            assert_eq!(destination(now, by, to), None, "{by} {to}");
        }
    }
}
