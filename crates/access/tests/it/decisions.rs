use crate::world::{
    NEIGHBOUR, ORGANIZATION, WORLDS, World, actions, all_connection_abilities, all_organization_abilities, connection,
    context, contexts, standing,
};
use std::sync::Arc;
use tessera_access::{
    AccessContext, ActionKind, Attributes, Change, ConnectionAbility, ConnectionRole, ContentRole, Denied, Embed,
    EmbedClaims, Facts, OrganizationAbility, Permit, PersonKind, Reason, Requirement, Resource, ResourceKind, Scopes,
    Sealed, SupportGrant, SupportScope, User,
    action::{Action, Implies, Query, QueryViews, UseEngine, View, WriteSql},
    decide, open, role_on, support_who_can, visible,
};
use tessera_base::{SupportGrantId, UserId};
use uuid::Uuid;

struct Connection;
struct Model;
struct QueryRun;
struct Person;

impl Resource for Connection {
    const KIND: ResourceKind = ResourceKind::Connection;
}
impl Resource for Model {
    const KIND: ResourceKind = ResourceKind::Model;
}
impl Resource for QueryRun {
    const KIND: ResourceKind = ResourceKind::QueryRun;
}
impl Resource for Person {
    const KIND: ResourceKind = ResourceKind::Person;
}

#[expect(clippy::disallowed_methods, reason = "a test is its own store")]
fn seal<R>(row: R, facts: Facts) -> Sealed<R> {
    Sealed::new(row, facts)
}

fn allowed(context: &AccessContext, resource: ResourceKind, facts: &Facts, action: ActionKind) -> bool {
    decide(context, resource, facts, action).allowed()
}

fn of_kind(world: &World, kind: ResourceKind) -> Vec<Facts> {
    world.resources().into_iter().filter(|(resource, _)| *resource == kind).map(|(_, facts)| facts).collect()
}

/// The whole of what a context may do in its world.
fn everything(world: &World, context: &AccessContext) -> Vec<(ResourceKind, Facts, ActionKind)> {
    let pairs =
        world.resources().into_iter().flat_map(|(kind, facts)| actions(kind).map(move |action| (kind, facts, action)));
    pairs.filter(|(kind, facts, action)| allowed(context, *kind, facts, *action)).collect()
}

/// In the list ⇔ may be viewed; and a source that reads only what meets either limit misses nothing.
fn listed_exactly_when_visible<R: Resource>(context: &Arc<AccessContext>, facts: Facts, row: R) {
    let viewed = allowed(context, R::KIND, &facts, ActionKind::View);
    let scope = visible::<R>(context);
    assert_eq!(scope.admits(&facts), viewed);
    assert_eq!(scope.open_all([seal(row, facts)]).len(), usize::from(viewed));
    let within = |limit: bool, other: bool| limit || other;
    let connection = match scope.connections() {
        tessera_access::Limit::All => true,
        tessera_access::Limit::Only(set) => facts.connection.is_some_and(|id| set.contains(&id)),
    };
    let owner = match scope.owners() {
        tessera_access::Limit::All => true,
        tessera_access::Limit::Only(set) => facts.owner.is_some_and(|id| set.contains(&id)),
    };
    assert!(!viewed || within(connection, owner), "{:?} {facts:?}", R::KIND);
}

#[test]
fn a_list_holds_exactly_what_may_be_viewed() {
    for seed in 0..WORLDS / 3 {
        let world = World::new(seed);
        for context in contexts(&world, &world.snapshot()) {
            of_kind(&world, ResourceKind::Connection)
                .into_iter()
                .for_each(|facts| listed_exactly_when_visible(&context, facts, Connection));
            of_kind(&world, ResourceKind::Model)
                .into_iter()
                .for_each(|facts| listed_exactly_when_visible(&context, facts, Model));
            of_kind(&world, ResourceKind::QueryRun)
                .into_iter()
                .for_each(|facts| listed_exactly_when_visible(&context, facts, QueryRun));
            of_kind(&world, ResourceKind::Person)
                .into_iter()
                .for_each(|facts| listed_exactly_when_visible(&context, facts, Person));
        }
    }
}

#[test]
fn a_neighbour_organization_is_never_allowed() {
    for seed in 0..WORLDS / 3 {
        let world = World::new(seed);
        for context in contexts(&world, &world.snapshot()) {
            for (resource, facts) in world.resources() {
                let facts = Facts { organization: NEIGHBOUR, ..facts };
                assert!(actions(resource).all(|action| !allowed(&context, resource, &facts, action)));
            }
        }
    }
}

/// The reason is something that the person really holds.
#[test]
fn a_reason_is_the_truth() {
    for seed in 0..WORLDS / 3 {
        let world = World::new(seed);
        for context in contexts(&world, &world.snapshot()) {
            for (resource, facts) in world.resources() {
                for action in actions(resource) {
                    let Some(because) = decide(&context, resource, &facts, action).because else { continue };
                    let parts = if let Reason::All(parts) = because { parts } else { vec![because] };
                    for part in parts {
                        match part {
                            Reason::ConnectionRole { ability, .. } => {
                                assert!(context.connection_abilities(facts.connection.unwrap()).unwrap().has(ability));
                            }
                            Reason::OrganizationRole { ability, .. } => {
                                assert!(context.organization_abilities().has(ability))
                            }
                            Reason::OrganizationAdmin => assert!(context.is_organization_admin()),
                            Reason::Owner => assert_eq!(facts.owner, Some(context.user().id)),
                            _ => {}
                        }
                    }
                }
            }
        }
    }
}

/// A permit that can be weakened to `B` is only given where `B` is allowed.
#[test]
fn a_permit_weakens_only_to_what_is_allowed() {
    fn implied<R: Resource, A: Implies<B>, B: Action>(context: &AccessContext, facts: &Facts) {
        assert!(!allowed(context, R::KIND, facts, A::KIND) || allowed(context, R::KIND, facts, B::KIND));
    }
    for role in ConnectionRole::ALL {
        let mut world = World::new(1);
        world.people.truncate(1);
        world.people[0].status = tessera_access::PersonStatus::Active;
        world.people[0].connection_roles = vec![(connection(0), tessera_access::HeldConnectionRole::BuiltIn(role))];
        for context in contexts(&world, &world.snapshot()) {
            for facts in of_kind(&world, ResourceKind::Model) {
                implied::<Model, Query, View>(&context, &facts);
                implied::<Model, QueryViews, View>(&context, &facts);
                implied::<Model, WriteSql, View>(&context, &facts);
                implied::<Connection, UseEngine, View>(&context, &facts);
            }
        }
    }
}

/// Hidden and absent read alike; visible and not allowed names what is missing.
#[test]
fn a_closed_door_tells_only_what_may_be_known() {
    let mut seen = [0; 3];
    for seed in 0..WORLDS / 10 {
        let world = World::new(seed);
        for context in contexts(&world, &world.snapshot()) {
            let absent = open::<Model, Query>(&context, "sales", None).unwrap_err().to_string();
            for facts in of_kind(&world, ResourceKind::Model) {
                let opened: Result<Permit<Model, Query>, Denied> = open(&context, "sales", Some(seal(Model, facts)));
                let viewed = allowed(&context, ResourceKind::Model, &facts, ActionKind::View);
                match opened {
                    Ok(_) => {
                        assert!(allowed(&context, ResourceKind::Model, &facts, ActionKind::Query));
                        seen[0] += 1;
                    }
                    Err(denied @ Denied::NotFound { .. }) => {
                        assert!(!viewed);
                        assert_eq!(denied.to_string(), absent);
                        seen[1] += 1;
                    }
                    Err(denied @ Denied::Forbidden { .. }) => {
                        assert!(viewed);
                        assert_eq!(denied.to_string(), "not allowed to query this model: needs `query_topics`");
                        seen[2] += 1;
                    }
                }
            }
        }
    }
    assert!(seen.into_iter().all(|times| times > 10), "{seen:?}");
}

#[test]
fn somebody_who_looks_as_another_sees_no_more_and_changes_nothing() {
    for seed in 0..WORLDS / 10 {
        let world = World::new(seed);
        let snapshot = world.snapshot();
        for person in &world.people {
            let Some(own) = standing(&snapshot, person.id) else { continue };
            let viewer = User {
                id: UserId::new(Uuid::nil()),
                known_as: None,
                email: String::new(),
                name: "ada".into(),
                timezone: None,
            };
            let viewed = context(standing(&snapshot, person.id).unwrap().viewed_by_another(viewer));
            let own: Vec<_> =
                everything(&world, &context(own)).into_iter().filter(|(.., action)| action.only_reads()).collect();
            assert_eq!(everything(&world, &viewed), own, "seed {seed}");
        }
    }
}

#[test]
fn admins_are_looked_through_by_admins_alone() {
    let mut asked = 0;
    for seed in 0..WORLDS / 10 {
        let world = World::new(seed);
        for context in contexts(&world, &world.snapshot()) {
            for person in world.people.iter().filter(|person| person.is_admin()) {
                let facts = Facts { owner: Some(person.id), ..Facts::of(ORGANIZATION) };
                let program = person.kind == PersonKind::ServiceAccount;
                let counts =
                    |one: &&tessera_access::Person| one.is_admin() && one.is_active() && one.kind == PersonKind::Member;
                let admins: Vec<_> = world.people.iter().filter(counts).map(|one| one.id).collect();
                let alone = admins == [person.id];
                for (action, possible) in [
                    (ActionKind::ViewAs, person.is_active() && !program),
                    (ActionKind::SetRole, !person.is_removed() && !alone),
                    (ActionKind::SetStatus, !person.is_removed() && !alone),
                    (ActionKind::Edit, !person.is_removed()),
                ] {
                    let may = allowed(&context, ResourceKind::Person, &facts, action);
                    assert_eq!(may, possible && context.is_organization_admin(), "seed {seed}");
                    asked += 1;
                }
            }
        }
    }
    assert!(asked > 100);
}

/// How things are is told apart from what somebody lacks.
#[test]
fn an_obstacle_is_named_where_nothing_that_one_could_hold_is_missing() {
    let mut named = 0;
    for seed in 0..WORLDS / 10 {
        let world = World::new(seed);
        for context in contexts(&world, &world.snapshot()) {
            for person in &world.people {
                let facts = Facts { owner: Some(person.id), ..Facts::of(ORGANIZATION) };
                let decision = decide(&context, ResourceKind::Person, &facts, ActionKind::SetAttributes);
                let manages = context.organization_abilities().has(OrganizationAbility::ManageAttributes);
                let told = (manages && person.is_removed()).then(|| "they were removed".to_owned());
                named += usize::from(told.is_some());
                assert_eq!(decision.obstacle(), told, "seed {seed}");
            }
        }
    }
    assert!(named > 20, "{named}");
}

/// Attributes that nobody has are for looking at rules, never at rows.
#[test]
fn hypothetical_attributes_open_no_engine() {
    let world = World::new(3);
    let snapshot = world.snapshot();
    for person in &world.people {
        let Some(standing) = standing(&snapshot, person.id) else { continue };
        let simulated = context(standing.had_they(Attributes::default()));
        for (resource, facts) in world.resources() {
            let engine = decide(&simulated, resource, &facts, ActionKind::UseEngine);
            assert!(!engine.allowed());
            assert!(
                actions(resource)
                    .filter(|action| !action.only_reads())
                    .all(|action| !allowed(&simulated, resource, &facts, action))
            );
        }
        assert!(simulated.attributes().get("region").is_none());
        assert!(simulated.attributes().get("user_id").is_some());
    }
}

#[test]
fn a_key_gives_no_more_than_its_scopes_and_than_its_holder_holds() {
    let (mut programs, mut people) = (0, 0);
    for seed in 0..WORLDS / 10 {
        let world = World::new(seed);
        let snapshot = world.snapshot();
        for person in world.people.iter().filter(|person| person.is_active()) {
            let scopes = Scopes {
                organization: [OrganizationAbility::ReadAudit].into_iter().collect(),
                connections: [(
                    connection(0),
                    [ConnectionAbility::ViewResults, ConnectionAbility::QueryTopics].into_iter().collect(),
                )]
                .into(),
                content: [None, Some(ContentRole::Viewer), Some(ContentRole::Editor)][seed as usize % 3],
            };
            let limited = context(snapshot.by_key(person.id, Some(&scopes)).unwrap());
            let full = context(standing(&snapshot, person.id).unwrap());
            for ability in all_organization_abilities() {
                let may = limited.organization_abilities().has(ability);
                assert_eq!(may, full.organization_abilities().has(ability) && scopes.organization.has(ability));
            }
            for ability in all_connection_abilities() {
                let has = |context: &AccessContext, number| {
                    context.connection_abilities(connection(number)).is_some_and(|a| a.has(ability))
                };
                assert_eq!(has(&limited, 0), has(&full, 0) && scopes.connections[&connection(0)].has(ability));
                assert!(!has(&limited, 1));
            }
            for (kind, facts, action) in everything(&world, &limited) {
                assert!(allowed(&full, kind, &facts, action), "seed {seed}: {kind:?} {action:?} on {facts:?}");
                assert!(!action.takes_a_session(kind), "{action:?}");
            }
            for node in &world.nodes {
                let role = role_on(limited.standing(), node.id).map(|(role, _)| role);
                let whole = role_on(full.standing(), node.id).map(|(role, _)| role);
                let most = whole.zip(scopes.content).map(|(whole, most)| whole.min(most));
                // What administration gives is not in these scopes.
                let administers = full.organization_abilities().has(OrganizationAbility::ManageContentAccess);
                assert!(role == most || (administers && role < most), "seed {seed}");
            }
            let whole = snapshot.by_key(person.id, None);
            match person.kind {
                PersonKind::ServiceAccount => {
                    assert!(whole.is_none(), "a program's key says what it is for");
                    assert!(snapshot.member(person.id).is_none(), "a program does not sign in like a person");
                    programs += 1;
                }
                PersonKind::Member => {
                    let by_key = everything(&world, &context(whole.unwrap()));
                    let by_session = everything(&world, &full);
                    let by_session = by_session.into_iter().filter(|(kind, _, action)| !action.takes_a_session(*kind));
                    assert_eq!(by_key, by_session.collect::<Vec<_>>(), "seed {seed}");
                    people += 1;
                }
            }
        }
    }
    assert!(programs > 20 && people > 100, "{programs} {people}");
}

fn stranger() -> User {
    User {
        id: UserId::new(Uuid::from_u128(0x999)),
        known_as: Some("reader-7".into()),
        email: String::new(),
        name: "Reader".into(),
        timezone: None,
    }
}

#[test]
fn an_embedded_reader_is_at_most_a_restricted_querier_and_never_everyone() {
    for seed in 0..WORLDS / 10 {
        let mut world = World::new(seed);
        for access in &mut world.connections {
            access.base_role = Some(tessera_access::HeldConnectionRole::BuiltIn(ConnectionRole::ConnectionAdmin));
        }
        let snapshot = world.snapshot();
        let document = world.nodes.iter().find(|node| node.parent.is_some());
        let content = document.map(|node| node.id).into_iter().collect();
        let claims = EmbedClaims {
            groups: Vec::new(),
            attributes: Attributes::default(),
            connections: [(connection(0), ConnectionRole::ConnectionAdmin)].into(),
        };
        let reader = context(snapshot.embed(Embed { user: stranger(), entity: "shop".into(), content }, claims));
        let most = ConnectionRole::RestrictedQuerier.abilities();
        assert_eq!(reader.connection_abilities(connection(0)).unwrap().set(), most);
        assert!(reader.connection_abilities(connection(1)).is_none(), "base access is not for embeds");
        assert!(reader.organization_abilities().is_empty());
        for node in &world.nodes {
            let facts = crate::world::facts_of(node);
            let role_below = document.is_some_and(|document| node.id == document.id);
            let edited = allowed(&reader, crate::world::kind_of(node), &facts, ActionKind::Edit);
            assert!(!edited, "seed {seed}");
            if role_below && !crate::naive::is_trashed(&world, node.id) {
                assert!(allowed(&reader, crate::world::kind_of(node), &facts, ActionKind::View), "seed {seed}");
            }
        }
    }
}

fn support_grant(number: u128, scope: SupportScope) -> SupportGrant {
    let expires_at = tessera_base::Instant::from_timestamp_millis(1_000).unwrap();
    SupportGrant { id: SupportGrantId::new(Uuid::from_u128(number)), scope, operator: None, expires_at }
}

#[test]
fn an_operator_holds_what_the_support_grant_says() {
    for seed in 0..WORLDS / 10 {
        let world = World::new(seed);
        let shown = world.nodes.iter().find(|node| node.parent.is_some()).map(|node| node.id);
        let scope = SupportScope {
            organization: [OrganizationAbility::ReadAudit, OrganizationAbility::ManageMembers].into_iter().collect(),
            connections: [(connection(1), ConnectionRole::Querier)].into(),
            content: shown.into_iter().collect(),
        };
        let (grant, empty) = (support_grant(1, scope.clone()), support_grant(2, SupportScope::default()));
        let changes = [Change::Support(grant.clone()), Change::Support(empty.clone())];
        let snapshot = Arc::new(world.snapshot().with(9, changes));
        let operator = context(snapshot.operator(stranger(), grant.id).unwrap());
        assert_eq!(
            operator.organization_abilities().set(),
            [OrganizationAbility::ReadAudit].into_iter().collect(),
            "nobody is let in by somebody who was let in"
        );
        assert!(operator.connection_abilities(connection(0)).is_none());
        assert_eq!(operator.connection_abilities(connection(1)).unwrap().set(), ConnectionRole::Querier.abilities());
        for node in &world.nodes {
            let (kind, facts) = (crate::world::kind_of(node), crate::world::facts_of(node));
            let sees = allowed(&operator, kind, &facts, ActionKind::ReadAccess);
            assert_eq!(sees, crate::naive::is_shown(&world, shown, node.id), "seed {seed}: {}", node.name);
            assert!(actions(kind).filter(|action| !action.only_reads()).all(|a| !allowed(&operator, kind, &facts, a)));
        }
        assert!(everything(&world, &operator).iter().all(|(.., action)| !action.takes_a_member()));
        let nobody = context(snapshot.operator(stranger(), empty.id).unwrap());
        let may = everything(&world, &nobody);
        let harmless = |(kind, _, action): &(ResourceKind, Facts, ActionKind)| {
            matches!((kind, action), (ResourceKind::Organization | ResourceKind::Attribute, ActionKind::View))
        };
        assert!(may.iter().all(harmless), "{may:?}");

        let gone = Arc::new(snapshot.with(10, [Change::SupportGone(grant.id)]));
        assert!(gone.operator(stranger(), grant.id).is_none());
        let for_another = SupportGrant { operator: Some("olga@vendor.example".into()), ..grant };
        let narrowed = Arc::new(snapshot.with(10, [Change::Support(for_another)]));
        assert!(narrowed.operator(stranger(), SupportGrantId::new(Uuid::from_u128(1))).is_none());
    }
}

/// Whoever asks who else can something is told of the operator's staff, too.
#[test]
fn who_can_finds_the_support_grants_that_a_decision_would() {
    let mut found = 0;
    for seed in 0..WORLDS / 10 {
        let world = World::new(seed);
        let content: Vec<_> =
            world.nodes.iter().map(|node| node.id).filter(|id| id.uuid().as_u128() % 3 == 0).collect();
        let organization = [OrganizationAbility::ManageContentAccess, OrganizationAbility::ReadAudit];
        let scopes = [
            SupportScope { content, ..SupportScope::default() },
            SupportScope { organization: organization.into_iter().collect(), ..SupportScope::default() },
            SupportScope { connections: [(connection(0), ConnectionRole::Modeler)].into(), ..SupportScope::default() },
        ];
        let grants: Vec<_> = (1..).zip(scopes).map(|(number, scope)| support_grant(number, scope)).collect();
        let snapshot = Arc::new(world.snapshot().with(9, grants.iter().cloned().map(Change::Support)));
        for (kind, facts) in world.resources() {
            for action in actions(kind) {
                let told = |now_ms| {
                    let now = tessera_base::Instant::from_timestamp_millis(now_ms).unwrap();
                    let able = support_who_can(&snapshot, kind, &facts, action, now);
                    able.into_iter().map(|(grant, _)| grant.id).collect::<Vec<_>>()
                };
                let (told, over) = (told(0), told(1_000));
                let brute = grants.iter().map(|grant| grant.id).filter(|grant| {
                    allowed(&context(snapshot.operator(stranger(), *grant).unwrap()), kind, &facts, action)
                });
                assert_eq!(told, brute.collect::<Vec<_>>(), "seed {seed}: {action:?} on {facts:?}");
                found += told.len();
                assert!(over.is_empty());
            }
        }
    }
    assert!(found > 1_000, "{found}");
}

/// What a group sets is its members', unless two of them disagree.
#[test]
fn attributes_come_from_the_person_or_else_from_groups() {
    let mut world = World::new(1);
    world.people.truncate(1);
    world.people[0].status = tessera_access::PersonStatus::Active;
    let mut group = |number: usize, value: &str| {
        world.groups.push(tessera_access::Group {
            id: crate::world::group(20 + number),
            key: format!("t{number}").into(),
            name: format!("Team {number}").into(),
            groups: Vec::new(),
            connection_roles: Vec::new(),
            attributes: vec![tessera_access::HeldAttribute {
                name: "team".into(),
                values: vec![tessera_base::Value::String(value.to_owned())],
                source: tessera_access::AttributeSource::Scim,
            }],
        });
    };
    group(0, "red");
    group(1, "blue");
    world.people[0].attributes.clear();
    world.people[0].groups = vec![crate::world::group(20)];
    let team = |world: &World| {
        let context = context(standing(&world.snapshot(), world.people[0].id).unwrap());
        context.attributes().get("team").cloned()
    };
    assert!(
        matches!(team(&world), Some(tessera_access::AttributeState::Set(set)) if set.origin == "set on group Team 0")
    );
    world.people[0].groups.push(crate::world::group(21));
    assert!(
        matches!(team(&world), Some(tessera_access::AttributeState::Conflict { groups }) if groups == ["Team 0", "Team 1"])
    );
}

/// A role that is gone gives nothing, wherever it was held.
#[test]
fn a_role_that_is_gone_gives_nothing() {
    let mut world = World::new(1);
    world.people.truncate(1);
    let person = &mut world.people[0];
    person.status = tessera_access::PersonStatus::Active;
    person.groups.clear();
    person.organization_role = tessera_access::HeldOrganizationRole::Custom(world.organization_roles[0].id);
    person.connection_roles =
        vec![(connection(0), tessera_access::HeldConnectionRole::Custom(world.connection_roles[0].id))];
    for access in &mut world.connections {
        access.base_role = None;
    }
    let gone = [Change::RoleGone(world.organization_roles[0].id), Change::RoleGone(world.connection_roles[0].id)];
    let snapshot = Arc::new(world.snapshot().with(2, gone));
    let context = context(standing(&snapshot, world.people[0].id).unwrap());
    assert!(context.organization_abilities().is_empty());
    assert_eq!(context.connections().count(), 0);
    let missing = decide(&context, ResourceKind::Organization, &Facts::of(ORGANIZATION), ActionKind::ReadAudit).needs;
    assert_eq!(missing[0].0, [Requirement::Organization(OrganizationAbility::ReadAudit)]);
}
