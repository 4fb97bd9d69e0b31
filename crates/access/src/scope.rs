use crate::{
    AccessContext, ActionKind, Facts, Node, NodeKind, Permit, Requirement, Resource, ResourceKind, Sealed,
    action::View, decide, open, reach::Holder as _, rights::alternatives,
};
use std::{collections::BTreeSet, marker::PhantomData, sync::Arc};
use tessera_base::{ConnectionId, NodeId, OrganizationId, UserId};

/// A condition of a list, as data that the store turns into a WHERE clause.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Limit<T> {
    All,
    Only(BTreeSet<T>),
}

/// What of `R` the actor may list. A source may use the limits to read less: whatever may be listed meets *either*.
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

    pub fn context(&self) -> &Arc<AccessContext> {
        &self.context
    }

    pub fn connections(&self) -> &Limit<ConnectionId> {
        &self.connections
    }

    pub fn owners(&self) -> &Limit<UserId> {
        &self.owners
    }

    pub fn admits(&self, facts: &Facts) -> bool {
        decide(&self.context, R::KIND, facts, ActionKind::View).allowed()
    }

    /// Opens what the list found; a row outside the scope is dropped, whatever the list's source did.
    pub fn open_all(&self, rows: impl IntoIterator<Item = Sealed<R>>) -> Vec<Permit<R, View>> {
        rows.into_iter().filter_map(|sealed| open::<R, View>(&self.context, "", Some(sealed)).ok()).collect()
    }

    /// The folders, documents or things in the trash that may be listed, newest first, from before `before` on.
    pub fn nodes(&self, before: Option<NodeId>) -> impl Iterator<Item = &Node> {
        let standing = self.context.standing();
        let visible: &[bool] = match R::KIND {
            ResourceKind::Folder | ResourceKind::Document => standing.visible(),
            _ => &[],
        };
        let nodes = standing.snapshot().nodes().newest_first(before);
        let listed = nodes.filter(|(place, node)| match (R::KIND, node.kind) {
            (ResourceKind::Folder, NodeKind::Folder) | (ResourceKind::Document, NodeKind::Document) => {
                visible.get(place.index()).copied().unwrap_or(false)
            }
            // What was thrown away with a folder is restored with it.
            (ResourceKind::Trashed, _) => node.trashed && self.admits(&self.facts(node)),
            _ => false,
        });
        listed.map(|(_, node)| node)
    }

    fn facts(&self, node: &Node) -> Facts {
        let of = Facts::of(self.organization());
        Facts { connection: node.connection, owner: node.owner, node: Some(node.id), ..of }
    }
}

pub fn visible<R: Resource>(context: &Arc<AccessContext>) -> Scope<R> {
    let mut connections = Limit::Only(BTreeSet::new());
    let mut owners = Limit::Only(BTreeSet::new());
    for all in alternatives(R::KIND, ActionKind::View) {
        match all {
            [Requirement::Connection(ability)] => {
                if let Limit::Only(set) = &mut connections {
                    set.extend(context.connections().filter(|(_, a)| a.has(*ability)).map(|(id, _)| id));
                }
            }
            [Requirement::Owner] => {
                if let Limit::Only(set) = &mut owners {
                    set.insert(context.user().id);
                }
            }
            [Requirement::Organization(ability)] if !context.organization_abilities().has(*ability) => {}
            [Requirement::Colleague] if !context.standing().is_colleague() => {}
            // Whatever else it takes is found row by row.
            _ => (connections, owners) = (Limit::All, Limit::All),
        }
    }
    Scope { context: context.clone(), connections, owners, resource: PhantomData }
}
