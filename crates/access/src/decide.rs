use crate::{
    AccessContext, ActionKind, Address, ConnectionAbility, ContentRole, DocumentAbility, Facts, Grantee, NodeKind,
    OrganizationAbility, Origin, Person, PersonKind, PersonStatus, Requirement, ResourceKind, Restraint, Standing,
    reach::{HeldContentRole, Holder, Via, content_role, is_trashed},
    rights::alternatives,
    snapshot::Place,
};
use std::{cell::OnceCell, fmt, sync::Arc};

/// Why something is allowed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reason {
    Member,
    Colleague,
    ConnectionRole {
        ability: ConnectionAbility,
        role: Arc<str>,
        origin: Origin,
    },
    OrganizationRole {
        ability: OrganizationAbility,
        role: Arc<str>,
    },
    OrganizationAdmin,
    Owner,
    NotAbove,
    Program,
    Gone,
    NotRemoved,
    NotSuspended,
    NotProgram,
    AnotherAdmin,
    Undecided,
    Grantable,
    GivenRole,
    ContentRole {
        role: ContentRole,
        origin: ContentOrigin,
    },
    SeesBelow,
    Unlocked,
    NotRoot,
    Switch {
        ability: DocumentAbility,
        of_document: bool,
    },
    /// All of them together.
    All(Vec<Reason>),
}

/// How somebody came to a content role.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ContentOrigin {
    pub through: ContentThrough,
    /// The folder that gave it, when it is not the folder or document itself.
    pub inherited_from: Option<Arc<str>>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ContentThrough {
    Owner,
    Direct,
    Group(Arc<str>),
    /// Everyone in the organization.
    Organization,
    /// An administrator of content access, of all that is shared.
    Administrator,
    Embed,
    /// A support grant of the organization.
    Support,
}

/// What would suffice, all of it together; no more than what is missing.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Missing(pub Vec<Requirement>);

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decision {
    /// The reason of an allowed decision; `None` means not allowed.
    pub because: Option<Reason>,
    /// One of them suffices. Empty when allowed, and when nothing could suffice.
    pub needs: Vec<Missing>,
}

impl Decision {
    pub fn allowed(&self) -> bool {
        self.because.is_some()
    }

    /// How things are, where that alone stands in the way: nothing that anybody could hold is missing.
    pub fn obstacle(&self) -> Option<String> {
        self.needs.iter().find_map(Missing::obstacle)
    }
}

/// Decides from the one table of rights. A resource of another organization is never allowed to anybody.
pub fn decide(ctx: &AccessContext, resource: ResourceKind, facts: &Facts, action: ActionKind) -> Decision {
    decide_as(ctx.standing(), resource, facts, action)
}

pub(crate) fn decide_as(standing: &Standing, resource: ResourceKind, facts: &Facts, action: ActionKind) -> Decision {
    match restraint(standing, resource, action) {
        Some(requirement) => Decision { because: None, needs: vec![Missing(vec![requirement])] },
        None => decide_for(standing, resource, facts, action),
    }
}

/// What keeps an actor from an action, whatever they hold.
fn restraint(standing: &Standing, resource: ResourceKind, action: ActionKind) -> Option<Requirement> {
    if !standing.actor().kind().is_everyone() && action.takes_a_member() {
        return Some(Requirement::Member);
    }
    match standing.restraint() {
        Restraint::ReadOnly if !action.only_reads() => Some(Requirement::OwnName),
        Restraint::NoRows if !action.only_reads() => Some(Requirement::OwnName),
        Restraint::NoRows if action.shows_rows() => Some(Requirement::OwnAttributes),
        Restraint::Key if action.takes_a_session(resource) => Some(Requirement::OwnSession),
        Restraint::None | Restraint::ReadOnly | Restraint::NoRows | Restraint::Key => None,
    }
}

pub(crate) fn decide_for(holder: &impl Holder, resource: ResourceKind, facts: &Facts, action: ActionKind) -> Decision {
    let alternatives = alternatives(resource, action);
    let asked = Asked::new(holder, resource, facts);
    if holder.snapshot().organization() != facts.organization {
        let needs = alternatives.iter().map(|all| Missing(all.to_vec())).collect();
        return Decision { because: None, needs };
    }
    let because = alternatives.iter().find_map(|all| reason(&asked, all));
    let needs = match because {
        Some(_) => Vec::new(),
        None => alternatives.iter().map(|all| missing(&asked, all)).collect(),
    };
    Decision { because, needs }
}

/// Whether it is allowed, without the words.
pub(crate) fn allows(holder: &impl Holder, resource: ResourceKind, facts: &Facts, action: ActionKind) -> bool {
    let asked = Asked::new(holder, resource, facts);
    holder.snapshot().organization() == facts.organization
        && alternatives(resource, action).iter().any(|all| all.iter().all(|one| is_met(&asked, *one)))
}

struct Asked<'a, H> {
    holder: &'a H,
    facts: &'a Facts,
    place: Option<Place>,
    /// Found once for all the requirements that ask for it.
    role: OnceCell<Option<HeldContentRole>>,
}

impl<'a, H: Holder> Asked<'a, H> {
    /// What is in the trash is reached as such, and not otherwise.
    fn new(holder: &'a H, resource: ResourceKind, facts: &'a Facts) -> Self {
        let snapshot = holder.snapshot();
        let place = facts.node.and_then(|node| snapshot.nodes.place(node));
        let place = place.filter(|place| is_trashed(snapshot, *place) == (resource == ResourceKind::Trashed));
        Self { holder, facts, place, role: OnceCell::new() }
    }

    fn role(&self) -> Option<HeldContentRole> {
        *self.role.get_or_init(|| content_role(self.holder, self.place?))
    }

    /// What the holder would give without having it.
    fn lacking_of_given_role(&self) -> impl Iterator<Item = ConnectionAbility> {
        let role = self.facts.wish.and_then(|wish| wish.role);
        let given = role.into_iter().flat_map(|role| role.abilities().iter());
        given.filter(|ability| {
            let connection = self.facts.connection;
            !connection.is_some_and(|connection| self.holder.has_connection_ability(connection, *ability))
        })
    }
}

fn reason(asked: &Asked<impl Holder>, all: &[Requirement]) -> Option<Reason> {
    match all {
        [] => None,
        [one] => met(asked, *one),
        all => all.iter().map(|one| met(asked, *one)).collect::<Option<Vec<Reason>>>().map(Reason::All),
    }
}

fn missing(asked: &Asked<impl Holder>, all: &[Requirement]) -> Missing {
    let mut missing = Vec::new();
    for requirement in all.iter().copied().filter(|one| !is_met(asked, *one)) {
        match requirement {
            Requirement::GivenRole => missing.extend(asked.lacking_of_given_role().map(Requirement::Connection)),
            other => missing.push(other),
        }
    }
    Missing(missing)
}

/// Whether one requirement is met: the one place where each of them has its meaning.
fn is_met(asked: &Asked<impl Holder>, requirement: Requirement) -> bool {
    let Asked { holder, facts, place, .. } = asked;
    let snapshot = holder.snapshot();
    let person = || facts.owner.and_then(|owner| snapshot.person(owner));
    match requirement {
        Requirement::Member => true,
        Requirement::Colleague => holder.is_colleague(),
        Requirement::Connection(ability) => {
            facts.connection.is_some_and(|connection| holder.has_connection_ability(connection, ability))
        }
        Requirement::Organization(ability) => holder.organization_abilities().has(ability),
        Requirement::OrganizationAdmin => holder.is_organization_admin(),
        Requirement::Owner => facts.owner == Some(holder.id()),
        Requirement::NotAbove => person().is_some_and(|person| {
            let theirs = snapshot.organization_role_gives(person.organization_role);
            holder.organization_abilities().holds(theirs) && (holder.is_organization_admin() || !person.is_admin())
        }),
        Requirement::Program => person().is_some_and(|person| person.kind == PersonKind::ServiceAccount),
        Requirement::Gone => person().is_some_and(|person| !person.is_active()),
        Requirement::NotRemoved => person().is_some_and(|person| !person.is_removed()),
        Requirement::NotSuspended => person().is_some_and(|person| person.status != PersonStatus::Suspended),
        Requirement::NotProgram => person().is_some_and(|person| person.kind != PersonKind::ServiceAccount),
        Requirement::AnotherAdmin => person().is_some_and(|person| {
            let mut others = snapshot.people().filter(|other| other.id != person.id);
            !is_active_admin(person) || others.any(|other| is_active_admin(other))
        }),
        Requirement::Content(role) => asked.role().is_some_and(|held| held.role >= role),
        Requirement::SeesBelow => place.is_some_and(|place| holder.sees_below(place)),
        Requirement::Unlocked => place.is_some_and(|place| {
            let mut locked = snapshot.nodes.way_up(place).skip(1).filter(|(_, node)| node.locked);
            locked
                .all(|(folder, _)| content_role(*holder, folder).is_some_and(|held| held.role >= ContentRole::Manager))
        }),
        Requirement::NotRoot => place.and_then(|place| snapshot.nodes.at(place)).is_some_and(|node| !node.is_root()),
        Requirement::Switch(ability) => switch(asked, ability).is_some_and(|(on, _)| on),
        Requirement::Undecided => facts.wish.is_some_and(|wish| wish.open),
        Requirement::Grantable => facts.wish.is_some_and(|wish| wish.grantable),
        Requirement::GivenRole => asked.lacking_of_given_role().next().is_none(),
        // What keeps an actor from some of what they hold is asked before the table.
        Requirement::OwnName | Requirement::OwnAttributes | Requirement::OwnSession => true,
    }
}

/// A program that is one does not count: somebody has to be able to sign in.
fn is_active_admin(person: &Person) -> bool {
    person.is_active() && person.is_admin() && person.kind == PersonKind::Member
}

/// Why one requirement is met.
fn met(asked: &Asked<impl Holder>, requirement: Requirement) -> Option<Reason> {
    let Asked { holder, facts, place, .. } = asked;
    match requirement {
        Requirement::Connection(ability) => {
            let (role, origin) = holder.connection_ability(facts.connection?, ability)?;
            return Some(Reason::ConnectionRole { ability, role, origin });
        }
        Requirement::Content(role) => {
            let held = asked.role().filter(|held| held.role >= role)?;
            return Some(Reason::ContentRole {
                role: held.role,
                origin: origin(*holder, (*place)?, held.via, held.at),
            });
        }
        _ if !is_met(asked, requirement) => return None,
        _ => {}
    }
    Some(match requirement {
        Requirement::Member | Requirement::OwnName | Requirement::OwnAttributes | Requirement::OwnSession => {
            Reason::Member
        }
        Requirement::Colleague => Reason::Colleague,
        Requirement::Organization(ability) => Reason::OrganizationRole { ability, role: holder.organization_role() },
        Requirement::OrganizationAdmin => Reason::OrganizationAdmin,
        Requirement::Owner => Reason::Owner,
        Requirement::NotAbove => Reason::NotAbove,
        Requirement::Program => Reason::Program,
        Requirement::Gone => Reason::Gone,
        Requirement::NotRemoved => Reason::NotRemoved,
        Requirement::NotSuspended => Reason::NotSuspended,
        Requirement::NotProgram => Reason::NotProgram,
        Requirement::AnotherAdmin => Reason::AnotherAdmin,
        Requirement::Undecided => Reason::Undecided,
        Requirement::Grantable => Reason::Grantable,
        Requirement::GivenRole => Reason::GivenRole,
        Requirement::SeesBelow => Reason::SeesBelow,
        Requirement::Unlocked => Reason::Unlocked,
        Requirement::NotRoot => Reason::NotRoot,
        Requirement::Switch(ability) => Reason::Switch { ability, of_document: switch(asked, ability)?.1 },
        Requirement::Connection(_) | Requirement::Content(_) => return None,
    })
}

/// Whether the document's switch is on, and whether the document itself says so.
fn switch(asked: &Asked<impl Holder>, ability: DocumentAbility) -> Option<(bool, bool)> {
    let snapshot = asked.holder.snapshot();
    let node = snapshot.nodes.at(asked.place?).filter(|node| node.kind == NodeKind::Document)?;
    if node.switches.off.has(ability) {
        return Some((false, true));
    }
    let own = node.switches.on.has(ability);
    Some((own || snapshot.profile.document_abilities.has(ability), own))
}

pub(crate) fn origin(holder: &impl Holder, place: Place, via: Via, at: Place) -> ContentOrigin {
    let snapshot = holder.snapshot();
    let through = match via {
        Via::Owner => ContentThrough::Owner,
        Via::Grant(Grantee::User(_)) => ContentThrough::Direct,
        Via::Grant(Grantee::Group(id)) => {
            ContentThrough::Group(snapshot.groups.get(id).map_or_else(|| Arc::from(""), |group| group.name.clone()))
        }
        Via::Grant(Grantee::Everyone) => ContentThrough::Organization,
        Via::Administrator => ContentThrough::Administrator,
        Via::Embed => ContentThrough::Embed,
        Via::Support => ContentThrough::Support,
    };
    let inherited = at != place && via != Via::Administrator;
    let inherited_from = inherited.then(|| snapshot.nodes.at(at).map(|node| node.name.clone())).flatten();
    ContentOrigin { through, inherited_from }
}

impl ContentOrigin {
    pub fn told(&self, to: Address) -> String {
        let through = match &self.through {
            ContentThrough::Owner => "as owner".to_owned(),
            ContentThrough::Direct => format!("granted to {}", to.object()),
            ContentThrough::Group(name) => format!("through group {name}"),
            ContentThrough::Organization => "granted to everyone".to_owned(),
            ContentThrough::Administrator => "as administrator of content access".to_owned(),
            ContentThrough::Embed => "given to the embedding application".to_owned(),
            ContentThrough::Support => "granted for support".to_owned(),
        };
        match &self.inherited_from {
            Some(folder) => format!("{through}, inherited from {folder}"),
            None => through,
        }
    }
}

impl Reason {
    pub fn told(&self, to: Address) -> String {
        let (subject, object) = (to.subject(), to.object());
        let words = match self {
            Self::Member => "as a member of the organization",
            Self::Colleague => "as somebody with a role in the organization or on a connection",
            Self::ConnectionRole { role, origin, .. } => return format!("{role}, {}", origin.told(to)),
            Self::OrganizationRole { role, .. } => return format!("organization role {role}"),
            Self::OrganizationAdmin => "organization role admin",
            Self::Owner if to == Address::They => "it is theirs",
            Self::Owner => "it is yours",
            Self::NotAbove if to == Address::They => "they lack nothing that the person holds",
            Self::NotAbove => "they hold nothing that you lack",
            Self::Program => "it is a service account",
            Self::Gone => "they were suspended or removed",
            Self::NotRemoved => "they were not removed",
            Self::NotSuspended => "they are not suspended",
            Self::NotProgram => "they are no program",
            Self::AnotherAdmin => "an admin remains",
            Self::Undecided => "it waits for a decision",
            Self::Grantable => "a grant gives it",
            Self::GivenRole => return format!("it takes nothing that {subject} lack"),
            Self::ContentRole { role, origin } => return format!("{role}, {}", origin.told(to)),
            Self::SeesBelow => return format!("something in it is open to {object}"),
            Self::Unlocked => return format!("no lock above keeps {object} from it"),
            Self::NotRoot => "it can be changed",
            Self::Switch { ability, of_document: true } => {
                return format!("{ability} is switched on for this document");
            }
            Self::Switch { ability, of_document: false } => {
                return format!("{ability} is switched on in the organization");
            }
            Self::All(reasons) => return reasons.iter().map(|one| one.told(to)).collect::<Vec<_>>().join("; "),
        };
        words.to_owned()
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.told(Address::You))
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Member => f.write_str("membership"),
            Self::Colleague => f.write_str("any role in the organization or on a connection"),
            Self::Connection(ability) => ability.fmt(f),
            Self::Organization(ability) => ability.fmt(f),
            Self::OrganizationAdmin => f.write_str("admin"),
            Self::Owner => f.write_str("owner"),
            Self::NotAbove => f.write_str("every ability that they hold"),
            Self::Program => f.write_str("that it is a service account"),
            Self::Gone => f.write_str("that they are suspended or removed"),
            Self::NotRemoved => f.write_str("that they were not removed"),
            Self::NotSuspended => f.write_str("that they are not suspended"),
            Self::NotProgram => f.write_str("a person, and no program"),
            Self::AnotherAdmin => f.write_str("another admin"),
            Self::Undecided => f.write_str("that it is not decided yet"),
            Self::Grantable => f.write_str("a grant that gives it"),
            Self::GivenRole => f.write_str("every ability that it takes on the connection"),
            Self::Content(role) => f.write_str(role.name()),
            Self::SeesBelow => f.write_str("access to something in it"),
            Self::Unlocked => f.write_str("manager of the locked folder above"),
            Self::NotRoot => f.write_str("another folder than this one"),
            Self::Switch(ability) => write!(f, "{ability} switched on"),
            Self::OwnName => f.write_str("acting in your own name"),
            Self::OwnAttributes => f.write_str("your own attributes"),
            Self::OwnSession => f.write_str("a session in the place of a key"),
        }
    }
}

impl Requirement {
    /// What stands in the way when it is missing: only of what is not held by anybody, but is how things are.
    fn obstacle(self) -> Option<&'static str> {
        match self {
            Self::Gone => Some("they are neither suspended nor removed"),
            Self::NotRemoved => Some("they were removed"),
            Self::NotSuspended => Some("they are suspended"),
            Self::NotProgram => Some("they are a program"),
            Self::AnotherAdmin => Some("the last admin can neither be demoted, suspended nor removed"),
            Self::NotRoot => Some("it is always there, and stays as it is"),
            Self::Undecided => Some("it has been decided already"),
            Self::Grantable => Some("what is asked for is not there any more, or no grant could give it"),
            Self::Member | Self::Colleague | Self::Owner | Self::NotAbove | Self::Program => None,
            Self::OwnName | Self::OwnAttributes | Self::OwnSession => None,
            Self::Connection(_) | Self::GivenRole | Self::Organization(_) | Self::OrganizationAdmin => None,
            Self::Content(_) | Self::SeesBelow | Self::Unlocked | Self::Switch(_) => None,
        }
    }
}

impl Missing {
    fn obstacle(&self) -> Option<String> {
        let obstacles = self.0.iter().map(|requirement| requirement.obstacle()).collect::<Option<Vec<_>>>()?;
        (!obstacles.is_empty()).then(|| obstacles.join("; "))
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, requirement) in self.0.iter().enumerate() {
            write!(f, "{}{requirement}", if position == 0 { "" } else { " and " })?;
        }
        Ok(())
    }
}
