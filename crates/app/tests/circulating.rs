//! What the gallery keeps in memory is never more, less or older than what the database holds (VIS-1, VIS-4, RET-10).
mod support;

use fairwatch_app::{
    App, AppError, pictures,
    subjects::{self, Correction, Sought},
};
use fairwatch_core::{gate::Role, ids::PictureId};
use fairwatch_testkit::{
    engines::{Outcome, Person, World},
    on_both,
};
use jiff::Span;
use support::{GENERIC, Scene, everybody_is_new, face, later, person, theft};

/// Three servers: one on which things are done, one that has been looked at all the while, and, each time, one that
/// has just been started.
struct Servers<'a> {
    world: &'a World,
    scene: &'a Scene,
    elsewhere: App,
    /// Every picture that anybody was ever shown.
    pictures: Vec<PictureId>,
}

impl Servers<'_> {
    async fn shown(&self, app: &App, viewer: &Person) -> Result<String, AppError> {
        let ctx = viewer.again(self.world);
        let page = subjects::gallery(app, &ctx, self.scene.org(), &Sought::default(), None).await?;
        let mut told = format!("{:?} {:?}", page.cards, page.counts);
        for picture in &self.pictures {
            let ticket = pictures::ticket(app, &ctx, *picture);
            told += match pictures::thumbnail(app, &ctx, *picture, &ticket).await {
                Ok(_) => " shown",
                Err(AppError::Hidden) => " hidden",
                Err(error) => return Err(error),
            };
        }
        Ok(told)
    }

    /// All three say the same, to a member and to the controller.
    async fn agree(&mut self, after: &str) -> Outcome {
        for viewer in [&self.scene.member, &self.scene.controller] {
            let page = self.scene.gallery(&viewer.again(self.world)).await?;
            self.pictures.extend(page.cards.iter().filter_map(|card| card.picture));
            self.pictures.sort();
            self.pictures.dedup();
            let fresh = self.world.another_server().await?;
            let cold = App::new(fresh.clone(), (*self.scene.app.blobs).clone());
            let truth = self.shown(&cold, viewer).await?;
            fresh.close().await;
            assert_eq!(self.shown(&self.scene.app, viewer).await?, truth, "here, after: {after}");
            assert_eq!(self.shown(&self.elsewhere, viewer).await?, truth, "elsewhere, after: {after}");
        }
        Ok(())
    }
}

on_both!(every_server_shows_what_holds_now);
/// VIS-1, VIS-4, RET-10, RET-16: whatever is done to whom, on whichever server, and as days pass.
async fn every_server_shows_what_holds_now(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let controller = &scene.controller.ctx;
    let other = world.another_server().await?;
    let elsewhere = App::new(other.clone(), (*scene.app.blobs).clone());
    let mut servers = Servers { world, scene: &scene, elsewhere, pictures: Vec::new() };
    servers.agree("nothing").await?;
    let one = scene.subject("Una Example", &[face(1)]).await?;
    servers.agree("a first report").await?;
    let two = scene.subject("Dora Example", &[face(2)]).await?;
    let three = scene.subject("", &[face(3)]).await?;
    servers.agree("two more, one of them unknown").await?;
    let again = scene.again(one).await?;
    servers.agree("a further report").await?;
    let name = Correction { name: Some("Tess Example".into()), ..Correction::default() };
    subjects::correct(&scene.app, controller, three, name, "Someone knew").await?;
    servers.agree("a name").await?;
    subjects::restrict(&scene.app, controller, two, true, "A dispute").await?;
    servers.agree("a restriction").await?;
    subjects::restrict(&servers.elsewhere, controller, two, false, "Settled").await?;
    servers.agree("its end, elsewhere").await?;
    subjects::move_report(&scene.app, controller, one, two, again, "It was the other").await?;
    servers.agree("a report moved").await?;
    subjects::remove_report(&scene.app, controller, two, again, "It was neither").await?;
    servers.agree("a report removed").await?;
    let colleague = world.person(&scene.scheme, Role::MemberUser).await;
    let waiting =
        scene.report(&colleague.ctx, &theft("Later.", vec![person("", "Tall")]), &[face(4)]).await?;
    servers.agree("a report that waits").await?;
    let decision = everybody_is_new(&scene.review(waiting.id).await?);
    scene.approve(waiting.id, decision).await?;
    servers.agree("its approval").await?;
    subjects::hold(&scene.app, controller, one, "A claim", later(controller.today(), 30), None).await?;
    servers.agree("a hold").await?;
    subjects::erase(&servers.elsewhere, controller, two).await?;
    servers.agree("an erasure, elsewhere").await?;
    let begun = controller.today();
    for months in [6, 12, 13, 24, 40] {
        world.clock.set_day(begun.saturating_add(Span::new().months(months)));
        servers.agree(&format!("{months} months")).await?;
        scene.sweep(world).await?;
        servers.agree(&format!("{months} months and a sweep")).await?;
    }
    assert!(servers.pictures.len() >= 4, "pictures were shown: {:?}", servers.pictures);
    other.close().await;
    Ok(())
}
