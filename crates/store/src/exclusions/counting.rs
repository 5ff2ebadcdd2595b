//! What counts of somebody towards the tariff: reports that stand, breaches, and what was done before (EXC-1).
use crate::{
    dialect::{args, sql},
    door::Inner,
    error::StoreError,
    ledger::{self, Ledger},
};
use fairwatch_core::{
    exclusions::{Counted, Earlier, History},
    ids::{MemberId, SubjectId},
};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// What counts of somebody: reports that stand, as the ledger knows them, and what was done before.
pub(crate) async fn history(
    inner: &mut Inner,
    subject: SubjectId,
    ledger: &Ledger,
) -> Result<History, StoreError> {
    let standing: BTreeSet<String> =
        ledger.standing_reports().map(|(_, reference)| reference.to_owned()).collect();
    let text = sql!(
        "SELECT e.happened_on, e.recorded_at, e.detail, r.member_id, r.occurred_on, i.category FROM subject_events e \
         LEFT JOIN reports r ON r.id = e.report_id LEFT JOIN incidents i ON i.id = r.incident_id \
         WHERE e.subject_id = $1 AND e.kind = 'report' ORDER BY e.position"
    );
    let mut incidents = Vec::new();
    let spans = spans(inner, subject).await?;
    for row in inner.rows(text, args![subject]).await? {
        let what = serde_json::from_str(&row.text("detail")?).map_err(|_| StoreError::corrupt("an event"))?;
        let ledger::Recorded::Report { reference, incident, occurred, .. } = what else { continue };
        if !standing.contains(&reference) {
            continue;
        }
        let member: Option<MemberId> = row.opt_id("member_id")?;
        incidents.push(Counted {
            reference: incident,
            on: row.date("happened_on")?,
            at: row.instant("recorded_at")?,
            category: row.opt_text("category")?,
            breach: spans.iter().any(|span| span.reaches(member, occurred)),
        });
    }
    let text = sql!(
        "SELECT step, kind, decided_on, decided_at FROM proposals WHERE subject_id = $1 AND state = 'authorised' \
         AND decided_on IS NOT NULL AND decided_at IS NOT NULL ORDER BY number"
    );
    let rows = inner.rows(text, args![subject]).await?;
    let earlier = rows
        .iter()
        .map(|row| {
            Ok(Earlier {
                step: row.text("step")?,
                kind: row.word("kind")?,
                on: row.date("decided_on")?,
                at: row.instant("decided_at")?,
            })
        })
        .collect::<Result<_, StoreError>>()?;
    Ok(History { incidents, earlier })
}

/// When and from where somebody was excluded: what happened there then is a breach.
struct Span {
    from: Date,
    to: Date,
    /// None is everywhere.
    premises: Option<Vec<MemberId>>,
}

impl Span {
    fn reaches(&self, member: Option<MemberId>, day: Date) -> bool {
        // On the day on which it began nobody can say which came first.
        let is_within = self.from < day && day < self.to;
        is_within
            && self.premises.as_ref().is_none_or(|premises| member.is_some_and(|one| premises.contains(&one)))
    }
}

async fn spans(inner: &mut Inner, subject: SubjectId) -> Result<Vec<Span>, StoreError> {
    let text = sql!(
        "SELECT id, scope, starts_on, ends_on, ended_on FROM exclusions WHERE subject_id = $1 AND state <> 'void' ORDER BY id"
    );
    let mut spans = Vec::new();
    for row in inner.rows(text, args![subject]).await? {
        let (from, ends_on) = (row.date("starts_on")?, row.date("ends_on")?);
        let to = row.opt_date("ended_on")?.map_or(ends_on, |ended| ended.min(ends_on));
        let premises = match row.text("scope")?.as_str() {
            "scheme" => None,
            _ => Some(super::premises(inner, row.id("id")?).await?),
        };
        spans.push(Span { from, to, premises });
    }
    Ok(spans)
}
