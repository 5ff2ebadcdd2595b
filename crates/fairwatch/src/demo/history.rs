//! A year in the life of a scheme: reports, reviews, corrections, in the order in which they happened.
use super::{
    exclusions::{self, Plan},
    letters,
    people::Staffing,
    people::{User, agree},
    seed::Seeding,
};
use crate::commands::Failure;
use fairwatch_app::{
    AppError, accounts, evidence,
    incidents::{
        reporting::{self, Outcome, Typed, TypedPerson, cautions},
        review,
    },
    pictures, subjects,
};
use fairwatch_core::{
    gate::Ctx,
    ids::{ReportId, SubjectId},
    scope::Scope,
    world::london_date,
};
use fairwatch_store::incidents::review::{Decision, Link, PersonDecision, Shows};
use fairwatch_testkit::{
    Random,
    faces::Shot,
    people::{Incident, Kind, Person},
};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeSet, HashMap};

/// So many people are reported in each scheme.
const PEOPLE: u64 = 44;
/// Over so many days, the present included.
const DAYS: i64 = 410;

/// So long ago the scheme last looked at its own papers.
const LATELY: SignedDuration = SignedDuration::from_hours(24 * 24);

/// Something that happens.
struct Event {
    at: Timestamp,
    what: What,
}

enum What {
    /// Somebody of this number is reported by this user.
    Report { person: u64, user: usize, seed: u64 },
    /// The controller decides on the oldest report that waits.
    Review,
    /// Somebody is warned, or it is decided whether they are excluded.
    Decide(Plan),
    /// Members are told something.
    Tell(usize),
}

/// What the scheme does with a report, decided beforehand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Approve,
    Reject,
    Wait,
}

struct Sent {
    report: ReportId,
    person: u64,
    incident: Incident,
    fate: Fate,
}

/// Lives through the history of one scheme.
pub(crate) async fn live(
    seeding: &Seeding,
    scope: &Scope,
    staffing: &Staffing,
    number: u64,
) -> Result<(), Failure> {
    let events = plan(seeding, number, staffing.users.len());
    let controller = staffing.controller.acts(seeding).await?;
    agree(seeding, &controller, scope.org).await?;
    super::duties::early(seeding, scope, staffing, &controller).await?;
    agree(seeding, &controller, scope.org).await?;
    super::policies::early(seeding, scope, staffing, &controller, number).await?;
    let mut is_late = false;
    let mut acting = HashMap::new();
    let mut waiting: Vec<Sent> = Vec::new();
    let mut known: HashMap<u64, SubjectId> = HashMap::new();
    let mut judged = BTreeSet::new();
    for event in events {
        seeding.clock.set(event.at);
        seeding.clock.set_real(seeding.now);
        if !is_late && event.at > seeding.now - LATELY {
            is_late = true;
            agree(seeding, &controller, scope.org).await?;
            super::duties::late(seeding, scope, &controller).await?;
        }
        match event.what {
            What::Report { person, user, seed } => {
                let by = &staffing.users[user];
                if let std::collections::hash_map::Entry::Vacant(slot) = acting.entry(user) {
                    slot.insert(by.acts(seeding).await?);
                }
                let ctx = &acting[&user];
                if !by.asked {
                    agree(seeding, ctx, scope.org).await?;
                }
                let fate = fate(seeding, event.at, seed);
                let someone = someone(number, person, event.at);
                waiting.extend(report(seeding, scope, ctx, by, person, &someone, seed, fate).await?);
            }
            What::Review => {
                agree(seeding, &controller, scope.org).await?;
                let Some(at) = waiting.iter().position(|sent| sent.fate != Fate::Wait) else { continue };
                let sent = waiting.remove(at);
                decide(seeding, &controller, sent, number, &mut known, event.at).await?;
            }
            What::Decide(plan) => {
                agree(seeding, &controller, scope.org).await?;
                exclusions::happen(seeding, staffing, &controller, &known, plan, &mut judged).await?;
            }
            What::Tell(which) => {
                agree(seeding, &controller, scope.org).await?;
                super::news::happen(seeding, scope, staffing, &controller, which).await?;
            }
        }
    }
    seeding.clock.set(seeding.now);
    let mut present = Vec::new();
    for user in staffing.all.iter().filter(|user| !user.asked) {
        present.push(user.acts(seeding).await?);
    }
    agree(seeding, &controller, scope.org).await?;
    finish(seeding, &controller, &known).await?;
    letters::happen(seeding, scope.org, &controller).await?;
    let which = usize::try_from(number).unwrap_or(0);
    super::joining::happen(seeding, scope, which, staffing, &controller).await?;
    super::rights::happen(seeding, scope, which, &controller).await?;
    super::policies::today(seeding, scope, &controller, number).await?;
    super::signing::happen(seeding, scope.org, &scope.slug, staffing, &controller, number).await?;
    // Nobody finds a sign-in under their account that was not theirs.
    for ctx in acting.values().chain([&controller]).chain(&present) {
        match accounts::end_sessions(&seeding.app, ctx, None).await {
            // Somebody who acted twice is signed out everywhere by the first of the two.
            Ok(_) | Err(AppError::Hidden) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn someone(number: u64, person: u64, at: Timestamp) -> Person {
    let seed = number * 10_000 + person;
    let on = london_date(at);
    // A few are young: their rules are shorter, and some schemes hold nothing of them.
    if person % 11 == 5 { Person::aged(seed, 14..=17, on) } else { Person::from_seed(seed, on) }
}

/// The events of a year in order. Recent weeks are fuller, as in a scheme that grows.
fn plan(seeding: &Seeding, number: u64, users: usize) -> Vec<Event> {
    let mut random = Random::new(number.wrapping_mul(7919).wrapping_add(17));
    let mut events = Vec::new();
    for person in 0..PEOPLE {
        // The first few were reported once, long ago, so that the controller has people who are withdrawn; the next
        // are this week's, and the next again still wait.
        let again = if person >= 14 && random.chance(0.4) { random.between(1, 2) } else { 0 };
        let mut ago = match person {
            0..6 => random.between(370, DAYS),
            6..10 => random.between(4, 6),
            10..14 => random.between(0, 2),
            _ => random.between(8, 360),
        };
        for _ in 0..=again {
            let minute = random.between(9 * 60, 20 * 60);
            let at =
                seeding.now - SignedDuration::from_hours(24 * ago) - SignedDuration::from_mins(minute % 480);
            let user = random.below(users);
            events.push(Event { at, what: What::Report { person, user, seed: random.number() } });
            let later = SignedDuration::from_hours(random.between(2, 40));
            events.push(Event { at: (at + later).min(seeding.now), what: What::Review });
            ago = (ago - random.between(5, 120)).max(7);
        }
    }
    for (plan, ago) in Plan::ALL {
        let at = seeding.now - SignedDuration::from_hours(24 * ago);
        events.push(Event { at, what: What::Decide(plan) });
    }
    for (which, ago) in super::news::AGO {
        let at = seeding.now - SignedDuration::from_hours(24 * ago);
        events.push(Event { at, what: What::Tell(which) });
    }
    events.sort_by_key(|event| event.at);
    events
}

/// The newest reports still wait; one in twelve of the others is rejected.
fn fate(seeding: &Seeding, at: Timestamp, seed: u64) -> Fate {
    if at > seeding.now - SignedDuration::from_hours(24 * 3 + 12) {
        Fate::Wait
    } else if seed.is_multiple_of(12) {
        Fate::Reject
    } else {
        Fate::Approve
    }
}

#[expect(clippy::too_many_arguments, reason = "all of them say what is reported")]
async fn report(
    seeding: &Seeding,
    scope: &Scope,
    ctx: &Ctx,
    by: &User,
    number: u64,
    person: &Person,
    seed: u64,
    fate: Fate,
) -> Result<Option<Sent>, Failure> {
    let Some(business) = &by.business else { return Ok(None) };
    let incident = Incident::from_seed(seed, business);
    let seen = Random::aspect(seed, "seen").below(10);
    let shot = if seen < 4 { Shot::cctv(800, 1000, seed) } else { Shot::varied(800, 1000, seed) };
    if seen < 9 {
        let face = person.face.clone();
        let jpeg = tokio::task::spawn_blocking(move || face.draw(&shot).to_jpeg(86))
            .await
            .map_err(|error| Failure::new(format!("a picture cannot be drawn: {error}")))?;
        pictures::add(&seeding.app, ctx, scope.org, reporting::FORM, jpeg).await?;
    }
    if number % 6 == 2 {
        let lines = [
            "Statement",
            &incident.sentence,
            "I saw this myself.",
            "Written for a demonstration: nobody here is real.",
        ];
        let bytes = super::evidence::pdf(&lines.map(str::to_owned));
        attach(seeding, ctx, scope, "statement.pdf", &bytes).await?;
    } else if number % 6 == 4 {
        let (face, shot) = (person.face.clone(), Shot::cctv(800, 1000, seed.wrapping_add(1)));
        let jpeg = tokio::task::spawn_blocking(move || face.draw(&shot).to_jpeg(86))
            .await
            .map_err(|error| Failure::new(format!("a still cannot be drawn: {error}")))?;
        attach(seeding, ctx, scope, "camera 4.jpg", &jpeg).await?;
    }
    let named = Random::aspect(person.seed, "named").chance(0.7);
    let typed = Typed {
        category: category(scope, incident.kind),
        place: format!("{}, {}", business.name, business.address),
        sentence: if named {
            format!("{} {}", person.name(), lower_first(&incident.sentence))
        } else {
            incident.sentence.clone()
        },
        loss: if incident.loss > 0 {
            format!("{}.{:02}", incident.loss / 100, incident.loss % 100)
        } else {
            String::new()
        },
        people: vec![TypedPerson {
            name: if named { person.name() } else { String::new() },
            description: person.description.clone(),
            age: if person.age == fairwatch_testkit::faces::Age::Child { "under_18" } else { "adult" }
                .to_owned(),
            born: person.born.filter(|_| named).map_or(String::new(), |born| born.to_string()),
            proposed: String::new(),
        }],
        ..Typed::default()
    };
    // Whoever made these up passes over what their words may look like.
    let typed = Typed { minded: cautions::mark(&cautions::of(scope, &typed)), ..typed };
    match reporting::submit(&seeding.app, ctx, scope.org, &typed).await? {
        Outcome::Sent(sent) => Ok(Some(Sent { report: sent.id, person: number, incident, fate })),
        // A scheme that holds nothing about somebody so young says so; the shop leaves it at that.
        Outcome::Mistakes(_) | Outcome::Warned(_) => {
            reporting::discard_draft(&seeding.app, ctx, scope.org).await?;
            Ok(None)
        }
    }
}

/// Puts evidence beside the report that is being written.
async fn attach(
    seeding: &Seeding,
    ctx: &Ctx,
    scope: &Scope,
    name: &str,
    bytes: &[u8],
) -> Result<(), Failure> {
    let app = &seeding.app;
    let mut upload = evidence::begin(app, ctx, scope.org, reporting::FORM, name).await?;
    upload.write(bytes).await?;
    upload.finish(app, ctx).await?;
    Ok(())
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_lowercase().collect::<String>() + letters.as_str())
}

/// The category of the scheme's own vocabulary that fits best.
fn category(scope: &Scope, kind: Kind) -> String {
    let wanted = match kind {
        Kind::Theft => "theft",
        Kind::Abuse | Kind::Threat => "abuse",
        Kind::Violence => "violence",
        Kind::Damage => "damage",
        Kind::Fraud => "fraud",
        Kind::Antisocial => "other",
    };
    let words = &scope.policy.incidents.categories;
    let found = words.iter().find(|word| *word.id == *wanted).or(words.last());
    found.map_or(String::new(), |word| word.id.to_string())
}

async fn decide(
    seeding: &Seeding,
    ctx: &Ctx,
    sent: Sent,
    number: u64,
    known: &mut HashMap<u64, SubjectId>,
    at: Timestamp,
) -> Result<(), Failure> {
    let app = &seeding.app;
    if sent.fate == Fate::Reject {
        let reason = "The picture and the words do not show that this person was directly involved.";
        review::reject(app, ctx, sent.report, reason).await?;
        return Ok(());
    }
    let open = review::open(app, ctx, sent.report).await?;
    let text = review::proposed_text(&open.held);
    let someone = someone(number, sent.person, at);
    let people = open
        .held
        .people
        .iter()
        .map(|person| {
            let described = person.person.clone().unwrap_or_default();
            PersonDecision {
                person: person.id,
                link: known.get(&sent.person).map_or(Link::New, |subject| Link::Existing(*subject)),
                name: described.name,
                description: someone.description.clone(),
                born: described.born,
                apparent_age: described.apparent_age,
                necessity: "Staff were put at risk, and members must know whom to look out for.".to_owned(),
            }
        })
        .collect::<Vec<_>>();
    let first = people.first().map(|person| person.person);
    let item = sent.incident.item.map_or(String::new(), |item| {
        format!(", {}", item.trim_start_matches("a ").trim_start_matches("the "))
    });
    let decision = Decision {
        joins: None,
        added: Vec::new(),
        vehicle: None,
        category: open.held.report.category.clone(),
        place: open.held.report.place.clone(),
        narrative: text,
        activity: format!("{}{item}", sent.incident.kind.words()),
        pictures: open
            .held
            .pictures
            .iter()
            .map(|picture| (picture.id, first.map_or(Shows::Nobody, Shows::One)))
            .collect(),
        people,
    };
    match review::approve(app, ctx, sent.report, decision.clone()).await {
        Ok(released) => {
            for held in &open.held.evidence {
                evidence::share(app, ctx, held.id, true).await?;
            }
            known.extend(released.subjects.first().map(|subject| (sent.person, *subject)));
            Ok(())
        }
        // The record had reached its end: the report starts a new one.
        Err(fairwatch_app::AppError::Refused(_)) => {
            let mut fresh = decision;
            for person in &mut fresh.people {
                person.link = Link::New;
            }
            match review::approve(app, ctx, sent.report, fresh).await {
                Ok(released) => {
                    known.extend(released.subjects.first().map(|subject| (sent.person, *subject)));
                    Ok(())
                }
                Err(fairwatch_app::AppError::Refused(_)) => {
                    review::reject(
                        app,
                        ctx,
                        sent.report,
                        "The scheme may not hold anything about this person.",
                    )
                    .await?;
                    Ok(())
                }
                Err(error) => Err(error.into()),
            }
        }
        Err(error) => Err(error.into()),
    }
}

/// The last touches at the present: what is due is destroyed, one person is hidden, one is held for a proceeding.
async fn finish(seeding: &Seeding, ctx: &Ctx, known: &HashMap<u64, SubjectId>) -> Result<(), Failure> {
    let app = &seeding.app;
    let mut living = known.iter().collect::<Vec<_>>();
    living.sort_unstable_by_key(|(person, _)| **person);
    let mut touched = 0;
    for (_, subject) in living.into_iter().skip(20) {
        let done = if touched == 0 {
            subjects::restrict(
                app,
                ctx,
                *subject,
                true,
                "The person says that it was somebody else; this is being looked into.",
            )
            .await
        } else {
            let review_on = london_date(seeding.now + SignedDuration::from_hours(24 * 90));
            subjects::hold(
                app,
                ctx,
                *subject,
                "County court claim by the person; the record may be evidence.",
                review_on,
                None,
            )
            .await
            .map(|_| ())
        };
        match done {
            Ok(()) => touched += 1,
            Err(fairwatch_app::AppError::Hidden | fairwatch_app::AppError::Refused(_)) => {}
            Err(error) => return Err(error.into()),
        }
        if touched == 2 {
            break;
        }
    }
    Ok(())
}
