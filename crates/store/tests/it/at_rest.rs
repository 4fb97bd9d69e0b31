use crate::world::{World, request};
use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
    sync::Arc,
};
use tempfile::TempDir;
use tessera_store::{
    Database, KeyFile, KeyFileError, Random, RandomnessError, Store, StoreError, SystemClock, SystemRandom,
};

/// Words that the world writes, and what every plain SQLite file begins with.
const PLAINTEXT: [&str; 6] =
    ["quinn@example.com", "warehouse", "analysts", "audit_events", "organization_created", "SQLite format 3"];

fn assert_encrypted(folder: &Path) -> usize {
    let mut files = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{path:?}");
        let bytes = fs::read(&path).unwrap();
        for word in PLAINTEXT {
            assert!(!bytes.windows(word.len()).any(|window| window == word.as_bytes()), "{word} in {path:?}");
        }
        files += 1;
    }
    files
}

#[tokio::test]
async fn nothing_readable_is_on_the_disk() {
    let world = World::new().await;
    world.store.begin_session(world.acme.organization, world.acme.quinn, request()).await.unwrap();
    assert!(
        fs::metadata(world.database().with_extension("db-wal")).unwrap().len() > 10_000,
        "the log holds what was written"
    );
    assert_eq!(assert_encrypted(world.folder()), 4, "key, database, log and index");
    world.store.close().await;
    assert!(fs::metadata(world.database()).unwrap().len() > 10_000);
    assert_eq!(assert_encrypted(world.folder()), 2, "key and database");
}

#[tokio::test]
async fn another_key_opens_nothing() {
    let world = World::new().await;
    world.store.close().await;
    let other = KeyFile::open_or_create(&world.folder().join("other.key"), &SystemRandom).unwrap();
    let opened =
        Store::open(&Database::File(world.database()), &other, Arc::new(SystemClock), Arc::new(SystemRandom)).await;
    assert!(matches!(opened, Err(StoreError::WrongKey)), "{:?}", opened.err());
}

#[tokio::test]
async fn what_was_written_is_there_after_a_restart() {
    let world = World::new().await;
    let token = world.store.begin_session(world.acme.organization, world.acme.quinn, request()).await.unwrap();
    let reopened = world.reopen().await;
    assert_eq!(reopened.session(&token).await.unwrap().unwrap().user, world.acme.quinn);
    let acme = reopened.organization_by_key("acme").await.unwrap().unwrap();
    assert_eq!((acme.id, acme.name.as_str()), (world.acme.organization, "The acme company"));
    assert_eq!(reopened.organization_by_key("initech").await.unwrap(), None);
}

#[test]
fn a_key_file_is_made_once_for_its_owner_only() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("tessera.key");
    let key_file = KeyFile::open_or_create(&path, &SystemRandom).unwrap();
    assert_eq!(format!("{key_file:?}"), "KeyFile(…)");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let key = fs::read(&path).unwrap();
    assert_eq!(key.len(), 32);
    KeyFile::open_or_create(&path, &SystemRandom).unwrap();
    assert_eq!(fs::read(&path).unwrap(), key);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
}

#[test]
fn an_unsafe_key_file_is_refused() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("tessera.key");
    let key: Vec<u8> = (0..32).collect();
    let attempt = |bytes: &[u8], mode: u32| {
        fs::write(&path, bytes).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        KeyFile::open_or_create(&path, &SystemRandom)
    };
    for mode in [0o640, 0o604, 0o620, 0o601, 0o666] {
        assert!(matches!(attempt(&key, mode), Err(KeyFileError::Exposed { .. })), "{mode:o}");
    }
    assert!(matches!(attempt(&[], 0o600), Err(KeyFileError::Length { length: 0, .. })));
    assert!(matches!(attempt(&key[1..], 0o600), Err(KeyFileError::Length { length: 31, .. })));
    assert!(matches!(attempt(&[7; 33], 0o600), Err(KeyFileError::Length { length: 33, .. })));
    assert!(matches!(attempt(&[0; 32], 0o600), Err(KeyFileError::NoKey { .. })));
    assert!(matches!(attempt(b"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 0o600), Err(KeyFileError::NoKey { .. })));
    assert!(attempt(&key, 0o400).is_ok());
    assert!(matches!(KeyFile::open_or_create(folder.path(), &SystemRandom), Err(KeyFileError::NotAFile { .. })));
}

#[test]
fn a_link_is_judged_by_what_it_points_at() {
    let folder = TempDir::new().unwrap();
    let (key, link) = (folder.path().join("key"), folder.path().join("link"));
    KeyFile::open_or_create(&key, &SystemRandom).unwrap();
    symlink(&key, &link).unwrap();
    assert!(KeyFile::open_or_create(&link, &SystemRandom).is_ok());
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(KeyFile::open_or_create(&link, &SystemRandom), Err(KeyFileError::Exposed { .. })));
}

struct NoRandomness;

impl Random for NoRandomness {
    fn fill(&self, _: &mut [u8]) -> Result<(), RandomnessError> {
        Err(RandomnessError)
    }
}

#[test]
fn without_randomness_there_is_no_key() {
    let folder = TempDir::new().unwrap();
    let made = KeyFile::open_or_create(&folder.path().join("tessera.key"), &NoRandomness);
    assert!(matches!(made, Err(KeyFileError::Randomness(_))));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn use_within_a_minute_is_not_written_down() {
    let world = World::new().await;
    let token = world.store.begin_session(world.acme.organization, world.acme.quinn, request()).await.unwrap();
    let written = || std::fs::metadata(world.database().with_extension("db-wal")).unwrap().len();
    let before = written();
    world.store.session(&token).await.unwrap().unwrap();
    assert_eq!(written(), before);
    world.clock.advance_minutes(1);
    world.store.session(&token).await.unwrap().unwrap();
    assert!(written() > before);
}
