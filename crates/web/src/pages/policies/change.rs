//! One change: what is different, what it would do, and the decision (POL-5, SEC-6).
use super::{
    crumbs,
    edit::Said,
    here,
    lines::{Beside, Hunk, beside, differences},
    state, title,
};
use crate::{
    forms::Sent,
    pages::gallery::name_or_reference,
    respond::{Answer, PageError, page, page_again, see_other_done},
    shell::Nav,
    view::{Crumb, Errors, Row, Shell, Tag, number},
    visit::{Id, Visit},
    words,
};
use askama::Template;
use axum::extract::Query;
use fairwatch_app::{
    AppError,
    policies::{self, Affected, Opened, Tried},
};
use fairwatch_core::{
    ids::{PolicyChangeId, SubjectId},
    policies::{AuthoriseChange, ChangeState, EditChange, ListAffected},
    policy::changing::{Dropped, Effect, Ends, Numbers, Tally, periods},
};
use serde::Deserialize;

/// `policy_change.html`
#[derive(Template, Debug)]
#[template(path = "policy_change.html")]
struct Page {
    shell: Shell,
    errors: Errors,
    crumbs: Vec<Crumb>,
    title: String,
    state: Tag,
    facts: Vec<Row>,
    said: Said,
    trial: Option<Trial>,
    try_action: Option<String>,
    periods: Vec<Period>,
    hunks: Vec<Hunk>,
    beside: Vec<Beside>,
    edit: Option<String>,
    propose: Option<String>,
    authorise: Option<String>,
    refuse: Option<String>,
    withdraw: Option<String>,
    own: bool,
    why: String,
}

/// What the dry run says.
#[derive(Debug)]
struct Trial {
    said: String,
    going: String,
    stale: String,
    people: Vec<Felt>,
    others: Vec<Counted>,
    dropped: Vec<String>,
    sights: Vec<Row>,
}

#[derive(Debug)]
struct Felt {
    what: String,
    count: String,
    when: String,
    href: Option<String>,
}

#[derive(Debug)]
struct Counted {
    what: String,
    at_once: String,
    sooner: String,
    later: String,
}

#[derive(Debug)]
struct Period {
    place: String,
    was: String,
    will: String,
}

/// What an effect is called, where it is counted and above the list of whom it concerns.
fn words_of(effect: Effect) -> &'static str {
    match effect {
        Effect::Hidden => "Hidden from members on the day of effect",
        Effect::ShownShorter => "Withdrawn from members sooner, later on",
        Effect::Deleted => "Deleted on the day of effect",
        Effect::DeletedSooner => "Deleted sooner, later on",
        Effect::Shown => "Shown to members again from the day of effect",
        Effect::ShownLonger => "Shown to members longer",
        Effect::KeptLonger => "Kept longer before deletion",
    }
}

fn when(tally: Tally) -> String {
    match (tally.first, tally.last) {
        (Some(first), Some(last)) if first == last => words::date(first),
        (Some(first), Some(last)) => format!("{} to {}", words::date(first), words::date(last)),
        _ => "no day is set".to_owned(),
    }
}

fn trial(visit: &Visit, opened: &Opened, tried: &Tried) -> Trial {
    let Numbers { effective, people, effects, others, sights, dropped } = &tried.numbers;
    let lists = tried.is_listed(visit.scope.today) && lists_still(visit, opened);
    let felt = Effect::ALL.into_iter().filter_map(|effect| {
        let tally = effects.get(&effect)?;
        let href =
            lists.then(|| format!("{}/people?effect={}", here(visit, opened.change.id), effect.as_str()));
        Some(Felt { what: words_of(effect).into(), count: number(tally.count), when: when(*tally), href })
    });
    let is_something = |ends: &Ends| ends.at_once + ends.sooner + ends.later > 0;
    let others = others.iter().filter(|(_, ends)| is_something(ends)).map(|(other, ends)| Counted {
        what: other.to_string(),
        at_once: number(ends.at_once),
        sooner: number(ends.sooner),
        later: number(ends.later),
    });
    let sights = sights.iter().map(|sight| {
        let what = sight.category.map_or_else(
            || "anybody between withdrawal and deletion".to_owned(),
            |category| category.to_string(),
        );
        let how = if sight.seen { "come to see" } else { "no longer see" };
        Row::new(
            words::capital(&format!("{} {how} {what}", sight.viewer)),
            match sight.people {
                0 => "Nobody is concerned on that day".to_owned(),
                1 => "1 person is concerned".to_owned(),
                n => format!("{} people are concerned", number(n)),
            },
        )
    });
    let dropped = dropped.iter().filter(|dropped| dropped.people > 0).map(Dropped::to_string);
    let day =
        effective.map_or_else(String::new, |day| format!(", for {} as the day of effect", words::date(day)));
    Trial {
        said: format!("Worked out on {}{day}, over {} people.", words::date(tried.on), number(*people)),
        going: if tried.is_done {
            String::new()
        } else {
            format!("{} of {} people have been looked at so far.", number(*people), number(tried.total))
        },
        stale: if tried.is_done && opened.change.state.is_undecided() && !tried.is_fresh(visit.scope.today) {
            "A day has passed, or much has changed since. It has to be worked out anew before anybody decides.".into()
        } else {
            String::new()
        },
        people: felt.collect(),
        others: others.collect(),
        dropped: dropped.collect(),
        sights: sights.collect(),
    }
}

/// The list of whom it concerns is there until the change is in force, or decided against.
fn lists_still(visit: &Visit, opened: &Opened) -> bool {
    let state = opened.change.state;
    let is_to_come = state.is_undecided() || (state == ChangeState::Authorised && !opened.is_in_force);
    visit.may::<ListAffected>() && is_to_come
}

fn facts(opened: &Opened) -> Vec<Row> {
    let change = &opened.change;
    let mut facts = vec![
        Row::new(
            "Why",
            if change.written.reason.is_empty() { "Not said yet" } else { &change.written.reason },
        ),
        Row::new("From", change.effective_on.map_or("Not said yet".to_owned(), words::date)),
        Row::new("Written by", opened.author.as_deref().unwrap_or("The console")),
    ];
    if !opened.others.is_empty() {
        facts.push(Row::new("Written at by", opened.others.join(", ")));
    }
    if change.state == ChangeState::Proposed && change.effective_on != Some(opened.takes_effect) {
        facts.push(Row::new(
            "Would hold from",
            format!("{}, since the day has passed", words::date(opened.takes_effect)),
        ));
    }
    let by = opened.decided_by.as_deref().unwrap_or("somebody who has left");
    let at = change.decided_at.map_or_else(String::new, |at| format!(", {}", words::date_time(at)));
    match change.state {
        ChangeState::Authorised => facts.push(Row::new("Agreed to by", format!("{by}{at}"))),
        ChangeState::Refused => {
            facts.push(Row::new("Refused by", format!("{by}{at}")));
            facts.push(Row::new("Why not", &*change.written.against));
        }
        ChangeState::Withdrawn => {
            let by = change.decided_by.map_or("The program", |_| by);
            facts.push(Row::new("Taken back by", format!("{by}{at}")));
            facts.push(Row::new("Why", &*change.written.against));
        }
        ChangeState::Draft | ChangeState::Proposed => {}
    }
    facts
}

async fn build(visit: &Visit, id: PolicyChangeId, errors: Errors, why: String) -> Result<Page, PageError> {
    let opened = policies::open(&visit.app, &visit.ctx, id).await?;
    let change = &opened.change;
    let here = here(visit, id);
    let at = |deed: &str, is: bool| is.then(|| format!("{here}/{deed}"));
    let writes = visit.may::<EditChange>();
    let is_own = change.writers.contains(&visit.session.account);
    let is_decided_here = change.state == ChangeState::Proposed && visit.may::<AuthoriseChange>() && !is_own;
    let tried = change.tried.as_ref().map(|tried| trial(visit, &opened, tried));
    let is_fresh = change.tried.as_ref().is_some_and(|tried| tried.is_fresh(visit.scope.today));
    let may_go = change.state == ChangeState::Authorised && !opened.is_in_force;
    let periods = opened.after.as_deref().map(|after| periods(&opened.before.1, after)).unwrap_or_default();
    Ok(Page {
        shell: visit.shell(Nav::Policy),
        errors,
        crumbs: crumbs(visit),
        title: title(change),
        state: state(change, visit.scope.today),
        facts: facts(&opened),
        said: if change.state.is_undecided() {
            Said::of(&opened.findings, &change.file_name, &change.written.text, &opened.prose)
        } else {
            Said::default()
        },
        trial: tried,
        try_action: at("try", change.state.is_undecided() && opened.after.is_some()),
        periods: periods
            .into_iter()
            .map(|period| Period { place: period.place, was: period.was, will: period.will })
            .collect(),
        hunks: differences(&opened.before.0, &change.written.text),
        beside: beside(&opened.prose_before, &opened.prose),
        edit: at("edit", writes && change.state == ChangeState::Draft),
        propose: at("propose", writes && change.state == ChangeState::Draft && is_fresh),
        authorise: at("authorise", is_decided_here && is_fresh),
        refuse: at("refuse", is_decided_here),
        withdraw: at("withdraw", writes && (change.state.is_undecided() || may_go)),
        own: is_own && change.state == ChangeState::Proposed,
        why,
    })
}

/// `GET /o/{slug}/policy/changes/{id}`
pub(crate) async fn show(visit: Visit, Id(id): Id<PolicyChangeId>) -> Answer {
    page(&build(&visit, id, Errors::default(), String::new()).await?)
}

/// The page again with what was refused, or on with what is done.
async fn then(
    visit: &Visit,
    id: PolicyChangeId,
    done: Result<(), AppError>,
    code: &str,
    why: &str,
) -> Answer {
    match done {
        Ok(()) => Ok(see_other_done(&here(visit, id), code)),
        Err(AppError::Refused(problems)) => {
            let mut errors = Errors::from(&problems);
            // Reason and day are written on another page.
            for error in errors.0.iter_mut().filter(|error| error.field != "why") {
                error.field.clear();
            }
            page_again(&build(visit, id, errors, why.to_owned()).await?)
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /o/{slug}/policy/changes/{id}/try`
pub(crate) async fn try_out(visit: Visit, Id(id): Id<PolicyChangeId>, sent: Sent) -> Answer {
    let (app, ctx) = (&visit.app, &visit.ctx);
    let most = policies::WHILE_WAITING;
    let tried = if sent.one("do") == "go-on" {
        // It is read by a job; that the asker may know of the change is asked before.
        match policies::open(app, ctx, id).await {
            Ok(_) => policies::go_on(app, ctx, id, most).await,
            Err(error) => Err(error),
        }
    } else {
        policies::try_out(app, ctx, id, most).await
    };
    then(&visit, id, tried.map(|_| ()), "policy-tried", "").await
}

/// `POST /o/{slug}/policy/changes/{id}/propose`
pub(crate) async fn propose(visit: Visit, Id(id): Id<PolicyChangeId>) -> Answer {
    let done = policies::propose(&visit.app, &visit.ctx, id).await;
    then(&visit, id, done, "policy-proposed", "").await
}

/// `POST /o/{slug}/policy/changes/{id}/authorise`
pub(crate) async fn authorise(visit: Visit, Id(id): Id<PolicyChangeId>) -> Answer {
    let done = policies::authorise(&visit.app, &visit.ctx, id).await.map(|_| ());
    then(&visit, id, done, "policy-authorised", "").await
}

/// `POST /o/{slug}/policy/changes/{id}/refuse`
pub(crate) async fn refuse(visit: Visit, Id(id): Id<PolicyChangeId>, sent: Sent) -> Answer {
    let done = policies::refuse(&visit.app, &visit.ctx, id, sent.one("why")).await;
    then(&visit, id, done, "policy-refused", sent.one("why")).await
}

/// `POST /o/{slug}/policy/changes/{id}/withdraw`
pub(crate) async fn withdraw(visit: Visit, Id(id): Id<PolicyChangeId>, sent: Sent) -> Answer {
    let done = policies::withdraw(&visit.app, &visit.ctx, id, sent.one("why")).await;
    then(&visit, id, done, "policy-withdrawn", sent.one("why")).await
}

/// `policy_people.html`
#[derive(Template, Debug)]
#[template(path = "policy_people.html")]
struct People {
    shell: Shell,
    crumbs: Vec<Crumb>,
    title: String,
    rows: Vec<Person>,
    next: Option<String>,
}

#[derive(Debug)]
struct Person {
    name: String,
    reference: String,
    href: String,
    was: String,
    will: String,
}

/// Whom of those to whom a change would do something, and from where on.
#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    effect: String,
    #[serde(default)]
    day: String,
    #[serde(default)]
    after: String,
}

/// `GET /o/{slug}/policy/changes/{id}/people`
pub(crate) async fn people(visit: Visit, Id(id): Id<PolicyChangeId>, Query(wanted): Query<Wanted>) -> Answer {
    let effect: Effect = wanted.effect.parse().map_err(|_| AppError::Hidden)?;
    let after = match (wanted.day.as_str(), wanted.after.parse::<SubjectId>()) {
        ("", _) => None,
        (day, Ok(after)) => Some((day.to_owned(), after)),
        (_, Err(_)) => return Err(AppError::Hidden.into()),
    };
    let (people, next) = policies::affected(&visit.app, &visit.ctx, id, effect, after).await?;
    let day = |day| Option::map_or(day, "no day".to_owned(), words::date);
    let person = |Affected { card, was, will }: Affected| Person {
        name: name_or_reference(card.profile.name(), &visit.scope, card.number),
        reference: visit.scope.reference(card.number),
        href: visit.href(&format!("/people/{}", card.id)),
        was: day(was),
        will: day(will),
    };
    let here = here(&visit, id);
    let mut crumbs = crumbs(&visit);
    crumbs.push(Crumb { label: "The change".into(), href: here.clone() });
    page(&People {
        shell: visit.shell(Nav::Policy),
        crumbs,
        title: words_of(effect).into(),
        rows: people.into_iter().map(person).collect(),
        next: next
            .map(|(day, last)| format!("{here}/people?effect={}&day={day}&after={last}", effect.as_str())),
    })
}
