//! What a letter is about: what was decided, in the words of whoever decided.
use super::{About, Held, NewLetter, known};
use crate::{
    dialect::{args, sql},
    door::{Inner, Tx},
    error::StoreError,
    exclusions::{self, appeals, proposals},
    keys, pictures, subjects,
};
use fairwatch_core::{
    accounts::Business,
    exclusions::{ExclusionState, ProposalState, Terms, appeals::AppealState},
    ids::{ExclusionId, MemberId, ProposalId, SubjectId},
    letters::{Kind, PreviewLetter, due::Decided, sources::Reporters},
    scope::Scope,
    subjects::OneSubject,
};
use jiff::civil::Date;
use uuid::Uuid;

/// What was decided of people that letters tell of; of one, or of all in a scheme.
pub(super) async fn decided(
    inner: &mut Inner,
    scope: &Scope,
    of: Option<SubjectId>,
) -> Result<Vec<(SubjectId, Decided)>, StoreError> {
    let of = of.map(|id| id.0);
    let mut found = Vec::new();
    let text = sql!(
        "SELECT id, subject_id, decided_on FROM proposals WHERE org_id = $1 AND subject_id = COALESCE($2, subject_id) \
         AND kind = 'warning' AND state = 'authorised' ORDER BY number"
    );
    for row in inner.rows(text, args![scope.org, of]).await? {
        let on = row.opt_date("decided_on")?.unwrap_or(scope.today);
        found.push((row.id("subject_id")?, Decided::Warning { id: row.id("id")?, on }));
    }
    let text = sql!(
        "SELECT id, subject_id, starts_on, ends_on, state, ended_on, sealed FROM exclusions \
         WHERE org_id = $1 AND subject_id = COALESCE($2, subject_id) ORDER BY starts_on, number"
    );
    let rows = inner.rows(text, args![scope.org, of]).await?;
    let owners = rows.iter().map(|row| row.id::<Uuid>("subject_id")).collect::<Result<Vec<_>, _>>()?;
    let opened = inner.keys_of(&owners).await?;
    for row in &rows {
        let (id, subject): (ExclusionId, SubjectId) = (row.id("id")?, row.id("subject_id")?);
        let state: ExclusionState = row.word("state")?;
        let key = opened.get(&subject.0).ok_or_else(|| StoreError::corrupt("a data key"))?;
        let terms: Terms = keys::open(key, "exclusions", "sealed", id.0, &row.bytes("sealed")?)?;
        let what = Decided::Exclusion {
            id: id.0,
            starts: row.date("starts_on")?,
            ends: row.date("ends_on")?,
            premises: exclusions::premises(inner, id).await?,
            changed: terms.changes.last().map(|change| change.on),
            lifted: row.opt_date("ended_on")?.filter(|_| state == ExclusionState::Lifted),
            moot: matches!(state, ExclusionState::Void | ExclusionState::Replaced),
        };
        found.push((subject, what));
    }
    let text = sql!(
        "SELECT id, subject_id, exclusion_id, received_on, decided_on, state, outcome FROM appeals \
         WHERE org_id = $1 AND subject_id = COALESCE($2, subject_id) AND state <> 'withdrawn' ORDER BY received_on, id"
    );
    for row in inner.rows(text, args![scope.org, of]).await? {
        let decided = match (row.word::<AppealState>("state")?, row.opt_date("decided_on")?) {
            (AppealState::Decided, Some(on)) => Some((on, row.word("outcome")?)),
            _ => None,
        };
        let what = Decided::Appeal {
            id: row.id("id")?,
            exclusion: row.opt_id("exclusion_id")?,
            received: row.date("received_on")?,
            decided,
        };
        found.push((row.id("subject_id")?, what));
    }
    Ok(found)
}

/// What a letter tells of.
#[derive(Clone, Debug)]
pub enum Matter {
    /// A warning that was authorised.
    Warning(Box<proposals::Held>),
    /// An exclusion, and the day on which its notice was made.
    Exclusion(Box<exclusions::Held>, Option<Date>),
    /// An appeal, and the exclusion against which it is while that is in force.
    Appeal(Box<appeals::Held>, Option<Box<exclusions::Held>>),
    /// That data are held, and nothing that was decided.
    Notice,
}

/// All that is needed to write a letter.
pub struct Material {
    /// The organisation, its policy and today.
    pub scope: Scope,
    /// The person, as the controller sees them.
    pub open: subjects::Open,
    /// The newest picture that may be shown, where there is one.
    pub portrait: Option<pictures::Opened>,
    /// Who made the reports in which the person is involved.
    pub reporters: Reporters,
    /// What it tells of.
    pub matter: Matter,
    /// What it is about, by which it is known to have been made.
    pub about: About,
    /// The letter that was made last, for the address.
    pub last: Option<Held>,
    /// What is known of the person's letters.
    pub record: known::Record,
}

impl Material {
    /// From whose premises the exclusion is, where it is one and not from all.
    #[must_use]
    pub fn premises(&self) -> &[(MemberId, Business)] {
        match &self.matter {
            Matter::Exclusion(held, _) | Matter::Appeal(_, Some(held)) => &held.premises,
            Matter::Warning(_) | Matter::Appeal(_, None) | Matter::Notice => &[],
        }
    }
}

fn no_such() -> StoreError {
    StoreError::refused("Nothing was decided of which this letter could tell.")
}

/// What is needed to write a letter of a kind about something that was decided; `about` names it, or the newest that
/// fits is meant.
///
/// # Errors
/// [`StoreError::Refused`] where nothing was decided of which such a letter could tell.
pub async fn material(
    tx: &mut Tx<PreviewLetter>,
    kind: Kind,
    about: Option<Uuid>,
) -> Result<Material, StoreError> {
    let OneSubject(subject) = *tx.permit.target();
    let scope = tx.permit.facts().scope.clone();
    let record = known::of_subject(tx).await?;
    let inner = &mut tx.inner;
    let open = subjects::load(inner, &scope, subject).await?;
    let (matter, about) = match kind {
        Kind::Notice => (Matter::Notice, About::default()),
        Kind::Warning => {
            let wanted = |held: &&proposals::Held| {
                held.kind == fairwatch_core::exclusions::Kind::Warning
                    && held.state == ProposalState::Authorised
                    && about.is_none_or(|id| held.id.0 == id)
            };
            let held = open.proposals.iter().find(wanted).ok_or_else(no_such)?.clone();
            let about = About { proposal: Some(held.id.0), ..About::default() };
            (Matter::Warning(Box::new(held)), about)
        }
        Kind::AppealReceipt | Kind::AppealDecision => {
            let state = if kind == Kind::AppealReceipt { AppealState::Open } else { AppealState::Decided };
            let all = appeals::of_subject(inner, &scope, subject).await?;
            let wanted = |held: &appeals::Held| held.state == state && about.is_none_or(|id| held.id.0 == id);
            let held = all.into_iter().find(wanted).ok_or_else(no_such)?;
            let against = |one: &&exclusions::Held| {
                one.state == ExclusionState::InForce && Some(one.id) == held.exclusion
            };
            let exclusion = open.exclusions.iter().find(against).cloned().map(Box::new);
            let about = About {
                proposal: Some(held.proposal.0.0),
                exclusion: held.exclusion.map(|id| id.0),
                appeal: Some(held.id.0),
            };
            (Matter::Appeal(Box::new(held), exclusion), about)
        }
        _ => {
            let fits = |state: ExclusionState| match kind {
                Kind::Lifting => state == ExclusionState::Lifted,
                Kind::Expiry => matches!(state, ExclusionState::InForce | ExclusionState::Expired),
                _ => state == ExclusionState::InForce,
            };
            let wanted =
                |held: &&exclusions::Held| fits(held.state) && about.is_none_or(|id| held.id.0 == id);
            let held = open.exclusions.iter().find(wanted).ok_or_else(no_such)?.clone();
            let notice = record.letters.iter().rev();
            let notice = notice
                .clone()
                .find(|letter| letter.kind == Kind::Exclusion && letter.about.exclusion == Some(held.id.0));
            let about =
                About { proposal: Some(held.proposal.0.0), exclusion: Some(held.id.0), ..About::default() };
            (Matter::Exclusion(Box::new(held), notice.map(|letter| letter.made_on)), about)
        }
    };
    let portrait = match open.pictures.first() {
        Some(picture) => Some(pictures::open(inner, *picture).await?),
        None => None,
    };
    let mut reporters = Reporters::default();
    for involved in &open.involved {
        let text = sql!("SELECT member_id FROM reports WHERE id = $1");
        let Some(row) = inner.opt(text, args![involved.report]).await? else { continue };
        match row.opt_id::<MemberId>("member_id")? {
            Some(_) => reporters.members = true,
            None => reporters.scheme = true,
        }
    }
    let last = record.letters.first().cloned();
    Ok(Material { scope, open, portrait, reporters, matter, about, last, record })
}

/// Whether what a letter tells of is still so, now that it is to be kept: between looking at it and making it somebody may
/// have changed or ended it.
pub(super) async fn still_so(
    inner: &mut Inner,
    scope: &Scope,
    subject: SubjectId,
    new: &NewLetter,
) -> Result<(), StoreError> {
    let changed =
        || StoreError::refused("What this letter tells of has changed meanwhile. Look at it again.");
    let stands = match (new.kind, new.about.exclusion) {
        (Kind::Notice, _) => true,
        (Kind::Warning, _) => {
            let id = new.about.proposal.map(ProposalId).ok_or_else(changed)?;
            let text =
                sql!("SELECT id FROM proposals WHERE id = $1 AND subject_id = $2 AND state = 'authorised'");
            inner.opt(text, args![id, subject]).await?.is_some()
        }
        (Kind::AppealReceipt | Kind::AppealDecision, _) => {
            let text = sql!("SELECT state FROM appeals WHERE id = $1 AND subject_id = $2");
            let appeal = inner.opt(text, args![new.about.appeal, subject]).await?.ok_or_else(changed)?;
            let state: AppealState = appeal.word("state")?;
            state == if new.kind == Kind::AppealReceipt { AppealState::Open } else { AppealState::Decided }
        }
        (_, None) => false,
        (kind, Some(id)) => {
            decided(inner, scope, Some(subject)).await?.iter().any(|(_, decided)| match decided {
                Decided::Exclusion { id: known, ends, premises, lifted, moot: false, .. } if *known == id => {
                    let same = Some(*ends) == new.written.until && *premises == new.written.premises;
                    if kind == Kind::Lifting { lifted.is_some() } else { lifted.is_none() && same }
                }
                _ => false,
            })
        }
    };
    if stands { Ok(()) } else { Err(changed()) }
}
