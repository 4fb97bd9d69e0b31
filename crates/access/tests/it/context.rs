//! Small worlds for random decisions: two organizations, three people, three connections.
use proptest::{collection, option, prelude::*, sample};
use std::{collections::BTreeMap, sync::Arc};
use tessera_access::{
    Abilities, Ability, AccessContext, Actor, Assignment, Attributes, ConnectionAbility, ConnectionRole, ContextParts,
    Facts, OrganizationAbility, Origin, User,
};
use tessera_base::{ConnectionId, Instant, OrganizationId, RequestId, UserId};
use uuid::Uuid;

pub(crate) fn organization(number: u128) -> OrganizationId {
    OrganizationId::new(Uuid::from_u128(number))
}

fn user(number: u128) -> UserId {
    UserId::new(Uuid::from_u128(number))
}

fn connection(number: u128) -> ConnectionId {
    ConnectionId::new(Uuid::from_u128(number))
}

/// What one holds: on each connection several lots of abilities, and several in the organization.
#[derive(Clone, Debug)]
pub(crate) struct Holdings {
    pub(crate) organization: u128,
    pub(crate) user: u128,
    pub(crate) on_connections: BTreeMap<u128, Vec<Vec<ConnectionAbility>>>,
    pub(crate) in_organization: Vec<Vec<OrganizationAbility>>,
}

impl Holdings {
    pub(crate) fn context(&self) -> Arc<AccessContext> {
        let user = User {
            id: user(self.user),
            known_as: Some(user(self.user).to_string()),
            email: "quinn@acme.example".into(),
            name: "Quinn".into(),
            timezone: None,
        };
        let connection_abilities =
            self.on_connections.iter().map(|(number, lots)| (connection(*number), abilities(lots)));
        establish(ContextParts {
            request_id: RequestId::new(Uuid::nil()),
            organization: organization(self.organization),
            actor: Actor::User(user),
            groups: Vec::new(),
            organization_admin: false,
            organization_abilities: abilities(&self.in_organization),
            connection_abilities: connection_abilities.collect(),
            attributes: Attributes::default(),
            now: Instant::UNIX_EPOCH,
        })
    }
}

#[expect(clippy::disallowed_methods, reason = "a test is its own gate")]
fn establish(parts: ContextParts) -> Arc<AccessContext> {
    Arc::new(AccessContext::establish(parts))
}

fn abilities<A: Ability>(lots: &[Vec<A>]) -> Abilities<A> {
    Abilities::new(lots.iter().map(|lot| Assignment::new("role", Origin::Direct, lot)).collect())
}

fn lots<A: Ability>() -> impl Strategy<Value = Vec<Vec<A>>> {
    collection::vec(sample::subsequence(A::ALL.to_vec(), 0..=3), 0..3)
}

/// Any abilities, also such as no built-in role has.
pub(crate) fn holdings() -> impl Strategy<Value = Holdings> {
    (1..=2_u128, 1..=3_u128, collection::btree_map(1..=3_u128, lots(), 0..=3), lots()).prop_map(
        |(organization, user, on_connections, in_organization)| Holdings {
            organization,
            user,
            on_connections,
            in_organization,
        },
    )
}

/// The built-in roles on connections.
pub(crate) fn holdings_of_roles() -> impl Strategy<Value = Holdings> {
    let role = sample::select(&ConnectionRole::ALL).prop_map(|role| vec![role.abilities().to_vec()]);
    (holdings(), collection::btree_map(1..=3_u128, role, 0..=3))
        .prop_map(|(holdings, on_connections)| Holdings { on_connections, ..holdings })
}

pub(crate) fn facts() -> impl Strategy<Value = Facts> {
    (1..=2_u128, option::of(1..=3_u128), option::of(1..=3_u128)).prop_map(|(of, on, owner)| Facts {
        organization: organization(of),
        connection: on.map(connection),
        owner: owner.map(user),
    })
}
