//! What members are shown bears who was shown it (VIS-8).
mod support;

use fairwatch_app::pictures::{self, Jpeg, viewer_code};
use fairwatch_core::{gate::Role, pictures::Size};
use fairwatch_testkit::{
    engines::{Outcome, World},
    on_both,
};
use support::{GENERIC, Scene, face};

/// Width and height of a JPEG, from its frame header.
fn side(jpeg: &[u8]) -> (u16, u16) {
    let at = jpeg.windows(2).position(|pair| pair == [0xff, 0xc0]).expect("a baseline frame");
    let number = |at: usize| u16::from_be_bytes([jpeg[at], jpeg[at + 1]]);
    (number(at + 7), number(at + 5))
}

on_both!(each_viewer_is_shown_their_own_mark);
/// VIS-8: two members are shown different bytes of one picture, at each size, and at another time others again; the
/// small one is longer by the strip with the code. The controller is shown it as it is.
async fn each_viewer_is_shown_their_own_mark(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, member, controller) = (&scene.app, &scene.member, &scene.controller);
    let colleague = world.person(&scene.scheme, Role::MemberUser).await;
    scene.subject("Una Example", &[face(3)]).await?;
    let picture = scene.gallery(&member.ctx).await?.cards[0].picture.expect("a picture");
    let small = async |who: &fairwatch_testkit::engines::Person| {
        let ctx = who.again(world);
        let ticket = pictures::ticket(app, &ctx, picture);
        pictures::thumbnail(app, &ctx, picture, &ticket).await.map(|Jpeg(bytes)| bytes)
    };
    let (plain, mine, theirs) = (small(controller).await?, small(member).await?, small(&colleague).await?);
    assert!(mine != theirs);
    let ((width, height), (marked_width, marked_height)) = (side(&plain), side(&mine));
    assert_eq!((marked_width, marked_height), (width, height + 16), "the strip stands below the face");
    assert!(mine == small(member).await?, "the same each time, so that a browser keeps it");
    let code = |who: &fairwatch_testkit::engines::Person| viewer_code(app, scene.org(), who.account);
    assert_ne!(code(member), code(&colleague));
    let elsewhere = viewer_code(app, world.scheme("southgate").await.org, member.account);
    assert_ne!(code(member), elsewhere, "another scheme knows them by another");
    for size in [Size::Medium, Size::Large] {
        let show = async |who: &fairwatch_testkit::engines::Person| {
            pictures::show(app, &who.again(world), picture, size).await.map(|Jpeg(bytes)| bytes)
        };
        let (plain, mine) = (show(controller).await?, show(member).await?);
        assert_eq!(side(&plain), side(&mine));
        assert!(plain != mine);
        assert!(mine != show(&colleague).await?);
        world.clock.pass(jiff::SignedDuration::from_mins(2));
        assert!(mine != show(member).await?, "it says when");
    }
    Ok(())
}
