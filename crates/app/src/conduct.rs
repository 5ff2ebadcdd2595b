//! Breaches of the rules, and members that are suspended (MEM-8).
use crate::{
    App,
    error::{AppError, Check},
    governing::given,
    incidents::{
        reporting::cautions::{self, Caution, special},
        words::{self, is_within, tidy, too_long},
    },
};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    conduct::{
        LetMemberIn, ListConduct, Measure, RecordBreach, ReviewSuspension, ShowConduct, SuspendMember,
    },
    gate::Ctx,
    ids::{MemberId, OrgId},
    leaving::OneMember,
    scope::InOrg,
};
use fairwatch_store::conduct as store;
use jiff::{Span, civil::Date};

pub use fairwatch_store::conduct::{OfMember, Record, Register};

/// The register of conduct of a scheme.
///
/// # Errors
/// [`AppError::Hidden`] for those who may not see it.
#[boxed]
pub async fn list(app: &App, ctx: &Ctx, org: OrgId) -> Result<Register, AppError> {
    Ok(app.store.read::<ListConduct, _>(ctx, InOrg(org), async |tx| store::list(tx).await).await?)
}

/// What was recorded of one business and its people.
///
/// # Errors
/// [`AppError::Hidden`] where there is no such member, or it is not theirs to speak for.
#[boxed]
pub async fn show(app: &App, ctx: &Ctx, member: MemberId) -> Result<OfMember, AppError> {
    let one = OneMember(member);
    Ok(app.store.read::<ShowConduct, _>(ctx, one, async |tx| store::show(tx).await).await?)
}

/// A breach as it was typed.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// Whom of its people it concerns, by the id of their role; nothing where it is the business as a whole.
    pub who: String,
    /// What follows: the name of a measure.
    pub measure: String,
    /// The day on which it happened; today where nothing is said.
    pub happened: Option<Date>,
    /// Which rule was broken.
    pub rule: String,
    /// What happened.
    pub text: String,
    /// Where the whole business is suspended: by when that is looked at again.
    pub review: Option<Date>,
    /// The warnings that were shown already.
    pub minded: String,
}

/// What became of a breach that was to be recorded.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It is recorded, and the measure taken; a mail goes to so many managers of the business.
    Recorded(usize),
    /// It may hold what must not be held about members; pressed again, it is recorded as it is (MEM-7).
    Warned(Vec<Caution>),
}

/// So long after the day a suspension is looked at again, unless whoever suspends says another day.
pub const REVIEW_DAYS: i64 = 14;
/// A suspension is looked at again within so many days.
pub const REVIEW_WITHIN: i64 = 92;

fn review_day(check: &mut Check, review: Option<Date>, today: Date) -> Date {
    let last = today.saturating_add(Span::new().days(REVIEW_WITHIN));
    let day = review.unwrap_or_else(|| today.saturating_add(Span::new().days(REVIEW_DAYS)));
    check.want(
        today < day && day <= last,
        "review",
        "Choose a day after today, within three months: a suspension that nobody looks at again is a removal.",
    );
    day
}

/// Records a breach and takes the measure.
///
/// # Errors
/// [`AppError::Refused`] in words; [`AppError::Hidden`].
#[boxed]
pub async fn record(app: &App, ctx: &Ctx, member: MemberId, typed: &Typed) -> Result<Outcome, AppError> {
    let today = ctx.today();
    let mut check = Check::default();
    let [rule, text] = [&typed.rule, &typed.text].map(|text| tidy(text).trim().to_owned());
    for (field, text, missing, most) in [
        ("rule", &rule, "Say which rule was broken.", words::LINE),
        ("text", &text, "Say what happened, as you would say it to them.", words::TEXT),
    ] {
        check.want(!text.is_empty(), field, missing);
        check.want(is_within(text, most), field, format!("{}.", too_long("This", most)));
    }
    let measure = typed.measure.parse::<Measure>().ok();
    check.want(measure.is_some(), "measure", "Choose what follows.");
    let membership = match &*typed.who {
        "" => None,
        who => {
            let found = who.parse().ok();
            check.want(found.is_some(), "who", "Choose whom it concerns.");
            found
        }
    };
    let happened_on = typed.happened.unwrap_or(today);
    check.want(happened_on <= today, "happened", "It cannot have happened after today.");
    let suspends = membership.is_none() && measure == Some(Measure::Suspension);
    let review_on = suspends.then(|| review_day(&mut check, typed.review, today));
    check.done()?;
    let Some(measure) = measure else {
        return Err(AppError::in_field("measure", "Choose what follows."));
    };
    let mut found = special("rule", &rule);
    found.extend(special("text", &text));
    if !cautions::are_minded(&found, &typed.minded) {
        return Ok(Outcome::Warned(found));
    }
    let breach = store::Breach { membership, measure, happened_on, rule, text, review_on };
    let record = app
        .store
        .write::<RecordBreach, _>(ctx, OneMember(member), async move |tx| store::record(tx, &breach).await);
    Ok(Outcome::Recorded(record.await?))
}

/// How long a suspension is to last, as it was typed.
#[derive(Clone, Debug, Default)]
pub struct Until {
    /// By when it is looked at again.
    pub review: Option<Date>,
    /// The first day on which it is over, where there is one.
    pub end: Option<Date>,
    /// The warnings that were shown already.
    pub minded: String,
}

fn until(check: &mut Check, typed: &Until, today: Date) -> Date {
    check.want(
        typed.end.is_none_or(|end| today < end),
        "end",
        "It cannot be over before tomorrow. To end it today, let the business back in.",
    );
    review_day(check, typed.review, today)
}

/// Suspends a whole business: all its people are out at once, on every server.
///
/// # Errors
/// [`AppError::Refused`] in words; [`AppError::Hidden`] where it is suspended already.
#[boxed]
pub async fn suspend(
    app: &App,
    ctx: &Ctx,
    member: MemberId,
    reason: &str,
    typed: &Until,
) -> Result<Outcome, AppError> {
    let (reason, review, end) = match reasoned(ctx, reason, typed)? {
        Ok(found) => found,
        Err(found) => return Ok(Outcome::Warned(found)),
    };
    let suspend = app.store.write::<SuspendMember, _>(ctx, OneMember(member), async move |tx| {
        store::suspend(tx, &reason, review, end).await
    });
    Ok(Outcome::Recorded(suspend.await?))
}

/// Looks at a suspension again: what that found, and until when it goes on.
///
/// # Errors
/// [`AppError::Refused`] in words; [`AppError::Hidden`] where it is not suspended.
#[boxed]
pub async fn review(
    app: &App,
    ctx: &Ctx,
    member: MemberId,
    found: &str,
    typed: &Until,
) -> Result<Outcome, AppError> {
    let (found, review, end) = match reasoned(ctx, found, typed)? {
        Ok(found) => found,
        Err(found) => return Ok(Outcome::Warned(found)),
    };
    let write = app.store.write::<ReviewSuspension, _>(ctx, OneMember(member), async move |tx| {
        store::review(tx, &found, review, end).await
    });
    write.await?;
    Ok(Outcome::Recorded(0))
}

type Reasoned = Result<(String, Date, Option<Date>), Vec<Caution>>;

fn reasoned(ctx: &Ctx, reason: &str, typed: &Until) -> Result<Reasoned, AppError> {
    let mut check = Check::default();
    let review = until(&mut check, typed, ctx.today());
    let said = given(reason);
    if let Err(AppError::Refused(problems)) = &said {
        problems.iter().for_each(|problem| check.wrong("reason", problem.sentence.clone()));
    }
    check.done()?;
    let reason = said?;
    let found = special("reason", &reason);
    if cautions::are_minded(&found, &typed.minded) {
        Ok(Ok((reason, review, typed.end)))
    } else {
        Ok(Err(found))
    }
}

/// Lets a business back in.
///
/// # Errors
/// [`AppError::Refused`] without a reason; [`AppError::Hidden`] where it is not suspended.
#[boxed]
pub async fn let_in(app: &App, ctx: &Ctx, member: MemberId, reason: &str) -> Result<(), AppError> {
    let reason = given(reason)?;
    let back = app
        .store
        .write::<LetMemberIn, _>(ctx, OneMember(member), async move |tx| store::let_in(tx, &reason).await);
    Ok(back.await?)
}
