//! Setting letters and notices as PDF, one at a time, where it keeps nobody else waiting.
use crate::error::AppError;
use fairwatch_core::notices::Publication;
use fairwatch_documents::{Checked, DocumentError, Letter, Typesetter};
use std::{
    path::PathBuf,
    sync::{Arc, OnceLock},
};
use tokio::sync::Semaphore;

/// The typesetter of an installation. It is made when the first document is asked for: it reads thirty typefaces, for
/// which no start should wait. Cheap to clone.
#[derive(Clone)]
pub struct Documents(Arc<Shared>);

struct Shared {
    folder: Option<PathBuf>,
    made: OnceLock<Typesetter>,
    /// One document at a time, so that memory stays bounded whoever asks for how many.
    turn: Semaphore,
}

impl Default for Documents {
    fn default() -> Self {
        Self::new(None)
    }
}

impl From<DocumentError> for AppError {
    fn from(error: DocumentError) -> Self {
        match error {
            // Somebody can do something about it: enter what is missing, or mend the template.
            DocumentError::Missing(_) | DocumentError::Overflow { .. } => Self::refused(error.to_string()),
            DocumentError::Template { .. } | DocumentError::Folder(_) => {
                tracing::error!(%error, "a template cannot be used");
                Self::refused(format!("A template of this installation cannot be used: {error}"))
            }
        }
    }
}

impl Documents {
    /// With the templates of a folder over those that are built in.
    #[must_use]
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self(Arc::new(Shared { folder, made: OnceLock::new(), turn: Semaphore::new(1) }))
    }

    async fn set<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Typesetter) -> Result<T, DocumentError> + Send + 'static,
    ) -> Result<T, AppError> {
        let _turn = self.0.turn.acquire().await.map_err(|_| AppError::busy())?;
        let shared = Arc::clone(&self.0);
        crate::blocking(move || {
            let typesetter = match shared.made.get() {
                Some(made) => made,
                None => {
                    let made = Typesetter::new(shared.folder.as_deref())?;
                    shared.made.get_or_init(|| made)
                }
            };
            Ok(work(typesetter)?)
        })
        .await
    }

    /// A text that a scheme publishes, as PDF (NOT-2).
    ///
    /// # Errors
    /// [`AppError::Refused`] where it has no title or text, or a scheme's own template is wrong.
    pub async fn publication(&self, publication: Publication) -> Result<Vec<u8>, AppError> {
        self.set(move |typesetter| typesetter.publication(&publication)).await
    }

    pub(crate) async fn letter(&self, letter: Letter, picture: Option<Vec<u8>>) -> Result<Vec<u8>, AppError> {
        self.set(move |typesetter| typesetter.letter(&letter, picture.as_deref())).await
    }

    /// Makes one of each letter with invented values: whether a scheme's own templates can be used.
    ///
    /// # Errors
    /// [`AppError::Refused`] with the file and line that is wrong.
    pub async fn check(&self) -> Result<Checked, AppError> {
        self.set(Typesetter::check).await
    }
}
