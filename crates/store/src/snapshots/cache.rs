use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tessera_access::{Snapshot, Standing};
use tessera_base::{OrganizationId, UserId};

const MOST_ORGANIZATIONS: usize = 10_000;
/// Of one organization. What each may see of its content is remembered with them: a byte for every folder and document.
const MOST_PEOPLE: usize = 1_000;

/// The last snapshot of each organization, and what its people hold by it.
#[derive(Default)]
pub(crate) struct SnapshotCache(Mutex<HashMap<OrganizationId, Remembered>>);

struct Remembered {
    snapshot: Arc<Snapshot>,
    /// All of this very snapshot.
    people: HashMap<UserId, Arc<Standing>>,
}

impl SnapshotCache {
    pub(super) fn snapshot(&self, organization: OrganizationId) -> Option<Arc<Snapshot>> {
        self.lock().get(&organization).map(|remembered| remembered.snapshot.clone())
    }

    /// When it is full, all are forgotten: each costs one read to come back. A snapshot that is older than the one
    /// remembered came late, and is not kept.
    pub(super) fn remember(&self, snapshot: Arc<Snapshot>) {
        let mut organizations = self.lock();
        let organization = snapshot.organization();
        if organizations.get(&organization).is_some_and(|known| known.snapshot.version() >= snapshot.version()) {
            return;
        }
        if organizations.len() >= MOST_ORGANIZATIONS {
            organizations.clear();
        }
        organizations.insert(organization, Remembered { snapshot, people: HashMap::new() });
    }

    pub(super) fn standing(&self, snapshot: &Snapshot, user: UserId) -> Option<Arc<Standing>> {
        let organizations = self.lock();
        let remembered = organizations.get(&snapshot.organization())?;
        remembered.people.get(&user).filter(|standing| standing.snapshot().version() == snapshot.version()).cloned()
    }

    pub(super) fn remember_standing(&self, user: UserId, standing: Arc<Standing>) {
        let mut organizations = self.lock();
        let Some(remembered) = organizations.get_mut(&standing.snapshot().organization()) else { return };
        if remembered.snapshot.version() != standing.snapshot().version() {
            return;
        }
        if remembered.people.len() >= MOST_PEOPLE {
            remembered.people.clear();
        }
        remembered.people.insert(user, standing);
    }

    pub(crate) fn forget_one(&self, organization: OrganizationId) {
        self.lock().remove(&organization);
    }

    pub(crate) fn forget(&self) {
        self.lock().clear();
    }

    /// A panic elsewhere cannot leave a map of whole snapshots half written.
    fn lock(&self) -> MutexGuard<'_, HashMap<OrganizationId, Remembered>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
