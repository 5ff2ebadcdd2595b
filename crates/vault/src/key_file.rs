//! The key file: made once, opened at each start, changed only by adding and destroying epochs.
use ed25519_dalek::SigningKey;
use fairwatch_core::world::Randomness;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::{
    io,
    path::{Path, PathBuf},
};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{
    disk::{self, Found, Lock},
    keys::{Epoch, Keys},
    secret::Secret,
};

/// The format's version.
const VERSION: u32 = 1;

/// For whoever finds the file.
const NOTE: &str = "Fairwatch's keys. Whoever has this file and the database reads everything; without it nobody \
                    reads anything. Keep one copy, apart from the backups.";

/// The key file's operations. See [`Keys`] for what is in it.
#[derive(Debug)]
pub struct KeyFile;

/// Why a key file cannot be made, opened or changed: one line for the operator, without secrets.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// There is none.
    #[error("no key file at {}: bring the installation's key file there", path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// There is one already where a new one was to be made.
    #[error("a key file is already at {}: it is not overwritten", path.display())]
    Exists {
        /// Where it is.
        path: PathBuf,
    },
    /// The system refuses to read it.
    #[error("the key file {} cannot be read: {source}", path.display())]
    Unreadable {
        /// Where it is.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The system refuses to write it.
    #[error("the key file {} cannot be written: {source}", path.display())]
    Unwritable {
        /// Where it is, or was to be.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// Others than its owner could read or change it.
    #[error("the key file {} is open to others (mode {mode:04o}): run chmod 600 on it", path.display())]
    TooOpen {
        /// Where it is.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// Its content is damaged or something else.
    #[error("the key file {} is malformed: {reason}", path.display())]
    Malformed {
        /// Where it is.
        path: PathBuf,
        /// What is wrong, and where; never the text itself.
        reason: String,
    },
    /// A newer version of the program made it.
    #[error("the key file {} has version {version}, which this program is too old for", path.display())]
    Newer {
        /// Where it is.
        path: PathBuf,
        /// Its format's version.
        version: u32,
    },
    /// The epoch to use or destroy is not in it.
    #[error("the key file has no epoch {epoch}")]
    NoSuchEpoch {
        /// The epoch asked for.
        epoch: u32,
    },
    /// The epoch to destroy is the one under which new keys are wrapped.
    #[error("epoch {epoch} is in use: use another one before destroying it")]
    EpochInUse {
        /// The epoch asked for.
        epoch: u32,
    },
}

/// The file's JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    version: u32,
    #[serde(default)]
    note: String,
    installation: Uuid,
    current_epoch: u32,
    next_epoch: u32,
    epochs: Vec<EpochContent>,
    signing_key: Secret,
    lookup_key: Secret,
    /// A hash of the rest. A digit that a disk or a hand changed would otherwise show only as records that do
    /// not open, one by one.
    check: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EpochContent {
    id: u32,
    created_on: Date,
    key: Secret,
}

/// What is read first, since a newer version may have other fields.
#[derive(Deserialize)]
struct Preamble {
    version: u32,
}

impl KeyFile {
    /// Makes the key file of a new installation, with mode 0600, and its folder with mode 0700 if it is missing.
    /// It is on the disk when this returns. `created_on` is the London date.
    ///
    /// # Errors
    /// [`KeyFileError::Exists`] if there is one, [`KeyFileError::Unwritable`].
    pub fn create(
        path: impl AsRef<Path>,
        installation: Uuid,
        created_on: Date,
        randomness: &dyn Randomness,
    ) -> Result<Keys, KeyFileError> {
        let path = path.as_ref();
        let unwritable = |source| KeyFileError::Unwritable { path: path.to_owned(), source };
        disk::make_folder(path).map_err(unwritable)?;
        let lock = Lock::take(path).map_err(unwritable)?;
        // A dangling link counts as something that is there.
        match path.symlink_metadata() {
            Ok(_) => return Err(KeyFileError::Exists { path: path.to_owned() }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(unwritable(error)),
        }
        let keys = Keys::fresh(installation, created_on, randomness);
        lock.write(&text(&keys)).map_err(unwritable)?;
        Ok(keys)
    }

    /// Opens the key file.
    ///
    /// # Errors
    /// [`KeyFileError`] if it is missing, cannot be read, is open to others than its owner, is malformed, or
    /// comes from a newer version.
    pub fn open(path: impl AsRef<Path>) -> Result<Keys, KeyFileError> {
        let path = path.as_ref();
        keys_from(path, disk::read(path))
    }

    /// Adds an epoch, without using it: other servers must open the file again before a key is wrapped under it.
    /// Returns the file's new content; the last of [`Keys::epochs`] is the new one.
    ///
    /// # Errors
    /// As [`KeyFile::open`], and [`KeyFileError::Unwritable`].
    pub fn add_epoch(
        path: impl AsRef<Path>,
        created_on: Date,
        randomness: &dyn Randomness,
    ) -> Result<Keys, KeyFileError> {
        change(path.as_ref(), Lock::write, |keys| {
            keys.add_epoch(created_on, randomness);
            Ok(())
        })
    }

    /// Makes `epoch` the current one: new data keys are wrapped under it from now on.
    ///
    /// # Errors
    /// As [`KeyFile::add_epoch`], and [`KeyFileError::NoSuchEpoch`].
    pub fn use_epoch(path: impl AsRef<Path>, epoch: u32) -> Result<Keys, KeyFileError> {
        change(path.as_ref(), Lock::write, |keys| {
            if keys.epochs.iter().all(|known| known.id != epoch) {
                return Err(KeyFileError::NoSuchEpoch { epoch });
            }
            keys.current = epoch;
            Ok(())
        })
    }

    /// Destroys an epoch's key for good: what is still wrapped under it, wherever a copy lies, can never be read
    /// again (RET-9). Overwrites the former file's bytes. The escrow copy has to be replaced, too.
    ///
    /// # Errors
    /// As [`KeyFile::use_epoch`], and [`KeyFileError::EpochInUse`] for the current epoch.
    pub fn destroy_epoch(path: impl AsRef<Path>, epoch: u32) -> Result<Keys, KeyFileError> {
        change(path.as_ref(), Lock::replace_and_wipe, |keys| {
            if keys.current == epoch {
                return Err(KeyFileError::EpochInUse { epoch });
            }
            let before = keys.epochs.len();
            keys.epochs.retain(|known| known.id != epoch);
            if keys.epochs.len() == before { Err(KeyFileError::NoSuchEpoch { epoch }) } else { Ok(()) }
        })
    }
}

/// Changes the file under its lock, from what it holds now and not from what some process once read.
fn change(
    path: &Path,
    write: impl Fn(&Lock, &str) -> io::Result<()>,
    with: impl FnOnce(&mut Keys) -> Result<(), KeyFileError>,
) -> Result<Keys, KeyFileError> {
    // Before the lock, which would leave its own file beside a key file that is not there.
    if !path.exists() {
        return Err(KeyFileError::Missing { path: path.to_owned() });
    }
    let unwritable = |source| KeyFileError::Unwritable { path: path.to_owned(), source };
    let lock = Lock::take(path).map_err(unwritable)?;
    let mut keys = keys_from(path, lock.read())?;
    with(&mut keys)?;
    write(&lock, &text(&keys)).map_err(unwritable)?;
    Ok(keys)
}

/// The keys in what reading found, or the reason why there are none.
fn keys_from(path: &Path, found: io::Result<Found>) -> Result<Keys, KeyFileError> {
    let path = path.to_owned();
    match found {
        Ok(Found::Text(text)) => parse(&text).map_err(|refused| match refused {
            Refused::Newer(version) => KeyFileError::Newer { path, version },
            Refused::Malformed(reason) => KeyFileError::Malformed { path, reason },
        }),
        Ok(Found::TooOpen(mode)) => Err(KeyFileError::TooOpen { path, mode }),
        Ok(Found::NotText(what)) => Err(KeyFileError::Malformed { path, reason: what.to_owned() }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(KeyFileError::Missing { path }),
        Err(source) => Err(KeyFileError::Unreadable { path, source }),
    }
}

/// The file's text.
fn text(keys: &Keys) -> Zeroizing<String> {
    let epoch = |epoch: &Epoch| EpochContent {
        id: epoch.id,
        created_on: epoch.created_on,
        key: Secret::copy_of(epoch.key.bytes()),
    };
    let content = Content {
        version: VERSION,
        note: NOTE.to_owned(),
        installation: keys.installation,
        current_epoch: keys.current,
        next_epoch: keys.next,
        epochs: keys.epochs.iter().map(epoch).collect(),
        signing_key: Secret::copy_of(&Zeroizing::new(keys.signing.to_bytes())),
        lookup_key: Secret::copy_of(keys.lookup.bytes()),
        check: check(keys),
    };
    // All room at once: a buffer that grows leaves its former self behind unwiped.
    let mut json = Zeroizing::new(Vec::with_capacity(1024 + 256 * keys.epochs.len()));
    serde_json::to_writer_pretty(&mut *json, &content).expect("the content has no key that is not text");
    json.push(b'\n');
    Zeroizing::new(String::from_utf8(std::mem::take(&mut *json)).expect("JSON is UTF-8"))
}

enum Refused {
    Newer(u32),
    Malformed(String),
}

impl From<serde_json::Error> for Refused {
    fn from(error: serde_json::Error) -> Self {
        // Where, and not what: the parser's message quotes the text, and the text is keys.
        Self::Malformed(format!("not a key file's JSON at line {}, column {}", error.line(), error.column()))
    }
}

fn parse(text: &str) -> Result<Keys, Refused> {
    let malformed = |reason: &str| Err(Refused::Malformed(reason.to_owned()));
    if text.trim().is_empty() {
        return malformed("it is empty");
    }
    let Preamble { version } = serde_json::from_str(text)?;
    if version > VERSION {
        return Err(Refused::Newer(version));
    }
    let content: Content = serde_json::from_str(text)?;
    let keys = Keys {
        installation: content.installation,
        current: content.current_epoch,
        next: content.next_epoch,
        epochs: content
            .epochs
            .into_iter()
            .map(|EpochContent { id, created_on, key }| Epoch { id, created_on, key })
            .collect(),
        signing: Box::new(SigningKey::from_bytes(content.signing_key.bytes())),
        lookup: content.lookup_key,
    };
    if content.check != check(&keys) {
        return malformed("its content does not match its check: it is damaged, or was changed by hand");
    }
    // The check shows damage, not intent; `wrap` and `add_epoch` rely on these.
    let ascending = keys.epochs.is_sorted_by(|one, next| one.id < next.id);
    let in_range = keys.epochs.iter().all(|epoch| (1..keys.next).contains(&epoch.id));
    let current = keys.epochs.iter().any(|epoch| epoch.id == keys.current);
    if !(ascending && in_range && current && keys.next < u32::MAX) {
        return malformed("its epochs contradict one another");
    }
    Ok(keys)
}

/// The hash that shows damage.
fn check(keys: &Keys) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("fairwatch 2026 key file check 1");
    hasher.update(keys.installation.as_bytes());
    hasher.update(&keys.current.to_le_bytes());
    hasher.update(&keys.next.to_le_bytes());
    hasher.update(keys.signing.as_bytes());
    hasher.update(keys.lookup.bytes());
    for epoch in &keys.epochs {
        hasher.update(&epoch.id.to_le_bytes());
        hasher.update(epoch.key.bytes());
        // Ten bytes always, so that nothing shifts into its neighbour.
        hasher.update(format!("{:>10}", epoch.created_on.to_string()).as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

#[cfg(test)]
mod tests;
