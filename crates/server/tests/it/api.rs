//! The API as people use it, and as they should not.
use crate::world::{RUNNING, World, request};
use axum::http::{Method, header};
use serde_json::{Value, json};
use std::time::Duration;
use tessera_access::{AttributeSource, ConnectionRole};
use tessera_store::{Assignee, AttributeHolder, UserStatus};

const ARROW: &str = "application/vnd.apache.arrow.stream";
/// Keeps an engine busy for hours.
const ENDLESS: &str =
    "select count(*) from orders a, orders b, orders c, orders d where a.id + b.id + c.id + d.id = -1";

fn by_region() -> Value {
    json!({"topic": "orders", "fields": ["customers.region", "orders.count"]})
}

async fn rows(world: &World, cookie: &str, request: Value) -> Value {
    world.ask(cookie, request).await.expect(200).json()["rows"].clone()
}

#[tokio::test]
async fn people_see_their_own_rows_and_why() {
    let world = World::new().await;
    let (querier, admin) = (world.sign_in("querier").await, world.sign_in("admin").await);
    assert_eq!(rows(&world, &querier, by_region()).await, json!([["EUROPE", "1000"]]));
    assert_eq!(
        rows(&world, &admin, by_region()).await,
        json!([["AMERICA", "500"], ["ASIA", "500"], ["EUROPE", "1000"]])
    );
    let answer = world.ask(&querier, by_region()).await.expect(200);
    let query_id = answer.header(header::HeaderName::from_static("query-id")).to_owned();
    let answer = answer.json();
    assert_eq!(answer["query_id"], query_id);
    assert_eq!(
        (&answer["row_count"], &answer["truncated"], &answer["cached_at"]),
        (&json!(1), &json!(false), &Value::Null)
    );
    assert_eq!(
        answer["columns"][0],
        json!({
            "name": "customers.region", "label": "Region", "type": "string", "kind": "dimension", "format": null, "masked": false
        })
    );
    let rule = &answer["governed_by"][0];
    assert_eq!(rule["because"], "attribute region, set on you", "{answer}");
    let state = world.get(&querier, &format!("/api/v1/queries/{query_id}")).await.expect(200).json();
    assert_eq!((&state["state"], &state["row_count"], &state["problem"]), (&json!("done"), &json!(1), &Value::Null));
    let listed = world.get(&querier, "/api/v1/queries").await.expect(200).json();
    assert_eq!(listed["queries"].as_array().unwrap().len(), 2);
    // An administrator of connections sees the queries of all.
    assert_eq!(world.get(&admin, "/api/v1/queries").await.json()["queries"].as_array().unwrap().len(), 3);
    world.get(&admin, &format!("/api/v1/queries/{query_id}")).await.expect(200);
}

#[tokio::test]
async fn sql_is_governed_like_everything_else() {
    let world = World::new().await;
    let querier = world.sign_in("querier").await;
    let answer = world.sql(&querier, "select region, phone from customers order by id").await.expect(200).json();
    assert_eq!(answer["rows"], json!([["EUROPE", "••••2222"], ["EUROPE", "••••4444"]]), "{answer}");
    let masked = json!({"topic": "orders", "fields": ["customers.phone"]});
    let answer = world.ask(&querier, masked).await.expect(200).json();
    assert_eq!(
        (&answer["columns"][0]["masked"], &answer["rows"]),
        (&json!(true), &json!([["••••2222"], ["••••4444"]]))
    );
    let restricted = world.sign_in("restricted").await;
    let problem = world.sql(&restricted, "select 1").await.expect(403).problem();
    assert_eq!(problem["needs"], json!(["write_sql"]));
    // A missing attribute closes what needs it, and says so.
    let unplaced = world.sign_in("unplaced").await;
    let problem = world.ask(&unplaced, by_region()).await.expect(403).problem();
    assert!(problem["detail"].as_str().unwrap().contains("region"), "{problem}");
}

#[tokio::test]
async fn whoami_says_what_one_holds_and_why() {
    let world = World::new().await;
    let me = world.get(&world.sign_in("querier").await, "/api/v1/whoami").await.expect(200).json();
    assert_eq!(me["actor"]["email"], "querier@test.example");
    assert_eq!(me["organization_role"], "member");
    let region = json!({"name": "region", "label": "region", "type": "string", "state": "set", "values": ["EUROPE"], "origin": "set on you"});
    assert!(me["attributes"].as_array().unwrap().contains(&region), "{me}");
    assert_eq!(me["connections"][0]["name"], "warehouse");
    let ability = json!({"name": "write_sql", "because": "Querier, assigned to you"});
    assert!(me["connections"][0]["abilities"].as_array().unwrap().contains(&ability), "{me}");
    assert_eq!(me["can"]["query"], json!({"allowed": true, "because": "Querier, assigned to you", "needs": []}));
    let nobody = world.get(&world.sign_in("nobody").await, "/api/v1/whoami").await.expect(200).json();
    assert_eq!(
        nobody["can"]["query"],
        json!({
            "allowed": false, "because": "you hold no connection role", "needs": ["a role on a connection"]
        })
    );
    assert_eq!(nobody["connections"], json!([]));
}

#[tokio::test]
async fn models_and_topics_show_what_one_may_see() {
    let world = World::new().await;
    let querier = world.sign_in("querier").await;
    let models = world.get(&querier, "/api/v1/models").await.expect(200).json();
    assert_eq!((&models["models"][0]["id"], &models["models"][0]["version"]), (&json!("warehouse"), &json!(1)));
    assert_eq!(models["models"][0]["can"]["write_sql"]["allowed"], true);
    let topics = world.get(&querier, "/api/v1/models/warehouse/topics").await.expect(200).json();
    assert_eq!(
        topics["topics"],
        json!([{"name": "orders", "label": "Orders", "description": null, "base_view": "orders"}])
    );
    let topic = world.get(&querier, "/api/v1/models/warehouse/topics/orders").await.expect(200).json();
    let fields: Vec<&str> = topic["views"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|view| view["fields"].as_array().unwrap())
        .map(|field| field["name"].as_str().unwrap())
        .collect();
    assert!(fields.contains(&"customers.phone") && !fields.contains(&"orders.margin"), "{fields:?}");
    let admin = world.sign_in("admin").await;
    let topic = world.get(&admin, "/api/v1/models/warehouse/topics/orders").await.expect(200);
    assert!(topic.text().contains("orders.margin"));
    assert_eq!(world.get(&world.sign_in("nobody").await, "/api/v1/models").await.json(), json!({"models": []}));
    let viewer = world.get(&world.sign_in("viewer").await, "/api/v1/models").await.json();
    assert_eq!(viewer["models"][0]["can"]["query_topics"]["needs"], json!(["query_topics"]));
}

#[tokio::test]
async fn suggestions_are_governed() {
    let world = World::new().await;
    let body = |contains: &str| {
        json!({"model": "warehouse", "topic": "orders", "field": "customers.region", "contains": contains}).to_string()
    };
    let path = "/api/v1/queries/suggest";
    let querier = world.sign_in("querier").await;
    let all = world.post(&querier, path, &body("")).await.expect(200).json();
    assert_eq!(all, json!({"values": ["EUROPE"], "truncated": false}));
    assert_eq!(world.post(&querier, path, &body("ASIA")).await.json()["values"], json!([]));
    let admin = world.sign_in("admin").await;
    assert_eq!(world.post(&admin, path, &body("A")).await.json()["values"], json!(["AMERICA", "ASIA"]));
    let few = json!({"model": "warehouse", "topic": "orders", "field": "customers.region", "limit": 1}).to_string();
    assert_eq!(world.post(&admin, path, &few).await.json(), json!({"values": ["AMERICA"], "truncated": true}));
}

#[tokio::test]
async fn explanations_count_what_limits_an_answer() {
    let world = World::new().await;
    let explain = async |cookie: &str, what: Value| {
        let body = json!({"model": "warehouse", "what": what}).to_string();
        world.post(cookie, "/api/v1/explain", &body).await.expect(200).json()
    };
    let querier = world.sign_in("querier").await;
    let limited =
        explain(&querier, json!({"request": {"topic": "orders", "fields": ["customers.phone", "orders.count"]}})).await;
    assert_eq!(limited["decision"], "limited");
    assert_eq!(limited["because"], json!(["query_topics: Querier, assigned to you"]));
    let sql = limited["sql"]["text"].as_str().unwrap();
    let units: Vec<u16> = sql.encode_utf16().collect();
    let rule = &limited["sql"]["rules"][0];
    let (start, end) = (rule["start"].as_u64().unwrap() as usize, rule["end"].as_u64().unwrap() as usize);
    assert!(String::from_utf16(&units[start..end]).unwrap().contains("EUROPE"), "{limited}");
    let admin = world.sign_in("admin").await;
    let whole = explain(&admin, json!({"topic": "orders"})).await;
    assert_eq!(
        (&whole["decision"], &whole["summary"]),
        (&json!("allowed"), &json!("You may query this. Nothing limits it."))
    );
    // The restricted may not read SQL, and one without a region is told what is missing.
    let restricted = world.sign_in("restricted").await;
    let asked = explain(&restricted, json!({"request": {"topic": "orders", "fields": ["orders.count"]}})).await;
    assert_eq!((&asked["decision"], &asked["sql"]), (&json!("limited"), &Value::Null));
    let unplaced = world.sign_in("unplaced").await;
    assert_eq!(explain(&unplaced, json!({"topic": "orders"})).await["decision"], "denied");
}

/// The cells of a JSON row as text.
fn texts(row: &Value) -> Vec<String> {
    let text = |cell: &Value| cell.as_str().map_or_else(|| cell.to_string(), str::to_owned);
    row.as_array().unwrap().iter().map(text).collect()
}

#[tokio::test]
async fn the_three_forms_of_an_answer_are_equal() {
    let world = World::new().await;
    let admin = world.sign_in("admin").await;
    let body = json!({"model": "warehouse", "request": {
        "topic": "orders", "fields": ["customers.name", "orders.ordered_on[month]", "orders.amount"], "limit": 20
    }})
    .to_string();
    let ask = async |accept: &'static str| {
        let mut asked = request(Method::POST, &admin, "/api/v1/queries", Some(&body));
        asked.headers_mut().insert(header::ACCEPT, accept.parse().unwrap());
        world.send(asked).await.expect(200)
    };
    let json = ask("application/json").await.json();
    let csv = ask("text/csv").await;
    assert!(csv.header(header::CONTENT_TYPE).starts_with("text/csv"));
    let lines: Vec<&str> = csv.text().lines().collect();
    assert_eq!(lines.len(), 1 + json["rows"].as_array().unwrap().len());
    // A spreadsheet must not run what a customer is called.
    assert!(csv.text().contains("'=cmd|calc") && !csv.text().contains("\n=cmd"), "{}", csv.text());
    assert!(json["rows"].to_string().contains("\"=cmd|calc\""));
    for (line, row) in lines[1..].iter().zip(json["rows"].as_array().unwrap()) {
        assert_eq!(line.trim_start_matches('\''), texts(row).join(","));
    }
    let arrow = ask(ARROW).await;
    assert_eq!(arrow.header(header::CONTENT_TYPE), ARROW);
    let (metadata, arrow_rows) = crate::arrow::read(&arrow.body);
    let json_rows: Vec<Vec<String>> = json["rows"].as_array().unwrap().iter().map(texts).collect();
    assert_eq!(arrow_rows, json_rows);
    assert_eq!(serde_json::from_str::<Value>(&metadata["tessera:columns"]).unwrap(), json["columns"]);
    assert_eq!(serde_json::from_str::<Value>(&metadata["tessera:governed_by"]).unwrap(), json["governed_by"]);
    let other = request(Method::POST, &admin, "/api/v1/queries", Some(&body));
    let mut other = other;
    other.headers_mut().insert(header::ACCEPT, "application/xml".parse().unwrap());
    world.send(other).await.expect(406).problem();
}

#[tokio::test]
async fn what_has_one_form_answers_in_it_whatever_is_accepted() {
    let world = World::new().await;
    let querier = world.sign_in("querier").await;
    for path in ["whoami", "models", "users", "documents"] {
        let mut asked = request(Method::GET, &querier, &format!("/api/v1/{path}"), None);
        asked.headers_mut().insert(header::ACCEPT, "application/xml".parse().unwrap());
        assert_eq!(world.send(asked).await.expect(200).header(header::CONTENT_TYPE), "application/json");
    }
}

#[tokio::test]
async fn a_revoked_right_is_gone_with_the_next_request() {
    let world = World::new().await;
    let querier = world.sign_in("querier").await;
    assert_eq!(rows(&world, &querier, by_region()).await, json!([["EUROPE", "1000"]]));
    let user = world.user("querier");
    let holder = AttributeHolder::User(user);
    world
        .administer(async |administration| {
            let values = [tessera_base::Value::String("ASIA".to_owned())];
            administration.set_attribute(holder, "region", &values, AttributeSource::Administrator).await.unwrap();
        })
        .await;
    assert_eq!(rows(&world, &querier, by_region()).await, json!([["ASIA", "500"]]));
    world
        .administer(async |administration| {
            let role = ConnectionRole::Viewer;
            administration.give_connection_role(world.connection, Assignee::User(user), role).await.unwrap();
        })
        .await;
    world.ask(&querier, by_region()).await.expect(403);
    world
        .administer(async |administration| administration.set_user_status(user, UserStatus::Suspended).await.unwrap())
        .await;
    world.get(&querier, "/api/v1/whoami").await.expect(401);
}

#[tokio::test]
async fn sessions_end() {
    let world = World::new().await;
    let querier = world.sign_in("querier").await;
    let other = world.sign_in("querier").await;
    let ended = world.delete(&querier, "/api/v1/session").await.expect(204);
    assert!(ended.header(header::SET_COOKIE).contains("Max-Age=0"));
    world.get(&querier, "/api/v1/whoami").await.expect(401);
    world.get(&other, "/api/v1/whoami").await.expect(200);
    world.clock.advance(Duration::from_secs(8 * 24 * 60 * 60));
    world.get(&other, "/api/v1/whoami").await.expect(401);
}

/// Waits, by asking, until the query of this id runs.
pub async fn until_running(world: &World, cookie: &str, id: &str) {
    for _ in 0..10_000 {
        let state = world.get(cookie, &format!("/api/v1/queries/{id}")).await;
        if state.status == 200 && state.json()["state"] == "running" {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("the query did not start");
}

pub fn endless(cookie: &str, id: &str) -> axum::http::Request<axum::body::Body> {
    let body = json!({"model": "warehouse", "sql": ENDLESS}).to_string();
    let mut asked = request(Method::POST, cookie, "/api/v1/queries", Some(&body));
    asked.headers_mut().insert("query-id", id.parse().unwrap());
    asked
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_stops_the_engine_and_answers_409() {
    let world = World::new().await;
    let querier = world.sign_in("querier").await;
    let id = "01980000-0000-7000-8000-0000000000c1";
    let asked = tokio::spawn({
        let (router, asked) = (world.router.clone(), endless(&querier, id));
        async move { crate::world::send(&router, asked).await }
    });
    until_running(&world, &querier, id).await;
    // Somebody else's running query is like none.
    let restricted = world.sign_in("restricted").await;
    world.delete(&restricted, &format!("/api/v1/queries/{id}")).await.expect(404);
    world.delete(&querier, &format!("/api/v1/queries/{id}")).await.expect(204);
    let answer = asked.await.unwrap().expect(409);
    assert_eq!(answer.header(header::HeaderName::from_static("query-id")), id);
    assert_eq!(answer.problem()["type"], "https://tessera.dev/problems/cancelled");
    let state = world.get(&querier, &format!("/api/v1/queries/{id}")).await.json();
    assert_eq!((&state["state"], &state["problem"]["status"]), (&json!("cancelled"), &json!(409)));
    // An id is used once.
    let again = world.send(endless(&querier, id)).await.expect(409);
    assert_eq!(again.problem()["type"], "https://tessera.dev/problems/query-id-in-use");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_runs_enough_waits_and_who_leaves_stops() {
    let world = World::new().await;
    let querier = world.sign_in("querier").await;
    let ids: Vec<String> = (0..RUNNING).map(|n| format!("01980000-0000-7000-8000-0000000000d{n}")).collect();
    let mut running = Vec::new();
    for id in &ids {
        let (router, asked) = (world.router.clone(), endless(&querier, id));
        running.push(tokio::spawn(async move { crate::world::send(&router, asked).await }));
        until_running(&world, &querier, id).await;
    }
    world.sql(&querier, "select 1").await.expect(429).problem();
    // Others are not held up.
    world.sql(&world.sign_in("modeler").await, "select 1").await.expect(200);
    // The browser goes away: its requests are dropped, and so are their queries.
    for request in running {
        request.abort();
        let _ = request.await;
    }
    for id in &ids {
        for _ in 0..10_000 {
            let state = world.get(&querier, &format!("/api/v1/queries/{id}")).await.json();
            if state["state"] == "cancelled" {
                break;
            }
            tokio::task::yield_now().await;
        }
        assert_eq!(world.get(&querier, &format!("/api/v1/queries/{id}")).await.json()["state"], "cancelled");
    }
    world.sql(&querier, "select 1").await.expect(200);
}

#[tokio::test]
async fn requests_of_other_sites_are_refused() {
    let world = World::new().await;
    let querier = world.sign_in("querier").await;
    let body = json!({"model": "warehouse", "sql": "select 1"}).to_string();
    let with = |name: &'static str, value: &str| {
        let mut asked = request(Method::POST, &querier, "/api/v1/queries", Some(&body));
        asked.headers_mut().insert(name, value.parse().unwrap());
        asked
    };
    let refused = world.send(with("sec-fetch-site", "cross-site")).await.expect(403).problem();
    assert_eq!(refused["type"], "https://tessera.dev/problems/cross-origin");
    world.send(with("sec-fetch-site", "same-site")).await.expect(403);
    world.send(with("origin", "http://evil.example")).await.expect(403);
    world.send(with("origin", "null")).await.expect(403);
    world.send(with("sec-fetch-site", "same-origin")).await.expect(200);
    world.send(with("origin", "http://localhost:8080")).await.expect(200);
    // A form cannot carry JSON, and another name for this address is not ours.
    world.send(with("content-type", "text/plain")).await.expect(415).problem();
    world.send(with("host", "evil.example:8080")).await.expect(421).problem();
}

#[tokio::test]
async fn bodies_are_read_strictly() {
    let world = World::new().await;
    let querier = world.sign_in("querier").await;
    let run = "/api/v1/queries";
    for broken in [
        "",
        "{",
        "[]",
        r#" ["warehouse", null, "select 1", false]"#,
        "null",
        r#"{"model": "warehouse"}"#,
        r#"{"model": "warehouse", "sql": "select 1", "request": {}}"#,
        r#"{"model": "warehouse", "sql": 1}"#,
        r#"{"model": "warehouse", "sql": "select 1", "as": "admin"}"#,
        r#"{"model": "warehouse", "model": "x", "sql": "select 1"}"#,
        r#"{"model": "warehouse", "sql": "select 1"} {}"#,
    ] {
        let problem = world.post(&querier, run, broken).await.expect(400).problem();
        assert_eq!(problem["title"], "Invalid request", "{broken}");
    }
    for broken in [
        json!({"topic": "orders", "fields": ["orders.count"], "feilds": []}),
        json!({"fields": ["orders.count"]}),
        json!({"topic": "orders", "fields": "orders.count"}),
        json!({"topic": "orders", "fields": ["orders.count"], "limit": -1}),
        json!({"topic": "orders", "fields": ["orders.count"], "pivots": ["customers.region"]}),
    ] {
        world.ask(&querier, broken).await.expect(422).problem();
    }
    let large = format!(r#"{{"model": "warehouse", "sql": "{}"}}"#, "x".repeat(300_000));
    world.post(&querier, run, &large).await.expect(413).problem();
    let mut bytes = request(Method::POST, &querier, run, Some("{}"));
    *bytes.body_mut() = axum::body::Body::from(vec![b'{', 0xff, b'}']);
    world.send(bytes).await.expect(400).problem();
}

#[tokio::test]
async fn an_id_of_a_query_is_one_uuid() {
    let world = World::new().await;
    let querier = world.sign_in("querier").await;
    for broken in ["1", "x", "01980000-0000-7000-8000-00000000000", "00000000-0000-0000-0000-000000000000"] {
        let mut asked = request(Method::POST, &querier, "/api/v1/queries", Some("{}"));
        asked.headers_mut().insert("query-id", broken.parse().unwrap());
        let refused = world.send(asked).await.expect(400);
        assert_eq!(refused.header(header::HeaderName::from_static("query-id")).len(), 36);
    }
    // Two people may use the same id; neither learns of the other.
    let id = "01980000-0000-7000-8000-0000000000e1";
    for person in ["querier", "modeler"] {
        let cookie = world.sign_in(person).await;
        let body = json!({"model": "warehouse", "sql": "select 1"}).to_string();
        let mut asked = request(Method::POST, &cookie, "/api/v1/queries", Some(&body));
        asked.headers_mut().insert("query-id", id.parse().unwrap());
        world.send(asked).await.expect(200);
        let state = world.get(&cookie, &format!("/api/v1/queries/{id}")).await.expect(200).json();
        assert_eq!(state["person"], person);
    }
    world.get(&querier, "/api/v1/queries/nonsense").await.expect(404);
}

#[tokio::test]
async fn every_answer_is_closed_to_caches_and_frames() {
    let world = World::new().await;
    let reply = world.get("", "/api/v1/whoami").await.expect(401);
    assert_eq!(reply.header(header::CACHE_CONTROL), "no-store");
    assert_eq!(reply.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
    assert_eq!(reply.header(header::REFERRER_POLICY), "same-origin");
    assert!(reply.header(header::CONTENT_SECURITY_POLICY).contains("frame-ancestors 'none'"));
    world.get("", "/api/v1/nothing").await.expect(404).problem();
    world.get("", "/api/nothing").await.expect(404).problem();
    world.post("", "/api/v1/whoami", "{}").await.expect(405).problem();
    world.get("", "/healthz").await.expect(204);
    world.get("", "/readyz").await.expect(204);
    assert_eq!(world.get("", "/api/openapi.json").await.expect(200).json()["info"]["title"], "Tessera");
}

#[tokio::test]
async fn a_model_that_does_not_load_leaves_the_last_good_one_in_place() {
    let world = World::new().await;
    let querier = world.sign_in("querier").await;
    let publish = async |text: &str| {
        let files = [("model.yaml".to_owned(), text.to_owned())].into_iter().collect();
        let connection = world.connection;
        world
            .administer(async |administration| {
                administration.publish_model(connection, "warehouse", "Data", &files).await.unwrap();
            })
            .await;
    };
    assert_eq!(rows(&world, &querier, by_region()).await, json!([["EUROPE", "1000"]]));
    publish("connection: [").await;
    assert_eq!(world.get(&querier, "/api/v1/models").await.json()["models"][0]["version"], 2);
    assert_eq!(rows(&world, &querier, by_region()).await, json!([["EUROPE", "1000"]]));
    // One that loads takes over: its topics are gone, in the words of any unknown topic.
    publish("connection: warehouse\ndefault_access: deny\n").await;
    world.ask(&querier, by_region()).await.expect(422);

    let never_good = World::new().await;
    let cookie = never_good.sign_in("querier").await;
    let files = [("model.yaml".to_owned(), "connection: [".to_owned())].into_iter().collect();
    let connection = never_good.connection;
    never_good
        .administer(async |administration| {
            administration.publish_model(connection, "warehouse", "Data", &files).await.unwrap();
        })
        .await;
    let problem = never_good.ask(&cookie, by_region()).await.expect(503).problem();
    assert_eq!(problem["detail"], "the model in force does not load");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_query_stops_when_its_asker_loses_access() {
    let world = World::new().await;
    let querier = world.sign_in("querier").await;
    let id = "01980000-0000-7000-8000-0000000000a7";
    let asked = tokio::spawn({
        let (router, asked) = (world.router.clone(), endless(&querier, id));
        async move { crate::world::send(&router, asked).await }
    });
    until_running(&world, &querier, id).await;
    let (user, connection) = (world.user("querier"), world.connection);
    world
        .administer(async |administration| {
            administration.take_connection_role(connection, Assignee::User(user)).await.unwrap();
        })
        .await;
    let problem = asked.await.unwrap().expect(403).problem();
    assert_eq!(problem["detail"], "your access changed while the query ran");
}

#[tokio::test]
async fn what_ran_and_what_was_denied_is_in_the_audit_trail() {
    let world = World::new().await;
    let querier = world.sign_in("querier").await;
    let before = world.store.verify_audit(world.acme).await.unwrap();
    world.ask(&querier, by_region()).await.expect(200);
    let ran = world.store.verify_audit(world.acme).await.unwrap();
    assert_ne!(format!("{before:?}"), format!("{ran:?}"));
    let viewer = world.sign_in("viewer").await;
    let signed_in = world.store.verify_audit(world.acme).await.unwrap();
    world.ask(&viewer, by_region()).await.expect(403);
    let denied = world.store.verify_audit(world.acme).await.unwrap();
    assert_ne!(format!("{signed_in:?}"), format!("{denied:?}"));
}
