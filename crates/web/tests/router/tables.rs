//! The role matrix and the route table, as committed files.
use fairwatch_core::{actions, gate::Role};
use fairwatch_web::listed;
use std::{collections::BTreeSet, fmt::Write as _, path::Path};

/// Compares with a committed file; `UPDATE_SNAPSHOTS=1` writes it.
fn same(name: &str, now: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name);
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&file, now).expect("the snapshot can be written");
        return;
    }
    let before = std::fs::read_to_string(&file).unwrap_or_default();
    let (old, new): (BTreeSet<&str>, BTreeSet<&str>) = (before.lines().collect(), now.lines().collect());
    let gone = old.difference(&new).fold(String::new(), |all, line| all + "\n- " + line);
    let come = new.difference(&old).fold(String::new(), |all, line| all + "\n+ " + line);
    assert!(
        before == now,
        "{name} is not what the program says. If that is meant, run the tests with UPDATE_SNAPSHOTS=1 and commit it.{gone}{come}"
    );
}

/// SEC-3: who may ever do what, cell by cell, is a file that a reviewer reads.
#[test]
fn sec_3_the_role_matrix_is_the_committed_one() {
    let mut text =
        String::from("# Action x role (SEC-3). `x`: may, where the facts allow it. Written by the tests.\n");
    let width = actions::all().iter().map(|listed| listed.name.len()).max().unwrap_or(0);
    let _ = write!(text, "{:width$}", "action");
    for role in Role::ALL {
        let _ = write!(text, " {}", role.name());
    }
    text.push_str(" machine audit\n");
    for listed in actions::all() {
        let _ = write!(text, "{:width$}", listed.name);
        for role in Role::ALL {
            let mark = if listed.roles.contains(&role) { "x" } else { "-" };
            let width = role.name().len();
            let _ = write!(text, " {mark:^width$}");
        }
        let machine = if listed.machine { "x" } else { "-" };
        let _ = writeln!(text, " {machine:^7} {}", listed.class.name());
    }
    same("role_matrix.txt", &text);
}

/// SEC-3: every route and who may use it is a file that a reviewer reads.
#[test]
fn sec_3_the_route_table_is_the_committed_one() {
    let mut text = String::from("# Method, path, access (SEC-3). Written by the tests.\n");
    let serve: Vec<_> = listed(false);
    for (method, path, access, actions) in listed(true) {
        let demo = !serve.iter().any(|route| route.0 == method && route.1 == path);
        let only = if demo { " (demo alone)" } else { "" };
        let _ = writeln!(text, "{method:4} {path}{only}  {access} {}", actions.join(", "));
    }
    same("route_table.txt", &text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n"));
}

/// SEC-3: an action that no route performs is dead, or open by some other way; one that is no action is a slip.
#[test]
fn sec_3_every_action_has_a_route_or_is_the_machines_alone() {
    let known = actions::all();
    let used: BTreeSet<&str> = listed(true).into_iter().flat_map(|route| route.3.iter().copied()).collect();
    for listed in &known {
        let machines = listed.machine && listed.roles.is_empty();
        assert!(used.contains(listed.name) != machines, "{}: used by a route: {}", listed.name, !machines);
    }
    for name in used {
        assert!(known.iter().any(|listed| listed.name == name), "{name} is no action");
    }
}

/// The demo's controls are no routes where people are real (design: Demo).
#[test]
fn the_demo_has_routes_that_serve_has_not() {
    let demo = |table: Vec<(_, &'static str, String, _)>| {
        table.iter().filter(|route| route.1.starts_with("/demo")).count()
    };
    assert_eq!(demo(listed(false)), 0);
    assert_eq!(demo(listed(true)), 2);
}
