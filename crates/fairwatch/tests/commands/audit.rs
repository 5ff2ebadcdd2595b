//! Proving the audit chains, from the database and from an exported file (AUD-1).
use crate::{
    run::{Place, fairwatch, fed},
    town::Town,
};
use fairwatch_app::{App, signed};
use fairwatch_blobs::Blobs;
use fairwatch_store::testing::Burglar;
use fairwatch_testkit::{
    engines::{Outcome, World},
    on_both,
};

const WHOLE: &str = "The chains are whole.";

/// Keeps the scheme's chain as it is now beside the tables, and lays it back.
const KEEP: [&str; 2] = [
    "CREATE TABLE kept_heads AS SELECT * FROM audit_heads WHERE chain IN \
     (SELECT chain FROM audit_entries WHERE action = 'accounts.give_role')",
    "CREATE TABLE kept_entries AS SELECT * FROM audit_entries WHERE chain IN (SELECT chain FROM kept_heads)",
];
const LAY_BACK: [&str; 3] = [
    "DELETE FROM audit_entries WHERE chain IN (SELECT chain FROM kept_heads)",
    "INSERT INTO audit_entries SELECT * FROM kept_entries",
    "UPDATE audit_heads SET position = (SELECT k.position FROM kept_heads k WHERE k.chain = audit_heads.chain), \
     hash = (SELECT k.hash FROM kept_heads k WHERE k.chain = audit_heads.chain) \
     WHERE chain IN (SELECT chain FROM kept_heads)",
];

/// What somebody with the database's password might do to the record, and what the verification says of it.
const CRIMES: [(&str, &[&str], &str); 6] = [
    (
        "an entry is changed",
        &[
            "UPDATE audit_entries SET actor = 'nobody' WHERE position = 2 AND chain IN (SELECT chain FROM kept_heads)",
        ],
        "entry 2 does not follow from the one before it",
    ),
    (
        "an entry is removed",
        &["DELETE FROM audit_entries WHERE position = 2 AND chain IN (SELECT chain FROM kept_heads)"],
        "entry 3 stands where entry 2 belongs",
    ),
    (
        "an entry is removed, and the others close up",
        &[
            "DELETE FROM audit_entries WHERE position = 2 AND chain IN (SELECT chain FROM kept_heads)",
            "UPDATE audit_entries SET position = 2 WHERE position = 3 AND chain IN (SELECT chain FROM kept_heads)",
        ],
        "entry 2 does not follow from the one before it",
    ),
    (
        "an entry is added",
        &[
            "INSERT INTO audit_entries (chain, position, at, actor, role, action, class, about, request, commitment, hash) \
             SELECT e.chain, h.position + 1, e.at, e.actor, e.role, e.action, e.class, e.about, e.request, e.commitment, e.hash \
             FROM audit_entries e JOIN kept_heads h ON h.chain = e.chain WHERE e.position = 2",
            "UPDATE audit_heads SET position = position + 1 WHERE chain IN (SELECT chain FROM kept_heads)",
        ],
        "does not follow from the one before it",
    ),
    (
        "two entries are swapped",
        &[
            "UPDATE audit_entries SET position = -2 WHERE position = 2 AND chain IN (SELECT chain FROM kept_heads)",
            "UPDATE audit_entries SET position = 2 WHERE position = 3 AND chain IN (SELECT chain FROM kept_heads)",
            "UPDATE audit_entries SET position = 3 WHERE position = -2 AND chain IN (SELECT chain FROM kept_heads)",
        ],
        "entry 2 does not follow from the one before it",
    ),
    (
        "the tail is cut, and the head set back",
        &[
            "DELETE FROM audit_entries WHERE position > 3 AND chain IN (SELECT chain FROM kept_heads)",
            "UPDATE audit_heads SET position = 3, hash = (SELECT e.hash FROM audit_entries e \
             WHERE e.chain = audit_heads.chain AND e.position = 3) WHERE chain IN (SELECT chain FROM kept_heads)",
        ],
        "which was signed, is missing: the chain was cut",
    ),
];

on_both!(verify_finds_in_the_database_whatever_was_done_to_it);
/// AUD-1: a changed, removed, added or swapped entry and a tail that was cut below a signed head, each said with its
/// place; what was exported of it shows the same to somebody who has neither database nor keys.
async fn verify_finds_in_the_database_whatever_was_done_to_it(world: &World) -> Outcome {
    let town = Town::new(world).await;
    town.living(world, 1).await?;
    // Signs the heads.
    town.place.run(&["sweep"]).well();
    let said = town.place.run(&["audit", "verify"]).well();
    assert!(said.contains(WHOLE) && said.contains("in 2 chains"), "{said}");
    let burglar = Burglar::at(world.address()).await?;
    for text in KEEP {
        burglar.run(text).await?;
    }
    for (crime, deeds, found) in CRIMES {
        for deed in deeds {
            burglar.run(deed).await?;
        }
        let from_database = town.place.run(&["audit", "verify"]);
        let exported = town.place.run(&["audit", "export"]).well();
        let from_file = fed(&["audit", "verify", "--file", "-"], &exported);
        for said in [from_database, from_file] {
            assert!(said.code == Some(1) && said.out.contains(found), "{crime}: {said:?}");
            assert!(!said.out.contains(WHOLE) && said.err.is_empty(), "{crime}: {said:?}");
        }
        for text in LAY_BACK {
            burglar.run(text).await?;
        }
        assert!(town.place.run(&["audit", "verify"]).well().contains(WHOLE), "{crime}");
    }
    burglar.leave().await;
    Ok(())
}

on_both!(ret_13_a_signed_report_is_checked_with_nothing_but_its_two_files);
/// RET-13: whoever has a report and what goes beside it checks both with the program alone, without database or keys; a
/// report that was changed, another's signature and another's key are each said in a line.
async fn ret_13_a_signed_report_is_checked_with_nothing_but_its_two_files(world: &World) -> Outcome {
    let app = App::new(world.store.clone(), Blobs::open(world.folder().join("blobs"))?);
    let (hash, signature) =
        signed::sign(&app, "yearly audit of old data at northgate", b"%PDF-1.7 all is in order");
    let beside = signed::beside(
        "yearly audit of old data at northgate",
        &hash,
        &signature,
        &world.store.keys().public_key(),
    );
    let at = |name: &str| world.folder().join(name).display().to_string();
    let (report, changed, json, none) =
        (at("report.pdf"), at("changed.pdf"), at("report.json"), at("none.json"));
    std::fs::write(&report, b"%PDF-1.7 all is in order")?;
    std::fs::write(&changed, b"%PDF-1.7 all is in disorder")?;
    std::fs::write(&json, serde_json::to_string(&beside)?)?;
    std::fs::write(&none, "{}")?;
    let key = signed::hexadecimal(&world.store.keys().public_key());
    let said = fairwatch(&["audit", "check-report", &report, &json]).well();
    assert!(said.contains("yearly audit of old data at northgate") && said.contains(&key), "{said}");
    let said = fairwatch(&["audit", "check-report", &report, &json, "--key", &key]).well();
    assert!(said.contains("the key that you gave"), "{said}");
    let check = |words: &[&str]| fairwatch(&[&["audit", "check-report"], words].concat()).failed();
    assert!(check(&[&changed, &json]).contains("not the one that was signed"));
    assert!(check(&[&report, &none]).contains("no file of signature"));
    assert!(check(&[&report, &json, "--key", &"0".repeat(64)]).contains("another key"));
    assert!(check(&[&at("nowhere.pdf"), &json]).contains("cannot be read"));
    Ok(())
}

/// The place of each entry of one chain among the lines of an export.
fn entries(lines: &[&str]) -> Vec<usize> {
    let position = |line: &str, n: usize| line.contains(&format!("\"position\":{n},"));
    let is_scheme =
        |line: &str| line.contains("\"record\":\"entry\"") && !line.contains("00000000-0000-0000");
    let found = lines.iter().enumerate().filter(|(_, line)| is_scheme(line)).map(|(at, _)| at);
    let found = found.collect::<Vec<_>>();
    assert!(found.iter().enumerate().all(|(n, at)| position(lines[*at], n + 1)), "{lines:?}");
    found
}

/// A change to a file, in words and deeds, and what is found.
type Forgery<'a> = (&'a str, Box<dyn Fn(&mut Vec<String>) + 'a>, &'a str);

/// AUD-1: the same in a file that somebody was handed, for whoever has the program; with the key that they were given
/// in person also a file that was made anew as a whole.
#[test]
fn verify_finds_in_a_file_whatever_was_done_to_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let place = Place::folder(&folder.path().join("here"));
    place.init().well();
    for words in [&["sweep", "--dry-run"][..], &["sweep"], &["recover", "ruth@northgate.example"], &["sweep"]]
    {
        place.run(words).well();
    }
    let file = folder.path().join("audit.jsonl");
    let file = file.to_str().expect("a plain name");
    let said = place.run(&["audit", "export", "--to", file]);
    assert!(said.err.starts_with("Exported ") && said.out.is_empty(), "{said:?}");
    said.well();
    let text = std::fs::read_to_string(file).expect("it was written");
    let lines = text.lines().collect::<Vec<_>>();
    let at = entries(&lines);
    assert!(at.len() >= 5, "{text}");
    let key = lines[0].split("\"public\":\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a key");
    let verify = |words: &[&str]| fairwatch(&[&["audit", "verify"][..], words].concat());

    assert!(verify(&["--file", file]).well().contains(WHOLE));
    assert!(verify(&["--file", file, "--key", key]).well().contains(WHOLE));
    assert!(fed(&["audit", "verify", "--file", "-", "--key", key], &text).well().contains(WHOLE));

    let last = *at.last().expect("there are some");
    let forgeries: [Forgery<'_>; 7] = [
        (
            "changed",
            Box::new(|l| l[at[1]] = l[at[1]].replace("\"look\"", "\"change\"")),
            "entry 2 does not follow",
        ),
        ("removed", Box::new(|l| drop(l.remove(at[1]))), "entry 3 stands where entry 2 belongs"),
        ("added", Box::new(|l| l.insert(at[2], l[at[1]].clone())), "entry 2 stands where entry 3 belongs"),
        ("swapped", Box::new(|l| l.swap(at[1], at[2])), "entry 3 stands where entry 2 belongs"),
        ("tail cut", Box::new(|l| drop(l.remove(last))), "entries were removed from or added to its end"),
        ("heads cut", Box::new(|l| l.retain(|line| !line.contains("\"head\""))), "there is no head"),
        (
            "signatures changed",
            Box::new(|l| {
                l.iter_mut().for_each(|line| *line = line.replace("\"signature\":\"", "\"signature\":\"00"));
            }),
            "is not the installation's",
        ),
    ];
    for (what, forge, found) in &forgeries {
        let mut forged = lines.iter().map(|line| (*line).to_owned()).collect();
        forge(&mut forged);
        for words in
            [&["audit", "verify", "--file", "-"][..], &["audit", "verify", "--file", "-", "--key", key]]
        {
            let said = fed(words, &(forged.join("\n") + "\n"));
            assert!(said.code == Some(1) && said.out.contains(found), "{what}: {said:?}");
            assert!(said.err.is_empty(), "{what}: {said:?}");
        }
    }

    let said = fed(&["audit", "verify", "--file", "-"], "");
    assert!(said.code == Some(1) && said.out.contains("there is no head"), "{said:?}");

    // Another installation's file is whole, but it is not what was signed here.
    let other = Place::folder(&folder.path().join("there"));
    other.init().well();
    let foreign = other.run(&["audit", "export"]).well();
    assert!(fed(&["audit", "verify", "--file", "-"], &foreign).well().contains(WHOLE));
    let said = fed(&["audit", "verify", "--file", "-", "--key", key], &foreign);
    assert!(said.code == Some(1) && said.out.contains("signed with another key"), "{said:?}");
    // Nor does it help to name the right key in the first line.
    let renamed = foreign.replacen(foreign.lines().next().expect("a key"), lines[0], 1);
    let said = fed(&["audit", "verify", "--file", "-", "--key", key], &renamed);
    assert!(said.code == Some(1) && said.out.contains("is not the installation's"), "{said:?}");

    let said = fed(&["audit", "verify", "--file", "-"], &format!("{}\nnonsense\n", lines[0])).failed();
    assert!(said.contains("-:2: this line is not a record"), "{said}");
    for wrong in ["", "12", &"zz".repeat(32), &"ä".repeat(32)] {
        let said = verify(&["--file", file, "--key", wrong]).failed();
        assert!(said.contains("64 hexadecimal digits"), "{wrong}: {said}");
    }
    let said = verify(&["--file", "/nowhere/audit.jsonl"]).failed();
    assert!(said.contains("/nowhere/audit.jsonl cannot be read"), "{said}");
}
