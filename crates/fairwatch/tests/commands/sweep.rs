//! The sweep at the console and in the server (RET-11).
use crate::{
    run::Server,
    town::{LONG_AGO, Town, now, today},
};
use fairwatch_store::testing::Burglar;
use fairwatch_testkit::{
    engines::{Outcome, World},
    on_both,
};
use std::{collections::HashMap, process::Stdio, time::Duration};
use tokio::time::sleep;

/// What the tables hold of subjects: rows, and keys.
async fn held(burglar: &Burglar) -> Result<(i64, i64), fairwatch_store::StoreError> {
    Ok((
        burglar.number("SELECT COUNT(*) AS n FROM subjects").await?,
        burglar.number("SELECT COUNT(*) AS n FROM data_keys WHERE kind = 'subject'").await?,
    ))
}

/// How many lines of a plan say that somebody is to be deleted.
fn deletions(said: &str) -> usize {
    said.lines().filter(|line| line.contains(" -> deleted")).count()
}

on_both!(a_dry_run_says_what_is_due_and_does_nothing);
/// RET-10, RET-11: each due person by reference, and nothing of them is lost; a run then does it
/// without asking, as so few are due and the clock is right.
async fn a_dry_run_says_what_is_due_and_does_nothing(world: &World) -> Outcome {
    let town = Town::new(world).await;
    town.due(world, 2).await?;
    town.living(world, 3).await?;
    let burglar = Burglar::at(world.address()).await?;
    let files = town.files();
    assert_eq!(files.len(), 6, "a report's picture in three sizes, and the subject's copy");

    let said = town.place.run(&["sweep", "--dry-run"]).well();
    assert!(said.contains("northgate: 2 subjects due of 5"), "{said}");
    for reference in ["NG-0001", "NG-0002"] {
        let line = said.lines().find(|line| line.contains(reference)).unwrap_or_default();
        assert!(line.contains("circulating -> deleted"), "{said}");
    }
    assert!(said.contains("this was a dry run") && !said.contains("Looks wrong"), "{said}");
    assert_eq!(held(&burglar).await?, (5, 5));
    assert_eq!(town.files(), files);
    assert_eq!(burglar.number("SELECT COUNT(*) AS n FROM sweep_runs").await?, 0);

    let said = town.place.run(&["sweep"]).well();
    assert!(said.contains("Withdrawn 0, deleted 2, frozen 0."), "{said}");
    assert_eq!(held(&burglar).await?, (3, 3));
    assert_eq!(town.files(), [] as [std::path::PathBuf; 0]);
    let said = town.place.run(&["sweep"]).well();
    assert!(said.contains("northgate: 0 subjects due of 3") && said.contains("deleted 0"), "{said}");
    assert!(town.place.run(&["audit", "verify"]).well().contains("The chains are whole."));
    burglar.leave().await;
    Ok(())
}

/// The number with which a sweep that stopped says that it goes on: of all records that would go (RET-11).
fn asked_for(line: &str) -> String {
    let number = line.split_once("--confirm ").map(|(_, rest)| rest);
    number.and_then(|rest| rest.split('`').next()).unwrap_or_else(|| panic!("no number in {line}")).to_owned()
}

on_both!(a_sweep_that_was_killed_is_gone_on_with);
/// RET-9, RET-11, AUD-1: killed as soon as the first subjects are gone; what is gone is gone whole, the chains
/// hold, no other sweep starts until the place is free, and the next one does the rest, each subject once.
async fn a_sweep_that_was_killed_is_gone_on_with(world: &World) -> Outcome {
    const DUE: usize = 60;
    let town = Town::new(world).await;
    let due = town.due(world, DUE as u64).await?;
    town.living(world, 2).await?;
    let burglar = Burglar::at(world.address()).await?;

    let all = asked_for(&town.place.run(&["sweep"]).failed());
    let mut sweeping = town.place.command(&["sweep", "--confirm", &all]);
    let mut sweeping = sweeping.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    while held(&burglar).await?.0 > DUE as i64 - 2 {
        assert!(sweeping.try_wait()?.is_none(), "it sweeps");
        sleep(Duration::from_millis(1)).await;
    }
    // On Unix this is SIGKILL: nothing is tidied up.
    sweeping.kill()?;
    assert_eq!(sweeping.wait()?.code(), None, "it was killed, and had not finished");
    // PostgreSQL takes a moment to see that nobody is there any more.
    sleep(Duration::from_millis(500)).await;

    let (left, keys) = held(&burglar).await?;
    assert!((3..DUE as i64).contains(&left), "half-way: {left}");
    assert_eq!(keys, left, "whoever is gone is gone with the key");
    assert!(town.place.run(&["audit", "verify"]).well().contains("The chains are whole."));
    let rest = (left - 2).to_string();
    let plan = town.place.run(&["sweep", "--dry-run"]).well();
    assert_eq!(deletions(&plan).to_string(), rest, "{plan}");

    // What stands beside people is counted as well, and part of it went with those who are gone.
    let said = town.place.run(&["sweep"]).failed();
    let asked = if said.contains("--confirm ") { asked_for(&said) } else { rest.clone() };
    let taken = town.place.run(&["sweep", "--confirm", &asked]).failed();
    assert!(taken.contains("Another process is sweeping"), "{taken}");
    assert_eq!(held(&burglar).await?, (left, left));
    // Half a minute later:
    burglar.run("UPDATE leases SET ends_at = 0").await?;
    let said = town.place.run(&["sweep", "--confirm", &asked]).well();
    assert!(said.contains(&format!("deleted {rest},")), "{said}");
    assert_eq!(held(&burglar).await?, (2, 2));
    assert_eq!(town.files(), [] as [std::path::PathBuf; 0], "the killed one's files go, too");
    let said = town.place.run(&["sweep"]).well();
    assert!(said.contains("0 subjects due of 2") && said.contains("deleted 0"), "{said}");

    let mut swept = HashMap::new();
    for entry in world.audit().await?.iter().filter(|entry| entry.action == "sweep.subject") {
        *swept.entry(entry.about[0]).or_insert(0) += 1;
    }
    assert_eq!(swept.len(), DUE);
    assert!(due.iter().all(|subject| swept.get(&subject.0) == Some(&1)), "each of them once");
    for (state, count) in [("stopped", 1), ("finished", 2), ("running", 0)] {
        let found = match state {
            "stopped" => burglar.number("SELECT COUNT(*) AS n FROM sweep_runs WHERE state = 'stopped'"),
            "finished" => burglar.number("SELECT COUNT(*) AS n FROM sweep_runs WHERE state = 'finished'"),
            _ => burglar.number("SELECT COUNT(*) AS n FROM sweep_runs WHERE state = 'running'"),
        };
        assert_eq!(found.await?, count, "{state}");
    }
    assert!(town.place.run(&["audit", "verify"]).well().contains("The chains are whole."));
    burglar.leave().await;
    Ok(())
}

on_both!(a_sweep_stops_and_asks);
/// RET-11: where the clock is more than a day past the newest entry, and where many would go, it destroys nothing,
/// says why and how many, and goes on with exactly that number.
async fn a_sweep_stops_and_asks(world: &World) -> Outcome {
    const DUE: i64 = 21;
    let town = Town::new(world).await;
    town.due(world, DUE as u64).await?;
    let burglar = Burglar::at(world.address()).await?;
    let files = town.files();

    // Each of them was in an incident, which is due as well.
    let (all, less, more) = ("42", "41", "43");
    let dry = town.place.run(&["sweep", "--dry-run", "--confirm", all]).well();
    assert!(dry.contains("Looks wrong: ") && dry.contains("dry run"), "{dry}");
    for wrong in [
        &["sweep"][..],
        &["sweep", "--confirm", "21"],
        &["sweep", "--confirm", less],
        &["sweep", "--confirm", more],
    ] {
        let said = town.place.run(wrong);
        let many = "Looks wrong: northgate: 21 of 21 subjects would be deleted in one run";
        assert!(said.out.contains(many), "{wrong:?} {said:?}");
        let line = said.failed();
        assert!(line.contains("destroyed nothing"), "{line}");
        assert_eq!(asked_for(&line), all);
        assert_eq!(held(&burglar).await?, (DUE, DUE), "{wrong:?}");
        assert_eq!(town.files(), files);
    }
    let said = town.place.run(&["sweep", "--confirm", all]).well();
    assert!(said.contains("deleted 21,"), "{said}");
    assert_eq!(held(&burglar).await?, (0, 0));
    burglar.leave().await;
    Ok(())
}

on_both!(a_clock_that_is_far_ahead_is_asked_about);
/// RET-11: one person is due, which is not many; but nothing was recorded for years.
async fn a_clock_that_is_far_ahead_is_asked_about(world: &World) -> Outcome {
    let town = Town::new(world).await;
    town.due(world, 1).await?;
    let burglar = Burglar::at(world.address()).await?;
    // Looking into it, and trying again, is no answer.
    town.place.run(&["sweep"]).failed();
    for words in [&["sweep", "--dry-run"][..], &["audit", "verify"], &["audit", "export"]] {
        town.place.run(words).well();
    }
    let said = town.place.run(&["sweep"]);
    let hours = (today() - LONG_AGO).get_days() * 24;
    let told = said.out.split_once("which is ").and_then(|(_, rest)| rest.split(' ').next());
    let told: i32 = told.and_then(|hours| hours.parse().ok()).unwrap_or_else(|| panic!("{said:?}"));
    assert!((hours - 24..hours + 24).contains(&told), "{said:?}");
    assert!(said.out.contains("hours after anything was last recorded"), "{said:?}");
    let asked = asked_for(&said.failed());
    assert_eq!(held(&burglar).await?, (1, 1));
    assert!(town.place.run(&["sweep", "--confirm", &asked]).well().contains("deleted 1,"));
    assert_eq!(held(&burglar).await?, (0, 0));
    burglar.leave().await;
    Ok(())
}

on_both!(a_server_sweeps_unless_something_looks_wrong);
/// RET-11: at its start it does what is due; where the clock looks wrong it serves, destroys nothing, and says so in
/// its log.
async fn a_server_sweeps_unless_something_looks_wrong(world: &World) -> Outcome {
    let town = Town::new(world).await;
    town.due(world, 1).await?;
    let burglar = Burglar::at(world.address()).await?;
    let serve = || town.place.command(&["serve", "--listen", "127.0.0.1:0"]);
    let server = Server::start(serve(), &world.folder().join("first.log"));
    let log = server.logged("the sweep did not run");
    assert!(log.contains("hours after anything was last recorded"), "{log}");
    assert_eq!(held(&burglar).await?, (1, 1));
    assert_eq!(server.stop(), Some(0));
    let server = Server::start(serve(), &world.folder().join("again.log"));
    server.logged("the sweep did not run");
    assert_eq!(held(&burglar).await?, (1, 1), "starting it again is no answer");
    assert_eq!(server.stop(), Some(0));

    world.clock.set(now());
    town.living(world, 1).await?;
    let server = Server::start(serve(), &world.folder().join("second.log"));
    let log = server.logged("swept");
    assert!(log.contains("deleted=1"), "{log}");
    assert_eq!(held(&burglar).await?, (1, 1), "the living one");
    assert_eq!(server.stop(), Some(0));
    burglar.leave().await;
    Ok(())
}
