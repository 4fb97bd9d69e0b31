use super::AccessSnapshot;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tessera_base::{OrganizationId, UserId};

const MOST_PEOPLE: usize = 10_000;

type People = HashMap<(OrganizationId, UserId), Arc<AccessSnapshot>>;

/// The last snapshot of each person.
#[derive(Default)]
pub(crate) struct SnapshotCache(Mutex<People>);

impl SnapshotCache {
    /// The snapshot of exactly this version.
    pub(super) fn get(&self, organization: OrganizationId, user: UserId, version: u64) -> Option<Arc<AccessSnapshot>> {
        self.people().get(&(organization, user)).filter(|snapshot| snapshot.version == version).cloned()
    }

    /// When it is full, all are forgotten: each costs one read to come back.
    pub(super) fn put(&self, organization: OrganizationId, user: UserId, snapshot: Arc<AccessSnapshot>) {
        let mut people = self.people();
        if people.len() >= MOST_PEOPLE {
            people.clear();
        }
        people.insert((organization, user), snapshot);
    }

    /// A panic elsewhere cannot leave a map of whole snapshots half written.
    fn people(&self) -> MutexGuard<'_, People> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
