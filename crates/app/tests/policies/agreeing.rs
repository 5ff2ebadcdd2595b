//! Two people change a policy (SEC-6).

use super::{
    Changing,
    support::{self, GENERIC, hidden, later, policy_text, refusal},
    today, with,
};
use fairwatch_app::{
    AppError,
    policies::{self, LONGEST_TEXT, Typed},
};
use fairwatch_core::{
    accounts::{GiveRole, Profile},
    gate::{Caller, Ctx, Role},
    notices::{LONGEST_PROSE, Piece, Prose},
    policies::ChangeState,
    policy::{Severity, changing::Effect},
    scope::InOrg,
};
use fairwatch_store::accounts::{self, Invitation};
use fairwatch_testkit::{
    engines::{Outcome, Person, World},
    on_both,
};

/// A controller in another role of theirs.
async fn another_role(world: &World, it: &Changing, who: &Person, role: Role) -> Result<Ctx, AppError> {
    let email = Some(who.login.clone());
    let profile = Profile { name: "Data controller Example".into(), email, user_name: None };
    let invitation = Invitation { profile, role, member: None };
    let console = world.console();
    let give = world.store.write::<GiveRole, _>(&console, InOrg(it.scene.org()), async move |tx| {
        accounts::give_role(tx, &invitation).await
    });
    let given = give.await?;
    assert_eq!(given.account, who.account);
    Ok(world.ctx(Caller::User {
        session: who.session,
        account: given.account,
        membership: Some(given.membership),
    }))
}

on_both!(two_people_change_a_policy);
/// SEC-6, POL-5: the author cannot agree, nor anybody of another scheme, nor the controller; what is under way can be
/// taken back until its day; versions say who and why.
async fn two_people_change_a_policy(world: &World) -> Outcome {
    let it = Changing::new(world).await;
    let (app, controller, board) = (it.app(), it.controller(), &it.board.ctx);
    let org = it.scene.org();
    let elsewhere = world.scheme("southgate").await;
    let stranger = world.person(&elsewhere, Role::Board).await;
    let day = later(today(world), 7);
    let id = policies::begin(app, controller, org).await?;
    assert!(refusal(policies::begin(app, controller, org).await).contains("under way already"));
    assert!(hidden(&policies::open(app, board, id).await), "a draft is its author's");
    let save = |text: &str, reason: &str, from| {
        policies::save(
            app,
            controller,
            id,
            Typed { text: text.into(), reason: reason.into(), from, ..Typed::default() },
        )
    };
    save("format = 1\nnonsense", "", None).await?;
    let open = policies::open(app, controller, id).await?;
    assert_eq!(open.change.written.text, "format = 1\nnonsense", "what was typed is kept");
    assert!(open.after.is_none());
    assert!(open.findings.iter().any(|finding| finding.severity == Severity::Error && finding.line == 2));
    assert!(refusal(policies::try_out(app, controller, id, 1).await).contains("Mend what is wrong"));
    save(&with(3, 12), "", None).await?;
    assert!(refusal(policies::propose(app, controller, id).await).contains("Say why"));
    save(&with(3, 12), "Twelve months are more than we need", Some(later(today(world), -1))).await?;
    assert!(refusal(policies::propose(app, controller, id).await).contains("today or later"));
    save(&with(3, 12), "Twelve months are more than we need", Some(day)).await?;
    assert!(refusal(policies::propose(app, controller, id).await).contains("Work out anew"));
    policies::try_out(app, controller, id, usize::MAX).await?;
    policies::propose(app, controller, id).await?;
    assert!(
        hidden(&policies::save(app, controller, id, Typed::default()).await),
        "what is proposed is fixed"
    );
    assert!(hidden(&policies::authorise(app, controller, id).await), "the controller");
    assert!(hidden(&policies::authorise(app, &stranger.ctx, id).await), "another scheme's board");
    assert!(hidden(&policies::open(app, &stranger.ctx, id).await));
    assert!(hidden(&policies::authorise(app, &it.scene.member.ctx, id).await), "a member");
    // The author has a seat on the board, too.
    let two = another_role(world, &it, &it.scene.controller, Role::Board).await?;
    assert!(hidden(&policies::authorise(app, &two, id).await), "the author, in another role");
    assert!(hidden(&policies::refuse(app, &two, id, "no").await));
    assert!(
        hidden(&policies::affected(app, board, id, Effect::Hidden, None).await),
        "the board reads numbers"
    );
    assert_eq!(policies::open(app, board, id).await?.change.state, ChangeState::Proposed);
    world.clock.set_day(later(today(world), 1));
    assert!(refusal(policies::authorise(app, board, id).await).contains("Work out anew"), "a day has passed");
    policies::try_out(app, board, id, usize::MAX).await?;
    assert_eq!(policies::authorise(app, board, id).await?, 2);
    let versions = policies::versions(app, controller, org).await?;
    let told = versions.iter().map(|v| (v.version, v.effective_on, &*v.reason)).collect::<Vec<_>>();
    assert_eq!(told[0], (2, day, "Twelve months are more than we need"));
    assert_eq!(
        (versions[0].author, versions[0].authorised_by),
        (Some(it.scene.controller.account), Some(it.board.account))
    );
    assert!(versions[0].certify, "members are asked to certify again, as the policy says (MEM-3)");
    policies::withdraw(app, controller, id, "The board changed its mind").await?;
    assert_eq!(policies::versions(app, controller, org).await?.len(), 1);
    world.clock.set_day(day);
    let scope = fairwatch_app::orgs::by_slug(app, &world.nobody(), &it.scene.scheme.slug)
        .await?
        .expect("it is there");
    assert_eq!(scope.policy_version, 1, "what was taken back never takes effect");
    let again = it.proposed(&with(4, 12), day).await?;
    policies::refuse(app, &it.board.ctx, again, "Too short").await?;
    let third = it.agreed(&with(5, 12), day).await?;
    let scope = fairwatch_app::orgs::by_slug(app, &world.nobody(), &it.scene.scheme.slug)
        .await?
        .expect("it is there");
    assert_eq!(
        (scope.policy_version, scope.policy.retention().known.first),
        (3, 5),
        "no number is given twice"
    );
    assert!(hidden(&policies::withdraw(app, it.controller(), third, "no").await), "it is in force");
    let open = policies::open(app, it.controller(), third).await?;
    assert!(open.is_in_force);
    let (text, old) = policies::version(app, &world.nobody(), org, 1).await?;
    assert_eq!(
        (&*text, old.retention().known.first),
        (policy_text(GENERIC), support::policy(GENERIC).retention().known.first)
    );
    // What was refused goes with its key once the policy's period for former documents is over (RET-15).
    world.clock.set_day(later(day, 366 * 8));
    it.scene.sweep(world).await?;
    assert!(hidden(&policies::open(app, &it.scene.controller.again(world), again).await));
    assert!(policies::open(app, &it.scene.controller.again(world), third).await.is_ok());
    Ok(())
}

on_both!(whoever_wrote_at_a_change_cannot_agree_to_it);
/// SEC-6: a second person is one who wrote none of it, also where two controllers wrote, and in whatever role.
async fn whoever_wrote_at_a_change_cannot_agree_to_it(world: &World) -> Outcome {
    let it = Changing::new(world).await;
    let (app, author) = (it.app(), it.controller());
    let second = world.person(&it.scene.scheme, Role::Controller).await;
    let id = policies::begin(app, author, it.scene.org()).await?;
    let typed =
        Typed { text: with(3, 12), reason: "Less".into(), from: Some(today(world)), ..Typed::default() };
    policies::save(app, &second.ctx, id, typed).await?;
    assert!(policies::try_out(app, author, id, usize::MAX).await?);
    policies::propose(app, author, id).await?;
    for who in [&it.scene.controller, &second] {
        let on_the_board = another_role(world, &it, who, Role::Board).await?;
        assert!(hidden(&policies::authorise(app, &on_the_board, id).await));
        assert!(hidden(&policies::refuse(app, &on_the_board, id, "no").await));
    }
    let open = policies::open(app, &it.board.ctx, id).await?;
    assert_eq!(open.others.len(), 1, "the board reads who else wrote");
    assert_eq!(policies::authorise(app, &it.board.ctx, id).await?, 2);
    Ok(())
}

on_both!(texts_beside_a_policy_are_agreed_to_with_it);
/// SEC-6, POL-4: the board reads what was written beside the policy next to what stood there, texts too long are
/// refused before anything is kept, and each version is published with its own.
async fn texts_beside_a_policy_are_agreed_to_with_it(world: &World) -> Outcome {
    let it = Changing::new(world).await;
    let (app, ctx, org) = (it.app(), it.controller(), it.scene.org());
    let id = policies::begin(app, ctx, org).await?;
    let typed = |about: &str, text: String| Typed {
        text,
        prose: Prose::default().with(Piece::About, about),
        reason: "We say more of ourselves".into(),
        from: Some(today(world)),
    };
    let said = "We are neighbours.";
    policies::save(app, ctx, id, typed(said, policy_text(GENERIC).to_owned())).await?;
    let long = "a".repeat(LONGEST_PROSE + 1);
    let refused = refusal(policies::save(app, ctx, id, typed(&long, policy_text(GENERIC).to_owned())).await);
    assert!(refused.contains("longer than 64 KiB"), "{refused}");
    let refused = refusal(policies::save(app, ctx, id, typed(said, "#".repeat(LONGEST_TEXT + 1))).await);
    assert!(refused.contains("longer than 512 KiB"), "{refused}");
    assert!(policies::try_out(app, ctx, id, usize::MAX).await?);
    policies::propose(app, ctx, id).await?;
    let open = policies::open(app, &it.board.ctx, id).await?;
    assert_eq!(open.prose.piece(Piece::About), Some(said), "what was too long replaced nothing");
    assert_ne!(open.prose_before.piece(Piece::About), Some(said));
    policies::authorise(app, &it.board.ctx, id).await?;
    let about = async |version| {
        let prose = policies::prose_of(app, &world.nobody(), org, version).await?;
        Ok::<_, AppError>(prose.piece(Piece::About).map(str::to_owned))
    };
    assert_eq!(about(2).await?.as_deref(), Some(said));
    assert_eq!(about(1).await?.as_deref(), open.prose_before.piece(Piece::About));
    Ok(())
}

on_both!(what_nobody_decides_on_ends);
/// RET-15: a draft, or a change before the board, that nobody touches for 90 days is withdrawn, and makes room.
async fn what_nobody_decides_on_ends(world: &World) -> Outcome {
    let it = Changing::new(world).await;
    let id = it.proposed(&with(3, 12), later(today(world), 5)).await?;
    let state = async || {
        let ctx = it.scene.controller.again(world);
        Ok::<_, AppError>(policies::open(it.app(), &ctx, id).await?.change.state)
    };
    world.clock.set_day(later(today(world), 89));
    it.scene.sweep(world).await?;
    assert_eq!(state().await?, ChangeState::Proposed);
    world.clock.set_day(later(today(world), 2));
    it.scene.sweep(world).await?;
    assert_eq!(state().await?, ChangeState::Withdrawn);
    let ctx = it.scene.controller.again(world);
    assert!(policies::begin(it.app(), &ctx, it.scene.org()).await.is_ok(), "another can be begun");
    Ok(())
}
