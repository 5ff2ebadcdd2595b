//! Keeping machines from forms that anybody may send, without asking anybody else (PUB-1).
//!
//! No pictures to be read, no other company, no cookie: a form that people fill in bears a field that they do not see,
//! and a stamp of when it was shown. Together with the rate by network, the most that may wait, and a form's size, that
//! stops what sends forms by the thousand. Whoever types fast loses nothing: they look their form over, and send it again.
use crate::App;
use fairwatch_core::gate::Ctx;
use jiff::{SignedDuration, Timestamp};

/// Nobody reads a form, fills it in and sends it in less.
const HASTE: SignedDuration = SignedDuration::from_secs(2);
/// A page may lie open so long.
const LONGEST: SignedDuration = SignedDuration::from_hours(48);

/// What stands in the form: when it was shown, under our own hash, so that nobody else can write it.
#[must_use]
pub fn stamp(app: &App, ctx: &Ctx) -> String {
    let shown = ctx.real_now().as_microsecond();
    format!("{shown}-{}", hash(app, shown))
}

fn hash(app: &App, shown: i64) -> String {
    let hash = app.store.keys().lookup("form shown", &shown.to_string());
    hash[..12].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a form that came back looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looks {
    /// As if somebody had filled it in.
    Human,
    /// Too quick, or from no page of ours: it is shown again, and can be sent then.
    Hasty,
    /// The field that nobody sees is filled in: it is answered like any other, and thrown away.
    Machine,
}

/// Judges a form by its stamp and by the field that nobody sees.
#[must_use]
pub fn looks(app: &App, ctx: &Ctx, stamp: &str, unseen: &str) -> Looks {
    if !unseen.is_empty() {
        return Looks::Machine;
    }
    match shown(app, ctx, stamp) {
        Some(since) if since >= HASTE => Looks::Human,
        _ => Looks::Hasty,
    }
}

/// For how long a form has been open; none where no page of ours bore the stamp, or it was too long ago.
fn shown(app: &App, ctx: &Ctx, stamp: &str) -> Option<SignedDuration> {
    let (shown, said) = stamp.split_once('-')?;
    let shown = shown.parse::<i64>().ok()?;
    if hash(app, shown) != said {
        return None;
    }
    let since = ctx.real_now().duration_since(Timestamp::from_microsecond(shown).ok()?);
    (since <= LONGEST).then_some(since)
}

/// The stamp for a form that is shown again: its own while that is good, since its reader has had that long.
#[must_use]
pub fn again(app: &App, ctx: &Ctx, sent: &str) -> String {
    match shown(app, ctx, sent) {
        Some(_) => sent.to_owned(),
        None => stamp(app, ctx),
    }
}

/// What whoever was too quick is told.
pub const AGAIN: &str = "That was very quick. Look over what you typed, then send it again.";
