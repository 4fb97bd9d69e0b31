//! Every operation of the API's own description, as those who may not: what is hidden answers like what never was.
//!
//! The calls are made from the description. A new operation with a parameter that nothing here has a value for, or with a
//! body that nothing here knows, fails until it has one.
use crate::world::{Reply, World, request};
use axum::http::{Method, header};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const QUERY: &str = "01980000-0000-7000-8000-00000000000a";
const NEVER: &str = "01980000-0000-7000-8000-00000000000b";

/// Bodies by their operation. `{kind}` stands for the name of something, as in a path.
const BODIES: [(&str, &str); 44] = [
    ("run_query", r#"{"model": "{model}", "request": {"topic": "orders", "fields": ["orders.count"]}}"#),
    ("suggest", r#"{"model": "{model}", "topic": "orders", "field": "customers.region"}"#),
    ("explain", r#"{"model": "{model}", "what": {"topic": "orders"}}"#),
    ("who_can", r#"{"document": "{document}", "action": "view"}"#),
    ("create_folder", r#"{"name": "New", "parent": "{folder}"}"#),
    ("create_document", r#"{"name": "New", "folder": "{folder}", "connection": "{connection}"}"#),
    ("rename_folder", r#"{"name": "New"}"#),
    ("rename_document", r#"{"name": "New"}"#),
    ("lock_folder", r#"{"locked": true}"#),
    ("set_slug", r#"{"slug": "new"}"#),
    ("set_switches", r#"{"off": ["download"]}"#),
    ("save_draft", r#"{"tiles": []}"#),
    ("set_folder_grant", r#"{"role": "viewer"}"#),
    ("set_document_grant", r#"{"role": "viewer"}"#),
    ("restrict_folder", r#"{"restricted": true}"#),
    ("restrict_document", r#"{"restricted": true}"#),
    ("move_folder", r#"{"folder": "{folder}"}"#),
    ("move_document", r#"{"folder": "{folder}"}"#),
    ("transfer_folder", r#"{"owner": "{person}"}"#),
    ("transfer_document", r#"{"owner": "{person}"}"#),
    ("add_user", r#"{"email": "new@example.com", "name": "New"}"#),
    ("edit_user", r#"{"name": "New"}"#),
    ("set_user_role", r#"{"organization_role": "admin"}"#),
    ("set_user_status", r#"{"status": "suspended"}"#),
    ("take_over", r#"{"owner": "{person}"}"#),
    ("set_user_attribute", r#"{"values": ["ASIA"]}"#),
    ("add_group", r#"{"key": "new", "name": "New"}"#),
    ("rename_group", r#"{"name": "New"}"#),
    ("set_group_attribute", r#"{"values": ["ASIA"]}"#),
    ("add_attribute", r#"{"name": "new", "label": "New", "type": "string"}"#),
    ("edit_attribute", r#"{"label": "New"}"#),
    ("add_role", r#"{"name": "New", "abilities": []}"#),
    ("edit_role", r#"{"name": "New", "abilities": []}"#),
    ("change_settings", r#"{"name": "New"}"#),
    ("view_as", r#"{"user": "{person}"}"#),
    ("ask_what_if", r#"{"member": {"group": "{group}", "member": "user:{person}", "inside": true}}"#),
    ("request_access", r#"{"document": "{document}", "action": "open"}"#),
    ("delete_organization", r#"{"key": "acme"}"#),
    ("assign_connection_role", r#"{"role": "viewer"}"#),
    (
        "allow_support",
        r#"{"reason": "a ticket", "minutes": 60, "connections": [{"connection": "{connection}", "role": "viewer"}]}"#,
    ),
    ("add_service_account", r#"{"name": "New"}"#),
    ("create_api_key", r#"{"name": "New", "user": "{person}"}"#),
    ("begin_operator_session", r#"{"code": "AAAA"}"#),
    ("enter_organization", r#"{"organization": "acme"}"#),
];
/// Operations for everybody.
const OPEN: [&str; 2] = ["healthy", "ready"];
/// Lists for whoever holds an ability of the organization, and which ability that is.
const ABILITIES: [(&str, &str); 4] = [
    ("list_audit_events", "read_audit"),
    ("read_settings", "manage_settings"),
    ("export_organization", "admin"),
    ("list_support_access", "manage_support_access"),
];
/// Operations of the operator's staff, for whom whoever is in an organization is nobody.
const OF_OPERATORS: &str = "/api/v1/operator/";
/// Operations without a body although their method often has one.
const WITHOUT_BODY: [&str; 5] =
    ["publish_document", "restore_version", "restore_trashed", "add_member", "approve_access_request"];

struct Swept {
    world: World,
    operations: Vec<Operation>,
    /// What is there, by the kind that a path or body calls it by.
    existing: BTreeMap<&'static str, String>,
    /// What never was.
    absent: BTreeMap<&'static str, String>,
}

#[derive(Debug)]
struct Operation {
    name: String,
    method: Method,
    /// With `{kind}` for what it names.
    path: String,
    body: Option<&'static str>,
}

impl Operation {
    fn names_something(&self, kinds: &BTreeMap<&'static str, String>) -> bool {
        let named = |text: &str| kinds.keys().any(|kind| text.contains(&format!("{{{kind}}}")));
        named(&self.path) || self.body.is_some_and(named)
    }
}

fn operations() -> Vec<Operation> {
    let document: Value = serde_json::to_value(tessera_api::openapi()).unwrap();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let Some(name) = operation["operationId"].as_str() else { continue };
            let body = BODIES.iter().find(|(of, _)| *of == name).map(|(_, body)| *body);
            assert_eq!(operation.get("requestBody").is_some(), body.is_some(), "{name} needs a body here");
            assert!(body.is_none() || !WITHOUT_BODY.contains(&name));
            let method = method.to_uppercase().parse().unwrap();
            operations.push(Operation { name: name.to_owned(), method, path: path.clone(), body });
        }
    }
    operations
}

/// Everything named is the admin's own, and so hidden from everybody else.
async fn swept() -> Swept {
    let world = World::new().await;
    let querier = world.sign_in("querier").await;
    let mut asked =
        request(Method::POST, &querier, "/api/v1/queries", Some(r#"{"model": "warehouse", "sql": "select 1"}"#));
    asked.headers_mut().insert("query-id", QUERY.parse().unwrap());
    world.send(asked).await.expect(200);
    let admin = world.sign_in("admin").await;
    let make = async |path: &str, body: Value| {
        let made = world.post(&admin, path, &body.to_string()).await.expect(201).json();
        made["id"].as_str().unwrap().to_owned()
    };
    let folder = make("/api/v1/folders", json!({"name": "Hidden folder", "parent": "mine"})).await;
    let document = json!({"name": "Hidden document", "folder": folder, "connection": "warehouse"});
    let document = make("/api/v1/documents", document).await;
    let item = make("/api/v1/folders", json!({"name": "Hidden waste", "parent": "mine"})).await;
    world.delete(&admin, &format!("/api/v1/folders/{item}")).await.expect(204);
    let group = make("/api/v1/groups", json!({"key": "team", "name": "Team"})).await;
    let role = make("/api/v1/roles", json!({"name": "Auditor", "abilities": ["read_audit"]})).await;
    let asked = json!({"document": document, "action": "open"}).to_string();
    let restricted = world.sign_in("restricted").await;
    let asked = world.post(&restricted, "/api/v1/access-requests", &asked).await.expect(201).json();
    let request = asked["id"].as_str().unwrap().to_owned();
    let attribute = json!({"name": "level", "label": "Level", "type": "number"});
    world.post(&admin, "/api/v1/attributes", &attribute.to_string()).await.expect(201);
    let support = json!({"reason": "a ticket", "minutes": 60, "organization_abilities": ["read_audit"]});
    let grant = make("/api/v1/support-access", support).await;
    let key = make("/api/v1/api-keys", json!({"name": "Notebook"})).await;
    let person = world.user("querier").to_string();
    let existing = BTreeMap::from([
        ("model", "warehouse".to_owned()),
        ("id", QUERY.to_owned()),
        ("folder", folder),
        ("document", document),
        ("item", item),
        ("connection", "warehouse".to_owned()),
        ("user", person.clone()),
        ("person", person),
        ("group", group),
        ("role", role),
        ("request", request),
        ("attribute", "level".to_owned()),
        ("grant", grant),
        ("key", key),
    ]);
    let absent = existing
        .iter()
        .map(|(kind, name)| (*kind, if name.len() < NEVER.len() { format!("{name}z") } else { NEVER.to_owned() }));
    let absent = absent.collect();
    Swept { world, operations: operations(), existing, absent }
}

/// What stands in a path beside what is swept.
const OTHERWISE: [(&str, &str); 5] = [
    ("{topic}", "orders"),
    ("{grantee}", "everyone"),
    ("{assignee}", "everyone"),
    ("{member}", "user:01980000-0000-7000-8000-00000000000b"),
    ("{number}", "1"),
];

fn fill(text: &str, names: &BTreeMap<&'static str, String>) -> String {
    let mut text = text.to_owned();
    for (kind, name) in names {
        text = text.replace(&format!("{{{kind}}}"), name);
    }
    OTHERWISE.iter().fold(text, |text, (parameter, value)| text.replace(parameter, value))
}

impl Swept {
    /// A person; or, as `support`, somebody of the operator's staff who may read the trail.
    async fn sign_in(&self, person: &str) -> String {
        if person != "support" {
            return self.world.sign_in(person).await;
        }
        let operator = self.world.sign_in("sam").await;
        let entered = self.world.post(&operator, "/api/v1/operator/support-sessions", r#"{"organization": "acme"}"#);
        let entered = entered.await.expect(204);
        entered.header(header::SET_COOKIE).split(';').next().unwrap().to_owned()
    }

    fn naming(&self) -> impl Iterator<Item = &Operation> {
        self.operations.iter().filter(|operation| operation.names_something(&self.existing))
    }

    async fn call(&self, cookie: &str, operation: &Operation, names: &BTreeMap<&'static str, String>) -> Reply {
        let path = fill(&operation.path, names);
        assert!(!path.contains('{'), "nothing here has a value for {path}");
        let body = operation.body.map(|body| fill(body, names));
        let mut request = request(operation.method.clone(), cookie, &path, body.as_deref());
        request.headers_mut().insert("if-match", "\"1\"".parse().unwrap());
        self.world.send(request).await
    }

    /// What an answer tells beside the names that were asked for.
    fn told(&self, reply: &Reply, names: &BTreeMap<&'static str, String>) -> (u16, String) {
        let problem = reply.problem().to_string();
        let told = names.values().fold(problem, |text, name| text.replace(name, "{}"));
        (reply.status.as_u16(), told)
    }
}

#[tokio::test]
async fn every_operation_is_covered() {
    let swept = swept().await;
    let described: BTreeSet<&str> = swept.operations.iter().map(|operation| operation.name.as_str()).collect();
    let known: BTreeSet<&str> = BODIES.iter().map(|(name, _)| *name).collect();
    assert!(known.is_subset(&described), "{:?}", known.difference(&described));
    assert!(ABILITIES.iter().all(|(name, _)| described.contains(name)));
    assert!(swept.naming().count() > 30, "{}", swept.naming().count());
}

#[tokio::test]
async fn nothing_answers_without_a_session() {
    let swept = swept().await;
    let suspended = swept.world.sign_in("viewer").await;
    let expired = swept.world.sign_in("restricted").await;
    let viewer = swept.world.user("viewer");
    swept
        .world
        .administer(async |a| a.set_user_status(viewer, tessera_store::UserStatus::Suspended).await.unwrap())
        .await;
    swept.world.clock.advance(std::time::Duration::from_secs(13 * 60 * 60));
    let never = "tessera_session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    for stale in ["", "tessera_session=", "tessera_session=AAAA", never, &suspended, &expired] {
        for operation in swept.operations.iter().filter(|operation| !OPEN.contains(&operation.name.as_str())) {
            let existing = swept.call(stale, operation, &swept.existing).await.expect(401);
            let absent = swept.call(stale, operation, &swept.absent).await.expect(401);
            assert_eq!(existing.problem(), absent.problem(), "{}", operation.name);
        }
    }
}

#[tokio::test]
async fn hidden_is_absent_for_neighbours_and_for_those_without_a_role() {
    let swept = swept().await;
    for person in ["neighbour", "nobody"] {
        let cookie = swept.world.sign_in(person).await;
        for operation in swept.naming() {
            // Whoever is in the organization may know which attributes it declares.
            if person == "nobody" && operation.path.ends_with("/v1/attributes/{attribute}") {
                continue;
            }
            // Anybody may ask for anything, with the same answer.
            if operation.name == "request_access" {
                swept.call(&cookie, operation, &swept.existing).await.expect(201);
                swept.call(&cookie, operation, &swept.absent).await.expect(201);
                continue;
            }
            // Whoever may let nobody in is told that, whatever they name.
            let status = if operation.name == "allow_support" && person == "nobody" { 403 } else { 404 };
            let hidden = swept.call(&cookie, operation, &swept.existing).await.expect(status);
            let absent = swept.call(&cookie, operation, &swept.absent).await.expect(status);
            let (hidden, absent) = (swept.told(&hidden, &swept.existing), swept.told(&absent, &swept.absent));
            assert_eq!(hidden, absent, "{person}: {}", operation.name);
        }
    }
}

/// Somebody with a role on the connection, but without a part in the admin's documents.
#[tokio::test]
async fn hidden_content_is_absent_for_colleagues() {
    let swept = swept().await;
    for person in ["viewer", "restricted", "querier", "modeler", "support"] {
        let cookie = swept.sign_in(person).await;
        let content = ["{folder}", "{document}", "{item}"];
        for operation in swept.naming().filter(|operation| content.iter().any(|kind| operation.path.contains(kind))) {
            let hidden = swept.call(&cookie, operation, &swept.existing).await.expect(404);
            let absent = swept.call(&cookie, operation, &swept.absent).await.expect(404);
            let (hidden, absent) = (swept.told(&hidden, &swept.existing), swept.told(&absent, &swept.absent));
            assert_eq!(hidden, absent, "{person}: {}", operation.name);
        }
    }
}

/// Nothing of what is hidden is in any list.
#[tokio::test]
async fn lists_hold_nothing_that_is_hidden() {
    let swept = swept().await;
    for person in ["neighbour", "nobody", "viewer", "querier"] {
        let cookie = swept.world.sign_in(person).await;
        for operation in &swept.operations {
            let open = OPEN.contains(&operation.name.as_str());
            if open || operation.method != Method::GET || operation.names_something(&swept.existing) {
                continue;
            }
            let listed = swept.call(&cookie, operation, &swept.existing).await;
            if operation.path.starts_with(OF_OPERATORS) {
                listed.expect(401);
                continue;
            }
            // The neighbour is an administrator, of an organization of their own.
            let takes = ABILITIES.iter().find(|(name, _)| *name == operation.name && person != "neighbour");
            let listed = match takes {
                Some((_, ability)) => {
                    let refused = listed.expect(403);
                    assert_eq!(refused.problem()["needs"], json!([ability]), "{person}: {}", operation.name);
                    refused
                }
                None => listed.expect(200),
            };
            for hidden in ["folder", "document", "item"] {
                assert!(!listed.text().contains(&swept.existing[hidden]), "{person}: {}", operation.name);
            }
            assert!(!listed.text().contains("Hidden"), "{person}: {}", operation.name);
        }
    }
}

/// Who works together knows who is there, and changes nothing of it.
#[tokio::test]
async fn administration_takes_an_ability_of_administration() {
    let swept = swept().await;
    let kinds = ["/users", "/groups", "/attributes", "/roles", "/settings", "/connections", "/organization"];
    let mut refused = 0;
    for person in ["viewer", "querier", "modeler", "support"] {
        let cookie = swept.sign_in(person).await;
        let before = swept.world.store.snapshot(swept.world.acme).await.unwrap().unwrap().version();
        for operation in swept.operations.iter().filter(|operation| operation.method != Method::GET) {
            // Without a role on it, a connection is not there.
            let absent = person == "support" && operation.path.starts_with("/api/v1/connections");
            if !absent && kinds.iter().any(|kind| operation.path.starts_with(&format!("/api/v1{kind}"))) {
                let reply = swept.call(&cookie, operation, &swept.existing).await.expect(403);
                assert!(!reply.problem()["needs"].as_array().unwrap().is_empty(), "{}", operation.name);
                refused += 1;
            }
        }
        let after = swept.world.store.snapshot(swept.world.acme).await.unwrap().unwrap().version();
        assert_eq!(before, after, "nothing changed");
    }
    assert!(refused > 60, "{refused}");
}

#[tokio::test]
async fn a_viewer_is_told_what_is_missing_and_gets_no_rows() {
    let swept = swept().await;
    let cookie = swept.world.sign_in("viewer").await;
    for operation in swept.naming().filter(|operation| {
        operation.path.contains("{model}") || operation.body.is_some_and(|body| body.contains("{model}"))
    }) {
        let reply = swept.call(&cookie, operation, &swept.existing).await;
        match operation.name.as_str() {
            "explain" => assert_eq!(reply.expect(200).json()["decision"], "denied"),
            _ => assert_eq!(reply.expect(403).problem()["needs"], json!(["query_topics"]), "{}", operation.name),
        }
        swept.call(&cookie, operation, &swept.absent).await.expect(404);
    }
    let sql = |model: &str| json!({"model": model, "sql": "select 1"}).to_string();
    let refused = swept.world.post(&cookie, "/api/v1/queries", &sql("warehouse")).await.expect(403);
    assert_eq!(refused.problem()["needs"], json!(["write_sql"]));
    swept.world.post(&cookie, "/api/v1/queries", &sql("warehousf")).await.expect(404);
    for operation in swept.naming().filter(|operation| operation.path.contains("/queries/{id}")) {
        swept.call(&cookie, operation, &swept.existing).await.expect(404);
    }
}

fn told(reply: &Reply, name: &str) -> (u16, String) {
    (reply.status.as_u16(), reply.problem().to_string().replace(name, "{}"))
}

/// Names inside a model: what a rule hides is unknown, in the same words.
#[tokio::test]
async fn hidden_names_are_unknown_names() {
    let world = World::new().await;
    let fields = |fields: &str, root: &str| {
        format!(r#"{{"model": "warehouse", "request": {{{root}, "fields": ["{fields}"]}}}}"#)
    };
    let sql = |sql: &str| json!({"model": "warehouse", "sql": sql}).to_string();
    let explain = |what: Value| json!({"model": "warehouse", "what": what}).to_string();
    let run = "/api/v1/queries";
    let bodies = |name: &str| {
        vec![
            (run, fields("orders.count", &format!(r#""topic": "{name}""#))),
            (run, fields("secrets.id", &format!(r#""view": "{name}""#))),
            (run, fields(&format!("orders.{name}"), r#""topic": "orders""#)),
            (run, sql(&format!("select * from {name}"))),
            (run, sql(&format!("select {name} from orders"))),
            (
                "/api/v1/queries/suggest",
                json!({"model": "warehouse", "topic": name, "field": "orders.status"}).to_string(),
            ),
            (
                "/api/v1/queries/suggest",
                json!({"model": "warehouse", "topic": "orders", "field": format!("orders.{name}")}).to_string(),
            ),
            ("/api/v1/explain", explain(json!({"topic": name}))),
            ("/api/v1/explain", explain(json!({"view": name}))),
            ("/api/v1/explain", explain(json!({"field": format!("{name}.id")}))),
            ("/api/v1/explain", explain(json!({"field": format!("orders.{name}")}))),
            ("/api/v1/explain", explain(json!({"sql": format!("select * from {name}")}))),
        ]
    };
    let cookie = world.sign_in("querier").await;
    for hidden_name in ["secrets", "margin"] {
        let absent_name = &hidden_name.replace('s', "z").replace("margin", "margim");
        for ((path, hidden), (_, absent)) in bodies(hidden_name).into_iter().zip(bodies(absent_name)) {
            let hidden_reply = world.post(&cookie, path, &hidden).await.expect(422);
            let absent_reply = world.post(&cookie, path, &absent).await.expect(422);
            assert_eq!(told(&hidden_reply, hidden_name), told(&absent_reply, absent_name), "{path} {hidden}");
        }
        let path = |name: &str| format!("/api/v1/models/warehouse/topics/{name}");
        let hidden = world.get(&cookie, &path(hidden_name)).await.expect(404);
        let absent = world.get(&cookie, &path(absent_name)).await.expect(404);
        assert_eq!(told(&hidden, hidden_name), told(&absent, absent_name));
    }
}
