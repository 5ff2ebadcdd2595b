//! A scheme in a world's database, filled by the use cases at whatever time a test wants.
use crate::run::Place;
use fairwatch_app::{
    App, AppError,
    incidents::{
        reporting::{self, Outcome, Typed, TypedPerson},
        review::{self, Decision, Link, PersonDecision, Shows},
    },
    pictures,
    world::SystemClock,
};
use fairwatch_blobs::Blobs;
use fairwatch_core::{
    gate::Role,
    ids::SubjectId,
    world::{Clock as _, london_date},
};
use fairwatch_testkit::{
    engines::{Person, Scheme, World},
    faces::{Face, Shot},
};
use jiff::{SignedDuration, Timestamp, civil::Date};
use std::path::PathBuf;

/// Under the generic policy whoever was reported on this day, and never again, is to be deleted by now.
pub(crate) const LONG_AGO: Date = jiff::civil::date(2020, 1, 15);

/// A scheme, with those who act in it.
pub(crate) struct Town {
    pub(crate) app: App,
    pub(crate) scheme: Scheme,
    pub(crate) place: Place,
    controller: Person,
    member: Person,
}

/// The time of the machine, by which the binary goes.
pub(crate) fn now() -> Timestamp {
    SystemClock.now()
}

/// Today in London.
pub(crate) fn today() -> Date {
    london_date(now())
}

impl Town {
    pub(crate) async fn new(world: &World) -> Self {
        world.clock.set_day(LONG_AGO);
        let scheme = world.scheme("northgate").await;
        let controller = world.person(&scheme, Role::Controller).await;
        let member = world.person(&scheme, Role::MemberUser).await;
        let place = Place::of(world);
        let blobs = Blobs::open(place.data.join("files")).expect("a folder can be made");
        Self { app: App::new(world.store.clone(), blobs), scheme, place, controller, member }
    }

    /// Somebody new, reported and approved at the world's present; with a picture where one is asked for.
    pub(crate) async fn subject(&self, number: u64, with_picture: bool) -> Result<SubjectId, AppError> {
        let (app, by, org) = (&self.app, &self.member.ctx, self.scheme.org);
        if with_picture {
            let jpeg = Face::from_seed(number).draw(&Shot::portrait(96, 120)).to_jpeg(80);
            pictures::add(app, by, org, reporting::FORM, jpeg).await?;
        }
        let person = TypedPerson {
            name: format!("Alfred Example {number}"),
            description: "A tall man with a bag".into(),
            age: "adult".into(),
            ..TypedPerson::default()
        };
        let typed = Typed {
            category: "theft".into(),
            place: "Till 3".into(),
            sentence: "He took a bottle of gin.".into(),
            loss: "12.50".into(),
            people: vec![person],
            ..Typed::default()
        };
        let sent = match reporting::submit(app, by, org, &typed).await? {
            Outcome::Sent(sent) => sent,
            Outcome::Mistakes(mistakes) => return Err(AppError::refused(format!("{mistakes:?}"))),
            Outcome::Warned(found) => return Err(AppError::refused(format!("{found:?}"))),
        };
        let held = review::open(app, &self.controller.ctx, sent.id).await?.held;
        let people = held.people.iter().map(|held| {
            let said = held.person.clone().unwrap_or_default();
            PersonDecision {
                person: held.id,
                link: Link::New,
                name: said.name,
                description: said.description,
                born: said.born,
                apparent_age: said.apparent_age,
                necessity: String::new(),
            }
        });
        let shows = held.people.first().map_or(Shows::Nobody, |held| Shows::One(held.id));
        let decision = Decision {
            joins: None,
            added: Vec::new(),
            vehicle: None,
            category: held.report.category.clone(),
            place: held.report.place.clone(),
            narrative: "{1} left without paying.".into(),
            activity: "Theft, spirits".into(),
            people: people.collect(),
            pictures: held.pictures.iter().map(|picture| (picture.id, shows)).collect(),
        };
        Ok(review::approve(app, &self.controller.ctx, sent.id, decision).await?.subjects[0])
    }

    /// So many people whose deletion is long due, the first of them with a picture.
    pub(crate) async fn due(&self, world: &World, count: u64) -> Result<Vec<SubjectId>, AppError> {
        world.clock.set_day(LONG_AGO);
        let mut due = Vec::new();
        for number in 0..count {
            due.push(self.subject(number, number == 0).await?);
        }
        Ok(due)
    }

    /// So many people who were reported in these hours, so that the newest entry of the audit is of now.
    pub(crate) async fn living(&self, world: &World, count: u64) -> Result<Vec<SubjectId>, AppError> {
        world.clock.set(now() - SignedDuration::from_hours(2));
        let mut living = Vec::new();
        for number in 0..count {
            living.push(self.subject(1_000 + number, false).await?);
        }
        Ok(living)
    }

    /// The sealed files.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.place.data.join("files")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("the folder can be read") {
                let path = entry.expect("the folder can be read").path();
                if path.is_dir() { folders.push(path) } else { found.push(path) }
            }
        }
        found
    }
}
