//! Settings of mail, and trying them out.
use crate::run::fairwatch;
use fairwatch_testkit::smtp::{Mood, Server};
use std::{fs, path::Path};

fn test(folder: &Path, settings: &str) -> crate::run::Said {
    fs::write(folder.join("fairwatch.toml"), settings).expect("the settings can be written");
    let data = folder.display().to_string();
    fairwatch(&["mail", "test", "--data", &data, "una@home.example"])
}

/// The operator hears what the mail server says, in one line.
#[test]
fn an_operator_tries_out_how_mail_is_sent() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let server = Server::start();
    fs::write(folder.path().join("secret"), "a password\n").expect("it can be written");
    let settings = format!(
        "[mail]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\nuser = \"watch\"\npassword_file = \"secret\"\n\
         from = \"Northgate <watch@northgate.example>\"\n",
        server.port()
    );
    assert!(test(folder.path(), &settings).well().contains("took it"));
    assert_eq!(server.taken()[0].header("to"), Some("una@home.example"));
    server.answers(Mood::KnowsNobody);
    assert!(test(folder.path(), &settings).failed().contains("nobody here by that name"));
    server.answers(Mood::Closed);
    assert!(test(folder.path(), &settings).failed().contains("who are you?"));
}

/// What is wrong with the settings is said in one line, and no password is repeated.
#[test]
fn settings_that_will_not_do_are_refused_in_words() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mail =
        |more: &str| format!("[mail]\nhost = \"mail.example\"\nfrom = \"watch@northgate.example\"\n{more}");
    for (settings, said) in [
        (String::new(), "there is no [mail]"),
        ("[mail]\nhost = 1\n".into(), "line 2"),
        (mail("password = \"hunter2\"\n"), "line 4"),
        (mail("user = \"watch\"\n"), "go together"),
        (mail("user = \"watch\"\npassword_file = \"nowhere\"\n"), "cannot be read"),
        (mail("tls = \"none\"\n"), "on this machine"),
        ("[mail]\nhost = \"mail.example\"\nfrom = \"nobody\"\n".into(), "is no address"),
    ] {
        let line = test(folder.path(), &settings).failed();
        assert!(line.contains(said) && !line.contains("hunter2"), "{said}: {line}");
    }
}
