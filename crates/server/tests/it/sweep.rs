//! Every operation of the API's own description, as those who may not: what is hidden answers like what never was.
use crate::world::{Reply, World, request};
use axum::http::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// How one operation is called. `existing` names what is there, `absent` what never was.
struct Call {
    operation: &'static str,
    method: Method,
    /// `{}` stands for the name.
    path: &'static str,
    /// `{}` stands for the name.
    body: Option<&'static str>,
    /// A name that is there, for those who may know it.
    existing: &'static str,
    absent: &'static str,
}

const QUERY: &str = "01980000-0000-7000-8000-00000000000a";
const NO_QUERY: &str = "01980000-0000-7000-8000-00000000000b";

fn calls() -> Vec<Call> {
    let call =
        |operation, method, path, body, existing, absent| Call { operation, method, path, body, existing, absent };
    vec![
        call("list_topics", Method::GET, "/api/v1/models/{}/topics", None, "warehouse", "warehousf"),
        call("describe_topic", Method::GET, "/api/v1/models/{}/topics/orders", None, "warehouse", "warehousf"),
        call(
            "run_query",
            Method::POST,
            "/api/v1/queries",
            Some(r#"{"model": "{}", "sql": "select 1"}"#),
            "warehouse",
            "warehousf",
        ),
        call(
            "run_query",
            Method::POST,
            "/api/v1/queries",
            Some(r#"{"model": "{}", "request": {"topic": "orders", "fields": ["orders.count"]}}"#),
            "warehouse",
            "warehousf",
        ),
        call("read_query", Method::GET, "/api/v1/queries/{}", None, QUERY, NO_QUERY),
        call("cancel_query", Method::DELETE, "/api/v1/queries/{}", None, QUERY, NO_QUERY),
        call(
            "suggest",
            Method::POST,
            "/api/v1/queries/suggest",
            Some(r#"{"model": "{}", "topic": "orders", "field": "customers.region"}"#),
            "warehouse",
            "warehousf",
        ),
        call(
            "explain",
            Method::POST,
            "/api/v1/explain",
            Some(r#"{"model": "{}", "what": {"topic": "orders"}}"#),
            "warehouse",
            "warehousf",
        ),
    ]
}

/// Operations that name nothing, so that there is nothing to hide.
const NAMELESS: [(&str, &str, &str); 4] = [
    ("whoami", "GET", "/api/v1/whoami"),
    ("end_session", "DELETE", "/api/v1/session"),
    ("list_models", "GET", "/api/v1/models"),
    ("list_queries", "GET", "/api/v1/queries"),
];
/// Operations for everybody.
const OPEN: [&str; 2] = ["healthy", "ready"];

async fn call(world: &World, cookie: &str, call: &Call, name: &str) -> Reply {
    let path = call.path.replace("{}", name);
    let body = call.body.map(|body| body.replace("{}", name));
    world.send(request(call.method.clone(), cookie, &path, body.as_deref())).await
}

/// What an answer tells beside the name that was asked for.
fn told(reply: &Reply, name: &str) -> (u16, String) {
    (reply.status.as_u16(), reply.problem().to_string().replace(name, "{}"))
}

async fn world() -> World {
    let world = World::new().await;
    let querier = world.sign_in("querier").await;
    let mut asked =
        request(Method::POST, &querier, "/api/v1/queries", Some(r#"{"model": "warehouse", "sql": "select 1"}"#));
    asked.headers_mut().insert("query-id", QUERY.parse().unwrap());
    world.send(asked).await.expect(200);
    world
}

#[test]
fn every_operation_is_covered() {
    let document: Value = serde_json::to_value(tessera_api::openapi()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let described: BTreeSet<&str> = paths
        .values()
        .flat_map(|item| item.as_object().unwrap().values())
        .filter_map(|operation| operation["operationId"].as_str())
        .collect();
    let covered = calls().into_iter().map(|call| call.operation);
    let covered: BTreeSet<&str> = covered.chain(NAMELESS.map(|(operation, ..)| operation)).chain(OPEN).collect();
    assert_eq!(described, covered);
}

#[tokio::test]
async fn nothing_answers_without_a_session() {
    let world = world().await;
    for stale in
        ["", "tessera_session=", "tessera_session=AAAA", "tessera_session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]
    {
        for (operation, method, path) in NAMELESS {
            let method = method.parse().unwrap();
            world.send(request(method, stale, path, None)).await.expect(401).problem();
            let _ = operation;
        }
        for operation in calls() {
            let existing = call(&world, stale, &operation, operation.existing).await.expect(401);
            let absent = call(&world, stale, &operation, operation.absent).await.expect(401);
            assert_eq!(existing.problem(), absent.problem(), "{}", operation.operation);
        }
    }
}

#[tokio::test]
async fn hidden_is_absent_for_neighbours_and_for_those_without_a_role() {
    let world = world().await;
    for person in ["neighbour", "nobody"] {
        let cookie = world.sign_in(person).await;
        for operation in calls() {
            let hidden = call(&world, &cookie, &operation, operation.existing).await.expect(404);
            let absent = call(&world, &cookie, &operation, operation.absent).await.expect(404);
            assert_eq!(
                told(&hidden, operation.existing),
                told(&absent, operation.absent),
                "{person}: {}",
                operation.operation
            );
        }
    }
}

#[tokio::test]
async fn a_viewer_is_told_what_is_missing_and_gets_no_rows() {
    let world = world().await;
    let cookie = world.sign_in("viewer").await;
    for operation in calls() {
        let reply = call(&world, &cookie, &operation, operation.existing).await;
        match operation.operation {
            "explain" => assert_eq!(reply.expect(200).json()["decision"], "denied"),
            "read_query" | "cancel_query" => drop(reply.expect(404)),
            _ => {
                let problem = reply.expect(403).problem();
                let needs: Vec<&str> = problem["needs"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
                assert!(matches!(needs[..], ["query_topics" | "write_sql"]), "{}: {needs:?}", operation.operation);
            }
        }
        call(&world, &cookie, &operation, operation.absent).await.expect(404);
    }
}

/// Names inside a model: what a rule hides is unknown, in the same words.
#[tokio::test]
async fn hidden_names_are_unknown_names() {
    let world = world().await;
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
