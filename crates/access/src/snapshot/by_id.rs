use std::hash::{BuildHasherDefault, Hasher};

/// Hashes ids of ours by their own bits, most of which were drawn at random: nobody can choose ids that collide.
pub(super) type ById = BuildHasherDefault<IdHasher>;

#[derive(Default)]
pub(super) struct IdHasher(u64);

impl Hasher for IdHasher {
    fn write(&mut self, bytes: &[u8]) {
        for part in bytes.chunks(8) {
            let mut word = [0; 8];
            if let Some(word) = word.get_mut(..part.len()) {
                word.copy_from_slice(part);
            }
            self.0 = (self.0.rotate_left(23) ^ u64::from_be_bytes(word)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}
