use crate::{
    Random, RandomnessError,
    entropy::random_bytes,
    key_file::{Key, KeyFile, derive},
};
use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    digest,
};
use tessera_base::OrganizationId;
use zeroize::Zeroizing;

/// Never says which of key, place or content did not fit: that would tell an attacker what to change next.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum VaultError {
    #[error("the sealed value does not belong here, or its key is another")]
    DoesNotOpen,
    #[error(transparent)]
    Randomness(#[from] RandomnessError),
}

/// Where a sealed value lives. It is authenticated with the value, so that a value moved to another place does not open.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) purpose: &'static str,
    pub(crate) organization: OrganizationId,
    pub(crate) table: &'static str,
    pub(crate) row: &'a str,
    pub(crate) column: &'static str,
    pub(crate) version: u32,
}

impl Place<'_> {
    /// Each part is preceded by its length: no two places encode alike.
    fn encode(&self) -> Vec<u8> {
        let version = self.version.to_be_bytes();
        let organization = self.organization.uuid();
        let parts: [&[u8]; 6] = [
            self.purpose.as_bytes(),
            organization.as_bytes(),
            self.table.as_bytes(),
            self.row.as_bytes(),
            self.column.as_bytes(),
            &version,
        ];
        let mut encoded = Vec::new();
        for part in parts {
            encoded.extend_from_slice(&(part.len() as u64).to_be_bytes());
            encoded.extend_from_slice(part);
        }
        encoded
    }
}

const FORMAT: u8 = 1;
const KEY_ID_BYTES: usize = 8;
const HEADER_BYTES: usize = 1 + KEY_ID_BYTES + 4 + NONCE_LEN;

/// Holds the key that wraps the organizations' data keys.
pub(crate) struct Vault {
    wrapping_key: Key,
    wrapping_key_id: [u8; KEY_ID_BYTES],
}

/// The data key of one organization: seals its secrets, each purpose with a key of its own.
pub(crate) struct DataKey {
    key: Key,
    version: u32,
    wrapping_key_id: [u8; KEY_ID_BYTES],
}

impl Vault {
    pub(crate) fn new(key_file: &KeyFile) -> Self {
        let wrapping_key = key_file.derive("tessera key encryption");
        let digest = digest::digest(&digest::SHA256, key_file.derive("tessera key encryption id").as_slice());
        let mut wrapping_key_id = [0; KEY_ID_BYTES];
        wrapping_key_id.copy_from_slice(&digest.as_ref()[..KEY_ID_BYTES]);
        Self { wrapping_key, wrapping_key_id }
    }

    /// A new data key, and its wrapped form for the database.
    pub(crate) fn new_data_key(
        &self,
        organization: OrganizationId,
        version: u32,
        random: &dyn Random,
    ) -> Result<(DataKey, Vec<u8>), VaultError> {
        let key: Key = Zeroizing::new(random_bytes(random)?);
        let place = data_key_place(organization, version);
        let wrapped = seal(&self.wrapping_key, self.wrapping_key_id, version, &place, key.as_slice(), random)?;
        Ok((DataKey { key, version, wrapping_key_id: self.wrapping_key_id }, wrapped))
    }

    pub(crate) fn unwrap_data_key(
        &self,
        organization: OrganizationId,
        version: u32,
        wrapped: &[u8],
    ) -> Result<DataKey, VaultError> {
        let place = data_key_place(organization, version);
        let opened = open(&self.wrapping_key, self.wrapping_key_id, version, &place, wrapped)?;
        let key = <[u8; 32]>::try_from(opened.as_slice()).map_err(|_| VaultError::DoesNotOpen)?;
        Ok(DataKey { key: Zeroizing::new(key), version, wrapping_key_id: self.wrapping_key_id })
    }
}

fn data_key_place(organization: OrganizationId, version: u32) -> Place<'static> {
    Place { purpose: "data key", organization, table: "data_keys", row: "", column: "wrapped", version }
}

impl DataKey {
    pub(crate) fn seal(&self, place: &Place<'_>, plaintext: &[u8], random: &dyn Random) -> Result<Vec<u8>, VaultError> {
        seal(&derive(&self.key, place.purpose), self.wrapping_key_id, self.version, place, plaintext, random)
    }

    pub(crate) fn open(&self, place: &Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        open(&derive(&self.key, place.purpose), self.wrapping_key_id, self.version, place, sealed)
    }
}

/// `format | wrapping key id | data key version | nonce | ciphertext | tag`; the first three are authenticated too.
fn seal(
    key: &Key,
    key_id: [u8; KEY_ID_BYTES],
    key_version: u32,
    place: &Place<'_>,
    plaintext: &[u8],
    random: &dyn Random,
) -> Result<Vec<u8>, VaultError> {
    let nonce: [u8; NONCE_LEN] = random_bytes(random)?;
    let mut sealed = header(key_id, key_version);
    let associated = [sealed.clone(), place.encode()].concat();
    sealed.extend_from_slice(&nonce);
    let mut body = Zeroizing::new(plaintext.to_vec());
    let tag = cipher(key)
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(associated), &mut body)
        .map_err(|_| VaultError::DoesNotOpen)?;
    sealed.extend_from_slice(&body);
    sealed.extend_from_slice(tag.as_ref());
    Ok(sealed)
}

fn open(
    key: &Key,
    key_id: [u8; KEY_ID_BYTES],
    key_version: u32,
    place: &Place<'_>,
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let (head, body) = sealed.split_at_checked(HEADER_BYTES).ok_or(VaultError::DoesNotOpen)?;
    let (head, nonce) = head.split_at(HEADER_BYTES - NONCE_LEN);
    if head != header(key_id, key_version) {
        return Err(VaultError::DoesNotOpen);
    }
    let associated = [head.to_vec(), place.encode()].concat();
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| VaultError::DoesNotOpen)?;
    let mut buffer = Zeroizing::new(body.to_vec());
    let length = cipher(key)
        .open_in_place(nonce, Aad::from(associated), &mut buffer)
        .map_err(|_| VaultError::DoesNotOpen)?
        .len();
    buffer.truncate(length);
    Ok(buffer)
}

fn header(key_id: [u8; KEY_ID_BYTES], key_version: u32) -> Vec<u8> {
    [&[FORMAT], key_id.as_slice(), &key_version.to_be_bytes()].concat()
}

fn cipher(key: &Key) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key.as_slice()).expect("the cipher takes keys of 32 bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemRandom;
    use uuid::Uuid;

    fn vault(byte: u8) -> Vault {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("key");
        let mut key = [byte; 32];
        key[0] = 0;
        std::fs::write(&path, key).unwrap();
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        Vault::new(&KeyFile::open_or_create(&path, &SystemRandom).unwrap())
    }

    fn organization(number: u128) -> OrganizationId {
        OrganizationId::new(Uuid::from_u128(number))
    }

    fn place(row: &str) -> Place<'_> {
        Place {
            purpose: "mask key",
            organization: organization(1),
            table: "organizations",
            row,
            column: "mask_key",
            version: 1,
        }
    }

    fn assert_closed<T>(opened: Result<T, VaultError>, what: &str) {
        assert_eq!(opened.err(), Some(VaultError::DoesNotOpen), "{what}");
    }

    #[test]
    fn a_secret_opens_where_it_was_sealed() {
        let vault = vault(1);
        let (sealing, wrapped) = vault.new_data_key(organization(1), 1, &SystemRandom).unwrap();
        let sealed = sealing.seal(&place("a"), b"secret", &SystemRandom).unwrap();
        assert!(!sealed.windows(6).any(|window| window == b"secret"));
        assert_eq!(sealed.len(), HEADER_BYTES + 6 + 16);
        assert_ne!(sealed, sealing.seal(&place("a"), b"secret", &SystemRandom).unwrap(), "a nonce is used once");
        let opening = vault.unwrap_data_key(organization(1), 1, &wrapped).unwrap();
        assert_eq!(opening.open(&place("a"), &sealed).unwrap().as_slice(), b"secret");
    }

    #[test]
    fn a_secret_moved_elsewhere_does_not_open() {
        let (key, _) = vault(1).new_data_key(organization(1), 1, &SystemRandom).unwrap();
        let sealed = key.seal(&place("a"), b"secret", &SystemRandom).unwrap();
        let here = place("a");
        for (elsewhere, what) in [
            (Place { purpose: "password", ..here }, "purpose"),
            (Place { organization: organization(2), ..here }, "organization"),
            (Place { table: "connections", ..here }, "table"),
            (Place { row: "b", ..here }, "row"),
            (Place { column: "password", ..here }, "column"),
            (Place { version: 2, ..here }, "version"),
            (Place { table: "organization", row: "sa", ..here }, "the border of table and row"),
        ] {
            assert_closed(key.open(&elsewhere, &sealed), what);
        }
    }

    #[test]
    fn a_secret_changed_or_cut_anywhere_does_not_open() {
        let (key, _) = vault(1).new_data_key(organization(1), 1, &SystemRandom).unwrap();
        let sealed = key.seal(&place("a"), b"secret", &SystemRandom).unwrap();
        for position in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[position] ^= 1;
            assert_closed(key.open(&place("a"), &changed), &format!("byte {position}"));
            assert_closed(key.open(&place("a"), &sealed[..position]), &format!("cut to {position}"));
        }
        assert_closed(key.open(&place("a"), &[sealed.as_slice(), &[0]].concat()), "one byte more");
    }

    #[test]
    fn another_key_opens_nothing() {
        let vault = vault(1);
        let (key, wrapped) = vault.new_data_key(organization(1), 1, &SystemRandom).unwrap();
        let sealed = key.seal(&place("a"), b"secret", &SystemRandom).unwrap();
        let (same_version, _) = vault.new_data_key(organization(1), 1, &SystemRandom).unwrap();
        assert_closed(same_version.open(&place("a"), &sealed), "another data key");
        let (later, _) = vault.new_data_key(organization(1), 2, &SystemRandom).unwrap();
        assert_closed(later.open(&place("a"), &sealed), "a later data key");
        assert_closed(self::vault(2).unwrap_data_key(organization(1), 1, &wrapped), "another key file");
        assert_closed(vault.unwrap_data_key(organization(2), 1, &wrapped), "the data key of a neighbour");
        assert_closed(vault.unwrap_data_key(organization(1), 2, &wrapped), "the data key as another version");
    }
}
