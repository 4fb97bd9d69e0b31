//! Support by invitation: what an organization lets the operator's staff do, and until when.
use crate::{
    Abilities, AbilitySet, Actor, Assignment, ConnectionRole, Missing, OrganizationAbility, Origin, Requirement,
    Snapshot, Standing, User,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use tessera_base::{ConnectionId, Instant, NodeId, SupportGrantId, UserId};

/// As it decides. One that was taken back is not in the snapshot; one that is over does not count any more.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SupportGrant {
    pub id: SupportGrantId,
    pub scope: SupportScope,
    /// The e-mail address of the one operator whom it is for; `None`: any of them.
    pub operator: Option<Arc<str>>,
    pub expires_at: Instant,
}

/// What a support grant gives.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct SupportScope {
    pub organization: AbilitySet<OrganizationAbility>,
    pub connections: BTreeMap<ConnectionId, ConnectionRole>,
    /// What may be opened, with all that is below it.
    pub content: Vec<NodeId>,
}

impl SupportScope {
    /// What lets anybody in, or in as somebody else: whoever was let in for a while must not be able to stay.
    pub fn never() -> AbilitySet<OrganizationAbility> {
        use OrganizationAbility as O;
        let never = [O::ManageMembers, O::ManageSignIn, O::ManageApiKeys, O::ManageEmbedding, O::ManageSupportAccess];
        never.into_iter().chain([O::Impersonate]).collect()
    }

    pub fn is_empty(&self) -> bool {
        self.organization.is_empty() && self.connections.is_empty() && self.content.is_empty()
    }
}

impl SupportGrant {
    /// INVARIANT: whoever is given the address later is not whom the grant meant.
    pub fn is_for(&self, operator: &User) -> bool {
        // The first 48 bits of an id are the millisecond that it was made in.
        let made_ms = |id: u128| id >> 80;
        let there = made_ms(operator.id.uuid().as_u128()) <= made_ms(self.id.uuid().as_u128());
        self.operator.as_deref().is_none_or(|email| email == operator.email && there)
    }
}

impl Snapshot {
    /// Those that were not taken back, by their ids.
    pub fn support_grants(&self) -> impl Iterator<Item = &Arc<SupportGrant>> {
        self.support.values()
    }

    pub fn support_grant(&self, id: SupportGrantId) -> Option<&Arc<SupportGrant>> {
        self.support.get(&id)
    }

    /// One of the operator's staff; `None` unless the grant is there and is for them. Whether it is over, the caller sees
    /// to: nothing here knows the time.
    pub fn operator(self: &Arc<Self>, user: User, grant: SupportGrantId) -> Option<Standing> {
        let grant = self.support_grant(grant).filter(|grant| grant.is_for(&user))?;
        Some(self.under(grant, user))
    }

    fn under(self: &Arc<Self>, grant: &SupportGrant, user: User) -> Standing {
        let (scope, grant) = (&grant.scope, grant.id);
        let organization = scope.organization.without(SupportScope::never());
        let connections = scope.connections.iter().filter(|(id, _)| self.connection(**id).is_some());
        let on_connection = |(id, role): (&ConnectionId, &ConnectionRole)| {
            (*id, Abilities::new(vec![Assignment::new(role.title(), Origin::Support, role.abilities())]))
        };
        let organization = Abilities::new(vec![Assignment::new("support", Origin::Support, organization)]);
        let connections = connections.map(on_connection).collect();
        Standing::from_outside(self.clone(), Actor::Operator { user, grant }, organization, connections)
    }
}

impl Snapshot {
    /// What the operator's staff hold under each of the grants that are not over by `now`.
    pub fn supporters(self: &Arc<Self>, now: Instant) -> impl Iterator<Item = (&Arc<SupportGrant>, Standing)> {
        self.support_grants().filter(move |grant| grant.expires_at > now).map(|grant| {
            let email = grant.operator.as_deref().unwrap_or_default().to_owned();
            let id = UserId::new(grant.id.uuid());
            let somebody = User { id, known_as: None, email, name: String::new(), timezone: None };
            (grant, self.under(grant, somebody))
        })
    }
}

impl Standing {
    /// What the operator's staff would be given that this actor lacks; on content, what they do not manage.
    pub fn lacks_to_let_in(&self, scope: &SupportScope) -> Option<Missing> {
        let mut missing = BTreeSet::new();
        let mut add = |lacks: Option<Missing>| missing.extend(lacks.into_iter().flat_map(|missing| missing.0));
        add(self.lacks_of(scope.organization.iter()));
        for (connection, role) in &scope.connections {
            add(self.lacks_on(*connection, role.abilities().iter()));
        }
        let manages =
            |node: &NodeId| crate::role_on(self, *node).is_some_and(|(role, _)| role == crate::ContentRole::Manager);
        if !scope.content.iter().all(manages) {
            missing.insert(Requirement::Content(crate::ContentRole::Manager));
        }
        (!missing.is_empty()).then(|| Missing(missing.into_iter().collect()))
    }
}
