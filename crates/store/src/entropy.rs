use std::time::SystemTime;
use tessera_base::Instant;
use uuid::Uuid;

/// What time it is. Passed in, so that a test may say.
pub trait Clock: Send + Sync {
    fn now(&self) -> Instant;
}

pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        SystemTime::now().into()
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the system has no randomness to give")]
pub struct RandomnessError;

/// Where keys, tokens, nonces and ids come from.
pub trait Random: Send + Sync {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomnessError>;
}

/// The random generator of the cryptographic library.
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomnessError> {
        aws_lc_rs::rand::fill(bytes).map_err(|_| RandomnessError)
    }
}

pub(crate) fn random_bytes<const N: usize>(random: &dyn Random) -> Result<[u8; N], RandomnessError> {
    let mut bytes = [0; N];
    random.fill(&mut bytes)?;
    Ok(bytes)
}

/// A UUID of version 7: ids made later sort later.
pub(crate) fn new_id(clock: &dyn Clock, random: &dyn Random) -> Result<Uuid, RandomnessError> {
    let millis = u64::try_from(clock.now().timestamp_millis()).unwrap_or_default();
    Ok(uuid::Builder::from_unix_timestamp_millis(millis, &random_bytes(random)?).into_uuid())
}
