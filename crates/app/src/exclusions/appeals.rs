//! Appeals: how one is written down, read and decided (EXC-5).
use super::{
    deciding::{blind_case, told},
    proposing::naming,
};
use crate::{
    App,
    enquiries::{self, Matched},
    error::{AppError, Check},
    incidents::words::{self, is_within, tidy, too_long},
};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    exclusions::appeals::{
        AskAppeal, DecideAppeal, Decision, ListAppeals, OneAppeal, ReceiveAppeal, ShowAppeal, WithdrawAppeal,
    },
    gate::{Ctx, Role},
    ids::{AppealId, EnquiryId, MemberId, OrgId, ProposalId, SubjectId},
    scope::{InOrg, Scope},
    subjects::OneSubject,
};
use fairwatch_store::{StoreError, Tx, exclusions::appeals, subjects};
use jiff::civil::Date;

/// What the use cases give back, so that their callers need not know the store.
pub use fairwatch_store::exclusions::appeals::{Appealable, Held, Listed, Opened};

/// What was typed into the form by which an appeal is written down, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// The decision, by its id.
    pub against: String,
    /// Who appeals.
    pub by: String,
    /// Where they can be reached.
    pub contact: String,
    /// What they say.
    pub says: String,
    /// The day on which it came: ISO; empty for today.
    pub received: String,
    /// Why it is heard although it is late.
    pub late: String,
}

/// The form, before it is filled in.
pub struct Form {
    /// The organisation, its policy and today.
    pub scope: Scope,
    /// What can be appealed against.
    pub against: Vec<Appealable>,
    /// What was written on the public page, where it was.
    pub enquiry: Option<enquiries::Held>,
}

/// What there is to appeal against, with what was written on the public page where that is how it came.
///
/// # Errors
/// [`AppError::Hidden`] where there is no such person or enquiry, or it is about somebody else.
#[boxed]
pub async fn ask(
    app: &App,
    ctx: &Ctx,
    subject: SubjectId,
    enquiry: Option<EnquiryId>,
) -> Result<Form, AppError> {
    let work = async |tx: &mut Tx<AskAppeal>| {
        let against = appeals::ask(tx).await?;
        Ok((tx.permit().facts().scope.clone(), against))
    };
    let (scope, against) = app.store.read::<AskAppeal, _>(ctx, OneSubject(subject), work).await?;
    let enquiry = match enquiry {
        None => None,
        Some(id) => {
            let opened = enquiries::open(app, ctx, id).await?;
            let fits = |matched: &Matched| matched.subject == subject;
            Some(opened.held).filter(|_| opened.matched.as_ref().is_some_and(fits))
        }
    };
    Ok(Form { scope, against, enquiry })
}

fn check(ctx: &Ctx, typed: &Typed, enquiry: Option<EnquiryId>) -> Result<appeals::New, AppError> {
    let text = |text: &str| tidy(text).trim().to_owned();
    let [by, contact, says, late] =
        [&typed.by, &typed.contact, &typed.says, &typed.late].map(|typed| text(typed));
    let mut check = Check::default();
    let proposal = typed.against.parse::<ProposalId>();
    check.want(proposal.is_ok(), "against", "Choose what the appeal is against.");
    check.want(!by.is_empty(), "by", "Say who appeals: the person, or whoever speaks for them.");
    check.want(!contact.is_empty(), "contact", "Say where they can be reached.");
    check.want(!says.is_empty(), "says", "Write down what they say.");
    for (field, text, what, most) in [
        ("by", &by, "The name", words::LINE),
        ("contact", &contact, "The address", words::PARAGRAPH),
        ("says", &says, "What they say", words::TEXT),
        ("late", &late, "The reason", words::REASON),
    ] {
        check.want(is_within(text, most), field, format!("{}.", too_long(what, most)));
    }
    let received_on = match typed.received.trim() {
        "" => Ok(ctx.today()),
        day => day.parse::<Date>(),
    };
    check.want(received_on.is_ok(), "received", "Enter a day that exists, such as 21 11 2026.");
    check.done()?;
    let (Ok(proposal), Ok(received_on)) = (proposal, received_on) else {
        return Err(AppError::in_field("against", "Choose what the appeal is against."));
    };
    let late = Some(late).filter(|late| !late.is_empty());
    Ok(appeals::New { proposal, by, contact, says, late, received_on, enquiry })
}

/// Writes an appeal down.
///
/// # Errors
/// [`AppError::Refused`] in words where something is missing, or there is no such decision to appeal against.
#[boxed]
pub async fn receive(
    app: &App,
    ctx: &Ctx,
    subject: SubjectId,
    typed: &Typed,
    enquiry: Option<EnquiryId>,
) -> Result<AppealId, AppError> {
    let new = check(ctx, typed, enquiry)?;
    if enquiry.is_some() {
        // It is about this person, or it is not taken.
        let form = ask(app, ctx, subject, enquiry).await?;
        form.enquiry.ok_or(AppError::Hidden)?;
    }
    let work = async move |tx: &mut Tx<ReceiveAppeal>| {
        let scope = tx.permit().facts().scope.clone();
        if scope.policy.exclusions.pseudonymised.is {
            let open = subjects::open(tx).await?;
            let late = new.late.as_deref().unwrap_or_default();
            for (field, text) in [("says", &*new.says), ("late", late)] {
                if let Some(found) = naming(&scope, &open.profile, open.number, text) {
                    return Err(StoreError::RefusedAt(
                        field,
                        format!(
                            "“{found}” says of whom it is. Those who hear it must not know: leave it out."
                        ),
                    ));
                }
            }
        }
        appeals::receive(tx, new).await
    };
    Ok(app.store.write::<ReceiveAppeal, _>(ctx, OneSubject(subject), work).await?)
}

/// Appeals that wait, and those that were decided.
///
/// # Errors
/// [`AppError::Hidden`] for whoever hears none.
#[boxed]
pub async fn list(app: &App, ctx: &Ctx, org: OrgId) -> Result<Vec<Listed>, AppError> {
    let work = async |tx: &mut Tx<ListAppeals>| appeals::list(tx).await;
    Ok(app.store.read::<ListAppeals, _>(ctx, InOrg(org), work).await?)
}

/// An appeal as whoever asks may see it.
pub struct Shown {
    /// The organisation, its policy and today.
    pub scope: Scope,
    /// The appeal and the decision, without what the asker may not know.
    pub opened: Opened,
    /// The person, for whoever may know on whom.
    pub subject: Option<SubjectId>,
    /// Why the asker does not hear it, where that is so.
    pub had_a_part: bool,
    /// Whether the policy names the asker's role to hear it, and it is open.
    pub hears: bool,
}

/// Reads an appeal. Where those who decide do so without knowing on whom, neither name nor address is there for them.
///
/// # Errors
/// [`AppError::Hidden`] where there is none, or it is not for them.
#[boxed]
pub async fn show(app: &App, ctx: &Ctx, appeal: AppealId) -> Result<Shown, AppError> {
    let work = async |tx: &mut Tx<ShowAppeal>| {
        let mut opened = appeals::show(tx).await?;
        let facts = tx.permit().facts();
        let standing = tx.permit().standing();
        let is_controller = standing.is(Role::Controller);
        if !is_controller {
            opened.held.says.contact.clear();
            opened.held.says.entered_by.clear();
        }
        if !is_controller && facts.proposal.is_pseudonymised() {
            opened.held.says.by.clear();
            blind_case(&mut opened.case);
        }
        told(&mut opened.case.held);
        let hears = fairwatch_core::exclusions::appeals::hearers(&facts.proposal.scope.policy);
        Ok(Shown {
            scope: facts.proposal.scope.clone(),
            subject: is_controller.then_some(opened.subject),
            had_a_part: standing.account.is_some_and(|account| facts.had_a_part.contains(&account)),
            hears: standing.role.is_some_and(|role| hears.contains(&role)),
            opened,
        })
    };
    Ok(app.store.read::<ShowAppeal, _>(ctx, OneAppeal(appeal), work).await?)
}

/// What was chosen in the form by which an appeal is decided, as chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    /// `upheld`, `shortened`, `narrowed` or `lifted`.
    pub outcome: String,
    /// The first day on which it is over, where it is shortened: ISO.
    pub ends: String,
    /// From whose premises it still is, where it is narrowed.
    pub premises: Vec<String>,
    /// Why, in words that the person can read.
    pub reason: String,
}

fn decision(chosen: &Chosen) -> Result<(Decision, String), AppError> {
    let reason = tidy(&chosen.reason).trim().to_owned();
    let mut check = Check::default();
    check.want(!reason.is_empty(), "reason", "Say why, in words that the person can read.");
    check.want(
        is_within(&reason, words::REASON),
        "reason",
        format!("{}.", too_long("The reason", words::REASON)),
    );
    let decision = match &*chosen.outcome {
        "upheld" => Some(Decision::Uphold),
        "lifted" => Some(Decision::Lift),
        "shortened" => {
            let ends = chosen.ends.parse::<Date>();
            check.want(ends.is_ok(), "ends", "Enter the day on which it is over, such as 21 11 2026.");
            ends.ok().map(Decision::Shorten)
        }
        "narrowed" => {
            let left =
                chosen.premises.iter().filter_map(|id| id.parse::<MemberId>().ok()).collect::<Vec<_>>();
            check.want(!left.is_empty(), "premises", "Choose from where they stay excluded.");
            Some(Decision::Narrow(left))
        }
        _ => {
            check.wrong("outcome", "Choose what becomes of the decision.");
            None
        }
    };
    check.done()?;
    let decision =
        decision.ok_or_else(|| AppError::in_field("outcome", "Choose what becomes of the decision."))?;
    Ok((decision, reason))
}

/// Decides on an appeal; what it changes holds at once, on every server (EXC-5).
///
/// # Errors
/// [`AppError::Refused`] in words for whoever had a part in the decision, and where it cannot be changed so.
#[boxed]
pub async fn decide(app: &App, ctx: &Ctx, appeal: AppealId, chosen: &Chosen) -> Result<(), AppError> {
    let (decision, reason) = decision(chosen)?;
    let work = async move |tx: &mut Tx<DecideAppeal>| appeals::decide(tx, &decision, &reason).await;
    app.store.write::<DecideAppeal, _>(ctx, OneAppeal(appeal), work).await?;
    // What was lifted may have been all that kept the person.
    crate::pictures::collect(app, ctx).await?;
    Ok(())
}

/// Records that an appeal was taken back.
///
/// # Errors
/// [`AppError::Refused`] where nothing is said of it.
#[boxed]
pub async fn withdraw(app: &App, ctx: &Ctx, appeal: AppealId, reason: &str) -> Result<(), AppError> {
    let reason = tidy(reason).trim().to_owned();
    if reason.is_empty() {
        return Err(AppError::in_field("reason", "Say how they took it back, and when."));
    }
    words::short("The reason", &reason, words::REASON)?;
    let work = async move |tx: &mut Tx<WithdrawAppeal>| appeals::withdraw(tx, &reason).await;
    Ok(app.store.write::<WithdrawAppeal, _>(ctx, OneAppeal(appeal), work).await?)
}
