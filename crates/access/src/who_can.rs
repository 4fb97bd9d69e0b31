//! Who else: the same decisions, asked about everybody.
use crate::{
    ActionKind, ContentOrigin, ContentRole, Decision, Facts, Grantee, Person, Reason, ResourceKind, Snapshot, Standing,
    SupportGrant,
    decide::{allows, decide_as, decide_for, origin},
    reach::{Bystander, content_role, everybody, grantees_below},
};
use std::{collections::BTreeSet, sync::Arc};
use tessera_base::{Instant, NodeId, UserId};

/// A question about all the people and programs of an organization.
///
/// INVARIANT: it finds exactly those whom [`crate::decide`] allows (property test).
pub struct WhoCan<'a> {
    snapshot: &'a Snapshot,
    resource: ResourceKind,
    facts: &'a Facts,
    action: ActionKind,
    below: BTreeSet<Grantee>,
}

impl<'a> WhoCan<'a> {
    pub fn new(snapshot: &'a Snapshot, resource: ResourceKind, facts: &'a Facts, action: ActionKind) -> Self {
        let folder = facts.node.filter(|_| resource == ResourceKind::Folder && action == ActionKind::View);
        let folder = folder.and_then(|id| snapshot.nodes().place(id));
        let below = folder.map(|folder| grantees_below(snapshot, folder)).unwrap_or_default();
        Self { snapshot, resource, facts, action, below }
    }

    /// By their ids.
    pub fn people(&self) -> impl Iterator<Item = &'a Arc<Person>> {
        let allowed = |person: &&Arc<Person>| allows(&self.holder(person), self.resource, self.facts, self.action);
        everybody(self.snapshot).filter(allowed)
    }

    /// Why, or why not.
    pub fn decision(&self, id: UserId) -> Option<Decision> {
        let person = self.snapshot.person(id).filter(|person| person.is_active())?;
        Some(decide_for(&self.holder(person), self.resource, self.facts, self.action))
    }

    fn holder<'h>(&'h self, person: &'h Person) -> Bystander<'h> {
        Bystander { snapshot: self.snapshot, person, below: &self.below }
    }
}

/// The support grants under which the operator's staff can, unless they are over by `now`, and why they can.
pub fn support_who_can(
    snapshot: &Arc<Snapshot>,
    resource: ResourceKind,
    facts: &Facts,
    action: ActionKind,
    now: Instant,
) -> Vec<(Arc<SupportGrant>, Reason)> {
    let able = |(grant, standing): (&Arc<SupportGrant>, Standing)| {
        Some((grant.clone(), decide_as(&standing, resource, facts, action).because?))
    };
    snapshot.supporters(now).filter_map(able).collect()
}

/// What one person may do with a folder or document, and how they came to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ContentAccess {
    pub person: Arc<Person>,
    pub role: ContentRole,
    pub origin: ContentOrigin,
}

/// What one actor may do with a folder or document, and how they came to it.
pub fn role_on(standing: &Standing, node: NodeId) -> Option<(ContentRole, ContentOrigin)> {
    let place = standing.snapshot().nodes().place(node)?;
    let held = content_role(standing, place)?;
    Some((held.role, origin(standing, place, held.via, held.at)))
}

/// Everybody who has a role on a folder or document, by their ids.
pub fn access_list<'a>(snapshot: &'a Snapshot, node: NodeId) -> impl Iterator<Item = ContentAccess> + 'a {
    let place = snapshot.nodes().place(node);
    let below = BTreeSet::new();
    everybody(snapshot).filter_map(move |person| {
        let holder = Bystander { snapshot, person, below: &below };
        let held = content_role(&holder, place?)?;
        let origin = origin(&holder, place?, held.via, held.at);
        Some(ContentAccess { person: person.clone(), role: held.role, origin })
    })
}
