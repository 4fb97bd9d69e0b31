//! The audit trail over HTTP: what it tells, whom, and in which form.
use crate::{
    person::person,
    world::{Reply, World, request},
};
use axum::{
    extract::ConnectInfo,
    http::{Method, header},
};
use serde_json::{Value, json};
use std::{
    io::Write as _,
    net::SocketAddr,
    process::{Command, Stdio},
};
use tessera_store::Chain;

const TRAIL: &str = "/api/v1/audit-events";

async fn told(world: &World, cookie: &str, filter: &str) -> Vec<Value> {
    let page = world.get(cookie, &format!("{TRAIL}?{filter}")).await.expect(200).json();
    page["events"].as_array().unwrap().clone()
}

async fn export(world: &World, cookie: &str, filter: &str) -> Reply {
    let mut asked = request(Method::GET, cookie, &format!("{TRAIL}?{filter}"), None);
    asked.headers_mut().insert(header::ACCEPT, "application/x-ndjson".parse().unwrap());
    world.send(asked).await
}

#[tokio::test]
async fn the_trail_is_for_those_who_may_read_it_and_a_closed_door_is_in_it() {
    let world = World::new().await;
    let (admin, querier) = (world.sign_in("admin").await, world.sign_in("querier").await);
    let refused = world.get(&querier, TRAIL).await.expect(403).problem();
    assert_eq!(refused["detail"], "you may not read the audit trail of this organization");
    assert_eq!(refused["needs"], json!(["read_audit"]));
    export(&world, &querier, "").await.expect(403);

    let querier = world.user("querier").to_string();
    let denied = told(&world, &admin, &format!("decision=denied&actor={querier}")).await;
    assert_eq!(denied.len(), 2);
    assert_eq!(denied[0]["actor"]["id"], querier);
    assert_eq!(denied[0]["because"], "it takes read_audit");
    let event = &denied[0]["event"];
    assert_eq!((&event["type"], &event["action"]), (&json!("access_denied"), &json!("read_audit")));
}

#[tokio::test]
async fn a_query_is_told_with_its_reason_its_rules_and_where_it_came_from() {
    let world = World::new().await;
    let (admin, querier) = (world.sign_in("admin").await, world.sign_in("querier").await);
    let body = r#"{"model": "warehouse", "request": {"topic": "orders", "fields": ["orders.count"]}}"#;
    let mut asked = request(Method::POST, &querier, "/api/v1/queries", Some(body));
    asked.extensions_mut().insert(ConnectInfo(SocketAddr::from(([10, 0, 0, 1], 4711))));
    asked.headers_mut().insert("x-forwarded-for", "1.1.1.1, 203.0.113.9".parse().unwrap());
    let id = "01980000-0000-7000-8000-0000000000a9";
    asked.headers_mut().insert("query-id", id.parse().unwrap());
    world.send(asked).await.expect(200);

    let [ran] = told(&world, &admin, &format!("subject={id}")).await.try_into().unwrap();
    assert_eq!(ran["address"], "203.0.113.9");
    assert_eq!((&ran["decision"], &ran["because"]), (&json!("limited"), &json!("Querier, assigned to you")));
    let event = &ran["event"];
    assert_eq!((&event["type"], &event["rows"]), (&json!("query_ran"), &json!(1)));
    let relations = event["limited_by"].as_array().unwrap().iter().map(|by| by["relation"].as_str().unwrap());
    assert!(relations.collect::<Vec<_>>().contains(&"orders"), "{event}");
    assert!(!ran.to_string().contains("EUROPE"), "no value of a rule: {ran}");
}

#[tokio::test]
async fn reading_a_document_is_told() {
    let world = World::new().await;
    let (admin, querier) = (world.sign_in("admin").await, world.sign_in("querier").await);
    let document = json!({"name": "Plans", "folder": "mine", "connection": "warehouse"}).to_string();
    let document = world.post(&querier, "/api/v1/documents", &document).await.expect(201).json();
    let id = document["id"].as_str().unwrap();
    let path = format!("/api/v1/documents/{id}");
    let mut first = request(Method::PUT, &querier, &format!("{path}/draft"), Some(r#"{"tiles": ["secret"]}"#));
    first.headers_mut().insert("if-none-match", "*".parse().unwrap());
    world.send(first).await.expect(200);
    let mut publish = request(Method::POST, &querier, &format!("{path}/publish"), None);
    publish.headers_mut().insert("if-match", "\"1\"".parse().unwrap());
    world.send(publish).await.expect(200);
    for part in ["body", "draft", "versions/1"] {
        world.get(&querier, &format!("{path}/{part}")).await.expect(200);
    }
    // Its name and its place are no part of what is in it.
    world.get(&querier, &path).await.expect(200);
    world.get(&admin, &format!("{path}/body")).await.expect(404);

    let read = told(&world, &admin, &format!("subject={id}&type=document_read")).await;
    let whats: Vec<_> = read.iter().map(|one| one["event"]["what"].as_str().unwrap()).collect();
    assert_eq!(whats, ["version", "draft", "published"]);
    assert!(!format!("{read:?}").contains("secret"));
    let [denied] = told(&world, &admin, &format!("subject={id}&decision=denied")).await.try_into().unwrap();
    assert_eq!(denied["actor"]["id"], world.user("admin").to_string());
    assert_eq!(denied["event"]["action"], "open");
}

/// An address is nobody's business in the trail, whoever reads it.
#[tokio::test]
async fn an_edit_of_a_person_is_told_with_before_and_after() {
    let world = World::new().await;
    let admin = person(&world, "admin").await;
    let path = format!("users/{}", world.user("querier"));
    let edits = [
        json!({"email": "quinn@test.example", "name": "Quinn", "timezone": "Europe/Berlin"}),
        json!({"name": "Quinn", "timezone": null}),
    ];
    for edit in edits {
        admin.patch(&path, edit).await.expect(204);
    }
    let [second, first] = told(&world, &admin.cookie, "type=user_edited").await.try_into().unwrap();
    let user = world.user("querier").to_string();
    let before = json!({"name": "querier", "timezone": null});
    let after = json!({"name": "Quinn", "timezone": "Europe/Berlin"});
    let all = json!(["email", "name", "timezone"]);
    assert_eq!(
        first["event"],
        json!({"type": "user_edited", "user": user, "changed": all, "before": before, "after": after})
    );
    assert_eq!(second["event"]["changed"], json!(["timezone"]));
    assert_eq!(second["event"]["before"], json!({"timezone": "Europe/Berlin"}));
    assert_eq!(second["event"]["after"], json!({"timezone": null}));
}

#[tokio::test]
async fn an_approval_tells_what_it_gave() {
    let world = World::new().await;
    let [admin, querier, nobody] =
        [person(&world, "admin").await, person(&world, "querier").await, person(&world, "nobody").await];
    let document = querier.document("Plan", "mine").await;
    let wanted = json!({"document": document, "action": "open"});
    let request = nobody.create("access-requests", wanted).await;
    for person in [&querier, &admin] {
        person.post(&format!("access-requests/{request}/approval"), Value::Null).await.expect(200);
    }
    let [second, first] = told(&world, &admin.cookie, "type=access_request_approved").await.try_into().unwrap();
    let nothing = json!({"node": null, "content_role": null, "connection": null, "connection_role": null});
    let mut given = nothing.clone();
    (given["node"], given["content_role"]) = (json!(document), json!("viewer"));
    assert_eq!((&first["event"]["given"], &first["event"]["complete"]), (&given, &json!(false)));
    let mut given = nothing;
    (given["connection"], given["connection_role"]) = (json!(world.connection.to_string()), json!("viewer"));
    assert_eq!((&second["event"]["given"], &second["event"]["complete"]), (&given, &json!(true)));
    assert_eq!(told(&world, &admin.cookie, &format!("type=access_request_approved&subject={document}")).await.len(), 1);
    assert!(matches!(world.store.verify_audit(world.acme).await.unwrap(), Chain::Intact(_)));
}

#[tokio::test]
async fn pages_follow_one_another_and_end() {
    let world = World::new().await;
    let admin = world.sign_in("admin").await;
    let all = world.get(&admin, &format!("{TRAIL}?limit=200")).await.expect(200).json();
    assert_eq!(all["next"], Value::Null);
    let all = all["events"].as_array().unwrap();
    let (mut paged, mut next) = (Vec::new(), String::new());
    loop {
        let page = world.get(&admin, &format!("{TRAIL}?limit=7{next}")).await.expect(200).json();
        paged.extend(page["events"].as_array().unwrap().clone());
        match page["next"].as_str() {
            Some(before) => next = format!("&before={before}"),
            None => break,
        }
    }
    assert_eq!(paged, *all);
    let newest_first = paged.windows(2).all(|pair| pair[0]["sequence"].as_u64() > pair[1]["sequence"].as_u64());
    assert!(newest_first && paged.len() > 14, "{}", paged.len());
}

#[tokio::test]
async fn a_filter_that_means_nothing_is_refused() {
    let world = World::new().await;
    let admin = world.sign_in("admin").await;
    for (filter, says) in [
        ("type=grant_change", "`type` must be a kind of event, not `grant_change`"),
        ("type=", "`type` must be a kind of event"),
        ("actor=quinn", "`actor` must be the id of a person, not `quinn`"),
        ("subject=plans", "`subject` must be an id, not `plans`"),
        ("decision=maybe", "`decision` must be `allowed`, `limited` or `denied`"),
        ("since=yesterday", "`since` must be a time like `2026-03-14T10:00:00Z`"),
        ("until=2026-03-14T10:00:00+01:00", "`until` must be a time like"),
        ("before=first", "`before` must be the `next` of a page"),
        ("before=-1", "`before` must be the `next` of a page"),
        ("limit=0", "`limit` must be 1 to 200"),
        ("limit=201", "`limit` must be 1 to 200"),
        ("kind=query_ran", "unknown field `kind`"),
    ] {
        let refused = world.get(&admin, &format!("{TRAIL}?{filter}")).await.expect(400).problem();
        assert!(refused["detail"].as_str().unwrap().contains(says), "{filter}: {refused}");
    }
    let escaped = told(&world, &admin, "until=2026-03-14T10:00:00%2B01:00").await;
    assert!(escaped.is_empty(), "nothing happened before the world began");
    assert!(!told(&world, &admin, "since=2026-03-14T10:00:00Z&type=signed_in").await.is_empty());
    export(&world, &admin, "limit=5").await.expect(400);
    let mut asked = request(Method::GET, &admin, TRAIL, None);
    asked.headers_mut().insert(header::ACCEPT, "text/csv".parse().unwrap());
    world.send(asked).await.expect(406);
}

#[tokio::test]
async fn an_export_holds_every_event_and_its_own() {
    let world = World::new().await;
    let admin = world.sign_in("admin").await;
    let exported = export(&world, &admin, "").await.expect(200);
    assert_eq!(exported.header(header::CONTENT_TYPE), "application/x-ndjson");
    assert!(exported.text().ends_with('\n'));
    let lines: Vec<Value> = exported.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let numbers: Vec<u64> = lines.iter().map(|line| line["sequence"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());
    assert_eq!(lines[0]["event"]["type"], "organization_created");
    assert_eq!(lines.last().unwrap()["event"], json!({"type": "audit_exported", "filter": {}}));
    assert!(lines.iter().all(|line| line["hash"].as_str().is_some_and(|hash| hash.len() == 64)));
    assert!(!exported.text().contains("@test.example"), "no e-mail address");

    let some = export(&world, &admin, "type=signed_in").await.expect(200);
    assert_eq!(some.text().lines().count(), 1);
    let [told, _] = told(&world, &admin, "type=audit_exported").await.try_into().unwrap();
    assert_eq!(told["event"]["filter"], json!({"type": "signed_in"}));
}

/// The program of the documentation, run on an export: what it says, unless it finds something wrong.
fn checked_by_the_documentation(export: &str) -> Option<String> {
    let page = include_str!("../../../../docs/operating.md");
    let program = page.split("```python\n").nth(1).unwrap().split("```").next().unwrap();
    let mut python = Command::new("python3")
        .args(["-c", program])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    python.stdin.take().unwrap().write_all(export.as_bytes()).unwrap();
    let output = python.wait_with_output().unwrap();
    output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
}

#[tokio::test]
async fn an_export_is_checked_without_the_program() {
    let world = World::new().await;
    let admin = world.sign_in("admin").await;
    let exported = export(&world, &admin, "").await.expect(200).text().to_owned();
    let Chain::Intact(head) = world.store.verify_audit(world.acme).await.unwrap() else { panic!("broken") };
    let says = format!("events 1 to {}, the last with {}\n", head.sequence, head.hash);
    assert_eq!(checked_by_the_documentation(&exported), Some(says));
    let first = exported.lines().next().unwrap();
    let changed = exported.replacen("acme", "acne", 1);
    let left_out = exported.replacen(&exported.lines().nth(3).unwrap().to_owned(), first, 1);
    let of_another = export(&world, &world.sign_in("neighbour").await, "").await.expect(200).text().to_owned();
    let foreign = of_another.lines().next().unwrap().replace(&world.globex.to_string(), &world.acme.to_string());
    for wrong in [changed, left_out, foreign] {
        assert_eq!(checked_by_the_documentation(&wrong), None);
    }

    let day = std::time::Duration::from_secs(24 * 60 * 60);
    world.administer(async |a| a.set_audit_retention(Some(30)).await.unwrap()).await;
    world.clock.advance(31 * day);
    world.app.tidy_audit().await.unwrap();
    let admin = world.sign_in("admin").await;
    let exported = export(&world, &admin, "").await.expect(200).text().to_owned();
    assert!(!checked_by_the_documentation(&exported).unwrap().starts_with("events 1 "));
}

#[tokio::test]
async fn trails_are_tidied_once_an_hour_by_what_their_organization_says() {
    let world = World::new().await;
    let day = std::time::Duration::from_secs(24 * 60 * 60);
    let kept_from = async || match world.store.verify_audit(world.acme).await.unwrap() {
        Chain::Intact(head) => head.kept_from,
        Chain::Broken { sequence } => panic!("broken at {sequence}"),
    };
    let tidy = async |after| {
        world.clock.advance(after);
        world.app.tidy_audit().await.unwrap();
        kept_from().await
    };
    world.administer(async |a| a.set_audit_retention(Some(40)).await.unwrap()).await;
    world.clock.advance(5 * day);
    world.administer(async |a| a.add_group("late", "Late").await.map(drop).unwrap()).await;
    assert_eq!(tidy(30 * day).await, 1, "forty days are kept");
    let tidied = tidy(7 * day).await;
    assert!(tidied > 1, "the first day is gone");
    world.administer(async |a| a.set_audit_retention(Some(30)).await.unwrap()).await;
    assert_eq!(tidy(day / 48).await, tidied, "within the hour nobody looks again");
    assert!(tidy(day / 24).await > tidied);
}
