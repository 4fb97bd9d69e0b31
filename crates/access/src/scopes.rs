use crate::{AbilitySet, ConnectionAbility, ContentRole, Missing, OrganizationAbility, Requirement, Standing};
use std::collections::{BTreeMap, BTreeSet};
use tessera_base::{ConnectionId, UserId};

/// Most that an API key lets its holder do. It gives nothing that they lack.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Scopes {
    pub organization: AbilitySet<OrganizationAbility>,
    pub connections: BTreeMap<ConnectionId, AbilitySet<ConnectionAbility>>,
    /// The highest role on folders and documents; `None`: they are not there.
    pub content: Option<ContentRole>,
}

impl Standing {
    /// What comes with having a key of somebody else: what they hold, within its scopes.
    pub fn lacks_to_hold_key(&self, holder: UserId, scopes: Option<&Scopes>) -> Option<Missing> {
        // INVARIANT: what cannot be told is lacking.
        let Some(theirs) = self.snapshot().by_key(holder, scopes) else {
            return Some(Missing(vec![Requirement::NotSuspended]));
        };
        let mut missing = BTreeSet::new();
        let mut add = |lacks: Option<Missing>| missing.extend(lacks.into_iter().flat_map(|missing| missing.0));
        add(self.lacks_of(theirs.organization_abilities().iter()));
        for (connection, abilities) in theirs.connections() {
            add(self.lacks_on(connection, abilities.iter()));
        }
        (!missing.is_empty()).then(|| Missing(missing.into_iter().collect()))
    }
}
