//! Whom the people of a report may be, and whether its pictures were sent before (INC-2, SUB-2).
//!
//! The index in memory proposes, by names however they are spelt, number plates, descriptions and pictures; the store
//! decides who may be shown (VIS-4). So a hundred thousand records cost some milliseconds, and only those that are
//! proposed are read. Pictures are compared as wholes: no face is recognised or compared.
use crate::{App, error::AppError, finding};
use fairwatch_core::{
    gate::Ctx,
    ids::{PictureId, ReportId, SubjectId},
    incidents::Person,
    policy::Category,
    scope::{InOrg, Scope},
    subjects::MatchSubjects,
};
use fairwatch_finding::{How, Kind, Reason, Suggestion};
use fairwatch_imaging::Likeness;
use fairwatch_store::{
    StoreError, Tx,
    incidents::Held,
    pictures::prints::{self, Known},
    subjects::pages::{self, Card},
};
use std::collections::HashMap;
use uuid::Uuid;

pub use fairwatch_store::pictures::prints::Earlier;

/// Somebody whom a person in a report may be.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The subject.
    pub card: Card,
    /// Why, in words, the strongest first.
    pub reasons: Vec<String>,
    /// How likely, from 0 to 1: for an order, not for a decision.
    pub score: f64,
}

/// Where a picture of a report was seen before.
#[derive(Clone, Debug)]
pub struct SeenBefore {
    /// The report with which it was sent, as far as that is still there.
    pub report: Option<Earlier>,
    /// Whom it shows there, as review said.
    pub people: Vec<Card>,
    /// Whether it is the mirror image.
    pub mirrored: bool,
    /// Whether there is hardly a doubt; else it looks like it.
    pub sure: bool,
}

/// What is known that helps to decide on a report.
#[derive(Default)]
pub(super) struct Suggested {
    /// For each person of the report, in order, whom they may be.
    pub(super) candidates: Vec<Vec<Candidate>>,
    /// For each picture, in order, where it was seen before.
    pub(super) seen: Vec<Vec<SeenBefore>>,
}

/// At most so many are proposed for one person.
const MOST: usize = 5;
/// So many more are asked for: some may not be shown.
const SPARE: usize = 4;
/// At most so many earlier pictures are looked at for each of a report.
const PICTURES: usize = 12;
/// What the same place adds to other reasons; alone it says nothing.
const PLACE: f64 = 0.15;
/// What the same picture says of the only person of a report, and of one of several.
const PICTURE: [f64; 2] = [0.9, 0.5];
/// What one says that only looks like it.
const LIKE_PICTURE: f64 = 0.25;

/// A picture of the organisation that is the same as one of the report.
struct Same {
    picture: PictureId,
    likeness: Likeness,
}

/// A person of a report: what is said of them, and whom the reporter took them for.
#[derive(Clone)]
struct Described {
    person: Person,
    chosen: Option<SubjectId>,
}

/// Suggests for each person of a report, and for those whom review adds, whom they may be, and says where its pictures
/// were seen before. Whom it returns is recorded as a look.
///
/// # Errors
/// The store's.
pub(super) async fn suggest(
    app: &App,
    ctx: &Ctx,
    scope: &Scope,
    held: &Held,
    added: &[Person],
) -> Result<Suggested, AppError> {
    let followed = finding::follow(app, ctx, scope.org).await?;
    let listed = held
        .people
        .iter()
        .map(|one| Described { person: one.person.clone().unwrap_or_default(), chosen: one.proposed });
    let added = added.iter().map(|person| Described { person: person.clone(), chosen: None });
    let people = listed.chain(added).collect::<Vec<_>>();
    let (report, asked, described) = (held.id, held.clone(), people.clone());
    // Before the look, so that nobody waits at its door meanwhile.
    let (proposed, same) = crate::blocking(move || {
        let proposed =
            described.iter().map(|one| followed.suggest(&texts(&asked, &one.person), MOST + SPARE));
        let pictures = asked.pictures.iter().map(|picture| same(&followed, report, picture.id));
        Ok((proposed.collect::<Vec<_>>(), pictures.collect::<Vec<_>>()))
    })
    .await?;
    let held = held.clone();
    let suggested = app
        .store
        .read::<MatchSubjects, _>(ctx, InOrg(scope.org), async move |tx: &mut Tx<MatchSubjects>| {
            let seen = seen(tx, &held, &same).await?;
            let mut candidates = Vec::with_capacity(proposed.len());
            for (n, found) in proposed.iter().enumerate() {
                candidates.push(decide(tx, &held, &people, n, found, &seen).await?);
            }
            let shown = seen.iter().flatten().flat_map(|one| &one.people);
            let all = candidates.iter().flatten().map(|one: &Candidate| &one.card).chain(shown);
            pages::proposed(tx, all.map(|card| card.id).collect::<Vec<_>>());
            Ok(Suggested { candidates, seen })
        })
        .await?;
    Ok(suggested)
}

/// By what a person of a report is looked for. The vehicle is the report's: it may be anybody's in it.
fn texts(held: &Held, person: &Person) -> Vec<(Kind, String)> {
    let vehicle = held.report.vehicle.clone().unwrap_or_default();
    let texts = [
        (Kind::Name, person.name.clone()),
        (Kind::Description, person.description.clone()),
        (Kind::Plate, vehicle.registration),
        (Kind::Vehicle, vehicle.description),
    ];
    texts.into_iter().filter(|(_, text)| !text.trim().is_empty()).collect()
}

/// The pictures of the organisation that are the same as one of a report, but for its own.
fn same(followed: &finding::Followed, report: ReportId, picture: PictureId) -> Vec<Same> {
    let like = followed.like(report.0, picture).into_iter();
    let others = like.filter(|like| like.key.1 != Some(report));
    others.map(|like| Same { picture: like.key.0, likeness: like.likeness }).take(PICTURES).collect()
}

/// Where the pictures of a report were seen before: one line for each report, the newest first.
async fn seen(
    tx: &mut Tx<MatchSubjects>,
    held: &Held,
    same: &[Vec<Same>],
) -> Result<Vec<Vec<SeenBefore>>, StoreError> {
    let mut all = Vec::with_capacity(same.len());
    for pictures in same {
        // A report's original and the copies that people have of it are one and the same.
        let mut lines: Vec<(Known, Likeness)> = Vec::new();
        for Same { picture, likeness } in pictures {
            let Some(known) = prints::known(tx, *picture).await? else { continue };
            let report = known.report.as_ref().map(|report| report.id);
            let line = lines
                .iter_mut()
                .find(|(line, _)| report.is_some() && line.report.as_ref().map(|report| report.id) == report);
            match line {
                Some((line, _)) => line.people.extend(known.people),
                None => lines.push((known, *likeness)),
            }
        }
        lines.sort_by_key(|(known, _)| std::cmp::Reverse(known.report.as_ref().map(|report| report.number)));
        let mut found = Vec::with_capacity(lines.len());
        for (Known { report, people }, likeness) in lines {
            let people = people.into_iter().collect::<Vec<_>>();
            let people = pages::matching(tx, &people, &[], held.submitted_on).await?;
            found.push(SeenBefore { report, people, mirrored: likeness.mirrored, sure: likeness.is_sure() });
        }
        all.push(found);
    }
    Ok(all)
}

/// What speaks for somebody.
#[derive(Default)]
struct Case {
    score: f64,
    reasons: Vec<String>,
}

impl Case {
    /// Each reason takes its share of what the others left open.
    fn add(&mut self, weight: f64, reason: String) {
        self.score += (1.0 - self.score) * weight;
        self.reasons.push(reason);
    }
}

/// Of those whom the index proposes for the nth person of a report the ones who may be shown, with all that speaks for
/// each.
async fn decide(
    tx: &mut Tx<MatchSubjects>,
    held: &Held,
    people: &[Described],
    n: usize,
    found: &[Suggestion],
    seen: &[Vec<SeenBefore>],
) -> Result<Vec<Candidate>, StoreError> {
    let chosen = people[n].chosen;
    let mut ids = chosen.into_iter().collect::<Vec<_>>();
    ids.extend(seen.iter().flatten().flat_map(|one| &one.people).map(|card| card.id));
    ids.extend(found.iter().map(|one| SubjectId(Uuid::from_u128(one.key))));
    let mut known = std::collections::HashSet::new();
    ids.retain(|id| known.insert(*id));
    let named = people.iter().filter_map(|one| one.chosen).collect::<Vec<_>>();
    let found = found.iter().map(|one| (SubjectId(Uuid::from_u128(one.key)), one)).collect::<HashMap<_, _>>();
    let mut candidates = Vec::new();
    for card in pages::matching(tx, &ids, &named, held.submitted_on).await? {
        let mut case = Case::default();
        if chosen == Some(card.id) {
            case.add(1.0, "the reporter chose this person".to_owned());
        }
        for (n, lines) in (1..).zip(seen) {
            let of_them = lines.iter().filter(|line| line.people.iter().any(|one| one.id == card.id));
            match of_them.map(|line| line.sure).max() {
                Some(true) => {
                    let weight = PICTURE[usize::from(people.len() > 1)];
                    case.add(weight, format!("the same picture: picture {n} was sent of them before"));
                }
                Some(false) => {
                    case.add(
                        LIKE_PICTURE,
                        format!("picture {n} looks like one that was sent of them before"),
                    );
                }
                None => {}
            }
        }
        if let Some(suggestion) = found.get(&card.id) {
            case.score += (1.0 - case.score) * f64::from(suggestion.score) / 1000.0;
            case.reasons.extend(suggestion.reasons.iter().map(|reason| told(*reason, held, &card)));
        }
        if pages::was_at(tx, card.id, &held.report.place).await? {
            case.add(PLACE, "was at the same place before".to_owned());
        }
        candidates.push(Candidate { card, reasons: case.reasons, score: case.score });
    }
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score).then(b.card.number.cmp(&a.card.number)));
    candidates.truncate(MOST);
    Ok(candidates)
}

/// A reason in words.
fn told(reason: Reason, held: &Held, card: &Card) -> String {
    match reason {
        Reason::Name(_, how) => match how {
            How::Exact | How::Reference | How::Plate => "same name",
            How::Nickname => "another form of the name",
            How::Sounds => "a name that sounds alike",
            How::Prefix | How::Misspelt => "a name spelt a little differently",
            How::Initial => "a name with the same initial",
        }
        .to_owned(),
        Reason::Plate => {
            let plain = |text: &str| {
                text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase()
            };
            let seen = held.report.vehicle.as_ref().map(|vehicle| plain(&vehicle.registration));
            let vehicles = card.profile.fields.iter().filter(|field| field.category == Category::Vehicles);
            let is_whole = vehicles.into_iter().any(|field| {
                seen.as_ref()
                    .is_some_and(|seen| seen.len() > 5 && plain(&field.value).contains(seen.as_str()))
            });
            if is_whole {
                "the same vehicle, by its registration"
            } else {
                "a vehicle whose registration fits"
            }
            .to_owned()
        }
        Reason::Reference => "the same reference".to_owned(),
        Reason::Description(1) => "one telling word of the description is the same".to_owned(),
        Reason::Description(count) => format!("description shares {count} words"),
        Reason::Place => "the same place".to_owned(),
    }
}
