//! What the tariff says of somebody, and a proposal made of it (EXC-1, EXC-2).
use crate::{
    App,
    error::{AppError, Check},
    incidents::words::{self, Search, named, tidy},
    subjects::Open,
};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    exclusions::{AskTariff, Kind, ProposalState, Propose, Scope, blind, is_alone, scope_named},
    gate::Ctx,
    ids::{GivenId, IncidentId, MemberId, ProposalId, SubjectId},
    policy::Category,
    scope::Scope as OrgScope,
    subjects::{OneSubject, Profile},
};
use fairwatch_store::{
    StoreError, Tx,
    exclusions::proposals::{self, Before, New},
    subjects,
};

/// What a proposal would rest on.
pub struct Ground {
    /// The organisation, its policy and today.
    pub scope: OrgScope,
    /// The record.
    pub open: Open,
    /// What the tariff says, and what is there already.
    pub before: Before,
}

/// What the tariff says of somebody, and what can be named as evidence.
///
/// # Errors
/// [`AppError::Hidden`] where the person neither circulates nor is held.
#[boxed]
pub async fn ground(app: &App, ctx: &Ctx, id: SubjectId) -> Result<Ground, AppError> {
    let look = async |tx: &mut Tx<AskTariff>| {
        let (open, before) = proposals::before(tx).await?;
        Ok(Ground { scope: tx.permit().facts().scope.clone(), open, before })
    };
    Ok(app.store.read::<AskTariff, _>(ctx, OneSubject(id), look).await?)
}

/// A proposal as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// The step of the tariff, by its id.
    pub step: String,
    /// `scheme` or `some`.
    pub scope: String,
    /// For how many months.
    pub months: String,
    /// Members' ids, where not all are meant.
    pub premises: Vec<String>,
    /// Incidents' ids.
    pub evidence: Vec<String>,
    /// Ids of what police or an agency gave.
    pub given: Vec<String>,
    /// Why nothing milder will do.
    pub necessity: String,
    /// Why it is no more than is called for.
    pub proportionality: String,
    /// What happened, for those who decide.
    pub account: String,
    /// Why it departs from the tariff.
    pub departs: String,
    /// What was pointed out already, and passed over.
    pub minded: String,
}

/// A piece of text that may tell those who decide of whom it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caution {
    /// The field's name.
    pub field: &'static str,
    /// The piece.
    pub found: String,
    /// What to say of it, without a full stop.
    pub sentence: String,
}

/// What became of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is made; a warning is authorised with that.
    Made(ProposalId, ProposalState),
    /// It is pointed out, once, what may tell of whom it is.
    Warned(Vec<Caution>),
}

/// What a form sends back to say that its user has seen these.
#[must_use]
pub fn mark(cautions: &[Caution]) -> String {
    cautions.iter().map(|one| one.found.to_lowercase()).collect::<Vec<_>>().join("\n")
}

const TEXTS: [(&str, &str); 4] = [
    ("necessity", "What you say of necessity"),
    ("proportionality", "What you say of proportionality"),
    ("account", "What happened"),
    ("departs", "The reason"),
];

fn texts(new: &New) -> [(&'static str, &str); 4] {
    let departs = new.departs.as_deref().unwrap_or_default();
    [
        ("necessity", &*new.necessity),
        ("proportionality", &*new.proportionality),
        ("account", &*new.account),
        ("departs", departs),
    ]
}

fn ids<T: std::str::FromStr>(typed: &[String], field: &'static str, check: &mut Check) -> Vec<T> {
    let read = typed.iter().map(|id| id.parse::<T>()).collect::<Result<Vec<T>, _>>();
    read.unwrap_or_else(|_| {
        check.wrong(field, "Choose from the list.");
        Vec::new()
    })
}

/// Checks what can be said of a form without its record.
fn read(scope: &OrgScope, typed: &Typed) -> Result<(New, Kind), AppError> {
    let mut check = Check::default();
    let clean = |text: &str| tidy(text).trim().to_owned();
    let step = scope.policy.exclusions.steps.iter().find(|step| *step.id == *typed.step);
    let Some(step) = step else { return Err(AppError::in_field("step", "Choose a step of the tariff.")) };
    let kind = Kind::from(step.kind);
    let from = scope_named(&typed.scope).filter(|_| kind == Kind::Exclusion);
    let months = match typed.months.trim() {
        _ if kind == Kind::Warning => None,
        "" => step.months,
        text => text.parse::<u32>().map(Some).unwrap_or_else(|_| {
            check.wrong("months", "Enter a number of months, such as 6.");
            None
        }),
    };
    // A step that excludes from one kind of place alone asks nothing.
    let from = match (&*step.scopes, from) {
        ([only], None) if kind == Kind::Exclusion => Some(Scope::from(*only)),
        (_, from) => from,
    };
    let new = New {
        step: typed.step.clone(),
        scope: from,
        months,
        premises: ids::<MemberId>(&typed.premises, "premises", &mut check),
        evidence: ids::<IncidentId>(&typed.evidence, "evidence", &mut check),
        given: ids::<GivenId>(&typed.given, "given", &mut check),
        necessity: clean(&typed.necessity),
        proportionality: clean(&typed.proportionality),
        account: clean(&typed.account),
        departs: Some(clean(&typed.departs)).filter(|text| !text.is_empty()),
    };
    check.want(!new.evidence.is_empty(), "evidence", "Choose at least one incident as evidence.");
    check.want(!new.necessity.is_empty(), "necessity", "Say why nothing milder will do.");
    let proportionate = "Say why it is no more than is called for.";
    check.want(!new.proportionality.is_empty(), "proportionality", proportionate);
    if kind == Kind::Exclusion && !is_alone(&scope.policy) {
        check.want(!new.account.is_empty(), "account", "Say what happened, for those who decide.");
    }
    for ((field, text), (_, what)) in texts(&new).into_iter().zip(TEXTS) {
        check.want(words::is_within(text, words::TEXT), field, words::too_long(what, words::TEXT));
    }
    check.done()?;
    Ok((new, kind))
}

/// What in a text says of whom it is: a name, or a reference.
pub(super) fn naming(scope: &OrgScope, profile: &Profile, number: i64, text: &str) -> Option<String> {
    let is_name = |category: Category| matches!(category, Category::Name | Category::Alias);
    let mut names = profile.fields.iter().filter(|field| is_name(field.category));
    let plain = text.replace(['{', '}'], " ");
    let upper = plain.to_uppercase();
    let numbers = profile.other_numbers.iter().copied().chain([number]);
    names.find_map(|field| named(&plain, &field.value, Search::Close)).or_else(|| {
        numbers
            .map(|number| scope.reference(number))
            .find(|reference| upper.contains(&reference.to_uppercase()))
    })
}

/// Nobody is named to those who decide without knowing on whom: that is refused. What else may tell of somebody is pointed
/// out (EXC-2).
fn is_blind(scope: &OrgScope, profile: &Profile, number: i64, new: &New) -> Result<Vec<Caution>, AppError> {
    let (mut check, mut cautions) = (Check::default(), Vec::new());
    for (field, text) in texts(new) {
        if let Some(found) = naming(scope, profile, number, text) {
            check.wrong(
                field,
                format!(
                    "“{found}” says of whom it is. Those who decide must not know: write {{1}} for the person"
                ),
            );
        }
        let found = blind::telling(text).into_iter();
        cautions.extend(found.map(|one| Caution { field, found: one.found, sentence: one.sentence }));
    }
    check.done()?;
    Ok(cautions)
}

/// Warns somebody, or proposes to exclude them (EXC-1, EXC-2).
///
/// # Errors
/// [`AppError::Refused`] in words, at the field that it is about.
#[boxed]
pub async fn propose(app: &App, ctx: &Ctx, id: SubjectId, typed: &Typed) -> Result<Outcome, AppError> {
    // All that is wrong is said at once, and nothing is recorded as done that was not.
    let Ground { scope, open, .. } = ground(app, ctx, id).await?;
    let (new, _) = read(&scope, typed)?;
    // A warning is read without knowing of whom, too, by those who hear an appeal against it.
    let blind = scope.policy.exclusions.pseudonymised.is;
    if blind {
        let cautions = is_blind(&scope, &open.profile, open.number, &new)?;
        let seen = |one: &Caution| typed.minded.lines().any(|line| line.trim() == one.found.to_lowercase());
        if !cautions.iter().all(seen) {
            return Ok(Outcome::Warned(cautions));
        }
    }
    let work = async move |tx: &mut Tx<Propose>| {
        if blind {
            // Somebody may have been named meanwhile.
            let (open, scope) = (subjects::open(tx).await?, tx.permit().facts().scope.clone());
            if let Err(AppError::Refused(problems)) = is_blind(&scope, &open.profile, open.number, &new) {
                return Err(StoreError::RefusedAt("account", problems.to_string()));
            }
        }
        proposals::propose(tx, new).await
    };
    let (made, state) = app.store.write::<Propose, _>(ctx, OneSubject(id), work).await?;
    Ok(Outcome::Made(made, state))
}
