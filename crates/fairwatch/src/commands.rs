//! The commands, a module each.
pub(crate) mod audit;
pub(crate) mod bench;
pub(crate) mod demo;
pub(crate) mod init;
pub(crate) mod policy;
pub(crate) mod recover;
pub(crate) mod serve;
pub(crate) mod sweep;

use fairwatch_app::AppError;
use fairwatch_blobs::BlobError;
use fairwatch_store::StoreError;
use fairwatch_vault::KeyFileError;
use std::fmt;

/// Why a command failed: one line for whoever typed it. The log has the chain of causes.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(line: impl Into<String>) -> Self {
        Self(line.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        if let AppError::Internal(cause) = &error {
            tracing::error!(error = &**cause as &dyn std::error::Error, "failed");
            return Self(format!("{error}: {cause}"));
        }
        Self(error.to_string())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        AppError::from(error).into()
    }
}

impl From<KeyFileError> for Failure {
    fn from(error: KeyFileError) -> Self {
        Self(error.to_string())
    }
}

impl From<BlobError> for Failure {
    fn from(error: BlobError) -> Self {
        Self(error.to_string())
    }
}
