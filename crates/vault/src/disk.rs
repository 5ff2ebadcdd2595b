//! The key file's bytes on disk: mode 0600, whole or not at all, one writer at a time.
use std::{
    fs::{DirBuilder, File, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// A key file with a century of daily epochs stays below this, in bytes.
const LONGEST: u64 = 8 << 20;

/// What reading found.
pub(crate) enum Found {
    /// The file's text.
    Text(Zeroizing<String>),
    /// Others than the owner may do something with it: its mode.
    TooOpen(u32),
    /// Not text, or too long: what it is.
    NotText(&'static str),
}

/// Reads the key file, if its mode keeps others out.
pub(crate) fn read(path: &Path) -> io::Result<Found> {
    // Destroying an epoch wipes the former file after it was replaced; the lock keeps us from reading it just then.
    // Where the place is read-only there is no lock, and nobody who writes.
    let path = path.canonicalize()?;
    let lock = OpenOptions::new().read(true).write(true).open(lock_path(&path));
    if let Ok(lock) = &lock {
        lock.lock_shared()?;
    }
    read_locked(&path)
}

fn read_locked(path: &Path) -> io::Result<Found> {
    let file = File::open(path)?;
    // Of the open file, not of the path: what was checked is what is read.
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Ok(Found::NotText("not a file"));
    }
    if metadata.mode() & 0o077 != 0 {
        return Ok(Found::TooOpen(metadata.mode() & 0o7777));
    }
    if metadata.len() > LONGEST {
        return Ok(Found::NotText("too long"));
    }
    // All room at once: a buffer that grows leaves its former self behind unwiped.
    let room = usize::try_from(metadata.len()).unwrap_or(0) + 1;
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    file.take(LONGEST).read_to_end(&mut bytes)?;
    match String::from_utf8(std::mem::take(&mut *bytes)) {
        Ok(text) => Ok(Found::Text(Zeroizing::new(text))),
        Err(error) => {
            drop(Zeroizing::new(error.into_bytes()));
            Ok(Found::NotText("not text"))
        }
    }
}

/// Holds other writers off until dropped.
///
/// A file of its own, since the key file itself is replaced; two processes that each added an epoch to what they
/// had read would otherwise lose one, and all that it wraps.
pub(crate) struct Lock {
    path: PathBuf,
    _held: File,
}

impl Lock {
    /// Waits for the lock of the key file at `path`, through symbolic links: replacing a link would leave the
    /// former key file where it points.
    pub(crate) fn take(path: &Path) -> io::Result<Self> {
        let path = match path.canonicalize() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => path.to_owned(),
            other => other?,
        };
        let held = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(lock_path(&path))?;
        held.lock()?;
        Ok(Self { path, _held: held })
    }

    /// What [`read`] does, for who holds the lock.
    pub(crate) fn read(&self) -> io::Result<Found> {
        read_locked(&self.path)
    }

    /// Writes the key file, or replaces it: at any moment the old text or the new one is there, whole. Returns
    /// when it is on the disk.
    pub(crate) fn write(&self, text: &str) -> io::Result<()> {
        let new = beside(&self.path, ".new");
        // One that is left over from a crash was never the key file.
        if let Err(error) = std::fs::remove_file(&new)
            && error.kind() != io::ErrorKind::NotFound
        {
            return Err(error);
        }
        let written = write_new(&new, text).and_then(|()| std::fs::rename(&new, &self.path));
        if let Err(error) = written {
            // Best effort: the first error is the one to report, and the next write removes the rest.
            let _ = std::fs::remove_file(&new);
            return Err(error);
        }
        File::open(folder(&self.path))?.sync_all()
    }

    /// Replaces the key file and then overwrites the former one's bytes, so that a destroyed key does not stay in
    /// a free block. File systems that copy on write, and flash, may still keep them: full disk encryption is the
    /// answer to those.
    pub(crate) fn replace_and_wipe(&self, text: &str) -> io::Result<()> {
        let mut former = OpenOptions::new().write(true).open(&self.path)?;
        let metadata = former.metadata()?;
        self.write(text)?;
        if metadata.nlink() == 1 {
            let length = usize::try_from(metadata.len()).unwrap_or(0);
            former.write_all(&vec![0; length])?;
            former.sync_all()?;
        }
        Ok(())
    }
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Makes the key file's folder if it is missing, closed to others, and brings it to the disk: data that outlives
/// a power cut must not lose its keys.
pub(crate) fn make_folder(path: &Path) -> io::Result<()> {
    let wanted = folder(path);
    let missing: Vec<_> = wanted.ancestors().take_while(|ancestor| !ancestor.exists()).collect();
    DirBuilder::new().recursive(true).mode(0o700).create(wanted)?;
    missing.into_iter().try_for_each(|made| File::open(folder(made))?.sync_all())
}

/// The folder that holds `path`.
fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn lock_path(path: &Path) -> PathBuf {
    beside(path, ".lock")
}

/// `folder/.name.ending` for `folder/name`.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(ending);
    path.with_file_name(name)
}
