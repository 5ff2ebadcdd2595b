//! Who is past their end, or kept for a hold alone, is not in an export: by the clock, whether or not the sweep has come by (RET-10).
//! What may show or name them does not go out either (INC-9).
use super::tables::Shield;
use crate::{
    conduct,
    dialect::{Row, args, sql},
    door::Inner,
    error::StoreError,
    facts,
    incidents::{self, HeldPicture, Present},
    subjects,
};
use fairwatch_core::{
    ids::{IncidentId, PersonId, PictureId, ReportId, SubjectId},
    incidents::{PersonState, Report},
    meetings, news,
    scope::{Scope, ends},
};
use jiff::civil::Date;
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// What of a report goes out.
#[derive(Default)]
struct Cover {
    present: Present,
    /// People in it who are there no more.
    gone: HashSet<PersonId>,
    /// Its words may name somebody who is there no more.
    may_name: bool,
    /// And its pictures and its evidence may show them, whoever else is linked.
    may_show: bool,
}

/// What was found out for a part.
pub(super) struct Shielding {
    scope: Scope,
    living: HashMap<SubjectId, bool>,
    covers: HashMap<ReportId, Option<Cover>>,
    resting: Option<HashSet<Uuid>>,
}

impl Shielding {
    pub(super) fn new(scope: Scope) -> Self {
        Self { scope, living: HashMap::new(), covers: HashMap::new(), resting: None }
    }

    /// Whether a row goes out; what of it may name somebody who is gone is taken from it.
    pub(super) async fn passes(
        &mut self,
        inner: &mut Inner,
        shield: Shield,
        row: &Row,
        about: &mut Map<String, Value>,
    ) -> Result<bool, StoreError> {
        let kept = |until: Date| self.scope.today < until;
        Ok(match shield {
            Shield::Open => true,
            Shield::Subject(column) => self.is_living(inner, row.id(column)?).await?,
            Shield::Report => self.report(inner, row.id("id")?, about).await?,
            Shield::Person => self.person(inner, row, about).await?,
            // Asked as its page asks.
            Shield::Incident => facts::incident(inner, row.id("id")?, false).await?.is_some(),
            Shield::Picture => {
                let kind = row.text("owner_kind")?;
                self.picture(inner, row.id("id")?, row.id("owner_id")?, &kind, row.flag("several")?).await?
            }
            Shield::PicturePeople => self.shown(inner, row).await?,
            // Nobody knows whom it shows.
            Shield::Evidence => self
                .cover(inner, row.id("owner_id")?)
                .await?
                .is_some_and(|cover| !cover.may_show && !cover.present.is_anybody_gone()),
            Shield::Conduct => {
                if self.resting.is_none() {
                    self.resting = Some(conduct::rested_on(inner, &self.scope).await?);
                }
                let resting = self
                    .resting
                    .as_ref()
                    .is_some_and(|all| row.id::<Uuid>("id").is_ok_and(|id| all.contains(&id)));
                resting
                    || self.scope.today
                        < ends(row.date("recorded_on")?, self.scope.policy.keep.conduct.length)
            }
            Shield::Request => {
                if let Some(subject) = row.opt_id("subject_id")?
                    && !self.is_living(inner, subject).await?
                {
                    about.insert("subject_id".into(), Value::Null);
                }
                true
            }
            Shield::Post => kept(news::erased_on(&self.scope.policy, row.date("over_on")?)),
            Shield::Meeting => kept(meetings::erased_on(&self.scope.policy, row.date("day")?)),
        })
    }

    async fn is_living(&mut self, inner: &mut Inner, subject: SubjectId) -> Result<bool, StoreError> {
        if let Some(known) = self.living.get(&subject) {
            return Ok(*known);
        }
        let found = facts::subject(inner, subject, None).await?.is_some_and(|facts| facts.stage.is_live());
        self.living.insert(subject, found);
        Ok(found)
    }

    /// What of a report goes out; none where nothing does.
    async fn cover(&mut self, inner: &mut Inner, report: ReportId) -> Result<Option<&Cover>, StoreError> {
        if !self.covers.contains_key(&report) {
            let cover = match facts::report_locked(inner, report, None).await? {
                Some(facts) => Some(self.look(inner, report, facts.incident).await?),
                None => None,
            };
            self.covers.insert(report, cover);
        }
        Ok(self.covers.get(&report).and_then(Option::as_ref))
    }

    async fn look(
        &mut self,
        inner: &mut Inner,
        report: ReportId,
        incident: Option<IncidentId>,
    ) -> Result<Cover, StoreError> {
        let present = incidents::present(inner, incident).await?;
        let mut cover = Cover { may_name: present.is_anybody_gone(), present, ..Cover::default() };
        let text = sql!("SELECT id, state, subject_id, proposed_id FROM people WHERE report_id = $1");
        for row in inner.rows(text, args![report]).await? {
            let person: PersonId = row.id("id")?;
            if row.word::<PersonState>("state")? == PersonState::Gone || cover.present.is_gone(person) {
                cover.gone.insert(person);
                cover.may_name = true;
                continue;
            }
            if let Some(linked) = row.opt_id("subject_id")?
                && !self.is_living(inner, linked).await?
            {
                cover.gone.insert(person);
                (cover.may_name, cover.may_show) = (true, true);
            }
            // Whom its sender took them for may stand in the words; and in the pictures, until review says that it is somebody else.
            if let Some(proposed) = row.opt_id("proposed_id")?
                && !self.is_living(inner, proposed).await?
            {
                cover.may_name = true;
                cover.may_show |= row.opt_id::<SubjectId>("subject_id")?.is_none();
            }
        }
        Ok(cover)
    }

    async fn report(
        &mut self,
        inner: &mut Inner,
        report: ReportId,
        about: &mut Map<String, Value>,
    ) -> Result<bool, StoreError> {
        let Some(cover) = self.cover(inner, report).await? else { return Ok(false) };
        if cover.may_name {
            let words = about.get("sealed").cloned().unwrap_or_default();
            let mut words: Report =
                serde_json::from_value(words).map_err(|_| StoreError::corrupt("a report"))?;
            words.say_nothing();
            let words = serde_json::to_value(words).map_err(|_| StoreError::corrupt("a report"))?;
            about.insert("sealed".into(), words);
            about.insert("decision".into(), Value::Null);
        }
        Ok(true)
    }

    async fn person(
        &mut self,
        inner: &mut Inner,
        row: &Row,
        about: &mut Map<String, Value>,
    ) -> Result<bool, StoreError> {
        let person: PersonId = row.id("id")?;
        let Some(cover) = self.cover(inner, row.id("report_id")?).await? else { return Ok(false) };
        let (is_gone, may_name) = (cover.gone.contains(&person), cover.may_name);
        if may_name {
            about.insert("sealed".into(), Value::Null);
        }
        if is_gone {
            about.insert("state".into(), Value::from(PersonState::Gone.name()));
            about.insert("subject_id".into(), Value::Null);
        }
        if let Some(proposed) = row.opt_id("proposed_id")?
            && (is_gone || !self.is_living(inner, proposed).await?)
        {
            about.insert("proposed_id".into(), Value::Null);
        }
        Ok(true)
    }

    async fn picture(
        &mut self,
        inner: &mut Inner,
        id: PictureId,
        owner: Uuid,
        kind: &str,
        several: bool,
    ) -> Result<bool, StoreError> {
        if kind == "subject" {
            // Of somebody who is still unidentified a picture ends before they do.
            let subject = SubjectId(owner);
            return Ok(self.is_living(inner, subject).await?
                && subjects::is_current(inner, &self.scope, subject, id).await?);
        }
        // The report's own shows the same as the copy that has ended.
        let text = sql!("SELECT id, owner_id FROM pictures WHERE source_id = $1 AND owner_kind = 'subject'");
        for copy in inner.rows(text, args![id]).await? {
            let subject: SubjectId = copy.id("owner_id")?;
            if !self.is_living(inner, subject).await?
                || !subjects::is_current(inner, &self.scope, subject, copy.id("id")?).await?
            {
                return Ok(false);
            }
        }
        let shows = crate::pictures::shows(inner, id).await?;
        let cover = self.cover(inner, ReportId(owner)).await?;
        Ok(cover.is_some_and(|cover| {
            !cover.may_show && cover.present.may_show(&HeldPicture { id, several, shows })
        }))
    }

    async fn shown(&mut self, inner: &mut Inner, row: &Row) -> Result<bool, StoreError> {
        let id: PictureId = row.id("id")?;
        let text = sql!("SELECT owner_id, owner_kind, several FROM pictures WHERE id = $1");
        let Some(of) = inner.opt(text, args![id]).await? else { return Ok(false) };
        let kind = of.text("owner_kind")?;
        self.picture(inner, id, of.id("owner_id")?, &kind, of.flag("several")?).await
    }
}

/// Whose record, report or incident a row shows: they are in the entry, so that who saw somebody is known (SAR-3, BRE-3).
pub(super) fn seen(shield: Shield, row: &Row, about: &Map<String, Value>) -> Result<Vec<Uuid>, StoreError> {
    let held = |column: &str| about.get(column).and_then(Value::as_str).and_then(|id| id.parse().ok());
    Ok(match shield {
        Shield::Subject(column) => vec![row.id(column)?],
        Shield::Report | Shield::Incident => vec![row.id("id")?],
        // What was taken from the row is not in the file.
        Shield::Person => [held("subject_id"), held("proposed_id")].into_iter().flatten().collect(),
        Shield::Request => held("subject_id").into_iter().collect(),
        Shield::Picture | Shield::Evidence => vec![row.id("owner_id")?],
        _ => Vec::new(),
    })
}
