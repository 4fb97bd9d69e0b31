use crate::{
    Abilities, Actor, Address, Attributes, ConnectionAbility, GroupRef, OrganizationAbility, Snapshot, Standing, User,
};
use std::sync::Arc;
use tessera_base::{Arrival, ConnectionId, Instant, OrganizationId, RequestId, UserId};

/// Who asks, confined to one organization and one actor. Immutable; made once per request, at the gate.
#[derive(Debug)]
pub struct AccessContext {
    arrival: Arrival,
    now: Instant,
    standing: Arc<Standing>,
}

impl AccessContext {
    /// INVARIANT: called by the gate alone (`clippy.toml` disallows it elsewhere).
    pub fn establish(arrival: Arrival, now: Instant, standing: Arc<Standing>) -> Self {
        Self { arrival, now, standing }
    }

    /// The same request by another snapshot of the organization; `None` when its actor is no longer there.
    pub(crate) fn on(&self, snapshot: &Arc<Snapshot>) -> Option<Self> {
        let standing = Arc::new(self.standing.on(snapshot)?);
        Some(Self { arrival: self.arrival, now: self.now, standing })
    }

    pub fn request_id(&self) -> RequestId {
        self.arrival.request
    }

    /// Which request it is, and where it came from.
    pub fn arrival(&self) -> Arrival {
        self.arrival
    }

    pub fn now(&self) -> Instant {
        self.now
    }

    pub fn standing(&self) -> &Arc<Standing> {
        &self.standing
    }

    pub fn snapshot(&self) -> &Arc<Snapshot> {
        self.standing.snapshot()
    }

    pub fn organization(&self) -> OrganizationId {
        self.snapshot().organization()
    }

    pub fn actor(&self) -> &Actor {
        self.standing.actor()
    }

    pub fn user(&self) -> &User {
        self.actor().user()
    }

    /// Whom words about this person speak to, when the actor reads them.
    pub fn address_of(&self, person: UserId) -> Address {
        if person == self.user().id { Address::You } else { Address::They }
    }

    pub fn groups(&self) -> &[GroupRef] {
        self.standing.groups()
    }

    pub fn in_group(&self, key: &str) -> bool {
        self.groups().iter().any(|group| *group.key == *key)
    }

    pub fn is_organization_admin(&self) -> bool {
        self.standing.is_organization_admin()
    }

    pub fn organization_abilities(&self) -> &Abilities<OrganizationAbility> {
        self.standing.organization_abilities()
    }

    /// The connections on which the actor holds any ability.
    pub fn connections(&self) -> impl Iterator<Item = (ConnectionId, &Abilities<ConnectionAbility>)> {
        self.standing.connections()
    }

    pub fn connection_abilities(&self, connection: ConnectionId) -> Option<&Abilities<ConnectionAbility>> {
        self.standing.connection_abilities(connection)
    }

    pub fn attributes(&self) -> &Attributes {
        self.standing.attributes()
    }
}
