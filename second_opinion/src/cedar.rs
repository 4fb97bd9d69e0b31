//! A second opinion: the rules written by hand as Cedar policies, asked the same questions.
//!
//! Two rules quantify over folders, which Cedar does not: a folder is there for those who see something below it, and a
//! lock binds those who do not manage every locked folder above. For these, Cedar is asked about each folder.
use crate::{naive, world::World};
use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicyId, PolicySet, Request,
    Response, RestrictedExpression, Schema, SlotId, ValidationMode, Validator,
};
use std::collections::{BTreeMap, HashMap, HashSet};
use tessera_access::{
    Ability, ActionKind, ConnectionRole, Facts, Grantee, HeldConnectionRole, HeldOrganizationRole, Node,
    OrganizationRole, Person, PersonKind, PersonStatus, ResourceKind,
};
use tessera_base::{ConnectionId, NodeId, UserId};

const SCHEMA: &str = include_str!("../cedar/schema.cedarschema");
const POLICIES: &str = include_str!("../cedar/policies.cedar");
/// The abilities of the tiers, from the table of the documentation.
const TIERS: [(ConnectionRole, &[&str]); 5] = [
    (ConnectionRole::Viewer, &["view_results", "filter_and_drill", "download", "schedule"]),
    (ConnectionRole::RestrictedQuerier, &["query_topics", "create_documents", "upload_data", "ask_ai"]),
    (ConnectionRole::Querier, &["query_all_views", "write_sql", "view_sql", "edit_workbook_model", "create_branch"]),
    (ConnectionRole::Modeler, &["edit_shared_model", "promote", "merge_branch", "develop_policies"]),
    (ConnectionRole::ConnectionAdmin, &["manage_connection", "refresh_schema", "manage_connection_roles"]),
];
const CONTENT_ROLES: [&str; 4] = ["viewer", "explorer", "editor", "manager"];

fn uid(kind: &str, id: impl ToString) -> EntityUid {
    EntityUid::from_type_name_and_id(kind.parse::<EntityTypeName>().unwrap(), EntityId::new(id.to_string()))
}

fn reference(kind: &str, id: impl ToString) -> RestrictedExpression {
    RestrictedExpression::new_entity_uid(uid(kind, id))
}

fn texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> RestrictedExpression {
    RestrictedExpression::new_set(texts.into_iter().map(|text| RestrictedExpression::new_string(text.to_owned())))
}

fn flag(on: bool) -> RestrictedExpression {
    RestrictedExpression::new_bool(on)
}

fn entity<const N: usize>(
    uid: EntityUid,
    attributes: [(&str, RestrictedExpression); N],
    parents: Vec<EntityUid>,
) -> Entity {
    let attributes: HashMap<String, _> = attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Entity::new(uid, attributes, parents.into_iter().collect::<HashSet<_>>()).unwrap()
}

/// A small organization as Cedar sees it: parsed, linked and validated.
pub(crate) struct Cedar<'w> {
    world: &'w World,
    schema: Schema,
    authorizer: Authorizer,
    policies: PolicySet,
    entities: Entities,
}

/// A team, in the words of Cedar.
fn team(to: Grantee) -> String {
    match to {
        Grantee::User(id) => format!("only-{id}"),
        Grantee::Group(id) => id.to_string(),
        Grantee::Everyone => "everyone".to_owned(),
    }
}

fn organization_abilities(world: &World, held: HeldOrganizationRole) -> Vec<&'static str> {
    match held {
        HeldOrganizationRole::BuiltIn(OrganizationRole::Admin) => {
            crate::world::all_organization_abilities().map(Ability::name).collect()
        }
        HeldOrganizationRole::BuiltIn(OrganizationRole::Member) => Vec::new(),
        HeldOrganizationRole::Custom(id) => {
            let role = world.organization_roles.iter().find(|role| role.id == id).unwrap();
            role.abilities.iter().map(Ability::name).collect()
        }
    }
}

fn connection_abilities(world: &World, held: HeldConnectionRole) -> Vec<&'static str> {
    let upto = |tier: ConnectionRole| {
        TIERS.iter().filter(move |(role, _)| *role <= tier).flat_map(|(_, names)| names.iter().copied())
    };
    match held {
        HeldConnectionRole::BuiltIn(tier) => upto(tier).collect(),
        HeldConnectionRole::Custom(id) => {
            let role = world.connection_roles.iter().find(|role| role.id == id).unwrap();
            let off: Vec<&str> = role.switched_off.iter().map(Ability::name).collect();
            upto(role.tier).filter(|name| !off.contains(name)).collect()
        }
    }
}

/// Who holds each ability on a connection.
fn holders(world: &World, connection: ConnectionId) -> BTreeMap<&'static str, Vec<String>> {
    let mut holders: BTreeMap<&str, Vec<String>> =
        TIERS.iter().flat_map(|(_, names)| names.iter().map(|name| (*name, vec!["admins".to_owned()]))).collect();
    let mut give = |role, to: Grantee| {
        for name in connection_abilities(world, role) {
            holders.get_mut(name).unwrap().push(team(to));
        }
    };
    for person in &world.people {
        let on = person.connection_roles.iter().filter(|(on, _)| *on == connection);
        on.for_each(|(_, role)| give(*role, Grantee::User(person.id)));
    }
    for group in &world.groups {
        let on = group.connection_roles.iter().filter(|(on, _)| *on == connection);
        on.for_each(|(_, role)| give(*role, Grantee::Group(group.id)));
    }
    let access = world.connections.iter().find(|access| access.id == connection).unwrap();
    access.base_role.into_iter().for_each(|role| give(role, Grantee::Everyone));
    holders
}

fn shared(world: &World, node: &Node) -> bool {
    match node.parent {
        None => node.owner.is_none(),
        Some(parent) => shared(world, world.nodes.iter().find(|node| node.id == parent).unwrap()),
    }
}

impl<'w> Cedar<'w> {
    pub(crate) fn new(world: &'w World) -> Self {
        let (schema, warnings) = Schema::from_cedarschema_str(SCHEMA).unwrap();
        assert_eq!(warnings.count(), 0);
        let mut policies: PolicySet = POLICIES.parse().unwrap();
        for node in &world.nodes {
            let mut link = |role: usize, to: String| {
                let templates: Vec<PolicyId> = policies
                    .templates()
                    .filter(|template| CONTENT_ROLES[..=role].contains(&template.annotation("role").unwrap()))
                    .map(|template| template.id().clone())
                    .collect();
                for template in templates {
                    let id = PolicyId::new(format!("{template} {to} {}", node.id));
                    let values = [(SlotId::principal(), uid("Team", &to)), (SlotId::resource(), uid("Node", node.id))];
                    // The same grant twice, as owner and by name, is one grant.
                    let _ = policies.link(template, id, values.into());
                }
            };
            for grant in node.grants.iter() {
                link(CONTENT_ROLES.iter().position(|name| *name == grant.role.name()).unwrap(), team(grant.to));
            }
            if let Some(owner) = node.owner {
                link(3, team(Grantee::User(owner)));
            }
            if shared(world, node) {
                link(3, "content-admins".to_owned());
            }
        }
        let validated = Validator::new(schema.clone()).validate(&policies, ValidationMode::Strict);
        assert!(validated.validation_passed_without_warnings(), "{validated}");
        let entities = Entities::from_entities(entities(world), Some(&schema)).unwrap();
        Self { world, schema, authorizer: Authorizer::new(), policies, entities }
    }

    /// How many policies there are, with those that were linked.
    pub(crate) fn policies(&self) -> usize {
        self.policies.policies().count()
    }

    /// The request that answers the question alone; `None` where Cedar has to be asked about folders too.
    pub(crate) fn request(
        &self,
        person: &Person,
        kind: ResourceKind,
        facts: &Facts,
        action: ActionKind,
    ) -> Option<Request> {
        let quantifies = match action {
            ActionKind::Share | ActionKind::Move | ActionKind::Transfer | ActionKind::Approve => facts.node.is_some(),
            ActionKind::View => kind == ResourceKind::Folder,
            _ => false,
        };
        (!quantifies).then(|| self.first_request(person, kind, facts, action))
    }

    pub(crate) fn decide(&self, request: &Request) -> Response {
        self.authorizer.is_authorized(request, &self.policies, &self.entities)
    }

    fn ask(&self, request: &Request) -> bool {
        let answer = self.decide(request);
        assert_eq!(answer.diagnostics().errors().next().map(ToString::to_string), None);
        answer.decision() == Decision::Allow
    }

    fn of(&self, person: &Person, action: &str, resource: EntityUid) -> Request {
        let (person, action) = (uid("User", person.id), uid("Action", action));
        Request::new(person, action, resource, Context::empty(), Some(&self.schema)).unwrap()
    }

    fn first_request(&self, person: &Person, kind: ResourceKind, facts: &Facts, action: ActionKind) -> Request {
        let resource = match kind {
            ResourceKind::Organization | ResourceKind::Group | ResourceKind::Attribute => uid("Plain", "it"),
            ResourceKind::Role | ResourceKind::SupportGrant => uid("Plain", "it"),
            ResourceKind::Person => uid("Person", facts.owner.unwrap()),
            ResourceKind::Connection | ResourceKind::Model => uid("Connection", facts.connection.unwrap()),
            ResourceKind::QueryRun | ResourceKind::ApiKey => uid("Run", facts.owner.unwrap()),
            ResourceKind::Folder | ResourceKind::Document | ResourceKind::Trashed => uid("Node", facts.node.unwrap()),
            ResourceKind::AccessRequest => uid("Wish", wish_id(facts)),
        };
        self.of(person, &format!("{}.{}", kind.name(), action.name()), resource)
    }

    pub(crate) fn allows(&self, person: &Person, kind: ResourceKind, facts: &Facts, action: ActionKind) -> bool {
        let asked = self.ask(&self.first_request(person, kind, facts, action));
        match (action, facts.node) {
            (ActionKind::Share | ActionKind::Move | ActionKind::Transfer, Some(node)) => {
                asked && self.manages_every_lock(person, node)
            }
            (ActionKind::Approve, Some(node)) => asked && self.manages_every_lock(person, node),
            (ActionKind::View, Some(node)) if kind == ResourceKind::Folder => asked || self.sees_below(person, node),
            _ => asked,
        }
    }

    fn manages_every_lock(&self, person: &Person, node: NodeId) -> bool {
        let mut above = self.find(node).parent;
        while let Some(id) = above {
            let folder = self.find(id);
            if folder.locked && !self.ask(&self.of(person, "manages", uid("Node", id))) {
                return false;
            }
            above = folder.parent;
        }
        true
    }

    fn sees_below(&self, person: &Person, folder: NodeId) -> bool {
        let inside = self.world.nodes.iter().filter(|node| node.parent == Some(folder));
        let seen = |id| self.ask(&self.of(person, "folder.view", uid("Node", id))) || self.sees_below(person, id);
        !naive::is_trashed(self.world, folder) && inside.into_iter().any(|node| seen(node.id))
    }

    fn find(&self, id: NodeId) -> &Node {
        self.world.nodes.iter().find(|node| node.id == id).unwrap()
    }
}

fn wish_id(facts: &Facts) -> String {
    facts.node.map_or_else(|| facts.connection.unwrap().to_string(), |node| node.to_string())
}

fn entities(world: &World) -> Vec<Entity> {
    let mut entities = vec![
        entity(uid("Plain", "it"), [], vec![]),
        entity(uid("Team", "everyone"), [], vec![]),
        entity(uid("Team", "admins"), [], vec![]),
        entity(uid("Team", "content-admins"), [], vec![]),
    ];
    for group in &world.groups {
        entities.push(entity(uid("Team", group.id), [], group.groups.iter().map(|id| uid("Team", id)).collect()));
    }
    let admins: Vec<UserId> = world
        .people
        .iter()
        .filter(|person| {
            let role = HeldOrganizationRole::BuiltIn(OrganizationRole::Admin);
            let active = person.status == PersonStatus::Active && person.kind == PersonKind::Member;
            person.organization_role == role && active
        })
        .map(|person| person.id)
        .collect();
    for person in &world.people {
        let abilities = organization_abilities(world, person.organization_role);
        let admin = person.organization_role == HeldOrganizationRole::BuiltIn(OrganizationRole::Admin);
        let mut teams = vec![uid("Team", team(Grantee::User(person.id))), uid("Team", "everyone")];
        teams.extend(person.groups.iter().map(|id| uid("Team", id)));
        if admin {
            teams.push(uid("Team", "admins"));
        }
        if abilities.contains(&"manage_content_access") {
            teams.push(uid("Team", "content-admins"));
        }
        let mine: Vec<String> = naive::groups_of(world, person)
            .into_iter()
            .map(|id| team(Grantee::Group(id)))
            .chain([team(Grantee::User(person.id)), team(Grantee::Everyone)])
            .chain(admin.then(|| "admins".to_owned()))
            .collect();
        let on_connections =
            world.connections.iter().flat_map(|access| holders(world, access.id).into_values().flatten());
        let colleague = !abilities.is_empty() || on_connections.into_iter().any(|team| mine.contains(&team));
        entities.push(entity(uid("Team", team(Grantee::User(person.id))), [], vec![]));
        let held = texts(abilities.iter().copied());
        entities.push(entity(
            uid("User", person.id),
            [("abilities", held.clone()), ("admin", flag(admin)), ("colleague", flag(colleague))],
            teams,
        ));
        let known = [
            ("user", reference("User", person.id)),
            ("abilities", held),
            ("admin", flag(admin)),
            ("gone", flag(!person.is_active())),
            ("removed", flag(person.is_removed())),
            ("program", flag(person.kind == PersonKind::ServiceAccount)),
            ("last_admin", flag(admins == [person.id])),
        ];
        entities.push(entity(uid("Person", person.id), known, vec![]));
    }
    for access in &world.connections {
        let held: HashMap<String, RestrictedExpression> = holders(world, access.id)
            .into_iter()
            .map(|(name, teams)| {
                let teams = teams.into_iter().map(|team| reference("Team", team));
                (name.to_owned(), RestrictedExpression::new_set(teams))
            })
            .collect();
        entities.push(Entity::new(uid("Connection", access.id), held, HashSet::new()).unwrap());
    }
    for node in &world.nodes {
        let on = node.switches.on.with(world.document_abilities).without(node.switches.off);
        let mut known: HashMap<String, RestrictedExpression> = [
            ("root".to_owned(), flag(node.parent.is_none())),
            ("trashed".to_owned(), flag(naive::is_trashed(world, node.id))),
            ("switches".to_owned(), texts(on.iter().map(Ability::name))),
        ]
        .into();
        known.extend(node.connection.map(|id| ("connection".to_owned(), reference("Connection", id))));
        let parent = node.parent.filter(|_| !node.restricted).map(|id| uid("Node", id));
        entities.push(Entity::new(uid("Node", node.id), known, parent.into_iter().collect()).unwrap());
    }
    let mut seen = HashSet::new();
    for (kind, facts) in world.resources() {
        match kind {
            ResourceKind::QueryRun if seen.insert("run".to_owned()) => {
                let owner = facts.owner.unwrap();
                entities.push(entity(uid("Run", owner), [("owner", reference("User", owner))], vec![]));
            }
            ResourceKind::AccessRequest if seen.insert(wish_id(&facts)) => {
                let (wish, requester) = (facts.wish.unwrap(), facts.owner.unwrap());
                let given = wish.role.map(|role| connection_abilities(world, role.into())).unwrap_or_default();
                let gone = world.people.iter().any(|person| person.id == requester && !person.is_active());
                let mut known: HashMap<String, RestrictedExpression> = [
                    ("owner".to_owned(), reference("User", requester)),
                    ("gone".to_owned(), flag(gone)),
                    ("open".to_owned(), flag(wish.open)),
                    ("grantable".to_owned(), flag(wish.grantable)),
                    ("gives".to_owned(), texts(given.into_iter())),
                    ("trashed".to_owned(), flag(facts.node.is_some_and(|id| naive::is_trashed(world, id)))),
                ]
                .into();
                known.extend(facts.connection.map(|id| ("connection".to_owned(), reference("Connection", id))));
                let about = facts.node.map(|id| uid("Node", id));
                entities.push(Entity::new(uid("Wish", wish_id(&facts)), known, about.into_iter().collect()).unwrap());
            }
            _ => {}
        }
    }
    entities
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ORGANIZATIONS,
        world::{ORGANIZATION, actions, contexts},
    };
    use tessera_access::decide;

    #[test]
    fn every_decision_is_cedar_s_too() {
        let (mut yes, mut no) = (0, 0);
        for seed in 0..ORGANIZATIONS {
            let world = World::new(seed);
            let cedar = Cedar::new(&world);
            let snapshot = world.snapshot();
            for context in contexts(&world, &snapshot) {
                let person = world.people.iter().find(|person| person.id == context.user().id).unwrap();
                for (kind, facts) in world.resources() {
                    assert_eq!(facts.organization, ORGANIZATION);
                    for action in actions(kind) {
                        let ours = decide(&context, kind, &facts, action).allowed();
                        let theirs = cedar.allows(person, kind, &facts, action);
                        assert_eq!(ours, theirs, "seed {seed}: {kind:?} {action:?} on {facts:?} by {}", person.name);
                        if ours { yes += 1 } else { no += 1 }
                    }
                }
            }
        }
        assert!(yes > 5_000 && no > 10_000, "{yes} {no}");
    }
}
