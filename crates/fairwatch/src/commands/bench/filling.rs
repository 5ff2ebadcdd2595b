//! A scheme with as many people as are asked for, made as its users would make it.
use super::super::Failure;
use crate::{demo, installation::World};
use fairwatch_app::{
    App,
    accounts::{self, Given},
    certifications, duties,
    incidents::{
        reporting::{self, Outcome, Typed, TypedPerson},
        review,
    },
    pictures,
};
use fairwatch_core::{
    accounts::{AddOrg, Business},
    gate::{Caller, Ctx, Role},
    ids::OrgId,
    scope::Installation,
};
use fairwatch_store::{
    Tx,
    incidents::review::{Decision, Link, PersonDecision, Shows},
    orgs,
};
use fairwatch_testkit::people::Person;
use fairwatch_web::Persona;
use std::net::{IpAddr, Ipv4Addr};

/// What was made.
pub(super) struct Scheme {
    pub(super) org: OrgId,
    pub(super) slug: String,
    pub(super) personas: Vec<Persona>,
    pub(super) subject: String,
    pub(super) category: String,
    /// The address of the controller's calendar.
    pub(super) feed: String,
}

pub(super) async fn fill(app: &App, world: &World, subjects: u64) -> Result<Scheme, Failure> {
    let console = world.ctx(Caller::Console);
    orgs::found(&app.store, &console, orgs::Kind::Demo, "http://127.0.0.1").await?;
    let generic = demo::policies().find(|(file, _)| file.starts_with("generic"));
    let (file, text) =
        generic.ok_or_else(|| Failure::new("the generic policy did not come with the program"))?;
    let add = app.store.write::<AddOrg, _>(&console, Installation, async |tx: &mut Tx<AddOrg>| {
        orgs::add(tx, &file, &text).await
    });
    let org = add.await?;
    let scopes = orgs::all(&app.store, &console).await?;
    let scope = scopes.into_iter().find(|scope| scope.org == org).ok_or_else(|| Failure::new("no scheme"))?;
    let business = Business {
        name: "Harbour Pharmacy".into(),
        premises: "12 Market Square".into(),
        area: "Market Square".into(),
        trade: "pharmacy".into(),
    };
    let member = accounts::add_member(app, &console, org, &business).await?;
    let user = |name: &str, role, member| accounts::NewUser {
        name: name.into(),
        email: Some(format!("{}@bench.example", name.replace(' ', "-"))),
        role: Some(role),
        member,
        ..accounts::NewUser::default()
    };
    let reporter =
        accounts::give_role(app, &console, org, &user("A reporter", Role::MemberUser, Some(member))).await?;
    // Whoever looks is not whoever sent two thousand reports.
    let reader =
        accounts::give_role(app, &console, org, &user("A reader", Role::MemberUser, Some(member))).await?;
    let controller =
        accounts::give_role(app, &console, org, &user("A controller", Role::Controller, None)).await?;
    let mut contexts = Vec::new();
    for invited in [&reporter, &controller, &reader] {
        contexts.push(agreed(app, world, org, invited).await?);
    }
    let category =
        scope.policy.incidents.categories.first().map_or(String::new(), |word| word.id.to_string());
    let mut last = None;
    for n in 0..subjects {
        // The newest page has pictures, as a gallery has.
        let pictured = subjects - n <= 48;
        last = subject(app, org, &contexts[0], &contexts[1], n, pictured, &category).await?.or(last);
    }
    let feed = duties::make_feed(app, &contexts[1], org).await?;
    let persona = |id: &str, role, account| Persona {
        id: id.into(),
        name: id.into(),
        note: String::new(),
        role,
        slug: scope.slug.clone(),
        account,
    };
    Ok(Scheme {
        personas: vec![
            persona("member", Role::MemberUser, reader.account),
            persona("controller", Role::Controller, controller.account),
        ],
        org,
        slug: scope.slug.clone(),
        feed,
        subject: last.unwrap_or_default(),
        category,
    })
}

/// Somebody who is signed in and has read and agreed, as whoever is new does first (MEM-3).
async fn agreed(app: &App, world: &World, org: OrgId, invited: &Given) -> Result<Ctx, Failure> {
    let (console, address) = (world.ctx(Caller::Console), IpAddr::V4(Ipv4Addr::LOCALHOST));
    let session = accounts::sign_in_as(app, &console, invited.account, "bench", address).await?;
    let membership = Some(invited.membership);
    let ctx = world.ctx(Caller::User { session: session.session, account: invited.account, membership });
    let owed = certifications::owed(app, &ctx, org).await?;
    let shown = owed.asked.iter().map(|asks| certifications::shown(asks.text, asks.version));
    certifications::agree(app, &ctx, org, &shown.collect::<Vec<_>>(), address).await?;
    Ok(ctx)
}

/// Of so many users one has yet to agree.
const LATE: u64 = 50;

/// Members with their users, as a large scheme has them: what the gate of certification and the calendar look through.
pub(super) async fn crowd(
    app: &App,
    world: &World,
    scheme: &Scheme,
    members: u64,
    users: u64,
) -> Result<(), Failure> {
    let console = world.ctx(Caller::Console);
    let mut businesses = Vec::new();
    for n in 0..members {
        let business = Business {
            name: format!("Shop {n}"),
            premises: format!("{n} High Street"),
            area: "High Street".into(),
            trade: "clothing".into(),
        };
        businesses.push(accounts::add_member(app, &console, scheme.org, &business).await?);
    }
    for n in 0..if businesses.is_empty() { 0 } else { users } {
        let member = businesses[usize::try_from(n % members).unwrap_or(0)];
        let user = accounts::NewUser {
            name: format!("User {n}"),
            email: Some(format!("user-{n}@bench.example")),
            role: Some(Role::MemberUser),
            member: Some(member),
            ..accounts::NewUser::default()
        };
        let invited = accounts::give_role(app, &console, scheme.org, &user).await?;
        if n % LATE != 0 {
            agreed(app, world, scheme.org, &invited).await?;
        }
    }
    Ok(())
}

async fn subject(
    app: &App,
    org: OrgId,
    reporter: &Ctx,
    controller: &Ctx,
    n: u64,
    pictured: bool,
    category: &str,
) -> Result<Option<String>, Failure> {
    let person = Person::from_seed(n, reporter.today());
    if pictured {
        let shot = fairwatch_testkit::faces::Shot::varied(800, 1000, n);
        pictures::add(app, reporter, org, reporting::FORM, person.face.draw(&shot).to_jpeg(86)).await?;
    }
    let typed = Typed {
        category: category.into(),
        place: "12 Market Square".into(),
        sentence: "Took three perfumes from the front display and pushed past a colleague at the door."
            .into(),
        people: vec![TypedPerson {
            name: person.name(),
            description: person.description.clone(),
            ..TypedPerson::default()
        }],
        ..Typed::default()
    };
    let Outcome::Sent(sent) = reporting::submit(app, reporter, org, &typed).await? else { return Ok(None) };
    let held = reporting::show_mine(app, reporter, sent.id).await?;
    let people = held
        .people
        .iter()
        .map(|p| PersonDecision {
            person: p.id,
            link: Link::New,
            name: person.name(),
            description: person.description.clone(),
            born: None,
            apparent_age: fairwatch_core::clocks::AgeBand::Adult,
            necessity: String::new(),
        })
        .collect::<Vec<_>>();
    let first = people.first().map(|p| p.person);
    let decision = Decision {
        joins: None,
        added: Vec::new(),
        vehicle: None,
        category: category.into(),
        place: typed.place.clone(),
        narrative: "{1} took three perfumes from the front display.".into(),
        activity: "Theft, perfume".into(),
        pictures: held.pictures.iter().map(|p| (p.id, first.map_or(Shows::Nobody, Shows::One))).collect(),
        people,
    };
    let subjects = review::approve(app, controller, sent.id, decision).await?.subjects;
    Ok(subjects.first().map(ToString::to_string))
}
