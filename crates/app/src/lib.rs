//! The use cases, one function each; jobs.
//!
//! A use case takes the [`App`], the context of the request and what was asked; it opens a door of the store, does
//! its work inside, and gives back what the asker may have. Modules bear the names of features, as in `core`,
//! `store` and `web`.
pub mod accounts;
pub mod accreditation;
pub mod audit;
pub mod breaches;
pub mod certifications;
pub mod conduct;
pub mod documents;
pub mod duties;
pub mod enquiries;
pub mod error;
pub mod evidence;
pub mod exclusions;
pub mod exporting;
pub mod finding;
pub mod governing;
pub mod groups;
pub mod importing;
pub mod incidents;
pub mod intelligence;
pub mod joining;
pub mod leaving;
pub mod letters;
pub mod mail;
pub mod meetings;
pub mod news;
pub mod notices;
pub mod old_data;
pub mod orgs;
pub mod oversight;
pub mod pictures;
pub mod policies;
pub mod registers;
pub mod requests;
pub mod signed;
pub mod spam;
pub mod subjects;
pub mod sweep;
pub mod today;
pub mod world;

pub use error::AppError;

use fairwatch_blobs::Blobs;
pub use fairwatch_store::Engine;
use fairwatch_store::Store;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// What every use case leans on. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub store: Store,
    /// The sealed files.
    pub blobs: Arc<Blobs>,
    /// The codes that small pictures bear.
    pub(crate) marks: pictures::Drawn,
    /// What people are found by, in memory.
    pub(crate) indexes: finding::Indexes,
    /// Letters and notices as PDF.
    pub documents: documents::Documents,
    /// The notices that were set as PDF.
    pub(crate) notices: notices::Made,
    /// One picture is decoded at a time, so that memory stays bounded.
    pub(crate) decoding: Arc<Semaphore>,
    /// Two passwords are hashed at a time; others queue.
    pub(crate) passwords: accounts::Passwords,
    /// One copy of what is held of somebody is made at a time.
    pub(crate) copies: Arc<Semaphore>,
    /// Who carries mail.
    pub(crate) post: mail::Post,
}

impl App {
    /// The use cases over a database and a folder of sealed files.
    #[must_use]
    pub fn new(store: Store, blobs: Blobs) -> Self {
        Self {
            store,
            blobs: Arc::new(blobs),
            marks: pictures::Drawn::default(),
            indexes: finding::Indexes::default(),
            documents: documents::Documents::default(),
            notices: notices::Made::default(),
            decoding: Arc::new(Semaphore::new(1)),
            passwords: accounts::Passwords::default(),
            copies: Arc::new(Semaphore::new(1)),
            post: mail::Post::default(),
        }
    }
}

impl App {
    /// With a scheme's own templates for letters and notices.
    #[must_use]
    pub fn with_templates(mut self, folder: std::path::PathBuf) -> Self {
        self.documents = documents::Documents::new(Some(folder));
        self
    }
}

/// Runs what waits for the disk or the processor where it keeps nobody else waiting.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, AppError> + Send + 'static,
) -> Result<T, AppError> {
    tokio::task::spawn_blocking(work).await.map_err(AppError::internal)?
}
