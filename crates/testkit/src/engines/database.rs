//! A PostgreSQL database for one test, in the cluster of `scripts/postgres-cluster`.
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Dropped when the test is over, however it ended.
pub(super) struct Database {
    server: String,
    name: String,
    url: String,
}

const NO_SERVER: &str = "FAIRWATCH_TEST_POSTGRES is not set, and this test needs PostgreSQL. Run\n\n    \
     eval \"$(scripts/postgres-cluster start)\"\n\nand then the test again.";

impl Database {
    /// Makes one, named like the test's folder, which is random.
    pub(super) fn new(folder: &Path) -> Self {
        let server = std::env::var("FAIRWATCH_TEST_POSTGRES").unwrap_or_else(|_| panic!("{NO_SERVER}"));
        let name = folder
            .file_name()
            .and_then(|name| name.to_str())
            .expect("the folder has a plain name")
            .to_owned();
        let (base, _) = server.rsplit_once('/').expect("FAIRWATCH_TEST_POSTGRES ends in /database");
        let url = format!("{base}/{name}");
        // The store alone speaks SQL; making its database is the machine's business.
        if let Err(why) = psql(&server, &format!("CREATE DATABASE \"{name}\"")) {
            panic!("PostgreSQL made no database for this test: {why}\n\n{NO_SERVER}");
        }
        Self { server, name, url }
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // What stays behind goes with the cluster.
        let _ = psql(&self.server, &format!("DROP DATABASE IF EXISTS \"{}\" WITH (FORCE)", self.name));
    }
}

fn psql(server: &str, statement: &str) -> Result<(), String> {
    let output = Command::new(client())
        .args(["--no-psqlrc", "--quiet", "--dbname", server, "--command", statement])
        .output()
        .map_err(|error| format!("psql: {error}"))?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

/// Debian keeps the newest client on the path; other systems keep all of them apart.
fn client() -> PathBuf {
    let on_path = std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|p| p.join("psql").is_file()));
    let apart = || {
        std::fs::read_dir("/usr/lib/postgresql")
            .into_iter()
            .flatten()
            .flatten()
            .map(|v| v.path().join("bin/psql"))
            .find(|p| p.is_file())
    };
    if on_path { "psql".into() } else { apart().unwrap_or_else(|| "psql".into()) }
}
