//! Files that are written as they arrive and read in parts, so that none is ever in memory as a whole.
use crate::{Action, BlobError, BlobName, Blobs, UNFINISHED, sync_folder};
use std::{
    fs::{File, OpenOptions},
    io::Write as _,
    os::unix::fs::{FileExt as _, OpenOptionsExt as _},
    path::PathBuf,
};

/// A file that is being written. Dropped before [`Writer::finish`] it leaves nothing behind; a process that ends before
/// leaves what [`Blobs::remove_unfinished`] removes.
#[derive(Debug)]
pub struct Writer {
    file: File,
    new: PathBuf,
    path: PathBuf,
    fan: PathBuf,
    is_done: bool,
}

impl Writer {
    /// Writes further bytes.
    ///
    /// # Errors
    /// [`BlobError`] if the disk is full or the system refuses.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), BlobError> {
        self.file.write_all(bytes).map_err(|source| BlobError::new(Action::Write, &self.path, source))
    }

    /// Gives the file its name. When this returns, the bytes are on the disk; until then nothing has the name.
    ///
    /// # Errors
    /// As [`Writer::write`].
    pub fn finish(mut self) -> Result<(), BlobError> {
        let finished = self
            .file
            .sync_all()
            .and_then(|()| std::fs::rename(&self.new, &self.path))
            .inspect(|()| self.is_done = true)
            .and_then(|()| sync_folder(&self.fan));
        finished.map_err(|source| BlobError::new(Action::Write, &self.path, source))
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if !self.is_done {
            // If it fails, `remove_unfinished` comes by.
            let _ = std::fs::remove_file(&self.new);
        }
    }
}

/// A file that is read in parts. One that is removed meanwhile can be read to its end.
#[derive(Debug)]
pub struct Reader {
    file: File,
    path: PathBuf,
}

impl Reader {
    /// So many bytes from a place in the file.
    ///
    /// # Errors
    /// [`BlobError`] if there are not so many, or the system refuses.
    pub fn read(&self, at: u64, length: usize) -> Result<Vec<u8>, BlobError> {
        let mut bytes = vec![0; length];
        let read = self.file.read_exact_at(&mut bytes, at);
        read.map_err(|source| BlobError::new(Action::Read, &self.path, source))?;
        Ok(bytes)
    }
}

impl Blobs {
    /// Begins a file that is written in parts.
    ///
    /// # Errors
    /// As [`Blobs::put`].
    pub fn create(&self, name: BlobName) -> Result<Writer, BlobError> {
        let path = self.path(name);
        let new = path.with_extension(&UNFINISHED[1..]);
        let begun = self.make_fan(name, &path).and_then(|fan| {
            let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
            Ok((fan, file))
        });
        let (fan, file) = begun.map_err(|source| BlobError::new(Action::Write, &path, source))?;
        Ok(Writer { file, new, path, fan, is_done: false })
    }

    /// Opens a file that is read in parts.
    ///
    /// # Errors
    /// [`BlobError::Missing`] if there is none of that name, or another [`BlobError`].
    pub fn reader(&self, name: BlobName) -> Result<Reader, BlobError> {
        let path = self.path(name);
        let file = File::open(&path).map_err(|source| BlobError::new(Action::Read, &path, source))?;
        Ok(Reader { file, path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: [u8; 16] = [0xab; 16];

    fn blobs() -> (tempfile::TempDir, Blobs) {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(folder.path()).unwrap();
        (folder, blobs)
    }

    fn entries(folder: &tempfile::TempDir) -> usize {
        std::fs::read_dir(folder.path().join("ab")).unwrap().count()
    }

    #[test]
    fn what_was_written_in_parts_is_read_in_parts() {
        let (folder, blobs) = blobs();
        let name = BlobName::from(NAME);
        let mut writer = blobs.create(name).unwrap();
        for part in [&b"sea"[..], b"", b"led"] {
            writer.write(part).unwrap();
            assert!(blobs.get(name).is_err(), "nothing has the name yet");
        }
        writer.finish().unwrap();
        assert_eq!(entries(&folder), 1);
        assert_eq!(blobs.get(name).unwrap(), b"sealed");
        let reader = blobs.reader(name).unwrap();
        assert_eq!(reader.read(2, 3).unwrap(), b"ale");
        assert!(reader.read(4, 3).is_err(), "there are not so many");
        blobs.remove(name).unwrap();
        assert_eq!(reader.read(0, 6).unwrap(), b"sealed", "whoever reads reads to the end");
        assert!(matches!(blobs.reader(name), Err(BlobError::Missing { .. })));
    }

    /// RET-9: an upload that was cut off leaves nothing.
    #[test]
    fn what_is_not_finished_is_not_there() {
        let (folder, blobs) = blobs();
        let name = BlobName::from(NAME);
        let mut writer = blobs.create(name).unwrap();
        writer.write(b"half a cl").unwrap();
        assert_eq!(entries(&folder), 1);
        drop(writer);
        assert_eq!(entries(&folder), 0);
        assert!(blobs.reader(name).is_err());
        // A name in use is not given twice.
        blobs.put(name, b"first").unwrap();
        assert!(blobs.create(name).is_err());
    }
}
