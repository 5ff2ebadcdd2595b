//! What can go wrong with a file.
use std::{
    fmt, io,
    path::{Path, PathBuf},
};

/// What was being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// Opening the folder.
    Open,
    /// Writing a file.
    Write,
    /// Reading a file.
    Read,
    /// Removing a file.
    Remove,
    /// Listing the files.
    List,
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "use",
            Self::Write => "write",
            Self::Read => "read",
            Self::Remove => "remove",
            Self::List => "list",
        })
    }
}

/// Why a file could not be written, read, removed or listed: one line for the operator.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BlobError {
    /// There is no file of that name.
    #[error("cannot {action} {}: it is not there", path.display())]
    Missing {
        /// What was being done.
        action: Action,
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The disk is full, or the account's share of it.
    #[error("cannot {action} {}: the disk is full", path.display())]
    DiskFull {
        /// What was being done.
        action: Action,
        /// The file or folder.
        path: PathBuf,
    },
    /// The program's account may not do that there, or nobody may (a read-only file system).
    #[error("cannot {action} {}: the program's account may not ({source})", path.display())]
    Forbidden {
        /// What was being done.
        action: Action,
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// Anything else.
    #[error("cannot {action} {}: {source}", path.display())]
    Other {
        /// What was being done.
        action: Action,
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

impl BlobError {
    pub(crate) fn new(action: Action, path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::NotFound => Self::Missing { action, path },
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { action, path },
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::Forbidden { action, path, source }
            }
            _ => Self::Other { action, path, source },
        }
    }
}
