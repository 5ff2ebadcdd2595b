//! The commands, a module each.
pub(crate) mod audit;
pub(crate) mod bench;
pub(crate) mod demo;
pub(crate) mod init;
pub(crate) mod letters;
pub(crate) mod mail;
pub(crate) mod policy;
pub(crate) mod recover;
pub(crate) mod serve;
pub(crate) mod sweep;

use fairwatch_app::AppError;
use fairwatch_blobs::BlobError;
use fairwatch_store::StoreError;
use fairwatch_vault::KeyFileError;
use std::{
    error::Error,
    fmt,
    io::{self, Write as _},
};

/// Why a command failed: one line for whoever typed it. The log has the chain of causes, at `debug`.
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
        let mut line = error.to_string();
        if let AppError::Internal(cause) = &error {
            tracing::debug!(error = &**cause as &dyn Error, "failed");
            // What failed, and the system's own reason at the end of the chain: a full disk is named.
            let mut root: &dyn Error = &**cause;
            while let Some(source) = root.source() {
                root = source;
            }
            line = cause.to_string();
            let why = root.to_string();
            if !line.contains(&why) {
                line = format!("{line}: {why}");
            }
        }
        // All that the engine says where there is no room for its own small files.
        if line.ends_with("disk I/O error") {
            line.push_str("; is the disk full?");
        }
        Self(line)
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

/// Says a line on the standard output. Who stops reading has heard enough; a full disk is a failure.
pub(crate) fn say(line: impl fmt::Display) -> Result<(), Failure> {
    match writeln!(io::stdout(), "{line}") {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(format!("the answer cannot be written: {error}")))
        }
        _ => Ok(()),
    }
}
