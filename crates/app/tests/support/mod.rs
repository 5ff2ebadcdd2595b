//! What the tests of use cases share: a scheme with the people who act in it, reports with pictures, decisions.
#![allow(dead_code, reason = "each test file uses a part of it")]
pub(crate) mod decisions;

use fairwatch_app::{
    App, AppError, audit,
    exclusions::proposing::{Ground, Typed as Proposal},
    finding::{self, Typing},
    incidents,
    incidents::{
        reporting::{self, Outcome, Sent, Typed, TypedPerson},
        review::{self, Decision, Link, PersonDecision, Review, Shows},
    },
    pictures, subjects,
    subjects::{GalleryPage, Part, Sought, associates},
    sweep::{self, Order, Report},
};
use fairwatch_blobs::Blobs;
use fairwatch_core::{
    clocks::{AgeBand, Scope},
    exclusions::scope_name,
    gate::{Ctx, Role},
    ids::{OrgId, PictureId, ReportId, SubjectId},
    pictures::Size,
    policy::{Policy, practice::StepKind},
};
use fairwatch_testkit::{
    Random,
    engines::{Person, Scheme, World},
    faces::{Face, Shot},
};
use jiff::{Span, civil::Date};
use std::fmt::Write as _;

/// The policies of the product, by the name of their file.
pub(crate) const POLICIES: [(&str, &str); 4] = [
    ("cheltenham-safe.toml", include_str!("../../../../policies/cheltenham-safe.toml")),
    ("tm-safer-towns.toml", include_str!("../../../../policies/tm-safer-towns.toml")),
    ("dartford-tac.toml", include_str!("../../../../policies/dartford-tac.toml")),
    ("generic.toml", include_str!("../../../../policies/generic.toml")),
];
pub(crate) const CS: &str = "cheltenham-safe.toml";
pub(crate) const TM: &str = "tm-safer-towns.toml";
pub(crate) const DTAC: &str = "dartford-tac.toml";
pub(crate) const GENERIC: &str = "generic.toml";

pub(crate) fn policy_text(file: &str) -> &'static str {
    POLICIES.iter().find(|(name, _)| *name == file).expect("the policy is one of the product's").1
}

pub(crate) fn policy(file: &str) -> Policy {
    Policy::parse(file, policy_text(file)).expect("the product's policies are sound")
}

pub(crate) fn day(text: &str) -> Date {
    text.parse().expect(text)
}

pub(crate) fn later(day: Date, days: i64) -> Date {
    day.saturating_add(Span::new().days(days))
}

/// The use cases over a world's store, with a folder of sealed files beside its database.
pub(crate) fn app(world: &World) -> App {
    let blobs = Blobs::open(world.folder().join("blobs")).expect("a folder can be made");
    App::new(world.store.clone(), blobs)
}

/// A JPEG of somebody who does not exist: small, so that tests are quick.
pub(crate) fn face(seed: u64) -> Vec<u8> {
    Face::from_seed(seed).draw(&Shot::portrait(96, 120)).to_jpeg(80)
}

/// A scheme with a controller and a member.
pub(crate) struct Scene {
    pub(crate) app: App,
    pub(crate) scheme: Scheme,
    pub(crate) controller: Person,
    pub(crate) member: Person,
}

/// A person as a report describes them.
pub(crate) fn person(name: &str, description: &str) -> TypedPerson {
    TypedPerson {
        name: name.into(),
        description: description.into(),
        age: "adult".into(),
        ..TypedPerson::default()
    }
}

/// A report of a theft at a place, just now.
pub(crate) fn theft(sentence: &str, people: Vec<TypedPerson>) -> Typed {
    Typed {
        category: "theft".into(),
        place: "Till 3".into(),
        sentence: sentence.into(),
        loss: "12.50".into(),
        people,
        ..Typed::default()
    }
}

/// What review decides by default: everybody is somebody new, and each picture shows the first person.
pub(crate) fn everybody_is_new(review: &Review) -> Decision {
    let people = review.held.people.iter().map(|held| {
        let said = held.person.clone().unwrap_or_default();
        PersonDecision {
            person: held.id,
            link: Link::New,
            name: said.name,
            description: said.description,
            born: said.born,
            apparent_age: said.apparent_age,
            necessity: "Staff were hurt.".to_owned(),
        }
    });
    let first = review.held.people.first().map(|held| held.id);
    let shows = first.map_or(Shows::Nobody, Shows::One);
    Decision {
        joins: None,
        added: Vec::new(),
        vehicle: None,
        category: review.held.report.category.clone(),
        place: review.held.report.place.clone(),
        narrative: "{1} left without paying.".into(),
        activity: "Theft, spirits".into(),
        people: people.collect(),
        pictures: review.held.pictures.iter().map(|picture| (picture.id, shows)).collect(),
    }
}

impl Scene {
    pub(crate) async fn new(world: &World, file: &str) -> Self {
        Self::from_text(world, file, policy_text(file)).await
    }

    /// With a policy that differs from the product's.
    pub(crate) async fn from_text(world: &World, file: &str, text: &str) -> Self {
        let scheme = world.scheme_from(file, text).await;
        let controller = world.person(&scheme, Role::Controller).await;
        let member = world.person(&scheme, Role::MemberUser).await;
        Self { app: app(world), scheme, controller, member }
    }

    pub(crate) fn org(&self) -> OrgId {
        self.scheme.org
    }

    /// A member user of another business.
    pub(crate) async fn another_member(&self, world: &World) -> Person {
        world.person(&self.scheme, Role::MemberUser).await
    }

    /// Uploads pictures and sends a report.
    pub(crate) async fn report(
        &self,
        by: &Ctx,
        typed: &Typed,
        uploads: &[Vec<u8>],
    ) -> Result<Sent, AppError> {
        for upload in uploads {
            pictures::add(&self.app, by, self.org(), reporting::FORM, upload.clone()).await?;
        }
        match reporting::submit(&self.app, by, self.org(), typed).await? {
            Outcome::Sent(sent) => Ok(sent),
            Outcome::Mistakes(mistakes) => Err(AppError::refused(format!("{mistakes:?}"))),
            Outcome::Warned(found) => Err(AppError::refused(format!("{found:?}"))),
        }
    }

    pub(crate) async fn review(&self, report: ReportId) -> Result<Review, AppError> {
        review::open(&self.app, &self.controller.ctx, report).await
    }

    pub(crate) async fn approve(
        &self,
        report: ReportId,
        decision: Decision,
    ) -> Result<Vec<SubjectId>, AppError> {
        Ok(review::approve(&self.app, &self.controller.ctx, report, decision).await?.subjects)
    }

    /// A report of somebody new, approved at once.
    pub(crate) async fn subject(&self, name: &str, uploads: &[Vec<u8>]) -> Result<SubjectId, AppError> {
        let typed =
            theft("They took a bottle of gin.", vec![person(name, "About 185 cm, slim, scar on left brow")]);
        let sent = self.report(&self.member.ctx, &typed, uploads).await?;
        let review = self.review(sent.id).await?;
        Ok(self.approve(sent.id, everybody_is_new(&review)).await?[0])
    }

    /// A further report of somebody who is held already, approved at once.
    pub(crate) async fn again(&self, subject: SubjectId) -> Result<ReportId, AppError> {
        let typed = theft("They came back.", vec![person("", "The same person as before")]);
        let sent = self.report(&self.member.ctx, &typed, &[]).await?;
        let review = self.review(sent.id).await?;
        let mut decision = everybody_is_new(&review);
        decision.people[0].link = Link::Existing(subject);
        decision.people[0].description.clear();
        self.approve(sent.id, decision).await?;
        Ok(sent.id)
    }

    pub(crate) async fn gallery(&self, ctx: &Ctx) -> Result<GalleryPage, AppError> {
        subjects::gallery(&self.app, ctx, self.org(), &Sought::default(), None).await
    }

    /// Who is in the gallery, for a member.
    pub(crate) async fn shown(&self) -> Result<Vec<SubjectId>, AppError> {
        Ok(self.gallery(&self.member.ctx).await?.cards.iter().map(|card| card.id).collect())
    }

    /// Whom the controller finds by words; without any, everybody on the list.
    pub(crate) async fn found(&self, words: &str) -> Result<Vec<SubjectId>, AppError> {
        let (app, ctx, org) = (&self.app, &self.controller.ctx, self.org());
        if words.is_empty() {
            let page = subjects::list(app, ctx, org, Part::All, None).await?;
            return Ok(page.cards.iter().map(|card| card.id).collect());
        }
        let answer = finding::find(app, ctx, org, words, Typing::Finished, 20).await?;
        Ok(answer.people.iter().map(|found| found.card.id).collect())
    }

    pub(crate) async fn sweep(&self, world: &World) -> Result<Report, AppError> {
        sweep_all(&self.app, world).await
    }

    /// The newest of the scheme's audit chain, as the controller reads them.
    pub(crate) async fn audit(&self) -> Result<Vec<audit::Line>, AppError> {
        let wanted = audit::Wanted::default();
        audit::list(&self.app, &self.controller.ctx, self.org(), wanted, None, 100).await
    }

    pub(crate) async fn incident_of(&self, subject: SubjectId) -> Result<incidents::Told, AppError> {
        let shown = subjects::open(&self.app, &self.controller.ctx, subject).await?;
        incidents::open(&self.app, &self.controller.ctx, shown.open.involved[0].incident).await
    }
}

/// Those who decide on exclusions: three of the board, and the controller where they decide alone.
pub(crate) async fn voters(world: &World, scene: &Scene) -> Vec<Person> {
    let mut voters = vec![scene.controller.clone()];
    for _ in 0..3 {
        voters.push(world.person(&scene.scheme, Role::Board).await);
    }
    voters
}

/// What can be proposed of somebody.
pub(crate) struct Proposable {
    pub(crate) typed: Proposal,
    pub(crate) kind: StepKind,
    /// From where and for how many months, of an exclusion.
    pub(crate) terms: Option<(Scope, u32)>,
}

/// The last step that the tariff allows, from where and for as long as chance has it, on all that is there.
pub(crate) fn proposable(scene: &Scene, ground: &Ground, random: &mut Random) -> Option<Proposable> {
    let step = ground.before.tariff.steps(&ground.scope.policy).last()?;
    let evidence = ground.open.involved.iter().map(|one| one.incident.to_string()).collect::<Vec<_>>();
    let terms = step.longest_months.filter(|_| !evidence.is_empty()).map(|longest| {
        let months = u32::try_from(random.below(longest as usize)).unwrap_or(0) + 1;
        (Scope::from(*random.pick(&step.scopes)), months)
    });
    let typed = Proposal {
        step: step.id.to_string(),
        scope: terms.map_or("", |(scope, _)| scope_name(scope)).to_owned(),
        months: terms.map_or(String::new(), |(_, months)| months.to_string()),
        premises: scene.member.member.iter().map(ToString::to_string).collect(),
        evidence,
        necessity: "Nothing milder helped.".into(),
        proportionality: "It is for as long as called for.".into(),
        account: "{1} left without paying.".into(),
        departs: "It differs from the usual.".into(),
        ..Proposal::default()
    };
    (!typed.evidence.is_empty()).then_some(Proposable { typed, kind: step.kind, terms })
}

pub(crate) async fn sweep_all(app: &App, world: &World) -> Result<Report, AppError> {
    let ctx = world.job("sweep");
    let plans = sweep::plan(app, &ctx).await?;
    sweep::run(app, &ctx, Order { plans: &plans, progress: &|_, _| {} }).await
}

pub(crate) fn hidden<T>(result: &Result<T, AppError>) -> bool {
    matches!(result, Err(AppError::Hidden))
}

/// The sentence of a refusal.
pub(crate) fn refusal<T>(result: Result<T, AppError>) -> String {
    match result {
        Err(AppError::Refused(problems)) => problems.to_string(),
        Err(other) => format!("not refused, but {other:?}"),
        Ok(_) => "not refused".into(),
    }
}

/// The files in the folder of sealed files.
pub(crate) fn files(world: &World) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![world.folder().join("blobs")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the folder can be read") {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

pub(crate) const ADULT: AgeBand = AgeBand::Adult;
pub(crate) type Pictures = Vec<PictureId>;

/// Everything that the controller reads of a record, its pictures opened.
pub(crate) async fn record(scene: &Scene, id: SubjectId) -> Result<String, AppError> {
    let (app, ctx) = (&scene.app, &scene.controller.ctx);
    let shown = subjects::open(app, ctx, id).await?;
    let mut open = shown.open;
    let mut told = format!("{:?}\n", shown.narratives);
    for picture in &open.pictures {
        let bytes = pictures::show(app, ctx, *picture, Size::Large).await?.0;
        let _ =
            writeln!(told, "{picture} {} {:?}", bytes.len(), bytes.get(bytes.len() / 2..bytes.len() / 2 + 8));
    }
    open.holds.sort_by_key(|hold| hold.id);
    let _ = write!(told, "{open:#?}");
    let near = associates::show(app, ctx, scene.org(), id).await?.near;
    for one in near {
        let _ = write!(
            told,
            "\nnear {} {:?} {:?} {:?}",
            one.card.number, one.incidents, one.vehicles, one.linked
        );
    }
    Ok(told)
}
