//! What the audit trail tells, and to whom.
use crate::world::{ADDRESS, Company, World, request};
use aws_lc_rs::digest;
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc};
use tessera_access::{
    AccessContext, Attributes, Change, Connection, ConnectionRole, DocumentAbility, Embed, EmbedClaims, EngineKind,
    OrganizationAbility, OrganizationRole, Permit, Profile, Standing, SupportGrant, SupportScope, Switches, User,
    action::{CreateDocuments, CreateIn, Edit, Open, Publish, ReadAudit, SetSwitches, Share, Unshare},
    open,
};
use tessera_base::{Arrival, Name, QueryId, RequestId, SubjectId, SupportGrantId, UserId};
use tessera_store::{
    Assignee, AuditDecision, AuditEvent, AuditFilter, AuditHead, Body, Chain, Content, Document, EventType, Folder,
    Ruling, StoreError, UserStatus,
};
use uuid::Uuid;

async fn reader(world: &World, company: Company) -> (Arc<AccessContext>, Permit<Arc<Profile>, ReadAudit>) {
    let context = world.context(company, company.admin).await;
    let sealed = world.store.tenant(&context).organization();
    let permit = open(&context, "the organization", Some(sealed)).unwrap();
    (context, permit)
}

/// The records that fit, newest first, read two at a time.
pub(crate) async fn events(world: &World, company: Company, filter: AuditFilter) -> Vec<Value> {
    let (context, permit) = reader(world, company).await;
    let (mut events, mut before) = (Vec::new(), None);
    loop {
        let page = world.store.tenant(&context).audit_events(&permit, &filter, before, 2).await.unwrap();
        assert!(page.events.len() <= 2 && (page.events.len() == 2 || !page.more));
        before = page.events.last().map(|event| event.sequence());
        events.extend(page.events.iter().map(|event| serde_json::from_str(event.record()).unwrap()));
        if !page.more {
            return events;
        }
    }
}

async fn latest(world: &World) -> Value {
    events(world, world.acme, AuditFilter::default()).await.swap_remove(0)
}

fn subject(id: Uuid) -> AuditFilter {
    AuditFilter { subject: Some(SubjectId::new(id)), ..AuditFilter::default() }
}

fn of_type(name: &str) -> AuditFilter {
    AuditFilter { event_type: EventType::from_name(name), ..AuditFilter::default() }
}

async fn tell(world: &World, context: &AccessContext, query: u128, ruling: Ruling) {
    let query = QueryId::new(Uuid::from_u128(query));
    let ran = AuditEvent::QueryRan { query, model: "sales".to_owned(), topic: None, limited_by: Vec::new(), rows: 1 };
    world.store.tenant(context).record(&ran, ruling).await.unwrap();
}

fn allowed() -> Ruling {
    Ruling::Allowed { because: "Querier, assigned to you".to_owned() }
}

fn support_grant(id: SupportGrantId) -> SupportGrant {
    let scope = SupportScope {
        organization: [OrganizationAbility::ReadAudit].into_iter().collect(),
        ..SupportScope::default()
    };
    SupportGrant { id, scope, operator: None, expires_at: tessera_base::Instant::UNIX_EPOCH }
}

#[expect(clippy::disallowed_methods, reason = "a test is its own gate")]
pub(crate) fn context_of(world: &World, standing: Standing) -> AccessContext {
    use tessera_store::Clock as _;
    AccessContext::establish(request(), world.clock.now(), Arc::new(standing))
}

#[tokio::test]
async fn a_record_tells_who_in_whose_name_from_where_and_why() {
    let world = World::new().await;
    let (admin, quinn) = (world.acme.admin, world.acme.quinn);
    let snapshot = world.store.snapshot(world.acme.organization).await.unwrap().unwrap();
    let ada = world.context(world.acme, admin).await.user().clone();
    let staff = User { id: UserId::new(Uuid::from_u128(77)), known_as: None, ..ada.clone() };
    let grant = SupportGrantId::new(Uuid::from_u128(78));
    let snapshot = Arc::new(snapshot.with(snapshot.version(), [Change::Support(support_grant(grant))]));
    let reader = User { id: UserId::new(Uuid::nil()), known_as: Some("reader@example.com".into()), ..ada.clone() };
    let embed = Embed { user: reader, entity: "portal".to_owned(), content: Vec::new() };
    let claims = EmbedClaims { groups: Vec::new(), attributes: Attributes::default(), connections: Default::default() };
    for (standing, actor, on_behalf_of) in [
        (snapshot.member(quinn).unwrap(), json!({"kind": "user", "id": quinn.to_string()}), None),
        (
            snapshot.member(quinn).unwrap().viewed_by_another(ada),
            json!({"kind": "user", "id": admin.to_string()}),
            Some(quinn),
        ),
        (snapshot.job("delivery", quinn).unwrap(), json!({"kind": "job", "name": "delivery"}), Some(quinn)),
        (
            snapshot.operator(staff, grant).unwrap(),
            json!({"kind": "operator", "id": Uuid::from_u128(77).to_string(), "grant": grant.to_string()}),
            None,
        ),
        (snapshot.embed(embed, claims), json!({"kind": "embed", "entity": "portal"}), None),
    ] {
        tell(&world, &context_of(&world, standing), 9, allowed()).await;
        let record = latest(&world).await;
        assert_eq!(record["actor"], actor);
        assert_eq!(record["on_behalf_of"], json!(on_behalf_of.map(|id| id.to_string())), "{record}");
        assert_eq!(record["address"], ADDRESS.to_string());
        assert_eq!(record["request"], request().request.to_string());
        assert_eq!((&record["decision"], &record["because"]), (&json!("allowed"), &json!("Querier, assigned to you")));
        assert!(!record.to_string().contains('@'), "{record}");
    }
    let in_quinns_name = AuditFilter { actor: Some(admin), ..subject(quinn.uuid()) };
    assert_eq!(events(&world, world.acme, in_quinns_name).await.len(), 1, "seen as quinn, by the admin");
}

#[tokio::test]
async fn an_act_tells_why_it_was_allowed() {
    let world = World::new().await;
    let document = document(&world).await;
    let record = latest(&world).await;
    assert_eq!(record["event"]["type"], "document_created");
    assert_eq!(record["event"]["document"], document.to_string());
    assert_eq!(record["actor"], json!({"kind": "user", "id": world.acme.admin.to_string()}));
    assert_eq!(record["because"], "Manager, as owner");
    let token = world.store.begin_session(world.acme.organization, world.acme.quinn, request()).await.unwrap();
    let session = world.store.session(&token).await.unwrap().unwrap();
    let within = Arrival::within(RequestId::new(Uuid::from_u128(8)));
    world.store.end_session(&session, within).await.unwrap();
    let [ended, begun] = events(&world, world.acme, subject(session.id.uuid())).await.try_into().unwrap();
    assert_eq!((&begun["address"], &ended["address"]), (&json!(ADDRESS.to_string()), &Value::Null));
    assert_eq!((&begun["decision"], &begun["because"]), (&json!("allowed"), &Value::Null));
}

/// A document of the admin's own, with a published version and a draft.
async fn document(world: &World) -> tessera_base::NodeId {
    let context = world.context(world.acme, world.acme.admin).await;
    let tenant = world.store.tenant(&context);
    let mine = context.snapshot().nodes().root(Some(world.acme.admin)).unwrap().id;
    let folder: Permit<Folder, CreateIn> = open(&context, "mine", tenant.folder(mine).await.unwrap()).unwrap();
    let on: Permit<Connection, CreateDocuments> =
        open(&context, "warehouse", tenant.connection("warehouse").await.unwrap()).unwrap();
    let act = world.store.act(folder).await.unwrap();
    act.create_document(Name::parse("Plans").unwrap(), on).await.unwrap()
}

/// A door that closes while somebody is on their way through it is a closed door.
#[tokio::test]
async fn what_closes_while_a_write_is_made_is_written_down_too() {
    let world = World::new().await;
    let Company { quinn, warehouse, .. } = world.acme;
    world.give(world.acme, Assignee::User(quinn), ConnectionRole::Querier).await;
    let context = world.context(world.acme, quinn).await;
    let tenant = world.store.tenant(&context);
    let mine = context.snapshot().nodes().root(Some(quinn)).unwrap().id;
    let folder: Permit<Folder, CreateIn> = open(&context, "mine", tenant.folder(mine).await.unwrap()).unwrap();
    let on: Permit<Connection, CreateDocuments> =
        open(&context, "warehouse", tenant.connection("warehouse").await.unwrap()).unwrap();
    world
        .administer(world.acme, async |a| a.take_connection_role(warehouse, Assignee::User(quinn)).await)
        .await
        .unwrap();
    let act = world.store.act(folder).await.unwrap();
    let refused = act.create_document(Name::parse("Plans").unwrap(), on).await;
    assert!(matches!(refused, Err(StoreError::Denied(_))), "{refused:?}");
    let told = events(&world, world.acme, of_type("access_denied")).await;
    assert_eq!((told.len(), &told[0]["event"]["action"]), (1, &json!("create_documents")));
    assert_eq!(told[0]["actor"]["id"], quinn.to_string());
}

async fn opened<A: tessera_access::action::Action>(world: &World, id: tessera_base::NodeId) -> Permit<Document, A> {
    let context = world.context(world.acme, world.acme.admin).await;
    let sealed = world.store.tenant(&context).document(&id.to_string()).await.unwrap();
    open(&context, "plans", sealed).unwrap()
}

#[tokio::test]
async fn whoever_reads_a_document_is_written_down_with_what_they_read_and_nothing_of_it() {
    let world = World::new().await;
    let id = document(&world).await;
    let context = world.context(world.acme, world.acme.admin).await;
    let tenant = world.store.tenant(&context);
    assert_eq!(tenant.draft(&opened(&world, id).await).await.unwrap(), None);
    assert_eq!(tenant.published_body(&opened(&world, id).await).await.unwrap(), None);
    assert!(events(&world, world.acme, of_type("document_read")).await.is_empty(), "nothing was there to read");

    let body = Body::parse(r#"{"secret": 1}"#).unwrap();
    let edit: Permit<Document, Edit> = opened(&world, id).await;
    world.store.act(edit).await.unwrap().save_draft(None, &body).await.unwrap();
    let publish: Permit<Document, Publish> = opened(&world, id).await;
    world.store.act(publish).await.unwrap().publish(1).await.unwrap();
    let read: Permit<Document, Open> = opened(&world, id).await;
    assert_eq!(read.resource().id(), id);
    tenant.published_body(&read).await.unwrap().unwrap();
    tenant.draft(&opened(&world, id).await).await.unwrap().unwrap();
    tenant.version_body(&opened(&world, id).await, 1).await.unwrap();
    tenant.version_body(&opened(&world, id).await, 2).await.unwrap_err();
    let told = events(&world, world.acme, of_type("document_read")).await;
    let whats: Vec<_> = told.iter().map(|record| record["event"]["what"].as_str().unwrap()).collect();
    assert_eq!(whats, ["version", "draft", "published"]);
    for record in &told {
        assert_eq!(record["event"]["document"], id.to_string());
        assert!(record["because"].as_str().unwrap().contains("owner"), "{record}");
        assert!(!record.to_string().contains("secret"));
    }
    assert_eq!(events(&world, world.acme, subject(id.uuid())).await.len(), 6);
}

#[tokio::test]
async fn events_are_found_by_what_they_have_in_common() {
    let world = World::new().await;
    let quinn = world.context(world.acme, world.acme.quinn).await;
    let admin = world.context(world.acme, world.acme.admin).await;
    use tessera_store::Clock as _;
    let begun = world.clock.now();
    world.clock.advance_minutes(10);
    tell(&world, &quinn, 1, allowed()).await;
    world.clock.advance_minutes(10);
    let later = world.clock.now();
    tell(&world, &quinn, 2, Ruling::Limited { because: "Querier, assigned to you".to_owned() }).await;
    tell(&world, &admin, 3, Ruling::Denied { because: None }).await;

    let queries = async |filter: AuditFilter| -> Vec<u64> {
        let found = events(&world, world.acme, filter).await;
        let number = |record: &Value| {
            let query = record["event"]["query"].as_str()?.parse::<Uuid>().unwrap();
            Some(u64::try_from(query.as_u128()).unwrap())
        };
        found.iter().filter_map(number).collect()
    };
    let all = AuditFilter::default;
    assert_eq!(queries(all()).await, [3, 2, 1]);
    assert_eq!(queries(of_type("query_ran")).await, [3, 2, 1]);
    assert!(queries(of_type("group_added")).await.is_empty());
    assert_eq!(queries(AuditFilter { actor: Some(world.acme.quinn), ..all() }).await, [2, 1]);
    assert_eq!(queries(subject(Uuid::from_u128(2))).await, [2]);
    for (decision, found) in [(AuditDecision::Allowed, 1), (AuditDecision::Limited, 2), (AuditDecision::Denied, 3)] {
        assert_eq!(queries(AuditFilter { decision: Some(decision), ..all() }).await, [found]);
        let of_quinn = AuditFilter { decision: Some(decision), actor: Some(world.acme.quinn), ..all() };
        assert_eq!(queries(of_quinn).await.len(), usize::from(found != 3));
    }
    assert_eq!(queries(AuditFilter { since: Some(later), ..all() }).await, [3, 2]);
    assert_eq!(queries(AuditFilter { until: Some(later), ..of_type("query_ran") }).await, [1]);
    assert!(queries(AuditFilter { since: Some(begun), until: Some(begun), ..all() }).await.is_empty());
    world.clock.advance_minutes(1);
    assert!(queries(AuditFilter { since: Some(world.clock.now()), ..all() }).await.is_empty());
    assert_eq!(events(&world, world.acme, subject(world.acme.analysts.uuid())).await.len(), 1, "the group was added");
}

#[tokio::test]
async fn a_clock_that_is_set_back_hides_nothing() {
    let world = World::new().await;
    let quinn = world.context(world.acme, world.acme.quinn).await;
    use tessera_store::Clock as _;
    let before = world.clock.now();
    world.clock.advance_minutes(-60);
    tell(&world, &quinn, 1, allowed()).await;
    let record = latest(&world).await;
    assert_eq!(record["at"], world.clock.now().to_rfc3339(), "the record tells what the clock said");
    let since = AuditFilter { since: Some(before), ..of_type("query_ran") };
    assert_eq!(events(&world, world.acme, since).await.len(), 1);
    assert!(matches!(world.store.verify_audit(world.acme.organization).await.unwrap(), Chain::Intact(_)));
}

#[tokio::test]
async fn only_those_who_may_read_the_trail_of_their_own_organization_do() {
    let world = World::new().await;
    let quinn = world.context(world.acme, world.acme.quinn).await;
    let sealed = world.store.tenant(&quinn).organization();
    let denied = open::<Arc<Profile>, ReadAudit>(&quinn, "acme", Some(sealed)).unwrap_err();
    assert_eq!(denied.needs().iter().map(ToString::to_string).collect::<Vec<_>>(), ["read_audit"]);
    for (ours, theirs) in [(world.acme, world.globex), (world.globex, world.acme)] {
        let told = events(&world, ours, AuditFilter::default()).await;
        assert_eq!(told.len(), 6);
        let told = format!("{told:?}");
        for foreign in [theirs.organization.uuid(), theirs.admin.uuid(), theirs.quinn.uuid(), theirs.warehouse.uuid()] {
            assert!(!told.contains(&foreign.to_string()));
        }
        assert!(events(&world, ours, subject(theirs.quinn.uuid())).await.is_empty());
    }
}

/// The chain by what an export says of itself alone; answers the last hash.
fn follow(lines: &[String], mut previous: Vec<u8>) -> Vec<u8> {
    for line in lines {
        let (record, hash) = line.strip_suffix("\"}").unwrap().rsplit_once(",\"hash\":\"").unwrap();
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(b"tessera audit event v1\0");
        context.update(&previous);
        context.update(format!("{record}}}").as_bytes());
        previous = context.finish().as_ref().to_vec();
        assert_eq!(previous.iter().map(|byte| format!("{byte:02x}")).collect::<String>(), hash);
    }
    previous
}

async fn export(world: &World, filter: AuditFilter) -> Vec<String> {
    let (context, permit) = reader(world, world.acme).await;
    let mut export = world.store.tenant(&context).export_audit(permit, filter).await.unwrap();
    let mut lines = Vec::new();
    loop {
        let events = export.next().await.unwrap();
        if events.is_empty() {
            return lines;
        }
        // What happens meanwhile is not a part of it.
        tell(world, &context, 5, allowed()).await;
        lines.extend(events.iter().map(|event| event.with_hash()));
    }
}

#[tokio::test]
async fn an_export_is_the_whole_chain_and_tells_of_itself() {
    let world = World::new().await;
    let lines = export(&world, AuditFilter::default()).await;
    assert_eq!(lines.len(), 7);
    let mut beginning = digest::Context::new(&digest::SHA256);
    for part in [b"tessera audit event v1\0".as_slice(), &[0; 32], world.acme.organization.to_string().as_bytes()] {
        beginning.update(part);
    }
    follow(&lines, beginning.finish().as_ref().to_vec());
    let first: Value = serde_json::from_str(&lines[0]).unwrap();
    let last: Value = serde_json::from_str(&lines[6]).unwrap();
    assert_eq!((&first["sequence"], &first["event"]["type"]), (&json!(1), &json!("organization_created")));
    assert_eq!(last["event"], json!({"type": "audit_exported", "filter": {}}));
    assert_eq!(last["because"], "organization role admin");

    let filter = AuditFilter { actor: Some(world.acme.admin), ..of_type("audit_exported") };
    let lines = export(&world, filter).await;
    assert_eq!(lines.len(), 2);
    let told: Value = serde_json::from_str(&lines[1]).unwrap();
    let filter = json!({"actor": world.acme.admin.to_string(), "type": "audit_exported"});
    assert_eq!(told["event"]["filter"], filter);
}

#[tokio::test]
async fn what_is_not_kept_any_longer_goes_and_the_rest_is_still_a_chain() {
    let world = World::new().await;
    let organization = world.acme.organization;
    let quinn = world.context(world.acme, world.acme.quinn).await;
    let day = 24 * 60;
    assert_eq!(world.store.prune_audit(organization).await.unwrap(), 0, "for ever, unless somebody says otherwise");
    for (days, result) in [(Some(29), false), (Some(30), true)] {
        let set = world.administer(world.acme, async |a| a.set_audit_retention(days).await).await;
        assert!(matches!(set, Err(StoreError::AuditRetention { least_days: 30 })) != result, "{set:?}");
    }
    assert_eq!(latest(&world).await["event"], json!({"type": "audit_retention_changed", "before": null, "after": 30}));
    world.clock.advance_minutes(20 * day);
    tell(&world, &quinn, 1, allowed()).await;
    assert_eq!(world.store.prune_audit(organization).await.unwrap(), 0, "nothing is old enough");
    world.clock.advance_minutes(10 * day);
    assert_eq!(world.store.prune_audit(organization).await.unwrap(), 0, "thirty days are still kept");
    let whole = export(&world, AuditFilter::default()).await;

    world.clock.advance_minutes(1);
    assert_eq!(world.store.prune_audit(organization).await.unwrap(), 7);
    assert_eq!(world.store.prune_audit(organization).await.unwrap(), 0);
    let told = latest(&world).await;
    let seventh: Value = serde_json::from_str(&whole[6]).unwrap();
    let event = &told["event"];
    assert_eq!((&event["type"], &event["events"], &event["through"]), (&json!("audit_pruned"), &json!(7), &json!(7)));
    assert_eq!((&event["until"], &event["hash"]), (&seventh["at"], &seventh["hash"]));
    assert_eq!(told["actor"], json!({"kind": "job", "name": "audit_retention"}));
    let chain = world.store.verify_audit(organization).await.unwrap();
    assert!(matches!(chain, Chain::Intact(AuditHead { kept_from: 8, .. })), "{chain:?}");
    let lines = export(&world, AuditFilter::default()).await;
    assert!(lines[0].contains(r#""sequence":8,"#) || lines[0].contains(r#""sequence":8}"#), "{}", lines[0]);
    let hash = event["hash"].as_str().unwrap();
    let hash = (0..32).map(|at| u8::from_str_radix(&hash[2 * at..2 * at + 2], 16).unwrap());
    follow(&lines, hash.collect());
    assert!(events(&world, world.acme, subject(world.acme.analysts.uuid())).await.is_empty());

    // Everything is old: what tells of it is all that stays, and then goes in its turn.
    world.clock.advance_minutes(40 * day);
    assert!(world.store.prune_audit(organization).await.unwrap() > 0);
    assert_eq!(events(&world, world.acme, AuditFilter::default()).await.len(), 1);
    world.clock.advance_minutes(40 * day);
    assert_eq!(world.store.prune_audit(organization).await.unwrap(), 1);
    assert!(matches!(world.store.verify_audit(organization).await.unwrap(), Chain::Intact(_)));
    let theirs = world.store.verify_audit(world.globex.organization).await.unwrap();
    assert!(matches!(theirs, Chain::Intact(AuditHead { kept_from: 1, sequence: 6, .. })), "{theirs:?}");
    world.administer(world.acme, async |a| a.set_audit_retention(None).await).await.unwrap();
    world.clock.advance_minutes(40 * day);
    assert_eq!(world.store.prune_audit(organization).await.unwrap(), 0);
    assert!(matches!(world.store.verify_audit(organization).await.unwrap(), Chain::Intact(_)));
}

#[tokio::test]
async fn a_change_tells_what_was_before_and_what_is_after() {
    let world = World::new().await;
    let (quinn, warehouse) = (world.acme.quinn, world.acme.warehouse);
    let told = async || {
        let event = latest(&world).await["event"].clone();
        (event["before"].clone(), event["after"].clone())
    };
    let assignee = Assignee::User(quinn);
    for (role, before) in [(ConnectionRole::Viewer, Value::Null), (ConnectionRole::Querier, json!("viewer"))] {
        world.give(world.acme, assignee, role).await;
        assert_eq!(told().await, (before, json!(role.name())));
    }
    world.administer(world.acme, async |a| a.take_connection_role(warehouse, assignee).await).await.unwrap();
    assert_eq!(told().await, (json!("querier"), Value::Null));
    world.give(world.acme, Assignee::Group(world.acme.analysts), ConnectionRole::Viewer).await;
    world.give(world.acme, Assignee::Group(world.acme.analysts), ConnectionRole::Modeler).await;
    assert_eq!(told().await, (json!("viewer"), json!("modeler")));
    world.give(world.acme, Assignee::Everyone, ConnectionRole::Viewer).await;
    assert_eq!(told().await, (Value::Null, json!("viewer")));
    world.give(world.acme, Assignee::Everyone, ConnectionRole::Querier).await;
    assert_eq!(told().await, (json!("viewer"), json!("querier")));

    world
        .administer(world.acme, async |a| a.set_organization_role(quinn, OrganizationRole::Admin).await)
        .await
        .unwrap();
    assert_eq!(told().await, (json!("member"), json!("admin")));
    world.administer(world.acme, async |a| a.set_user_status(quinn, UserStatus::Suspended).await).await.unwrap();
    assert_eq!(told().await, (json!("active"), json!("suspended")));
    let elsewhere = EngineKind::Files { folder: "/elsewhere".into() };
    world.administer(world.acme, async |a| a.change_connection(warehouse, &elsewhere).await).await.unwrap();
    assert_eq!(told().await, (json!(1), json!(2)));
    assert!(!latest(&world).await.to_string().contains("elsewhere"));
    let files = BTreeMap::from([("model.yaml".to_owned(), "# newer".to_owned())]);
    world
        .administer(world.acme, async |a| a.publish_model(warehouse, "sales", "Sales", &files).await.map(drop))
        .await
        .unwrap();
    assert_eq!(told().await, (json!(1), json!(2)));

    let id = document(&world).await;
    let body = Body::parse("{}").unwrap();
    for expected in [None, Some(1)] {
        let edit: Permit<Document, Edit> = opened(&world, id).await;
        world.store.act(edit).await.unwrap().save_draft(expected, &body).await.unwrap();
        assert_eq!(told().await, (json!(expected), json!(expected.unwrap_or_default() + 1)));
        let publish: Permit<Document, Publish> = opened(&world, id).await;
        let version = expected.unwrap_or_default() + 1;
        world.store.act(publish).await.unwrap().publish(version).await.unwrap();
        assert_eq!(told().await, (json!(expected), json!(version)));
    }
    let off = Switches { off: [DocumentAbility::Download].into_iter().collect(), ..Switches::default() };
    for (switches, before, after) in [(off, "", "download"), (Switches::default(), "download", "")] {
        let permit: Permit<Document, SetSwitches> = opened(&world, id).await;
        world.store.act(permit).await.unwrap().set_switches(switches).await.unwrap();
        assert_eq!(told().await, (json!({"on": "", "off": before}), json!({"on": "", "off": after})));
    }
    let permit: Permit<Document, Unshare> = opened(&world, id).await;
    world.store.act(permit).await.unwrap().restrict().await.unwrap();
    assert_eq!(told().await, (json!(false), json!(true)));
    let number = latest(&world).await["sequence"].clone();
    let again: Permit<Document, Unshare> = opened(&world, id).await;
    world.store.act(again).await.unwrap().restrict().await.unwrap();
    assert_eq!(latest(&world).await["sequence"], number, "nothing changed");
    let permit: Permit<Document, Share> = opened(&world, id).await;
    world.store.act(permit).await.unwrap().inherit().await.unwrap();
    assert_eq!(told().await, (json!(true), json!(false)));
}
