//! Two records of one person made one, with all that this does shown before, and taken back (SUB-2).
use super::{
    choosing::{Candidate, candidates, chosen, crumbs, name_of, reason_asked},
    held::{Held, held},
    here, lifeline, whole,
};
use crate::{
    forms::Sent,
    respond::{Answer, PageError, page, page_again, see_other, see_other_done},
    shell::Nav,
    view::{Choice, Crumb, Errors, Shell},
    visit::{Id, Visit},
    words,
};
use askama::Template;
use fairwatch_app::{
    AppError,
    subjects::{
        self, Life, Open, Shown,
        merging::{self, Preview},
    },
};
use fairwatch_core::{
    clocks::Stage,
    ids::SubjectId,
    policy::Viewer,
    scope::Scope,
    subjects::{
        Profile,
        merging::{Chosen, Side},
    },
};

/// `merge.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "merge.html")]
struct Merge {
    shell: Shell,
    errors: Errors,
    crumbs: Vec<Crumb>,
    name: String,
    reference: String,
    action: String,
    q: String,
    is_suggested: bool,
    candidates: Vec<Candidate>,
}
/// `merge_preview.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "merge_preview.html")]
struct MergePreview {
    shell: Shell,
    errors: Errors,
    crumbs: Vec<Crumb>,
    kept: String,
    other: String,
    action: String,
    to: String,
    refused: String,
    compared: Vec<Compared>,
    because: String,
    members: String,
    held: Held,
    names: Vec<Choice>,
    births: Vec<Choice>,
    effects: Vec<String>,
    reason: String,
    is_ready: bool,
}
/// `unmerge.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "unmerge.html")]
struct Unmerge {
    shell: Shell,
    errors: Errors,
    crumbs: Vec<Crumb>,
    kept: String,
    other: String,
    on: String,
    refused: String,
    compared: Vec<Compared>,
    effects: Vec<String>,
    action: String,
    reason: String,
    cancel: String,
}
/// One thing of both, and of what they are as one.
#[derive(Clone, Debug, Default)]
struct Compared {
    what: &'static str,
    one: String,
    two: String,
    joined: String,
}

/// On to the record into which one was merged, for whoever may see it; for everybody else it is not there (VIS-7).
pub(super) async fn lead_on(visit: &Visit, subject: SubjectId) -> Answer {
    match merging::follow(&visit.app, &visit.ctx, visit.org(), subject).await? {
        Some(kept) => Ok(see_other(&here(visit, kept))),
        None => Err(AppError::Hidden.into()),
    }
}

/// By what a record may be found a second time: the name, or else what the person looks like.
fn words_of(open: &Open) -> String {
    use fairwatch_core::policy::Category;
    let said = open.profile.name().or(open.profile.newest(Category::Description).map(|field| &*field.value));
    said.unwrap_or_default().to_owned()
}

async fn choose(visit: &Visit, subject: SubjectId, sent: &Sent, errors: Errors) -> Result<Merge, PageError> {
    let shown = subjects::open(&visit.app, &visit.ctx, subject).await?;
    let typed = sent.one("q").to_owned();
    let is_suggested = typed.trim().is_empty();
    let q = if is_suggested { words_of(&shown.open) } else { typed.clone() };
    Ok(Merge {
        shell: visit.shell(Nav::People),
        errors,
        crumbs: crumbs(visit, &shown.scope, &shown.open),
        name: name_of(&shown.scope, &shown.open),
        reference: shown.scope.reference(shown.open.number),
        action: format!("{}/merge", here(visit, subject)),
        candidates: candidates(visit, subject, &q, sent.one("to")).await?,
        q: typed,
        is_suggested,
    })
}

/// `GET /o/{slug}/people/{id}/merge`
pub(crate) async fn ask(visit: Visit, Id(subject): Id<SubjectId>) -> Answer {
    page(&choose(&visit, subject, &Sent::default(), Errors::default()).await?)
}

fn side(text: &str) -> Option<Side> {
    match text {
        "kept" => Some(Side::Kept),
        "other" => Some(Side::Other),
        _ => None,
    }
}

fn chosen_of(sent: &Sent) -> Chosen {
    Chosen { name: side(sent.one("name")).unwrap_or_default(), born: side(sent.one("born")) }
}

fn stage(life: &Life) -> String {
    let restricted = if life.restricted { ", restricted" } else { "" };
    format!("{}{restricted}", lifeline::stage_name(life.stage))
}

fn day(day: Option<jiff::civil::Date>) -> String {
    day.map_or_else(|| "No day is set".to_owned(), words::date)
}

fn compared(preview: &Preview, today: jiff::civil::Date) -> Vec<Compared> {
    let joined = preview.joined.as_ref().ok().map(|(_, life)| life);
    let (one, two) = (&preview.kept, &preview.other);
    let row = |what, of: &dyn Fn(&Life) -> String| Compared {
        what,
        one: of(&one.life),
        two: of(&two.life),
        joined: joined.map_or_else(|| "-".to_owned(), of),
    };
    let sum = |what, of: &dyn Fn(&Open) -> usize| Compared {
        what,
        one: of(one).to_string(),
        two: of(two).to_string(),
        joined: (of(one) + of(two)).to_string(),
    };
    let incidents = |open: &Open| {
        let mut all = open.involved.iter().map(|involved| involved.incident).collect::<Vec<_>>();
        all.sort_unstable();
        all.dedup();
        all
    };
    let mut together = incidents(one);
    together.extend(incidents(two));
    together.sort_unstable();
    together.dedup();
    let open_holds = |open: &Open| {
        let is_open =
            |hold: &&subjects::Hold| hold.ended_on.is_none() && hold.ends_on.is_none_or(|end| end > today);
        open.holds.iter().filter(is_open).count()
    };
    let name = |profile: &Profile| profile.name().unwrap_or("Not known").to_owned();
    vec![
        Compared {
            what: "Name",
            one: name(&one.profile),
            two: name(&two.profile),
            joined: preview.joined.as_ref().map_or_else(|_| "-".to_owned(), |(profile, _)| name(profile)),
        },
        row("Stage", &stage),
        row("That stage ends", &|life| day(life.until)),
        row("Deleted", &|life| day(life.deletion)),
        Compared {
            what: "Incidents",
            one: incidents(one).len().to_string(),
            two: incidents(two).len().to_string(),
            joined: together.len().to_string(),
        },
        sum("Pictures", &|open| open.pictures.len()),
        sum("Open holds", &open_holds),
        sum("Times seen", &|open| open.sightings.len()),
    ]
}

/// What members would see of it, in a sentence.
fn members(scope: &Scope, profile: &Profile, life: &Life, number: i64) -> String {
    let name = crate::pages::gallery::name_or_reference(profile.name(), scope, number);
    match (life.members_see, life.until) {
        (true, Some(until)) => format!(
            "One person, {name}, until {}, with the pictures and incidents of both. The other record is gone from the \
             gallery; its address leads here.",
            words::date(until)
        ),
        (true, None) => format!("One person, {name}, with the pictures and incidents of both."),
        (false, _) if life.restricted && life.stage == Stage::Circulating => {
            "Nothing: one of the two is restricted, so the merged record is.".to_owned()
        }
        (false, _) => "Nothing: the merged record is not shown.".to_owned(),
    }
}

fn sides(one: String, two: String, chosen: Option<Side>) -> Vec<Choice> {
    [("kept", one, Side::Kept), ("other", two, Side::Other)]
        .into_iter()
        .map(|(value, label, side)| Choice {
            value: value.into(),
            label,
            note: String::new(),
            checked: chosen == Some(side),
        })
        .collect()
}

async fn preview(
    visit: &Visit,
    subject: SubjectId,
    other: SubjectId,
    sent: &Sent,
    errors: Errors,
) -> Result<MergePreview, PageError> {
    let chosen = chosen_of(sent);
    let (scope, preview) = merging::preview(&visit.app, &visit.ctx, subject, other, chosen).await?;
    let (one, two) = (&preview.kept, &preview.other);
    let (kept, gone) = (scope.reference(one.number), scope.reference(two.number));
    let names = match (one.profile.name(), two.profile.name()) {
        (Some(one), Some(two)) if one != two => sides(one.to_owned(), two.to_owned(), Some(chosen.name)),
        _ => Vec::new(),
    };
    let births = match (one.profile.born(), two.profile.born()) {
        (Some(one), Some(two)) if preview.asks_born => sides(words::date(one), words::date(two), chosen.born),
        _ => Vec::new(),
    };
    let mut out = MergePreview {
        shell: visit.shell(Nav::People),
        errors,
        crumbs: crumbs(visit, &scope, one),
        action: format!("{}/merge", here(visit, subject)),
        to: other.to_string(),
        compared: compared(&preview, scope.today),
        effects: vec![
            format!("{gone} goes on leading to this record, for whoever may see it."),
            format!(
                "Waiting reports that name {gone} name {kept}. Whoever reported the one without a name is told that \
                 there is one."
            ),
            "It can be taken back until the merged record comes to the end of its stage, as long as nothing of either is \
             deleted or corrected. What comes meanwhile stays with this record."
                .into(),
        ],
        names,
        births,
        reason: sent.one("reason").to_owned(),
        kept,
        other: gone,
        ..MergePreview::default()
    };
    let picked = one.picks.iter().chain(&two.picks).map(|held| held.business.name.clone());
    let picked = picked.collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>();
    if !picked.is_empty() {
        out.effects.push(format!(
            "Members who were picked for either read what is targeted of both: {}.",
            words::list(&picked)
        ));
    }
    if preview.associations > 0 {
        let count = words::count(preview.associations, "record", "records");
        out.effects
            .push(format!("{count} of whom they act with carry over, and nobody acts with themselves."));
    }
    match &preview.joined {
        Err(why) => out.refused.clone_from(why),
        Ok((profile, life)) => {
            let mut open = one.clone();
            open.involved.extend(two.involved.iter().cloned());
            open.profile = profile.clone();
            open.life = life.clone();
            out.members = members(&scope, profile, life, one.number);
            let holds = one.holds.iter().chain(&two.holds).cloned().collect();
            out.because = whole::because(&Open { holds, ..open.clone() });
            let shown = Shown {
                scope,
                viewer: Viewer::Controller,
                open,
                narratives: Vec::new(),
                evidence: Vec::new(),
                beside: (None, None),
                letters: None,
                near: Vec::new(),
                advice: None,
                exclusion: None,
            };
            out.held = held(&shown, None);
            out.is_ready = true;
        }
    }
    // Until the controller has chosen there is nothing wrong yet.
    if !out.births.is_empty() && chosen.born.is_none() {
        out.refused.clear();
    }
    Ok(out)
}

/// `POST /o/{slug}/people/{id}/merge`: looks up, shows what it would be, and does it.
pub(crate) async fn merge(visit: Visit, Id(subject): Id<SubjectId>, sent: Sent) -> Answer {
    if sent.one("do") == "find" {
        return page(&choose(&visit, subject, &sent, Errors::default()).await?);
    }
    let other = match chosen(&visit, &sent).await {
        Ok(other) if other == subject => {
            let errors = Errors::one("q", "This is the same record. Look up the other one.");
            return page_again(&choose(&visit, subject, &sent, errors).await?);
        }
        Ok(other) => other,
        Err(AppError::Refused(_)) => {
            let errors = Errors::one("q", "Look the person up and choose them, or enter their reference.");
            return page_again(&choose(&visit, subject, &sent, errors).await?);
        }
        Err(error) => return Err(error.into()),
    };
    if sent.one("do") != "merge" {
        return page(&preview(&visit, subject, other, &sent, Errors::default()).await?);
    }
    let reason = sent.one("reason");
    match merging::merge(&visit.app, &visit.ctx, subject, other, chosen_of(&sent), reason).await {
        Ok(()) => Ok(see_other_done(&here(&visit, subject), "merged")),
        Err(AppError::Refused(problems)) => {
            let mut errors = reason_asked(Errors::from(&problems), &sent);
            let mut page = preview(&visit, subject, other, &sent, Errors::default()).await?;
            if sent.given("reason").is_some() && !page.births.is_empty() && sent.one("born").is_empty() {
                errors = Errors::one("born", "Choose which date of birth counts");
            }
            page.errors = errors;
            page_again(&page)
        }
        Err(error) => Err(error.into()),
    }
}

async fn undo_form(
    visit: &Visit,
    subject: SubjectId,
    reason: &str,
    errors: Errors,
) -> Result<Unmerge, PageError> {
    let (scope, undoing) = merging::preview_undo(&visit.app, &visit.ctx, subject).await?;
    let Some(undoing) = undoing else {
        let shown = subjects::open(&visit.app, &visit.ctx, subject).await?;
        return Ok(Unmerge {
            shell: visit.shell(Nav::People),
            crumbs: crumbs(visit, &scope, &shown.open),
            kept: scope.reference(shown.open.number),
            refused: "Nothing was merged into this record, or it was taken back already.".into(),
            cancel: here(visit, subject),
            ..Unmerge::default()
        });
    };
    let (kept, other) = (scope.reference(undoing.open.number), scope.reference(undoing.number));
    let mut out = Unmerge {
        shell: visit.shell(Nav::People),
        errors,
        crumbs: crumbs(visit, &scope, &undoing.open),
        on: words::date(undoing.on),
        action: format!("{}/unmerge", here(visit, subject)),
        reason: reason.to_owned(),
        cancel: here(visit, subject),
        ..Unmerge::default()
    };
    match &undoing.apart {
        Err(why) => out.refused = format!("It cannot be taken back. {why}"),
        Ok([(name, one), (other_name, two)]) => {
            let row = |what, of: &dyn Fn(&Life) -> String| Compared {
                what,
                one: of(one),
                two: of(two),
                joined: of(&undoing.open.life),
            };
            let named = |name: &Option<String>| name.clone().unwrap_or_else(|| "Not known".to_owned());
            out.compared = vec![
                Compared {
                    what: "Name",
                    one: named(name),
                    two: named(other_name),
                    joined: named(&undoing.open.profile.name().map(str::to_owned)),
                },
                row("Stage", &stage),
                row("That stage ends", &|life| day(life.until)),
                row("Deleted", &|life| day(life.deletion)),
            ];
            out.effects = vec![
                format!("Reports, pictures and facts that belonged to {other} before go back to it, and to {kept} its own."),
                format!(
                    "What came since stays with {kept}: it was said of that record. A name that had been sent for {other} \
                     before goes with {other}."
                ),
                "Holds made since, and a restriction that is in force, stand for both: they protect what belonged to either."
                    .into(),
                "Both are worked out by the clocks again, from what each then has.".into(),
            ];
        }
    }
    (out.kept, out.other) = (kept, other);
    Ok(out)
}

/// `GET /o/{slug}/people/{id}/unmerge`
pub(crate) async fn ask_undo(visit: Visit, Id(subject): Id<SubjectId>) -> Answer {
    page(&undo_form(&visit, subject, "", Errors::default()).await?)
}

/// `POST /o/{slug}/people/{id}/unmerge`
pub(crate) async fn undo(visit: Visit, Id(subject): Id<SubjectId>, sent: Sent) -> Answer {
    match merging::undo(&visit.app, &visit.ctx, subject, sent.one("reason")).await {
        Ok(_) => Ok(see_other_done(&here(&visit, subject), "unmerged")),
        Err(AppError::Refused(problems)) => {
            let errors = reason_asked(Errors::from(&problems), &sent);
            page_again(&undo_form(&visit, subject, sent.one("reason"), errors).await?)
        }
        Err(error) => Err(error.into()),
    }
}
