//! Sealed files on disk (SEC-1): pictures and other bytes too large for the database.
//!
//! The bytes come sealed and leave sealed; this crate knows nothing of keys, owners or what the bytes show. Names
//! are random and tell nothing. What makes a deletion irrevocable is the destroyed data key (RET-9); removing the
//! file comes after it, and a file that stays behind is collected later.
//!
//! All I/O is synchronous: asynchronous callers use a blocking task. The order for callers: [`Blobs::put`] first,
//! then the database row that names it; on deletion the row first, then [`Blobs::remove`]. A crash in between
//! leaves a file without a row, never a row without its file, and [`Blobs::list_older_than`] finds it.
mod error;
mod large;
mod name;

pub use error::{Action, BlobError};
pub use large::{Reader, Writer};
pub use name::{BlobName, NotABlobName};

use jiff::Timestamp;
use std::{
    fs::{DirBuilder, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

/// The ending of a file that is being written.
const UNFINISHED: &str = ".new";

/// A folder of sealed files.
///
/// Files have mode 0600, in folders of mode 0700 named by the first two hexadecimal digits of the names in them.
#[derive(Debug, Clone)]
pub struct Blobs {
    folder: PathBuf,
}

impl Blobs {
    /// Opens the folder, making it with mode 0700 if it is missing, and makes sure that it can be written.
    ///
    /// A folder that exists keeps its mode: on mounted volumes it is the system's to set, and what is in it is
    /// sealed.
    ///
    /// # Errors
    /// [`BlobError`] if it cannot be made or written.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, BlobError> {
        let folder = folder.into();
        let failed = |source| BlobError::new(Action::Open, &folder, source);
        make_folder(&folder).map_err(failed)?;
        // Better that the program does not start than that the first picture is lost.
        let probe = folder.join(".writable");
        OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&probe)
            .map_err(failed)?;
        // Another server that shares the folder may have removed it already.
        ignore_missing(std::fs::remove_file(&probe)).map_err(failed)?;
        Ok(Self { folder })
    }

    /// Writes a file. When this returns, the bytes are on the disk; until then nothing has the name.
    ///
    /// # Errors
    /// [`BlobError`] if the disk is full, the system refuses, or the name is taken: names are random, so that
    /// means a mistake of the caller's.
    pub fn put(&self, name: BlobName, bytes: &[u8]) -> Result<(), BlobError> {
        let path = self.path(name);
        self.write(name, &path, bytes).map_err(|source| BlobError::new(Action::Write, &path, source))
    }

    fn write(&self, name: BlobName, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let fan = self.make_fan(name, path)?;
        let new = path.with_extension(&UNFINISHED[1..]);
        let written = write_new(&new, bytes).and_then(|()| std::fs::rename(&new, path));
        if let Err(error) = written {
            // A full disk should get the room back at once. If it fails, `remove_unfinished` comes by.
            if error.kind() != io::ErrorKind::AlreadyExists {
                let _ = std::fs::remove_file(&new);
            }
            return Err(error);
        }
        sync_folder(&fan)
    }

    /// Makes the folder in which a new file will lie.
    fn make_fan(&self, name: BlobName, path: &Path) -> io::Result<PathBuf> {
        let fan = self.fan(name);
        match DirBuilder::new().mode(0o700).create(&fan) {
            Ok(()) => sync_folder(&self.folder)?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
        if path.try_exists()? {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        Ok(fan)
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`BlobError::Missing`] if there is none of that name, or another [`BlobError`].
    pub fn get(&self, name: BlobName) -> Result<Vec<u8>, BlobError> {
        let path = self.path(name);
        std::fs::read(&path).map_err(|source| BlobError::new(Action::Read, &path, source))
    }

    /// Removes a file. One that is not there is removed already: a deletion that was cut off is simply repeated.
    ///
    /// # Errors
    /// [`BlobError`] if the system refuses.
    pub fn remove(&self, name: BlobName) -> Result<(), BlobError> {
        let path = self.path(name);
        let failed = |source| BlobError::new(Action::Remove, &path, source);
        match std::fs::remove_file(&path) {
            Ok(()) => sync_folder(&self.fan(name)).map_err(failed),
            Err(error) => ignore_missing(Err(error)).map_err(failed),
        }
    }

    /// The files last written before `before`, in no order: what the collection of orphans compares with the
    /// database. Give it 24 hours before the real time (not the demo's), so that a file whose row is about to be
    /// committed is not taken for an orphan.
    ///
    /// # Errors
    /// [`BlobError`] if a folder cannot be read.
    pub fn list_older_than(&self, before: Timestamp) -> Result<Vec<BlobName>, BlobError> {
        let mut names = Vec::new();
        self.visit_older(before, |path, file_name| {
            // What is not ours (a mount's lost+found, a hand's notes) is left alone.
            if let Ok(name) = file_name.parse::<BlobName>()
                && self.path(name) == path
            {
                names.push(name);
            }
            Ok(())
        })?;
        Ok(names)
    }

    /// Removes what interrupted writes left before `before`, and returns how many there were. The same 24 hours
    /// apply.
    ///
    /// # Errors
    /// [`BlobError`] if a folder cannot be read or a file cannot be removed.
    pub fn remove_unfinished(&self, before: Timestamp) -> Result<usize, BlobError> {
        let mut removed = 0;
        self.visit_older(before, |path, file_name| {
            if file_name.strip_suffix(UNFINISHED).is_some_and(|name| name.parse::<BlobName>().is_ok()) {
                ignore_missing(std::fs::remove_file(path))
                    .map_err(|source| BlobError::new(Action::Remove, path, source))?;
                removed += 1;
            }
            Ok(())
        })?;
        Ok(removed)
    }

    /// Calls `visit` with the path and name of each file in the fan-out folders last written before `before`.
    fn visit_older(
        &self,
        before: Timestamp,
        mut visit: impl FnMut(&Path, &str) -> Result<(), BlobError>,
    ) -> Result<(), BlobError> {
        let failed = |source| BlobError::new(Action::List, &self.folder, source);
        for fan in std::fs::read_dir(&self.folder).map_err(failed)? {
            let fan = fan.map_err(failed)?;
            let ours = fan.file_name().to_str().is_some_and(name::is_fan);
            if !ours || !fan.file_type().map_err(failed)?.is_dir() {
                continue;
            }
            for entry in std::fs::read_dir(fan.path()).map_err(failed)? {
                let entry = entry.map_err(failed)?;
                let metadata = match entry.metadata() {
                    Ok(metadata) => metadata,
                    // Removed since the folder was read.
                    Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                    Err(error) => return Err(failed(error)),
                };
                // A time that no calendar holds is foreign; such a file is no orphan of ours to remove.
                let older = metadata
                    .modified()
                    .ok()
                    .and_then(|at| Timestamp::try_from(at).ok())
                    .is_some_and(|at| at < before);
                if let Some(file_name) = entry.file_name().to_str()
                    && older
                    && metadata.is_file()
                {
                    visit(&entry.path(), file_name)?;
                }
            }
        }
        Ok(())
    }

    fn fan(&self, name: BlobName) -> PathBuf {
        self.folder.join(name.fan())
    }

    fn path(&self, name: BlobName) -> PathBuf {
        self.fan(name).join(name.to_string())
    }
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Makes a folder and those above it, closed to others, and brings them to the disk.
fn make_folder(folder: &Path) -> io::Result<()> {
    let missing: Vec<_> = folder.ancestors().take_while(|ancestor| !ancestor.exists()).collect();
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    for made in missing {
        match made.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => sync_folder(parent)?,
            _ => sync_folder(Path::new("."))?,
        }
    }
    Ok(())
}

/// Brings a folder's entries to the disk: without it, a rename may be undone by a power cut.
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn ignore_missing(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests;
