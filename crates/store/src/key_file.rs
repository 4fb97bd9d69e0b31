use crate::{Random, RandomnessError, entropy::random_bytes};
use aws_lc_rs::hkdf;
use std::{
    fmt, fs,
    io::{self, Read, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

pub(crate) type Key = Zeroizing<[u8; 32]>;

/// The key from which the database key and the wrapping key are derived: 32 random bytes in a file that only its owner
/// can read. Losing it is losing the database.
pub struct KeyFile {
    key: Key,
}

#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    #[error("could not read or create the key file `{path}`")]
    Io { path: PathBuf, source: io::Error },
    #[error("the key file `{path}` can be read by others than its owner: its mode must be 0600")]
    Exposed { path: PathBuf },
    #[error("the key file `{path}` is not a plain file")]
    NotAFile { path: PathBuf },
    #[error("the key file `{path}` must hold exactly 32 bytes, not {length}")]
    Length { path: PathBuf, length: u64 },
    #[error("the key file `{path}` holds no key: all its bytes are equal")]
    NoKey { path: PathBuf },
    #[error(transparent)]
    Randomness(#[from] RandomnessError),
}

impl KeyFile {
    /// Reads the key, or makes one when there is no such file.
    pub fn open_or_create(path: &Path, random: &dyn Random) -> Result<Self, KeyFileError> {
        let failed = |source| KeyFileError::Io { path: path.to_owned(), source };
        if !fs::exists(path).map_err(failed)? {
            Self::create(path, random)?;
        }
        let mut file = fs::File::open(path).map_err(failed)?;
        // Asked of the open file: the path may mean another one a moment later.
        let metadata = file.metadata().map_err(failed)?;
        if !metadata.is_file() {
            return Err(KeyFileError::NotAFile { path: path.to_owned() });
        }
        if metadata.mode() & 0o077 != 0 {
            return Err(KeyFileError::Exposed { path: path.to_owned() });
        }
        let mut key = Zeroizing::new([0; 32]);
        if metadata.len() != key.len() as u64 {
            return Err(KeyFileError::Length { path: path.to_owned(), length: metadata.len() });
        }
        file.read_exact(key.as_mut_slice()).map_err(failed)?;
        if key.iter().all(|byte| *byte == key[0]) {
            return Err(KeyFileError::NoKey { path: path.to_owned() });
        }
        Ok(Self { key })
    }

    /// Complete or not at all, and never over a key that is already there: the bytes are written beside it and linked.
    fn create(path: &Path, random: &dyn Random) -> Result<(), KeyFileError> {
        let failed = |source| KeyFileError::Io { path: path.to_owned(), source };
        let key: Key = Zeroizing::new(random_bytes(random)?);
        let suffix = u64::from_le_bytes(random_bytes(random)?);
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let unfinished = folder.join(format!(".key-{suffix:016x}"));
        let written = (|| {
            let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
            file.write_all(key.as_slice())?;
            file.sync_all()?;
            match fs::hard_link(&unfinished, path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
                linked => linked,
            }?;
            fs::File::open(folder)?.sync_all()
        })();
        // Nothing depends on its absence; without the name it is only a spare copy in the same folder.
        let removed = fs::remove_file(&unfinished);
        written.and(removed).map_err(failed)
    }

    /// A key for one purpose; keys of different purposes say nothing of one another.
    pub(crate) fn derive(&self, purpose: &str) -> Key {
        derive(&self.key, purpose)
    }
}

/// HKDF-SHA-256 with the purpose as its information.
pub(crate) fn derive(key: &Key, purpose: &str) -> Key {
    let mut derived = Zeroizing::new([0; 32]);
    let info = [purpose.as_bytes()];
    hkdf::Salt::new(hkdf::HKDF_SHA256, b"tessera")
        .extract(key.as_slice())
        .expand(&info, hkdf::HKDF_SHA256)
        .and_then(|material| material.fill(derived.as_mut_slice()))
        .expect("32 bytes are within what HKDF can give");
    derived
}

impl fmt::Debug for KeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyFile(…)")
    }
}
