//! What one actor holds, derived from one snapshot of their organization.
use crate::{
    Abilities, AbilitySet, Actor, Address, Assignment, AttributeState, AttributeValues, Attributes, ConnectionAbility,
    ConnectionRole, ContentRole, Embed, HeldAttribute, OrganizationAbility, Origin, Person, PersonKind, Scopes,
    Snapshot, User, reach::Via, resolve_attribute, snapshot::ADMIN_ON_CONNECTIONS,
};
use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};
use tessera_base::{ConnectionId, GroupId, NodeId, Value};

/// A group that the actor is in, directly or through another group.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct GroupRef {
    /// Immutable; what model files name.
    pub key: Arc<str>,
    pub name: Arc<str>,
}

/// Everything about an actor that decides. Immutable, and cheap to ask.
#[derive(Debug)]
pub struct Standing {
    snapshot: Arc<Snapshot>,
    basis: Basis,
    actor: Actor,
    /// Who really asks, where somebody sees the product as the actor would.
    viewed_by: Option<User>,
    restraint: Restraint,
    /// No higher role on content counts.
    most_content: Option<ContentRole>,
    address: Address,
    /// Sorted.
    group_ids: Vec<GroupId>,
    given: StandingParts,
    visible: OnceLock<Vec<bool>>,
}

/// What a standing was derived from, so that it can be derived anew.
#[derive(Clone, Debug)]
enum Basis {
    /// Files that say it; they do not change while anybody asks.
    Given,
    Member,
    Key(Option<Scopes>),
    Job,
    Operator,
    Embed(EmbedClaims),
}

/// What keeps an actor from some of what they hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Restraint {
    None,
    /// Seeing the product as somebody else: nothing is changed in their name.
    ReadOnly,
    /// With attributes that nobody has: decisions and SQL are shown, and never a row.
    NoRows,
    /// By an API key: nothing is made that outlasts it.
    Key,
}

/// What is said of an actor, where there is no organization's snapshot to derive it from: a file on the command line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StandingParts {
    /// By name.
    pub groups: Vec<GroupRef>,
    pub organization_admin: bool,
    pub organization_abilities: Abilities<OrganizationAbility>,
    pub connection_abilities: BTreeMap<ConnectionId, Abilities<ConnectionAbility>>,
    /// As defined by the organization; the system attributes are added here.
    pub attributes: Attributes,
}

/// What a signed embed session says of its reader.
#[derive(Clone, Debug)]
pub struct EmbedClaims {
    /// By their keys.
    pub groups: Vec<String>,
    pub attributes: Attributes,
    /// At most Restricted Querier.
    pub connections: BTreeMap<ConnectionId, ConnectionRole>,
}

impl Standing {
    pub fn given(snapshot: Arc<Snapshot>, actor: Actor, parts: StandingParts) -> Self {
        Self::new(snapshot, Basis::Given, actor, Vec::new(), parts)
    }

    fn new(
        snapshot: Arc<Snapshot>,
        basis: Basis,
        actor: Actor,
        mut group_ids: Vec<GroupId>,
        mut given: StandingParts,
    ) -> Self {
        given.attributes = with_system_attributes(&given, &actor);
        group_ids.sort_unstable();
        Self {
            snapshot,
            basis,
            actor,
            viewed_by: None,
            restraint: Restraint::None,
            most_content: Some(ContentRole::Manager),
            address: Address::You,
            group_ids,
            given,
            visible: OnceLock::new(),
        }
    }

    /// The operator's staff: nothing that is given to everyone is theirs.
    pub(crate) fn from_outside(
        snapshot: Arc<Snapshot>,
        actor: Actor,
        organization_abilities: Abilities<OrganizationAbility>,
        connection_abilities: BTreeMap<ConnectionId, Abilities<ConnectionAbility>>,
    ) -> Self {
        let (organization_admin, groups, attributes) = (false, Vec::new(), Attributes::default());
        let parts =
            StandingParts { groups, organization_admin, organization_abilities, connection_abilities, attributes };
        Self::new(snapshot, Basis::Operator, actor, Vec::new(), parts)
    }

    pub fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }

    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    pub fn viewed_by(&self) -> Option<&User> {
        self.viewed_by.as_ref()
    }

    pub fn restraint(&self) -> Restraint {
        self.restraint
    }

    /// Whom words about the actor speak to.
    pub fn address(&self) -> Address {
        self.address
    }

    pub fn groups(&self) -> &[GroupRef] {
        &self.given.groups
    }

    pub fn is_organization_admin(&self) -> bool {
        self.given.organization_admin
    }

    pub fn organization_abilities(&self) -> &Abilities<OrganizationAbility> {
        &self.given.organization_abilities
    }

    /// The connections on which the actor holds any ability.
    pub fn connections(&self) -> impl Iterator<Item = (ConnectionId, &Abilities<ConnectionAbility>)> {
        self.given.connection_abilities.iter().filter(|(_, abilities)| !abilities.is_empty()).map(|(id, a)| (*id, a))
    }

    pub fn connection_abilities(&self, connection: ConnectionId) -> Option<&Abilities<ConnectionAbility>> {
        self.given.connection_abilities.get(&connection)
    }

    pub fn attributes(&self) -> &Attributes {
        &self.given.attributes
    }

    pub(crate) fn is_in(&self, group: GroupId) -> bool {
        self.group_ids.binary_search(&group).is_ok()
    }

    /// By place: whether the actor may know that the node is there. Found once for all of them.
    pub(crate) fn visible(&self) -> &[bool] {
        self.visible.get_or_init(|| crate::reach::visible(self))
    }

    /// The same actor by another snapshot of the organization; `None` when they are no longer there.
    ///
    /// INVARIANT: what keeps an actor from some of what they hold still does.
    pub(crate) fn on(&self, snapshot: &Arc<Snapshot>) -> Option<Self> {
        let id = self.actor.user().id;
        let mut standing = match (&self.basis, &self.actor) {
            (Basis::Member, _) => snapshot.member(id)?,
            (Basis::Key(scopes), _) => snapshot.by_key(id, scopes.as_ref())?,
            (Basis::Job, Actor::Job { name, .. }) => snapshot.job(name, id)?,
            (Basis::Operator, Actor::Operator { user, grant }) => snapshot.operator(user.clone(), *grant)?,
            (Basis::Embed(claims), Actor::Embed(embed)) => snapshot.embed(embed.clone(), claims.clone()),
            (Basis::Given | Basis::Job | Basis::Operator | Basis::Embed(_), _) => return None,
        };
        standing.viewed_by.clone_from(&self.viewed_by);
        standing.restraint = self.restraint;
        standing.most_content = self.most_content;
        if self.restraint == Restraint::NoRows {
            standing.given.attributes = self.given.attributes.clone();
        }
        Some(standing.told(self.address))
    }

    /// Whether `other` gives the same actor the same, apart from content.
    pub fn gives_the_same_as(&self, other: &Self) -> bool {
        self.given == other.given
            && self.group_ids == other.group_ids
            && (self.restraint, self.most_content) == (other.restraint, other.most_content)
    }

    /// What a person sees who looks at the product as `self` would: no more, and nothing can be changed.
    pub fn viewed_by_another(mut self, viewer: User) -> Self {
        self.viewed_by = Some(viewer);
        self.restraint = Restraint::ReadOnly;
        self
    }

    /// The same actor, and no more than the scopes of a key. Nobody is an admin in part.
    fn within(mut self, scopes: &Scopes) -> Self {
        let given = &mut self.given;
        given.organization_abilities =
            std::mem::take(&mut given.organization_abilities).limited_to(scopes.organization);
        for (connection, abilities) in &mut given.connection_abilities {
            let most = scopes.connections.get(connection).copied().unwrap_or(AbilitySet::NONE);
            *abilities = std::mem::take(abilities).limited_to(most);
        }
        given.organization_admin &= scopes.organization == AbilitySet::all();
        given.attributes = with_system_attributes(given, &self.actor);
        self.most_content = scopes.content;
        self
    }

    /// The highest role on content that counts.
    pub(crate) fn most_content(&self) -> Option<ContentRole> {
        self.most_content
    }

    /// The same actor, in words for whoever reads them.
    pub fn told(mut self, to: Address) -> Self {
        self.address = to;
        if to == Address::They {
            self.given.attributes = self.given.attributes.told_to_another();
        }
        self
    }

    /// The same actor, had they these attributes.
    pub fn had_they(mut self, attributes: Attributes) -> Self {
        self.given.attributes = attributes;
        self.given.attributes = with_system_attributes(&self.given, &self.actor);
        self.restraint = Restraint::NoRows;
        self
    }
}

impl Snapshot {
    /// A member as themselves; `None` for somebody who is not there, is suspended, or is a program.
    pub fn member(self: &Arc<Self>, id: tessera_base::UserId) -> Option<Standing> {
        let person = self.person(id).filter(|person| person.is_active() && person.kind == PersonKind::Member)?;
        Some(self.standing(person, Basis::Member, Actor::User(person.user())))
    }

    /// Whoever comes by an API key: a program within the key's scopes, and a person as themselves or within them. `None` for
    /// a program whose key says nothing of scopes.
    pub fn by_key(self: &Arc<Self>, id: tessera_base::UserId, scopes: Option<&Scopes>) -> Option<Standing> {
        let person = self.person(id).filter(|person| person.is_active())?;
        let actor = match person.kind {
            PersonKind::Member => Actor::User(person.user()),
            PersonKind::ServiceAccount => Actor::ServiceAccount(person.user()),
        };
        if person.kind == PersonKind::ServiceAccount && scopes.is_none() {
            return None;
        }
        let mut standing = self.standing(person, Basis::Key(scopes.cloned()), actor);
        standing.restraint = Restraint::Key;
        Some(match scopes {
            Some(scopes) => standing.within(scopes),
            None => standing,
        })
    }

    /// Work in the background, as the person that it is for.
    pub fn job(self: &Arc<Self>, name: &str, id: tessera_base::UserId) -> Option<Standing> {
        let person = self.person(id).filter(|person| person.is_active())?;
        Some(self.standing(person, Basis::Job, Actor::Job { name: name.to_owned(), user: person.user() }))
    }

    /// A reader within another application. What everyone has is not theirs.
    pub fn embed(self: &Arc<Self>, embed: Embed, claims: EmbedClaims) -> Standing {
        let named = self.groups.iter().filter(|group| claims.groups.iter().any(|key| **key == *group.key));
        let group_ids = self.groups.closure(&named.map(|group| group.id).collect::<Vec<_>>());
        let most = ConnectionRole::RestrictedQuerier.abilities();
        let connections = claims.connections.iter().filter(|(id, _)| self.connections.contains_key(*id));
        let parts = StandingParts {
            groups: self.group_refs(&group_ids),
            organization_admin: false,
            organization_abilities: Abilities::default(),
            connection_abilities: connections
                .map(|(id, role)| {
                    let given = Assignment::new(role.title(), Origin::Embed, role.abilities().common(most));
                    (*id, Abilities::new(vec![given]))
                })
                .collect(),
            attributes: claims.attributes.clone(),
        };
        Standing::new(self.clone(), Basis::Embed(claims), Actor::Embed(embed), group_ids, parts)
    }

    fn standing(self: &Arc<Self>, person: &Person, basis: Basis, actor: Actor) -> Standing {
        let group_ids = self.groups.closure(&person.groups);
        let (role, abilities) = self.organization_role(person.organization_role);
        let parts = StandingParts {
            groups: self.group_refs(&group_ids),
            organization_admin: person.is_admin(),
            organization_abilities: Abilities::new(vec![Assignment::new(role, Origin::Direct, abilities)]),
            connection_abilities: self.connection_abilities(person, &group_ids),
            attributes: self.attributes_of(person, &group_ids),
        };
        Standing::new(self.clone(), basis, actor, group_ids, parts)
    }

    fn group_refs(&self, ids: &[GroupId]) -> Vec<GroupRef> {
        let groups = ids.iter().filter_map(|id| self.groups.get(*id));
        let mut refs: Vec<GroupRef> =
            groups.map(|group| GroupRef { key: group.key.clone(), name: group.name.clone() }).collect();
        refs.sort_by(|one, other| one.name.cmp(&other.name));
        refs
    }

    /// The union of all assignments. Those made to the person come first, so that a reason names the nearest one.
    fn connection_abilities(
        &self,
        person: &Person,
        groups: &[GroupId],
    ) -> BTreeMap<ConnectionId, Abilities<ConnectionAbility>> {
        let mut held: BTreeMap<ConnectionId, Vec<Assignment<ConnectionAbility>>> = BTreeMap::new();
        let mut hold = |connection: ConnectionId, role, origin: Origin| {
            let (role, abilities) = self.connection_role(role);
            if self.connections.contains_key(&connection) {
                held.entry(connection).or_default().push(Assignment::new(role, origin, abilities));
            }
        };
        for (connection, role) in &person.connection_roles {
            hold(*connection, *role, Origin::Direct);
        }
        for group in groups.iter().filter_map(|id| self.groups.get(*id)) {
            for (connection, role) in &group.connection_roles {
                hold(*connection, *role, Origin::Group(group.name.clone()));
            }
        }
        for connection in self.connections.values() {
            if let Some(role) = connection.base_role {
                hold(connection.id, role, Origin::Everyone);
            }
            if person.is_admin() {
                hold(
                    connection.id,
                    crate::HeldConnectionRole::BuiltIn(ADMIN_ON_CONNECTIONS),
                    Origin::OrganizationAdmin,
                );
            }
        }
        held.into_iter().map(|(connection, assignments)| (connection, Abilities::new(assignments))).collect()
    }

    fn attributes_of(&self, person: &Person, groups: &[GroupId]) -> Attributes {
        let mut groups: Vec<_> = groups.iter().filter_map(|id| self.groups.get(*id)).collect();
        groups.sort_by(|one, other| one.name.cmp(&other.name));
        let find = |held: &[HeldAttribute], name: &str| {
            held.iter().find(|held| *held.name == *name).map(|held| held.values.clone())
        };
        let mut attributes = Attributes::default();
        for definition in self.attributes.values() {
            let of_groups = groups
                .iter()
                .filter_map(|group| Some((group.name.to_string(), find(&group.attributes, &definition.name)?)));
            let own = find(&person.attributes, &definition.name);
            let state = resolve_attribute(definition.multiple, own, of_groups.collect(), definition.default.clone());
            if let Some(state) = state {
                attributes.set(definition.name.clone(), state);
            }
        }
        attributes
    }
}

impl Person {
    pub fn user(&self) -> User {
        User {
            id: self.id,
            known_as: Some(self.id.to_string()),
            // A program has none.
            email: if self.kind == PersonKind::Member { self.email.to_string() } else { String::new() },
            name: self.name.to_string(),
            timezone: self.timezone,
        }
    }
}

impl Standing {
    pub(crate) fn content_from_outside(&self) -> Option<(Via, &[NodeId])> {
        match &self.actor {
            Actor::Embed(embed) => Some((Via::Embed, &embed.content)),
            Actor::Operator { grant, .. } => Some((Via::Support, &self.snapshot.support_grant(*grant)?.scope.content)),
            Actor::User(_) | Actor::ServiceAccount(_) | Actor::Job { .. } => None,
        }
    }
}

/// A name of ours that an organization managed to set must not speak for the product.
fn with_system_attributes(parts: &StandingParts, actor: &Actor) -> Attributes {
    let mut attributes = Attributes::default();
    for (name, state) in parts.attributes.iter() {
        if !Attributes::SYSTEM.contains(&name) {
            attributes.set(name, state.clone());
        }
    }
    let mut system = |name: &str, values: Vec<Value>| {
        let origin = "known to the system".to_owned();
        attributes.set(name, AttributeState::Set(AttributeValues { values, origin }));
    };
    let user = actor.user();
    let known = |text: &String| (!text.is_empty()).then(|| text.clone());
    let of_user = [
        ("user_id", user.known_as.as_ref().and_then(known)),
        ("user_email", known(&user.email)),
        ("user_name", known(&user.name)),
        ("embed_entity", if let Actor::Embed(embed) = actor { known(&embed.entity) } else { None }),
        ("timezone", user.timezone.map(|timezone| timezone.name().to_owned())),
    ];
    for (name, value) in of_user {
        value.into_iter().for_each(|value| system(name, vec![Value::String(value)]));
    }
    system("user_groups", parts.groups.iter().map(|group| Value::String(group.key.to_string())).collect());
    system("is_org_admin", vec![Value::Boolean(parts.organization_admin)]);
    attributes
}
