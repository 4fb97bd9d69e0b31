//! Which content an actor reaches: effective roles, and what may be known to be there.
use crate::{
    AbilitySet, Assignment, ConnectionAbility, ContentRole, Grantee, Node, OrganizationAbility, Origin, Person,
    PersonKind, Snapshot, Standing,
    snapshot::{ADMIN_ON_CONNECTIONS, Place},
};
use std::{collections::BTreeSet, sync::Arc};
use tessera_base::{ConnectionId, GroupId, NodeId, UserId};

/// Whose rights are asked about. [`Standing`] is an actor with everything found; [`Bystander`] is any member of the
/// organization, looked up as far as one question needs.
pub(crate) trait Holder {
    fn snapshot(&self) -> &Snapshot;
    fn id(&self) -> UserId;
    /// Whether what everyone in the organization has is theirs too.
    fn is_everyone(&self) -> bool;
    fn is_in(&self, group: GroupId) -> bool;
    fn is_organization_admin(&self) -> bool;
    fn organization_abilities(&self) -> AbilitySet<OrganizationAbility>;
    fn organization_role(&self) -> Arc<str>;
    fn connection_ability(&self, connection: ConnectionId, ability: ConnectionAbility) -> Option<(Arc<str>, Origin)>;
    fn has_connection_ability(&self, connection: ConnectionId, ability: ConnectionAbility) -> bool {
        self.connection_ability(connection, ability).is_some()
    }
    fn has_any_connection(&self) -> bool;
    /// Whether they hold anything at all, in the organization or on a connection.
    fn is_colleague(&self) -> bool {
        !self.organization_abilities().is_empty() || self.has_any_connection()
    }
    /// What may be opened without being granted to a person, a group or everyone.
    fn content_from_outside(&self) -> Option<(Via, &[NodeId])>;
    /// The highest role on content that counts.
    fn most_content(&self) -> Option<ContentRole> {
        Some(ContentRole::Manager)
    }
    /// Whether something below this folder may be known to be there.
    fn sees_below(&self, folder: Place) -> bool;
}

/// How somebody came to a content role.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Via {
    Owner,
    Grant(Grantee),
    /// Manages access to all that is shared.
    Administrator,
    Embed,
    Support,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct HeldContentRole {
    pub(crate) role: ContentRole,
    pub(crate) via: Via,
    /// Where it was given: the node itself, or a folder that it is in.
    pub(crate) at: Place,
}

/// The highest role, and of several ways to it the nearest.
pub(crate) fn content_role(holder: &impl Holder, place: Place) -> Option<HeldContentRole> {
    let mut best: Option<HeldContentRole> = None;
    let mut inherits = true;
    for (at, node) in holder.snapshot().nodes.way_up(place) {
        if inherits
            && let Some((role, via)) = own_role(holder, node)
            && best.is_none_or(|best| best.role < role)
        {
            best = Some(HeldContentRole { role, via, at });
        }
        inherits &= !node.restricted;
        if best.is_some_and(|best| best.role == ContentRole::Manager) {
            break;
        }
        if is_shared(node) && administers(holder) {
            best = Some(HeldContentRole { role: ContentRole::Manager, via: Via::Administrator, at });
        }
    }
    let most = holder.most_content()?;
    best.map(|best| HeldContentRole { role: best.role.min(most), ..best })
}

/// What a node itself gives.
fn own_role(holder: &impl Holder, node: &Node) -> Option<(ContentRole, Via)> {
    if node.owner.is_some_and(|owner| owner == holder.id() && holder.is_everyone()) {
        return Some((ContentRole::Manager, Via::Owner));
    }
    let outside = holder.content_from_outside().filter(|(_, content)| content.contains(&node.id));
    let outside = outside.map(|(via, _)| (ContentRole::Viewer, via));
    let granted = node.grants.iter().filter(|grant| is_to(holder, grant.to));
    granted
        .map(|grant| (grant.role, Via::Grant(grant.to)))
        .chain(outside)
        .reduce(|best, next| if next.0 > best.0 { next } else { best })
}

pub(crate) fn is_to(holder: &impl Holder, grantee: Grantee) -> bool {
    match grantee {
        Grantee::User(id) => holder.is_everyone() && id == holder.id(),
        Grantee::Group(id) => holder.is_in(id),
        Grantee::Everyone => holder.is_everyone(),
    }
}

fn administers(holder: &impl Holder) -> bool {
    holder.organization_abilities().has(OrganizationAbility::ManageContentAccess)
}

/// The root of what the organization shares.
pub(crate) fn is_shared(node: &Node) -> bool {
    node.is_root() && node.owner.is_none()
}

/// Whether the node is in the trash, by itself or with a folder that it is in.
pub(crate) fn is_trashed(snapshot: &Snapshot, place: Place) -> bool {
    snapshot.nodes.way_up(place).any(|(_, node)| node.trashed)
}

/// By place: whether the actor may know that the node is there. A folder is there for those who may open something in
/// it.
pub(crate) fn visible(standing: &Standing) -> Vec<bool> {
    let nodes = &standing.snapshot().nodes;
    let administers = administers(standing);
    let mut found: Vec<Option<Reach>> = vec![None; nodes.places()];
    let mut visible = vec![false; nodes.places()];
    if standing.most_content().is_none() {
        return visible;
    }
    for (place, node, parent) in nodes.iter() {
        let reach = reach(standing, administers, &mut found, place, node, parent);
        if reach.role.is_none() || reach.trashed {
            continue;
        }
        for (above, _) in nodes.way_up(place) {
            match visible.get_mut(above.index()) {
                Some(seen) if !*seen => *seen = true,
                _ => break,
            }
        }
    }
    visible
}

#[derive(Clone, Copy)]
struct Reach {
    role: Option<ContentRole>,
    shared: bool,
    trashed: bool,
}

/// What [`content_role`] finds, remembered for every folder on the way.
fn reach(
    standing: &Standing,
    administers: bool,
    found: &mut [Option<Reach>],
    place: Place,
    node: &Node,
    parent: Option<Place>,
) -> Reach {
    if let Some(Some(reach)) = found.get(place.index()) {
        return *reach;
    }
    let nodes = &standing.snapshot().nodes;
    let above = parent.and_then(|parent| {
        let node = nodes.at(parent)?;
        Some(reach(standing, administers, found, parent, node, nodes.parent(parent)))
    });
    let shared = above.map_or(is_shared(node), |above| above.shared);
    let inherited = above.filter(|_| !node.restricted).and_then(|above| above.role);
    let by_administration = (shared && administers).then_some(ContentRole::Manager);
    let own = own_role(standing, node).map(|(role, _)| role);
    let reach = Reach {
        role: own.max(inherited).max(by_administration),
        shared,
        trashed: node.trashed || above.is_some_and(|above| above.trashed),
    };
    if let Some(slot) = found.get_mut(place.index()) {
        *slot = Some(reach);
    }
    reach
}

impl Holder for Standing {
    fn snapshot(&self) -> &Snapshot {
        self.snapshot()
    }

    fn id(&self) -> UserId {
        self.actor().user().id
    }

    fn is_everyone(&self) -> bool {
        self.actor().kind().is_everyone()
    }

    fn is_in(&self, group: GroupId) -> bool {
        self.is_in(group)
    }

    fn is_organization_admin(&self) -> bool {
        self.is_organization_admin()
    }

    fn organization_abilities(&self) -> AbilitySet<OrganizationAbility> {
        self.organization_abilities().set()
    }

    fn organization_role(&self) -> Arc<str> {
        self.organization_abilities().assignments().first().map_or_else(|| Arc::from(""), |held| held.role.clone())
    }

    fn connection_ability(&self, connection: ConnectionId, ability: ConnectionAbility) -> Option<(Arc<str>, Origin)> {
        let Assignment { role, origin, .. } = self.connection_abilities(connection)?.because(ability)?;
        Some((role.clone(), origin.clone()))
    }

    fn has_connection_ability(&self, connection: ConnectionId, ability: ConnectionAbility) -> bool {
        self.connection_abilities(connection).is_some_and(|abilities| abilities.has(ability))
    }

    fn has_any_connection(&self) -> bool {
        self.connections().next().is_some()
    }

    fn content_from_outside(&self) -> Option<(Via, &[NodeId])> {
        self.content_from_outside()
    }

    fn most_content(&self) -> Option<ContentRole> {
        self.most_content()
    }

    fn sees_below(&self, folder: Place) -> bool {
        self.visible().get(folder.index()).copied().unwrap_or(false)
    }
}

/// A member or program of the organization, as one question about all of them needs them.
pub(crate) struct Bystander<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) person: &'a Person,
    /// Who is granted something below the folder that is asked about.
    pub(crate) below: &'a BTreeSet<Grantee>,
}

impl Holder for Bystander<'_> {
    fn snapshot(&self) -> &Snapshot {
        self.snapshot
    }

    fn id(&self) -> UserId {
        self.person.id
    }

    fn is_everyone(&self) -> bool {
        true
    }

    fn is_in(&self, group: GroupId) -> bool {
        self.person.groups.iter().any(|direct| self.snapshot.groups.holders(*direct).contains(&group))
    }

    fn is_organization_admin(&self) -> bool {
        self.person.is_admin()
    }

    fn organization_abilities(&self) -> AbilitySet<OrganizationAbility> {
        self.snapshot.organization_role_gives(self.person.organization_role)
    }

    fn organization_role(&self) -> Arc<str> {
        self.snapshot.organization_role(self.person.organization_role).0
    }

    fn connection_ability(&self, connection: ConnectionId, ability: ConnectionAbility) -> Option<(Arc<str>, Origin)> {
        let snapshot = self.snapshot;
        let access = snapshot.connections.get(&connection)?;
        let gives = |held: &[(ConnectionId, crate::HeldConnectionRole)]| {
            let mut on_it = held.iter().filter(|(on, _)| *on == connection).map(|(_, role)| *role);
            on_it.find(|role| snapshot.connection_role_gives(*role).has(ability))
        };
        if let Some(role) = gives(&self.person.connection_roles) {
            return Some((snapshot.connection_role(role).0, Origin::Direct));
        }
        let holders = self.person.groups.iter().flat_map(|direct| snapshot.groups.holders(*direct));
        for group in holders.filter_map(|id| snapshot.groups.get(*id)) {
            if let Some(role) = gives(&group.connection_roles) {
                return Some((snapshot.connection_role(role).0, Origin::Group(group.name.clone())));
            }
        }
        if let Some(base) = access.base_role.filter(|role| snapshot.connection_role_gives(*role).has(ability)) {
            return Some((snapshot.connection_role(base).0, Origin::Everyone));
        }
        let as_admin = self.person.is_admin() && ADMIN_ON_CONNECTIONS.abilities().has(ability);
        as_admin.then(|| (Arc::from(ADMIN_ON_CONNECTIONS.title()), Origin::OrganizationAdmin))
    }

    fn has_any_connection(&self) -> bool {
        let any = |connection: ConnectionId| {
            let abilities = <ConnectionAbility as crate::Ability>::ALL;
            abilities.iter().any(|ability| self.connection_ability(connection, *ability).is_some())
        };
        self.snapshot.connections.keys().any(|connection| any(*connection))
    }

    fn content_from_outside(&self) -> Option<(Via, &[NodeId])> {
        None
    }

    fn sees_below(&self, _: Place) -> bool {
        self.below.iter().any(|grantee| is_to(self, *grantee))
    }
}

/// To whom something below `folder` is granted, or belongs. Whoever reaches something below it was given that below it,
/// or reaches the folder itself.
pub(crate) fn grantees_below(snapshot: &Snapshot, folder: Place) -> BTreeSet<Grantee> {
    let nodes = &snapshot.nodes;
    let mut found = BTreeSet::new();
    for (place, node, _) in nodes.iter() {
        if node.grants.is_empty() && node.owner.is_none() {
            continue;
        }
        let mut live = true;
        let below = nodes.way_up(place).take_while(|(_, above)| {
            live &= !above.trashed;
            live
        });
        if below.skip(1).any(|(above, _)| above == folder) {
            found.extend(node.grants.iter().map(|grant| grant.to));
            found.extend(node.owner.map(Grantee::User));
        }
    }
    found
}

/// Everybody whom a question about all can be about.
pub(crate) fn everybody(snapshot: &Snapshot) -> impl Iterator<Item = &Arc<Person>> {
    snapshot
        .people()
        .filter(|person| person.is_active() && matches!(person.kind, PersonKind::Member | PersonKind::ServiceAccount))
}
