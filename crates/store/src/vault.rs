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

    pub(crate) fn unwrap_data_key(&self, organization: OrganizationId, version: u32, wrapped: &[u8]) -> Result<DataKey, VaultError> {
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
    let length = cipher(key).open_in_place(nonce, Aad::from(associated), &mut buffer).map_err(|_| VaultError::DoesNotOpen)?.len();
    buffer.truncate(length);
    Ok(buffer)
}

fn header(key_id: [u8; KEY_ID_BYTES], key_version: u32) -> Vec<u8> {
    [&[FORMAT], key_id.as_slice(), &key_version.to_be_bytes()].concat()
}

fn cipher(key: &Key) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key.as_slice()).expect("the cipher takes keys of 32 bytes"))
}
