//! The live system and the simulator agree on every day, whatever befalls a subject, in whatever order it is
//! recorded, and whether or not a sweep has come by.
#[path = "retention/excluding.rs"]
mod excluding;
mod support;

use fairwatch_app::{
    AppError,
    incidents::review::{self, Link},
    subjects::{self, Agreement, Correction, Part},
    sweep,
};
use fairwatch_core::{
    clocks::{self, AgeBand, Agreeing, Event, Facts, Refused, Scope, Stage, What, simulator::simulate},
    ids::{HoldId, IncidentId, ReportId, SubjectId},
    policy::{Policy, retention::Retention},
};
use fairwatch_store::testing::Burglar;
use fairwatch_testkit::{
    Random,
    engines::{Outcome, Person, World},
    on_both,
};
use jiff::{Span, civil::Date};
use serde_json::{Value, json};
use std::{cell::RefCell, collections::BTreeSet};
use support::{
    CS, DTAC, GENERIC, POLICIES, Scene, TM, day, everybody_is_new, face, files, hidden, later, person,
    policy, refusal, theft,
};

/// So many histories on each engine under each policy; four policies make sixty.
const HISTORIES: u64 = 15;
const PURE: u64 = 400;

/// What befell a subject, as the simulator is told.
#[derive(Clone, Debug, PartialEq)]
enum Told {
    Report { id: String, incident: String, occurred: Date, images: u32 },
    Removed { id: String },
    Identified,
    Born(Date),
    Interest,
    Agreed(Agreeing),
    Hold { id: String, ends: Option<Date> },
    HoldEnded { id: String },
    Restricted,
    RestrictionEnded,
    Erased,
    Excluded { ends: Date, scope: Scope },
    Lifted,
}

impl Told {
    fn json(&self, on: Date) -> Value {
        let mut event = match self {
            Self::Report { id, incident, occurred, images } => {
                json!({"type": "report", "id": id, "incident": incident, "occurred": occurred, "images": images})
            }
            Self::Removed { id } => json!({"type": "report_removed", "id": id}),
            Self::Identified => json!({"type": "identified"}),
            Self::Born(born) => json!({"type": "born_known", "born": born}),
            Self::Interest => json!({"type": "public_interest"}),
            Self::Agreed(by) => json!({"type": "agreement", "by": by}),
            Self::Hold { id, ends: Some(ends) } => json!({"type": "hold", "id": id, "ends": ends}),
            Self::Hold { id, ends: None } => json!({"type": "hold", "id": id}),
            Self::HoldEnded { id } => json!({"type": "hold_ended", "id": id}),
            Self::Restricted => json!({"type": "restricted"}),
            Self::RestrictionEnded => json!({"type": "restriction_ended"}),
            Self::Erased => json!({"type": "erased"}),
            Self::Excluded { ends, scope } => json!({"type": "exclusion", "ends": ends, "scope": scope}),
            Self::Lifted => json!({"type": "exclusion_lifted"}),
        };
        event["on"] = json!(on);
        event
    }

    fn event(&self, on: Date) -> Event<'_> {
        let what = match self {
            Self::Report { id, incident, occurred, images } => {
                What::Report { id: Some(id), incident: Some(incident), occurred: *occurred, images: *images }
            }
            Self::Removed { id } => What::ReportRemoved { id },
            Self::Identified => What::Identified,
            Self::Born(born) => What::BornKnown { born: *born },
            Self::Interest => What::PublicInterest,
            Self::Agreed(by) => What::Agreement { by: *by },
            Self::Hold { id, ends } => What::Hold { id, ends: *ends },
            Self::HoldEnded { id } => What::HoldEnded { id },
            Self::Restricted => What::Restricted,
            Self::RestrictionEnded => What::RestrictionEnded,
            Self::Erased => What::Erased,
            Self::Excluded { ends, scope } => What::Exclusion { ends: *ends, scope: *scope },
            Self::Lifted => What::ExclusionLifted,
        };
        Event { on, what }
    }
}

/// What the simulator says of a day.
#[derive(Clone, Debug, PartialEq)]
struct Answer {
    stage: String,
    members_see: bool,
    until: Option<Date>,
    rule: Option<String>,
    incidents: u64,
    images: u64,
    frozen: bool,
}

impl Answer {
    fn is_live(&self) -> bool {
        matches!(&*self.stage, "pending" | "circulating" | "held")
    }
}

/// A report that is linked to a subject, and the id by which that subject's events know it.
#[derive(Clone, Debug)]
struct Standing {
    report: ReportId,
    id: String,
    on: Date,
    incident: IncidentId,
    occurred: Date,
    brought: Brought,
}

/// What a report brought to a subject; it goes with the report (RET-16).
#[derive(Clone, Debug, Default)]
struct Brought {
    /// It made the subject, so what is known of it at first is what this report said.
    first: bool,
    /// A name, or a date of birth, as an event.
    events: Vec<Told>,
}

/// A subject, and all that befell it.
#[derive(Clone, Debug)]
struct Case {
    subject: SubjectId,
    facts: Facts,
    events: Vec<(Date, Told)>,
    reports: Vec<Standing>,
}

impl Case {
    fn json(&self, days: &[Date]) -> String {
        let events = self.events.iter().map(|(on, told)| told.json(*on)).collect::<Vec<_>>();
        let subject = json!({
            "born": self.facts.born, "apparent_age": self.facts.apparent_age, "identified": self.facts.identified
        });
        json!({"subject": subject, "events": events, "days": days}).to_string()
    }

    /// What the simulator says of a day. What was recorded before a report that was approved late may no longer
    /// fit; the simulator refuses such a case, and the clocks pass it over.
    fn on(&self, rules: &Retention, day: Date) -> Answer {
        match simulate(rules, &self.json(&[day])) {
            Ok(answer) => {
                let answer: Value = serde_json::from_str(&answer).expect("the answer is JSON");
                let answer = &answer["days"][0];
                let date = |field: &str| answer[field].as_str().map(self::day);
                Answer {
                    stage: answer["stage"].as_str().expect("a stage").to_owned(),
                    members_see: answer["members_see"] == true,
                    until: date("until"),
                    rule: answer["rule"].as_str().map(str::to_owned),
                    incidents: answer["incidents"].as_u64().expect("a count"),
                    images: answer["images"].as_u64().expect("a count"),
                    frozen: answer["frozen"] == true,
                }
            }
            Err(_) => self.passing_over(rules, day),
        }
    }

    fn passing_over(&self, rules: &Retention, day: Date) -> Answer {
        let events = self.events();
        let state = clocks::state(rules, self.facts, &events, day);
        Answer {
            stage: state.stage.as_str().to_owned(),
            members_see: state.members_see,
            until: state.until,
            rule: state.rule.map(|rule| rule.as_str().to_owned()),
            incidents: state.incidents,
            images: state.images,
            frozen: state.frozen,
        }
    }

    fn events(&self) -> Vec<Event<'_>> {
        self.events.iter().map(|(on, told)| told.event(*on)).collect()
    }

    /// A report is taken away, and what it brought with it.
    fn take_away(&mut self, which: usize) {
        let brought = self.reports.remove(which).brought;
        self.events.retain(|(_, told)| !brought.events.contains(told));
        if brought.first {
            (self.facts.identified, self.facts.born) = (false, None);
        }
    }

    fn refuses(&self, rules: &Retention, on: Date, told: &Told) -> Option<Refused> {
        clocks::refusal(rules, self.facts, &self.events(), &told.event(on))
    }

    fn has(&self, wanted: impl Fn(&Told) -> bool) -> bool {
        self.events.iter().any(|(_, told)| wanted(told))
    }
    fn is_named(&self) -> bool {
        self.facts.identified || self.has(|told| *told == Told::Identified)
    }
    fn is_born(&self) -> bool {
        self.facts.born.is_some() || self.has(|told| matches!(told, Told::Born(_)))
    }

    /// The days on which something changes if nothing more happens.
    fn changes(&self, rules: &Retention) -> Vec<Date> {
        clocks::changes(rules, self.facts, &self.events()).iter().map(|change| change.on).collect()
    }
}

/// A report that was sent and not decided.
struct Waiting {
    report: ReportId,
    on: Date,
    occurred: Date,
    images: u32,
}

/// A history as it unfolds, in the live system and beside it in words of the simulator.
struct History<'w> {
    world: &'w World,
    scene: &'w Scene,
    rules: Retention,
    random: Random,
    today: Date,
    cases: Vec<Case>,
    waiting: Vec<Waiting>,
    log: RefCell<Vec<String>>,
    seed: u64,
    looks: usize,
    next: u32,
    /// Those who decide on exclusions.
    voters: &'w [Person],
    excluded: usize,
}

impl Drop for History<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("history {}, today {}:", self.seed, self.today);
            for line in self.log.borrow().iter() {
                eprintln!("  {line}");
            }
            for case in &self.cases {
                eprintln!("  {}: {}", case.subject, case.json(&[self.today]));
            }
        }
    }
}

type Done = Result<(), AppError>;

impl History<'_> {
    fn note(&self, what: impl Into<String>) {
        self.log.borrow_mut().push(format!("{} {}", self.today, what.into()));
    }

    fn go_to(&mut self, day: Date) {
        self.today = day;
        self.world.clock.set_day(day);
    }

    fn someone(&mut self) -> Option<usize> {
        (!self.cases.is_empty()).then(|| self.random.below(self.cases.len()))
    }

    fn now(&self, case: usize) -> Answer {
        self.cases[case].on(&self.rules, self.today)
    }

    fn happened(&mut self, case: usize, told: Told) {
        self.note(format!("{} {told:?}", self.cases[case].subject));
        self.cases[case].events.push((self.today, told));
    }

    /// Holds the live system against the simulator, as every role that sees subjects sees them.
    async fn compare(&mut self) -> Done {
        let (app, today) = (&self.scene.app, self.today);
        let (controller, member) = (&self.scene.controller.ctx, &self.scene.member.ctx);
        let mut visible = BTreeSet::new();
        let mut pictured = BTreeSet::new();
        let mut held = BTreeSet::new();
        let mut barred = BTreeSet::new();
        for case in &self.cases {
            let expected = case.on(&self.rules, today);
            assert_eq!(expected, case.passing_over(&self.rules, today), "simulator and clocks");
            let id = case.subject;
            let open = subjects::open(app, controller, id).await;
            if expected.is_live() {
                let open =
                    open.unwrap_or_else(|error| panic!("{today} {id}: {expected:?} but {error:?}")).open;
                let found = Answer {
                    stage: open.life.stage.as_str().to_owned(),
                    members_see: open.life.members_see,
                    until: open.life.until,
                    rule: open.life.rule.map(|rule| rule.as_str().to_owned()),
                    incidents: open.involved.iter().map(|i| i.incident).collect::<BTreeSet<_>>().len() as u64,
                    images: open.pictures.len() as u64,
                    frozen: expected.frozen,
                };
                assert_eq!(found, expected, "{today} {id}");
                let excluded = clocks::state(&self.rules, case.facts, &case.events(), today).excluded;
                let in_force = open.excluded.as_ref().map(|one| one.ends_on);
                assert_eq!(in_force, excluded.map(|one| one.ends), "{today} {id}: the exclusion");
                barred.extend(in_force.map(|ends| (id, ends)));
                held.insert((id, expected.stage.clone()));
            } else {
                assert!(hidden(&open), "{today} {id}: {} is open", expected.stage);
                let frozen = subjects::open_frozen(app, controller, id, "For the hold").await;
                assert_eq!(frozen.is_ok(), expected.stage == "frozen", "{today} {id}: {expected:?}");
            }
            assert_eq!(
                subjects::show(app, member, id, "").await.is_ok(),
                expected.members_see,
                "{today} {id}"
            );
            if expected.members_see {
                visible.insert(id);
                if expected.images > 0 {
                    pictured.insert(id);
                }
            }
        }
        let page = self.scene.gallery(member).await?;
        let shown = page.cards.iter().map(|card| card.id).collect::<BTreeSet<_>>();
        assert_eq!(shown, visible, "{today}: the gallery");
        let with = page.cards.iter().filter(|card| card.picture.is_some()).map(|card| card.id);
        assert_eq!(with.collect::<BTreeSet<_>>(), pictured, "{today}: who has a picture in the gallery");
        assert_eq!(page.counts.all, i64::try_from(visible.len()).unwrap_or(-1), "{today}: the count");
        let list = subjects::list(app, controller, self.scene.org(), Part::All, None).await?;
        let listed = list.cards.iter().map(|card| (card.id, card.stage.as_str().to_owned()));
        assert_eq!(listed.collect::<BTreeSet<_>>(), held, "{today}: the controller's list");
        assert_eq!(self.listed_as_excluded().await?, barred, "{today}: who is excluded");
        self.looks += 1;
        Ok(())
    }

    async fn sweep(&mut self) -> Done {
        let report = self.scene.sweep(self.world).await?;
        self.note(format!("swept: {report:?}"));
        let again = sweep::plan(&self.scene.app, &self.world.job("sweep")).await?;
        for plan in again {
            assert!(plan.plan.subjects.iter().all(|due| due.put_off), "{:?}", plan.plan);
            assert!(plan.plan.others.iter().all(|loss| loss.due == 0), "{:?}", plan.plan.others);
        }
        Ok(())
    }

    async fn submit(&mut self) -> Done {
        let mut typed = theft("They took it.", vec![person("", "As on the picture")]);
        let before = self.cases.iter().flat_map(|case| &case.reports).map(|r| r.occurred);
        let recent = before.filter(|day| later(*day, 600) > self.today).collect::<Vec<_>>();
        let occurred = if !recent.is_empty() && self.random.chance(0.4) {
            *self.random.pick(&recent)
        } else {
            later(self.today, -self.random.between(0, 10))
        };
        typed.day = occurred.to_string();
        typed.time = "00:10".into();
        if let Some(case) = self.someone().filter(|case| self.now(*case).members_see)
            && self.random.chance(0.4)
        {
            typed.people[0].proposed = self.cases[case].subject.to_string();
        }
        let images = u32::from(self.random.chance(0.4));
        let uploads = (0..images).map(|_| face(self.random.number())).collect::<Vec<_>>();
        let sent = self.scene.report(&self.scene.member.ctx, &typed, &uploads).await?;
        self.note(format!("sent {} of {occurred}, {images} pictures", sent.number));
        self.waiting.push(Waiting { report: sent.id, on: self.today, occurred, images });
        Ok(())
    }

    /// A date of birth that makes somebody so old, more or less.
    fn born(&mut self) -> Date {
        let years = *self.random.pick(&[9, 12, 13, 13, 15, 17, 17, 20, 40]);
        let days = self.random.between(0, 364);
        later(self.today.saturating_sub(Span::new().years(years)), -days)
    }

    async fn decide(&mut self, place: usize) -> Done {
        let Waiting { report, on, occurred, images } = self.waiting.remove(place);
        let (app, controller) = (&self.scene.app, &self.scene.controller.ctx);
        if self.random.chance(0.08) {
            self.note(format!("rejected {report}"));
            return review::reject(app, controller, report, "Not needed").await;
        }
        let review = self.scene.review(report).await?;
        let mut decision = everybody_is_new(&review);
        let reference = format!("r{}", review.held.number);
        if let Some(place) = self.someone()
            && self.random.chance(0.65)
        {
            let case = self.cases[place].clone();
            let joins = case
                .reports
                .iter()
                .find(|r| r.occurred == occurred && review.near.iter().any(|whole| whole.id == r.incident));
            let joins = joins.cloned().filter(|_| self.random.chance(0.8));
            let names = self.random.chance(0.3) && !case.is_named();
            let born = (self.random.chance(0.15) && !case.is_born()).then(|| self.born());
            decision.people[0].link = Link::Existing(case.subject);
            decision.people[0].name = if names { "Nora Named".into() } else { String::new() };
            decision.people[0].born = born;
            decision.joins = joins.as_ref().map(|joined| joined.incident);
            let incident = joins.as_ref().map_or(reference.clone(), |joined| joined.incident.to_string());
            let incident = self.incident_of(&case, joins.as_ref()).unwrap_or(incident);
            let told = Told::Report { id: reference.clone(), incident, occurred, images };
            let then = case.on(&self.rules, on);
            let refused = case.refuses(&self.rules, on, &told);
            let before = self.now(place);
            match self.scene.approve(report, decision.clone()).await {
                Ok(linked) => {
                    self.note(format!("linked {reference} of {on} to {}", case.subject));
                    assert!(then.is_live() && refused.is_none(), "{then:?} {refused:?}");
                    self.cases[place].events.push((on, told));
                    let mut events = Vec::new();
                    events.extend(names.then_some(Told::Identified));
                    events.extend(born.map(Told::Born));
                    for event in &events {
                        self.happened(place, event.clone());
                    }
                    let left = self.now(place);
                    let remains = left.is_live() || left.stage == "frozen";
                    assert_eq!(linked, if remains { vec![case.subject] } else { vec![] }, "{left:?}");
                    // Frozen by the same approval, the report is out of use with its subject.
                    if let Ok(review) = self.scene.review(report).await {
                        let incident = review.held.incident.expect("it has one");
                        self.cases[place].reports.push(Standing {
                            report,
                            id: reference,
                            on,
                            incident,
                            occurred,
                            brought: Brought { first: false, events },
                        });
                    }
                    return Ok(());
                }
                Err(error) => {
                    let sentence = refusal::<()>(Err(error));
                    self.note(format!("{reference} of {on} is no report of {}: {sentence}", case.subject));
                    let is_gone = !before.is_live() && before.stage != "frozen";
                    let fits = (sentence.contains("no longer there") && is_gone)
                        || (sentence.contains("had reached its end") && !then.is_live())
                        || (sentence.contains("cannot be linked") && refused.is_some());
                    assert!(fits, "{sentence}: then {then:?}, now {before:?}, {refused:?}");
                }
            }
            decision.joins = None;
        }
        self.approve_as_new(report, on, occurred, images, reference, decision).await
    }

    /// The incident by which a case's events know the one that a report joins.
    fn incident_of(&self, case: &Case, joined: Option<&Standing>) -> Option<String> {
        let joined = joined?;
        case.events.iter().find_map(|(_, told)| match told {
            Told::Report { id, incident, .. } if *id == joined.id => Some(incident.clone()),
            _ => None,
        })
    }

    async fn approve_as_new(
        &mut self,
        report: ReportId,
        on: Date,
        occurred: Date,
        images: u32,
        reference: String,
        mut decision: review::Decision,
    ) -> Done {
        let named = self.random.chance(0.6);
        let born = self.random.chance(0.3).then(|| self.born());
        let apparent_age = *self.random.pick(&[
            AgeBand::Adult,
            AgeBand::Adult,
            AgeBand::Adult,
            AgeBand::Under18,
            AgeBand::Under14,
        ]);
        let decided = &mut decision.people[0];
        decided.link = Link::New;
        decided.name = if named { "Nora Named".into() } else { String::new() };
        (decided.born, decided.apparent_age) = (born, apparent_age);
        let facts = Facts { born, apparent_age, identified: named };
        let told = Told::Report { id: reference.clone(), incident: reference.clone(), occurred, images };
        let events = vec![(on, told)];
        let mut case = Case { subject: SubjectId(report.0), facts, events, reports: Vec::new() };
        let answer = case.on(&self.rules, self.today);
        if case.on(&self.rules, on).stage == "refused" {
            let sentence = refusal(self.scene.approve(report, decision.clone()).await);
            assert!(sentence.contains("minimum age"), "{sentence}");
            self.note(format!("{reference} of {on} is of somebody too young"));
            decision.people[0].link = Link::LeftOut;
            assert_eq!(self.scene.approve(report, decision).await?, []);
            return Ok(());
        }
        let made = self.scene.approve(report, decision).await?;
        assert_eq!(made.len(), usize::from(answer.is_live()), "{answer:?}");
        if let [subject] = made[..] {
            case.subject = subject;
            let incident = self.scene.review(report).await?.held.incident.expect("it has one");
            let brought = Brought { first: true, events: Vec::new() };
            case.reports.push(Standing { report, id: reference.clone(), on, incident, occurred, brought });
            self.note(format!("{reference} of {on} makes {subject}: {answer:?}"));
            self.cases.push(case);
        }
        Ok(())
    }

    async fn change(&mut self) -> Done {
        let Some(place) = self.someone() else { return Ok(()) };
        let case = self.cases[place].clone();
        let (app, controller, id) = (&self.scene.app, &self.scene.controller.ctx, case.subject);
        let (live, today) = (self.now(place).is_live(), self.today);
        let reason = "As the controller decided";
        // Whether it could be done, and what was done; the live system must say the same.
        let (told, done): (Told, Result<(), AppError>) = match self.random.below(10) {
            0 => (Told::Restricted, subjects::restrict(app, controller, id, true, reason).await),
            1 => (Told::RestrictionEnded, subjects::restrict(app, controller, id, false, reason).await),
            2 | 3 => {
                let ends = self.random.chance(0.6).then(|| later(today, self.random.between(1, 500)));
                let hold = subjects::hold(app, controller, id, reason, later(today, 30), ends).await;
                let known = hold.as_ref().map_or(format!("none {today}"), ToString::to_string);
                (Told::Hold { id: known, ends }, hold.map(|_| ()))
            }
            4 => {
                let holds = case.events.iter().filter_map(|(_, told)| match told {
                    Told::Hold { id, .. } => Some(id.clone()),
                    _ => None,
                });
                let holds = holds.collect::<Vec<_>>();
                if holds.is_empty() {
                    return Ok(());
                }
                let hold = self.random.pick(&holds).clone();
                let ended: HoldId = hold.parse().expect("an id");
                (
                    Told::HoldEnded { id: hold },
                    subjects::end_hold(app, controller, id, ended).await.map(|_| ()),
                )
            }
            5 if self.random.chance(0.3) => {
                (Told::Erased, subjects::erase(app, controller, id).await.map(|_| ()))
            }
            6 if !case.is_named() => {
                let correction = Correction {
                    name: Some("Nora Named".into()),
                    ends_record: true,
                    ..Correction::default()
                };
                (
                    Told::Identified,
                    subjects::correct(app, controller, id, correction, reason).await.map(|_| ()),
                )
            }
            7 if !case.is_born() => {
                let born = self.born();
                let correction = Correction {
                    born: Some(born),
                    necessity: Some("Staff were hurt.".into()),
                    ends_record: true,
                    ..Correction::default()
                };
                (
                    Told::Born(born),
                    subjects::correct(app, controller, id, correction, reason).await.map(|_| ()),
                )
            }
            _ => {
                let (told, agreement) = match self.random.below(3) {
                    0 => (Told::Interest, Agreement::PublicInterest),
                    1 => (Told::Agreed(Agreeing::Police), Agreement::Police),
                    _ => (Told::Agreed(Agreeing::Board), Agreement::Board),
                };
                (told, subjects::agree(app, controller, id, agreement, reason).await.map(|_| ()))
            }
        };
        let refused = case.refuses(&self.rules, today, &told);
        let may = refused.is_none() && (live || matches!(told, Told::HoldEnded { .. }));
        match done {
            Ok(()) => {
                assert!(may, "{told:?} was done to {id}, although {refused:?}");
                self.happened(place, told);
            }
            Err(AppError::Hidden | AppError::Refused(_)) => {
                assert!(!may, "{told:?} was not done to {id}");
                self.note(format!("{id} not {told:?}"));
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    async fn remove_or_move(&mut self) -> Done {
        let Some(place) = self.someone() else { return Ok(()) };
        let case = self.cases[place].clone();
        if case.reports.is_empty() {
            return Ok(());
        }
        let which = self.random.below(case.reports.len());
        let standing = case.reports[which].clone();
        let (app, controller, today) = (&self.scene.app, &self.scene.controller.ctx, self.today);
        let removed = Told::Removed { id: standing.id.clone() };
        let may = self.now(place).is_live() && case.refuses(&self.rules, today, &removed).is_none();
        // An incident that is over is gone with its reports, and can be neither moved nor removed.
        let months = self.rules.known.incident;
        let is_over = |sentence: &str| {
            sentence.contains("no longer linked")
                && months
                    .and_then(|n| clocks::plus_months(standing.occurred, n))
                    .is_some_and(|end| end <= today)
        };
        let other = self.someone().filter(|other| *other != place && self.random.chance(0.5));
        let Some(other) = other else {
            let done =
                subjects::remove_report(app, controller, case.subject, standing.report, "Not them").await;
            return match done {
                Ok(_) => {
                    assert!(may);
                    self.happened(place, removed);
                    self.cases[place].take_away(which);
                    Ok(())
                }
                Err(AppError::Hidden) => {
                    assert!(!may);
                    Ok(())
                }
                Err(error) => {
                    let sentence = refusal::<()>(Err(error));
                    assert!(!may || is_over(&sentence), "{sentence}");
                    Ok(())
                }
            };
        };
        let to = self.cases[other].clone();
        let images = match self.scene.review(standing.report).await {
            Ok(review) => u32::try_from(review.held.pictures.len()).unwrap_or(u32::MAX),
            Err(_) => 0,
        };
        self.next += 1;
        let incident = to.reports.iter().find(|r| r.incident == standing.incident);
        let incident = self.incident_of(&to, incident).unwrap_or_else(|| standing.incident.to_string());
        let moved = format!("{} moved {}", standing.id, self.next);
        let told = Told::Report { id: moved.clone(), incident, occurred: standing.occurred, images };
        let then = to.on(&self.rules, standing.on);
        let fits = may
            && self.now(other).is_live()
            && (then.is_live() || then.stage == "none")
            && to.refuses(&self.rules, standing.on, &told).is_none();
        let done =
            subjects::move_report(app, controller, case.subject, to.subject, standing.report, "Mixed up")
                .await;
        match done {
            Ok(_) => {
                assert!(fits, "moved although {then:?}");
                self.note(format!("moved {} of {} to {}", standing.id, standing.on, to.subject));
                self.cases[other].events.push((standing.on, told));
                // What the report said of the one person is not said of the other.
                let brought = Brought::default();
                self.cases[other].reports.push(Standing { id: moved, brought, ..standing });
                self.happened(place, removed);
                self.cases[place].take_away(which);
            }
            Err(AppError::Hidden) => assert!(!fits),
            Err(error @ AppError::Refused(_)) => {
                let sentence = refusal::<()>(Err(error));
                assert!(!fits || is_over(&sentence), "{sentence}");
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Time passes; reports that wait are decided within ten days, mostly.
    async fn pass(&mut self) -> Done {
        let days = match self.random.below(10) {
            0..5 => self.random.between(0, 3),
            5..8 => self.random.between(10, 70),
            _ => self.random.between(90, 320),
        };
        let then = later(self.today, days);
        while let Some(place) = self.waiting.iter().position(|waiting| later(waiting.on, 10) < then) {
            if self.random.chance(0.05) {
                break;
            }
            let by = later(self.waiting[place].on, self.random.between(0, 10));
            self.go_to(by.max(self.today));
            self.decide(place).await?;
        }
        self.go_to(then.max(self.today));
        Ok(())
    }

    async fn unfold(&mut self, sweeps: f32) -> Done {
        for _ in 0..self.random.between(6, 11) {
            self.pass().await?;
            self.compare().await?;
            let waiting = self.waiting.len();
            match self.random.below(10) {
                0..3 => self.submit().await?,
                3..6 if waiting > 0 => {
                    let place = self.random.below(waiting);
                    self.decide(place).await?;
                }
                6..8 => self.change().await?,
                8 => self.remove_or_move().await?,
                _ => self.submit().await?,
            }
            if self.random.chance(0.3) {
                self.exclude_or_lift().await?;
                self.compare().await?;
            }
            // A report that was only sent changes nothing for anybody, as the next comparison shows.
            if self.waiting.len() <= waiting {
                self.compare().await?;
            }
            if self.random.chance(sweeps) {
                self.sweep().await?;
                self.compare().await?;
            }
        }
        Ok(())
    }

    /// The days around every change that is to come.
    async fn play_out(&mut self, sweeps: f32) -> Done {
        while !self.waiting.is_empty() {
            self.decide(0).await?;
            self.compare().await?;
        }
        let to_come = self.cases.iter().flat_map(|case| case.changes(&self.rules));
        let near = to_come.flat_map(|day| [later(day, -1), day]).filter(|day| *day > self.today);
        let mut days = near.collect::<BTreeSet<_>>();
        for case in &self.cases {
            let occurred = case.reports.iter().map(|standing| standing.occurred);
            let over = occurred.filter_map(|on| clocks::plus_months(on, self.rules.known.incident?));
            days.extend(over.filter(|day| *day > self.today));
        }
        for day in days {
            self.go_to(day);
            self.compare().await?;
            if self.random.chance(sweeps) {
                self.sweep().await?;
                self.compare().await?;
            }
        }
        Ok(())
    }

    /// In the end nothing is left.
    async fn end(&mut self) -> Done {
        for place in 0..self.cases.len() {
            let case = self.cases[place].clone();
            for (_, told) in &case.events {
                let Told::Hold { id, .. } = told else { continue };
                let hold: HoldId = id.parse().expect("an id");
                let ended =
                    subjects::end_hold(&self.scene.app, &self.scene.controller.ctx, case.subject, hold);
                if ended.await.is_ok() {
                    self.happened(place, Told::HoldEnded { id: id.clone() });
                }
            }
        }
        self.compare().await?;
        self.go_to(self.today.saturating_add(Span::new().years(6)));
        self.compare().await?;
        self.sweep().await?;
        self.compare().await
    }
}

/// Fifteen histories under one policy, one after the other on one database.
async fn agree(world: &World, file: &str) -> Outcome {
    let scene = Scene::new(world, file).await;
    let rules = policy(file).retention().clone();
    let (mut today, mut looks, mut excluded) = (day("2026-03-02"), 0, 0);
    let voters = support::voters(world, &scene).await;
    for seed in 1..=HISTORIES {
        let random = Random::aspect(seed, file);
        let mut history = History {
            world,
            scene: &scene,
            rules: rules.clone(),
            random,
            today,
            cases: Vec::new(),
            waiting: Vec::new(),
            log: RefCell::default(),
            seed,
            looks: 0,
            next: 0,
            voters: &voters,
            excluded: 0,
        };
        // Every third history is never swept until its end: reading alone enforces the days (RET-10).
        let sweeps = [0.0, 0.3, 0.7][usize::try_from(seed % 3)?];
        let result = async {
            history.unfold(sweeps).await?;
            history.play_out(sweeps).await?;
            history.end().await
        };
        if let Err(error) = result.await {
            panic!("{error:?}");
        }
        today = later(history.today, 1);
        looks += history.looks;
        excluded += history.excluded;
    }
    assert!(excluded > 1, "only {excluded} were excluded");
    println!("{looks} days were compared");
    let burglar = Burglar::at(world.address()).await?;
    for (table, left) in [
        ("subjects", burglar.number("SELECT COUNT(*) AS n FROM subjects").await?),
        ("events", burglar.number("SELECT COUNT(*) AS n FROM subject_events").await?),
        ("exclusions", burglar.number("SELECT COUNT(*) AS n FROM exclusions").await?),
        ("proposals", burglar.number("SELECT COUNT(*) AS n FROM proposals").await?),
        ("votes", burglar.number("SELECT COUNT(*) AS n FROM proposal_votes").await?),
        ("holds", burglar.number("SELECT COUNT(*) AS n FROM holds").await?),
        ("incidents", burglar.number("SELECT COUNT(*) AS n FROM incidents").await?),
        ("reports", burglar.number("SELECT COUNT(*) AS n FROM reports").await?),
        ("people", burglar.number("SELECT COUNT(*) AS n FROM people").await?),
        ("pictures", burglar.number("SELECT COUNT(*) AS n FROM pictures").await?),
        ("removals", burglar.number("SELECT COUNT(*) AS n FROM blob_removals").await?),
        ("reasons", burglar.number("SELECT COUNT(*) AS n FROM audit_reasons").await?),
        (
            "keys",
            burglar
                .number("SELECT COUNT(*) AS n FROM data_keys WHERE kind NOT IN ('account', 'member', 'membership')")
                .await?,
        ),
    ] {
        assert_eq!(left, 0, "{table}: everything has an end (RET-9, RET-15)");
    }
    burglar.leave().await;
    assert_eq!(files(world), Vec::<std::path::PathBuf>::new(), "no file is left");
    Ok(())
}

on_both!(live_and_simulator_agree_under_cs);
/// RET-1 to RET-5, RET-8, RET-10, RET-11, RET-16, EXC-7: on random histories under CS's policy.
async fn live_and_simulator_agree_under_cs(world: &World) -> Outcome {
    agree(world, CS).await
}

on_both!(live_and_simulator_agree_under_tm);
/// RET-1 to RET-5, RET-8, RET-10, RET-11, RET-16, EXC-7: on random histories under TM's policy.
async fn live_and_simulator_agree_under_tm(world: &World) -> Outcome {
    agree(world, TM).await
}

on_both!(live_and_simulator_agree_under_dtac);
/// RET-1 to RET-8, RET-10, RET-11, RET-16, SUB-4, INC-8: on random histories under DTAC's policy.
async fn live_and_simulator_agree_under_dtac(world: &World) -> Outcome {
    agree(world, DTAC).await
}

on_both!(live_and_simulator_agree_under_the_generic_policy);
/// RET-1 to RET-8, RET-10, RET-11, RET-16: on random histories under the generic policy.
async fn live_and_simulator_agree_under_the_generic_policy(world: &World) -> Outcome {
    agree(world, GENERIC).await
}

/// The same kinds of histories without a database: the simulator, reading JSON, and the clocks that the live system
/// asks give one answer on every day (RET-12).
#[test]
fn simulator_and_clocks_agree() {
    let mut compared = 0;
    for (file, _) in POLICIES {
        let rules = policy(file).retention().clone();
        for seed in 0..PURE {
            let case = imagined(&mut Random::aspect(seed, file), &rules);
            let last = case.events.iter().map(|(on, _)| *on).max().expect("there is one");
            let days = case.changes(&rules).into_iter().flat_map(|day| [later(day, -1), day]);
            for on in days.chain([last]) {
                assert_eq!(
                    case.on(&rules, on),
                    case.passing_over(&rules, on),
                    "{file} {seed}: {}",
                    case.json(&[on])
                );
                compared += 1;
            }
        }
    }
    println!("{compared} days were compared");
}

fn imagined(random: &mut Random, rules: &Retention) -> Case {
    let first = later(day("2024-01-20"), random.between(0, 60));
    let report = |n: usize, on: Date| Told::Report {
        id: format!("r{n}"),
        incident: format!("i{}", n / 2),
        occurred: on,
        images: 1,
    };
    let facts = Facts {
        born: random.chance(0.3).then(|| later(first, -random.between(11 * 365, 20 * 365))),
        apparent_age: *random.pick(&[AgeBand::Adult, AgeBand::Adult, AgeBand::Under18, AgeBand::Under14]),
        identified: random.chance(0.5),
    };
    let events = vec![(first, report(0, first))];
    let mut case = Case { subject: SubjectId(uuid::Uuid::nil()), facts, events, reports: Vec::new() };
    let mut on = first;
    for n in 1..random.between(2, 14) {
        on = later(on, *random.pick(&[0, 1, 3, 27, 28, 60, 150, 364, 365, 366]));
        let told = match random.below(9) {
            0..3 => report(usize::try_from(n).unwrap_or(0), on),
            3 => Told::Removed { id: format!("r{}", random.below(4)) },
            4 => Told::Identified,
            5 => Told::Born(later(on, -random.between(12 * 365, 19 * 365))),
            6 => Told::Hold { id: format!("h{n}"), ends: Some(later(on, random.between(1, 900))) },
            7 if random.chance(0.5) => Told::Restricted,
            7 => Told::RestrictionEnded,
            _ => random
                .pick(&[Told::Interest, Told::Agreed(Agreeing::Police), Told::Agreed(Agreeing::Board)])
                .clone(),
        };
        if case.refuses(rules, on, &told).is_none_or(|why| why == Refused::UnderMinimumAge) {
            case.events.push((on, told));
        }
    }
    case
}

/// The product's policies are what the histories run under.
#[test]
fn every_policy_is_played() {
    let names = POLICIES.map(|(name, _)| name);
    assert_eq!(names, [CS, TM, DTAC, GENERIC]);
    let _: [Policy; 4] = names.map(policy);
    assert!(Stage::Circulating.is_live());
}
