use crate::access::can;
use crate::wire::content::{Document, Folder, Origin, PersonRef, Role, Switches, TrashedItem};
use tessera_access::action::Action;
use tessera_access::{
    Ability, AccessContext, ActionKind, Address, ContentOrigin, ContentRole, ContentThrough, Facts, Node, NodeKind,
    Permit, ResourceKind, Snapshot, decide, role_on,
};
use tessera_base::{NodeId, UserId};

pub(super) fn folder<A: Action>(permit: &Permit<tessera_app::Folder, A>) -> Folder {
    let (context, folder) = (permit.context(), permit.resource());
    let node = context.snapshot().nodes().get(folder.id);
    Folder {
        id: folder.id.to_string(),
        name: folder.name.clone(),
        parent: folder.parent.map(|id| id.to_string()),
        owner: owner(context, node),
        restricted: node.is_some_and(|node| node.restricted),
        locked: node.is_some_and(|node| node.locked),
        role: own_role(context, folder.id),
        version: folder.version,
        created_at: folder.created_at.to_rfc3339(),
        updated_at: folder.updated_at.to_rfc3339(),
        can: can(permit),
    }
}

pub(super) fn document<A: Action>(permit: &Permit<tessera_app::Document, A>) -> Document {
    let (context, document) = (permit.context(), permit.resource());
    let node = context.snapshot().nodes().get(document.id);
    let names = |abilities: tessera_access::AbilitySet<tessera_access::DocumentAbility>| {
        abilities.iter().map(|ability| ability.name().to_owned()).collect()
    };
    let switches = node.map(|node| node.switches).unwrap_or_default();
    Document {
        id: document.id.to_string(),
        slug: document.slug.clone(),
        name: document.name.clone(),
        folder: document.folder.to_string(),
        connection: connection(context, document),
        owner: owner(context, node),
        restricted: node.is_some_and(|node| node.restricted),
        role: own_role(context, document.id),
        published: document.published,
        switches: Switches { on: names(switches.on), off: names(switches.off) },
        version: document.version,
        created_at: document.created_at.to_rfc3339(),
        updated_at: document.updated_at.to_rfc3339(),
        can: can(permit),
    }
}

pub(super) fn trashed<A: Action>(permit: &Permit<tessera_app::Trashed, A>) -> TrashedItem {
    let trashed = permit.resource();
    TrashedItem {
        id: trashed.id.to_string(),
        kind: match trashed.kind {
            NodeKind::Folder => "folder",
            NodeKind::Document => "document",
        },
        name: trashed.name.clone(),
        trashed_at: trashed.trashed_at.to_rfc3339(),
        can: can(permit),
    }
}

/// Whoever may not know of the connection reads nothing of it here.
fn connection(context: &AccessContext, document: &tessera_app::Document) -> Option<String> {
    let facts = Facts { connection: Some(document.connection), ..Facts::of(context.organization()) };
    let known = decide(context, ResourceKind::Connection, &facts, ActionKind::View).allowed();
    let connection = context.snapshot().connection(document.connection).filter(|_| known)?;
    Some(connection.name.to_string())
}

fn owner(context: &AccessContext, node: Option<&Node>) -> Option<PersonRef> {
    node.and_then(|node| node.owner).map(|id| person(context.snapshot(), id))
}

pub(crate) fn person(snapshot: &Snapshot, id: UserId) -> PersonRef {
    let name = snapshot.person(id).map(|person| person.name.to_string()).unwrap_or_default();
    PersonRef { id: id.to_string(), name }
}

fn own_role(context: &AccessContext, node: NodeId) -> Option<Role> {
    role_on(context.standing(), node).map(|(held, origin)| role(held, &origin, Address::You))
}

pub(super) fn role(role: ContentRole, origin: &ContentOrigin, to: Address) -> Role {
    let because = origin.told(to);
    let (kind, group) = match &origin.through {
        ContentThrough::Owner => ("owner", None),
        ContentThrough::Direct => ("direct", None),
        ContentThrough::Group(name) => ("group", Some(name.to_string())),
        ContentThrough::Organization => ("organization", None),
        ContentThrough::Administrator => ("administrator", None),
        ContentThrough::Embed => ("embed", None),
        ContentThrough::Support => ("support", None),
    };
    let inherited_from = origin.inherited_from.as_ref().map(ToString::to_string);
    Role { role: role.name(), origin: Origin { kind, group, inherited_from }, because }
}
