//! Letters to people who were reported (EXC-3): rows here, sealed PDFs in the blob folder.
//!
//! - `service` records how a letter reached a person, or did not (EXC-4).
//! - `exemptions` are the reasons for which a notice need not be served for now (NOT-1).
//! - `known` gathers what is known of people, from which `core` works out what is outstanding (NOT-5).
//! - `matter` is what a letter is about: what was decided, in the words of whoever decided.
//!
//! A letter has a data key of its own: it ends when the policy says so, and nobody can read it from then on, whether or
//! not its file is gone. That it was made and served, and on which day, stays until the person goes.
pub mod exemptions;
mod known;
pub mod matter;
pub mod service;

pub(crate) use known::soonest;
pub use known::{Listed, Record, of_subject, outstanding};

use crate::{
    dialect::{Row, args, sql},
    door::{Inner, Store, Tx},
    error::StoreError,
    keys, pictures,
};
use fairwatch_core::{
    gate::{Action, Ctx, Hidden},
    ids::{AccountId, LetterId, OrgId, SubjectId},
    letters::{Kind, LetterFacts, MakeLetter, OneLetter, Reference, Written},
    scope::ends,
    subjects::OneSubject,
};
use fairwatch_vault::{DataKey, Place};
use jiff::{Timestamp, civil::Date};
use service::Attempt;
use uuid::Uuid;

/// A letter as it is held.
#[derive(Clone, Debug)]
pub struct Held {
    /// The letter.
    pub id: LetterId,
    /// The person to whom it goes.
    pub subject: SubjectId,
    /// What it is.
    pub kind: Kind,
    /// What it is about.
    pub about: About,
    /// Whether the privacy notice is attached.
    pub with_notice: bool,
    /// The day on which it was made.
    pub made_on: Date,
    /// When.
    pub made_at: Timestamp,
    /// By whom; none for the console.
    pub made_by: Option<AccountId>,
    /// What stands in it.
    pub written: Written,
    /// How it was served, newest first.
    pub attempts: Vec<Attempt>,
    file: String,
}

/// What a letter is about, by whichever table records it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The proposal of a warning or exclusion.
    pub proposal: Option<Uuid>,
    /// The exclusion.
    pub exclusion: Option<Uuid>,
    /// The appeal.
    pub appeal: Option<Uuid>,
}

impl About {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            proposal: row.opt_id("proposal_id")?,
            exclusion: row.opt_id("exclusion_id")?,
            appeal: row.opt_id("appeal_id")?,
        })
    }

    /// By what a kind of letter is known to have been made: an appeal's by the appeal, a warning by its proposal, the
    /// others by the exclusion.
    fn of(self, kind: Kind) -> Option<Uuid> {
        match kind {
            Kind::Warning => self.proposal,
            Kind::AppealReceipt | Kind::AppealDecision => self.appeal,
            Kind::Notice => None,
            _ => self.exclusion,
        }
    }
}

/// The place to which a letter's file is bound.
#[must_use]
pub fn place(letter: LetterId) -> Place<'static> {
    Place { table: "letters", column: "file", row: letter.0 }
}

/// A letter to be kept, before its file is written.
#[derive(Clone, Debug)]
pub struct NewLetter {
    /// What it is.
    pub kind: Kind,
    /// What it is about.
    pub about: About,
    /// What stands in it.
    pub written: Written,
    /// The reference that it bears.
    pub reference: Reference,
    /// Whether the privacy notice is attached.
    pub with_notice: bool,
}

/// Keeps a letter that was made; gives its id and the key under which its file is to be sealed, before the commit.
/// The name of the file is chosen before.
///
/// # Errors
/// [`StoreError::Refused`] where what it tells of is not so any more.
pub async fn make(
    tx: &mut Tx<MakeLetter>,
    new: &NewLetter,
    file: &str,
) -> Result<(LetterId, DataKey), StoreError> {
    let OneSubject(subject) = *tx.permit.target();
    let scope = tx.permit.facts().scope.clone();
    let by = tx.permit.standing().account;
    matter::still_so(&mut tx.inner, &scope, subject, new).await?;
    let inner = &mut tx.inner;
    let id: LetterId = inner.ctx.new_id();
    let key = inner.new_key(id.0, "letter").await?;
    let sealed = inner.seal(&key, "letters", "sealed", id.0, &new.written)?;
    let lookup = inner.store.keys().lookup("letter", &new.reference.key());
    let ends_on = ends(scope.today, scope.policy.keep.letter.length);
    let text = sql!(
        "INSERT INTO letters (id, org_id, subject_id, kind, proposal_id, exclusion_id, appeal_id, lookup, with_notice, \
         made_on, made_at, made_by, ends_on, file, sealed) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
    );
    let now = inner.ctx.now();
    let values = args![
        id,
        scope.org,
        subject,
        new.kind.name(),
        new.about.proposal,
        new.about.exclusion,
        new.about.appeal,
        lookup,
        new.with_notice,
        scope.today,
        now,
        by,
        ends_on,
        file,
        sealed
    ];
    inner.exec(text, values).await?;
    tx.saw([id.0]);
    Ok((id, key))
}

async fn read(inner: &mut Inner, row: &Row) -> Result<(Held, DataKey), StoreError> {
    let id: LetterId = row.id("id")?;
    let key = inner.key(id.0).await?;
    let held = Held {
        id,
        subject: row.id("subject_id")?,
        kind: row.word("kind")?,
        about: About::read(row)?,
        with_notice: row.flag("with_notice")?,
        made_on: row.date("made_on")?,
        made_at: row.instant("made_at")?,
        made_by: row.opt_id("made_by")?,
        written: keys::open(&key, "letters", "sealed", id.0, &row.bytes("sealed")?)?,
        attempts: service::of(inner, id, &key).await?,
        file: row.text("file")?,
    };
    Ok((held, key))
}

/// The letters of a person that are kept today, newest first.
pub(crate) async fn all(inner: &mut Inner, subject: SubjectId, today: Date) -> Result<Vec<Held>, StoreError> {
    let text = sql!(
        "SELECT * FROM letters WHERE subject_id = $1 AND ends_on > $2 AND sealed IS NOT NULL \
             ORDER BY made_at DESC, id DESC"
    );
    let rows = inner.rows(text, args![subject, today]).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        found.push(read(inner, row).await?.0);
    }
    Ok(found)
}

/// The number of the person that was allowed, and the name where it is known.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn of_whom<A>(tx: &mut Tx<A>) -> Result<(i64, Option<String>), StoreError>
where
    A: Action<Target = OneSubject, Facts = fairwatch_core::subjects::SubjectFacts>,
{
    let OneSubject(id) = *tx.permit.target();
    let number = sql!("SELECT number FROM subjects WHERE id = $1");
    let number = tx.inner.one(number, args![id]).await?.int("number")?;
    Ok((number, crate::subjects::profile(&mut tx.inner, id).await?.name().map(str::to_owned)))
}

/// A letter that may be looked at: its file and the key that opens it.
pub struct Opened {
    /// What is held of it.
    pub held: Held,
    /// The name of its file.
    pub file: String,
    /// Its key.
    pub key: DataKey,
    /// The number of the person, which is their reference.
    pub number: i64,
    /// The name of the person, where it is known.
    pub name: Option<String>,
}

/// The letter that was allowed.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn open<A>(tx: &mut Tx<A>) -> Result<Opened, StoreError>
where
    A: Action<Target = OneLetter, Facts = LetterFacts>,
{
    let OneLetter(id) = *tx.permit.target();
    let inner = &mut tx.inner;
    let row = inner
        .opt(sql!("SELECT * FROM letters WHERE id = $1 AND sealed IS NOT NULL"), args![id])
        .await?
        .ok_or(Hidden)?;
    let (held, key) = read(inner, &row).await?;
    let number = sql!("SELECT number FROM subjects WHERE id = $1");
    let number = inner.one(number, args![held.subject]).await?.int("number")?;
    let name = crate::subjects::profile(inner, held.subject).await?.name().map(str::to_owned);
    let (file, subject) = (held.file.clone(), held.subject);
    tx.saw([subject.0]);
    Ok(Opened { held, file, key, number, name })
}

/// What somebody who holds a letter is told by its reference, and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// The letter.
    pub letter: LetterId,
    /// The organisation.
    pub org: OrgId,
    /// The person to whom it went.
    pub subject: SubjectId,
    /// What it is.
    pub kind: Kind,
    /// What it is about.
    pub about: About,
    /// The day on which it was made.
    pub made_on: Date,
}

/// The letter with a reference, for the public page: no permit, since whoever holds the letter is nobody to the program.
/// It costs one lookup by a keyed hash whether or not there is one.
///
/// # Errors
/// The engine's.
pub async fn by_reference(
    store: &Store,
    ctx: &Ctx,
    org: OrgId,
    reference: Reference,
) -> Result<Option<Known>, StoreError> {
    let mut inner = store.glance(ctx).await?;
    let lookup = store.keys().lookup("letter", &reference.key());
    let text = sql!("SELECT * FROM letters WHERE lookup = $1 AND org_id = $2 AND ends_on > $3");
    let today = ctx.today();
    let Some(row) = inner.opt(text, args![lookup, org, today]).await? else { return Ok(None) };
    let subject: SubjectId = row.id("subject_id")?;
    // Whoever is past their end is gone for this page, too, whether or not the sweep has come by.
    match crate::facts::subject(&mut inner, subject, None).await? {
        Some(facts) if facts.stage.is_live() => {}
        _ => return Ok(None),
    }
    Ok(Some(Known {
        letter: row.id("id")?,
        org,
        subject,
        kind: row.word("kind")?,
        about: About::read(&row)?,
        made_on: row.date("made_on")?,
    }))
}

/// The files of a letter and of its record of service are to be deleted.
async fn queue_files(inner: &mut Inner, letter: LetterId) -> Result<(), StoreError> {
    let text = sql!(
        "SELECT file FROM letters WHERE id = $1 AND file IS NOT NULL UNION ALL \
         SELECT file FROM service_attempts WHERE letter_id = $1 AND file IS NOT NULL"
    );
    for row in inner.rows(text, args![letter]).await? {
        pictures::queue_file(inner, &row.text("file")?).await?;
    }
    Ok(())
}

/// Destroys a letter with its key, its file and its record of service.
pub(crate) async fn destroy(inner: &mut Inner, letter: LetterId) -> Result<(), StoreError> {
    queue_files(inner, letter).await?;
    inner.exec(sql!("DELETE FROM service_attempts WHERE letter_id = $1"), args![letter]).await?;
    inner.exec(sql!("DELETE FROM letters WHERE id = $1"), args![letter]).await?;
    inner.destroy_key(letter.0).await
}

/// Destroys what a letter says, its file and what is said of its service, with the key of all that. What it was, the day,
/// and how it ended stay with the person: whoever had the privacy notice has had it, and what was told once is not due
/// again (NOT-1, NOT-5).
async fn empty(inner: &mut Inner, letter: LetterId) -> Result<(), StoreError> {
    queue_files(inner, letter).await?;
    let text = sql!(
        "UPDATE service_attempts SET how = NULL, recorded_by = NULL, file = NULL, sealed = NULL WHERE letter_id = $1"
    );
    inner.exec(text, args![letter]).await?;
    let text =
        sql!("UPDATE letters SET lookup = NULL, made_by = NULL, file = NULL, sealed = NULL WHERE id = $1");
    inner.exec(text, args![letter]).await?;
    inner.destroy_key(letter.0).await
}

/// Destroys what belongs to a person, with them.
pub(crate) async fn forget(inner: &mut Inner, subject: SubjectId) -> Result<(), StoreError> {
    let letters = sql!("SELECT id FROM letters WHERE subject_id = $1 ORDER BY id");
    for row in inner.rows(letters, args![subject]).await? {
        destroy(inner, row.id("id")?).await?;
    }
    inner.exec(sql!("DELETE FROM notice_exemptions WHERE subject_id = $1"), args![subject]).await?;
    Ok(())
}

/// Destroys what is past its end (RET-15): what a letter says at its own end, and what is said of its service at the end
/// of that record, or with the letter.
pub(crate) async fn sweep(inner: &mut Inner, org: OrgId, today: Date) -> Result<(), StoreError> {
    let old =
        sql!("SELECT id FROM letters WHERE org_id = $1 AND ends_on <= $2 AND sealed IS NOT NULL ORDER BY id");
    for row in inner.rows(old, args![org, today]).await? {
        empty(inner, row.id("id")?).await?;
    }
    let old = sql!(
        "SELECT a.id FROM service_attempts a JOIN letters l ON l.id = a.letter_id \
         WHERE l.org_id = $1 AND a.ends_on <= $2 AND (a.sealed IS NOT NULL OR a.outcome = 'failed') ORDER BY a.id"
    );
    for row in inner.rows(old, args![org, today]).await? {
        service::end(inner, row.id("id")?).await?;
    }
    Ok(())
}
