use crate::{
    AccessContext, ActionKind, Facts, Permit, Resource, Sealed,
    action::View,
    open,
    rights::{Needs, alternatives},
};
use std::{collections::BTreeSet, marker::PhantomData, sync::Arc};
use tessera_base::{ConnectionId, OrganizationId, UserId};

/// A condition of a list, as data that the store turns into a WHERE clause.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Limit<T> {
    All,
    Only(BTreeSet<T>),
}

impl<T: Ord> Limit<T> {
    fn admits(&self, value: Option<&T>) -> bool {
        match self {
            Self::All => true,
            Self::Only(set) => value.is_some_and(|value| set.contains(value)),
        }
    }
}

/// What of `R` the actor may list: of the organization, whatever meets *either* limit.
///
/// INVARIANT: a row is in the list exactly when `decide(View)` allows it (property test).
#[derive(Clone, Debug)]
pub struct Scope<R> {
    context: Arc<AccessContext>,
    connections: Limit<ConnectionId>,
    owners: Limit<UserId>,
    resource: PhantomData<R>,
}

impl<R: Resource> Scope<R> {
    pub fn organization(&self) -> OrganizationId {
        self.context.organization()
    }

    pub fn connections(&self) -> &Limit<ConnectionId> {
        &self.connections
    }

    pub fn owners(&self) -> &Limit<UserId> {
        &self.owners
    }

    pub fn admits(&self, facts: &Facts) -> bool {
        facts.organization == self.organization()
            && (self.connections.admits(facts.connection.as_ref()) || self.owners.admits(facts.owner.as_ref()))
    }

    /// Opens what the list found; a row outside the scope is dropped, whatever the list's source did.
    pub fn open_all(&self, rows: impl IntoIterator<Item = Sealed<R>>) -> Vec<Permit<R, View>> {
        rows.into_iter()
            .filter(|sealed| self.admits(sealed.facts()))
            .filter_map(|sealed| open::<R, View>(&self.context, "", Some(sealed)).ok())
            .collect()
    }
}

pub fn visible<R: Resource>(context: &Arc<AccessContext>) -> Scope<R> {
    let mut connections = Limit::Only(BTreeSet::new());
    let mut owners = Limit::Only(BTreeSet::new());
    for needs in alternatives(R::KIND, ActionKind::View) {
        match needs {
            Needs::Connection(ability) => {
                if let Limit::Only(set) = &mut connections {
                    set.extend(context.connections().filter(|(_, a)| a.has(*ability)).map(|(id, _)| id));
                }
            }
            Needs::Organization(ability) if context.organization_abilities().has(*ability) => {
                owners = Limit::All;
            }
            Needs::Organization(_) => {}
            Needs::Owner => {
                if let Limit::Only(set) = &mut owners {
                    set.insert(context.user().id);
                }
            }
        }
    }
    Scope { context: context.clone(), connections, owners, resource: PhantomData }
}
