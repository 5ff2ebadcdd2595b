//! Where an installation lies, and how it is opened: key file, database, sealed files.
use crate::{commands::Failure, settings::Settings};
use clap::Args;
use fairwatch_app::{
    App,
    world::{OsRandomness, SystemClock},
};
use fairwatch_blobs::Blobs;
use fairwatch_core::{
    gate::{Caller, Ctx},
    world::{Clock, Randomness, london_date, new_uuid},
};
use fairwatch_store::{Address, Store, orgs};
use fairwatch_vault::KeyFile;
use std::{
    fs::DirBuilder,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Where the data of an installation is.
#[derive(Args, Clone, Debug)]
pub(crate) struct Place {
    /// Folder of the embedded database, the sealed files and, unless --keys says otherwise, the key file
    #[arg(long, value_name = "FOLDER", default_value = "fairwatch-data", env = "FAIRWATCH_DATA")]
    pub(crate) data: PathBuf,
    /// PostgreSQL instead of the embedded database: postgres://user@host/database
    #[arg(long, value_name = "ADDRESS", env = "FAIRWATCH_DATABASE", hide_env_values = true)]
    pub(crate) database: Option<String>,
    /// The key file; keep it where no backup of the data goes
    #[arg(long, value_name = "FILE", env = "FAIRWATCH_KEYS")]
    pub(crate) keys: Option<PathBuf>,
    /// Folder of templates for letters and notices that take the place of those that are built in; check it first with
    /// `fairwatch letters --check`
    #[arg(long, value_name = "FOLDER", env = "FAIRWATCH_TEMPLATES")]
    pub(crate) templates: Option<PathBuf>,
    /// The installation's settings; `fairwatch.toml` in the folder of the data unless it says otherwise
    #[arg(long, value_name = "FILE", env = "FAIRWATCH_CONFIG")]
    pub(crate) config: Option<PathBuf>,
}

impl Place {
    /// A folder that holds everything.
    pub(crate) fn folder(data: &Path) -> Self {
        Self { data: data.to_owned(), database: None, keys: None, templates: None, config: None }
    }

    fn key_file(&self) -> PathBuf {
        self.keys.clone().unwrap_or_else(|| self.data.join("fairwatch.keys"))
    }

    fn address(&self) -> Result<Address, Failure> {
        match &self.database {
            None => Ok(Address::File(self.data.join("fairwatch.db"))),
            Some(url) if ["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) => {
                Ok(Address::Postgres(url.clone()))
            }
            // It may hold a password, so it is not repeated.
            Some(_) => {
                Err(Failure::new("the database address is malformed; write postgres://user@host/database"))
            }
        }
    }

    /// Makes the folder and the key file of a new installation, or opens those that an interrupted one left.
    pub(crate) async fn create(&self, world: &World) -> Result<App, Failure> {
        // What is in it is sealed, but who else has an account here need not see even how much there is.
        DirBuilder::new().recursive(true).mode(0o700).create(&self.data).map_err(|error| {
            Failure::new(format!("the folder {} cannot be made: {error}", self.data.display()))
        })?;
        let file = self.key_file();
        // Beside a database that was sealed with another one, a new key file would only be mistaken for it.
        let sealed = self.database.is_none() && self.data.join("fairwatch.db").exists();
        if !file.exists() && !sealed {
            let now = world.clock.real_now();
            let id = new_uuid(now, &*world.randomness);
            KeyFile::create(&file, id, london_date(now), &*world.randomness)?;
        }
        self.open_app().await
    }

    /// Opens an installation that exists.
    pub(crate) async fn open(&self, world: &World, kind: orgs::Kind) -> Result<App, Failure> {
        if self.database.is_none() && !self.data.join("fairwatch.db").exists() {
            return Err(Failure::new(format!(
                "there is no installation in {}; make one with `fairwatch init`",
                self.data.display()
            )));
        }
        let app = self.open_app().await?;
        match orgs::installation(&app.store, &world.ctx(Caller::Console)).await? {
            None => Err(Failure::new("this database has no installation; make one with `fairwatch init`")),
            Some(record) if record.kind != kind => Err(Failure::new(match record.kind {
                orgs::Kind::Demo => "this is a demonstration's database: only `fairwatch demo` opens it",
                orgs::Kind::Real => "this database holds real people: `fairwatch demo` does not open it",
            })),
            Some(_) => Ok(app),
        }
    }

    /// What the installation's settings say; nothing where there are none.
    pub(crate) fn settings(&self) -> Result<Settings, Failure> {
        match &self.config {
            Some(file) => Settings::read(file),
            None => {
                let usual = self.data.join("fairwatch.toml");
                if usual.exists() { Settings::read(&usual) } else { Ok(Settings::default()) }
            }
        }
    }

    async fn open_app(&self) -> Result<App, Failure> {
        let keys = KeyFile::open(self.key_file())?;
        let store = Store::open(&self.address()?, Arc::new(keys)).await?;
        let blobs = Blobs::open(self.data.join("files"))?;
        let app = match self.settings()?.mail {
            Some(mail) => App::new(store, blobs).with_carrier(Arc::new(mail.carrier()?)),
            None => App::new(store, blobs),
        };
        match &self.templates {
            None => Ok(app),
            Some(folder) => {
                // Before anything is sent that rests on them.
                let app = app.with_templates(folder.clone());
                app.documents.check().await?;
                Ok(app)
            }
        }
    }
}

/// Time and randomness, as the whole process takes them.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) randomness: Arc<dyn Randomness>,
}

impl World {
    /// The machine's own.
    pub(crate) fn real() -> Self {
        Self { clock: Arc::new(SystemClock), randomness: Arc::new(OsRandomness) }
    }

    /// A context of this process.
    pub(crate) fn ctx(&self, caller: Caller) -> Ctx {
        Ctx::new(caller, Arc::clone(&self.clock), Arc::clone(&self.randomness))
    }
}
