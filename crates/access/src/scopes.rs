use crate::{AbilitySet, ConnectionAbility, ContentRole, Missing, OrganizationAbility, Requirement, Standing};
use std::collections::{BTreeMap, BTreeSet};
use tessera_base::ConnectionId;

/// Most that an API key lets its holder do. It gives nothing that they lack.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Scopes {
    pub organization: AbilitySet<OrganizationAbility>,
    pub connections: BTreeMap<ConnectionId, AbilitySet<ConnectionAbility>>,
    /// The highest role on folders and documents; `None`: they are not there.
    pub content: Option<ContentRole>,
}

impl Standing {
    /// What somebody lacks who makes a key for another: all that its scopes let through, whether its holder has it now or is
    /// given it later.
    pub fn lacks_to_hand_out(&self, scopes: &Scopes) -> Option<Missing> {
        let mut missing = BTreeSet::new();
        let mut add = |lacks: Option<Missing>| missing.extend(lacks.into_iter().flat_map(|missing| missing.0));
        add(self.lacks_of(scopes.organization.iter()));
        for (connection, abilities) in &scopes.connections {
            add(self.lacks_on(*connection, abilities.iter()));
        }
        let whole = scopes.organization == AbilitySet::all() && !self.is_organization_admin();
        missing.extend(whole.then_some(Requirement::OrganizationAdmin));
        (!missing.is_empty()).then(|| Missing(missing.into_iter().collect()))
    }
}
