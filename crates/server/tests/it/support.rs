//! The operator's staff over HTTP: by invitation alone, in plain sight, and out at once.
use crate::world::{Reply, World, request};
use axum::http::{Method, header};
use serde_json::{Value, json};
use std::{collections::BTreeSet, time::Duration};

impl World {
    async fn allow(&self, body: Value) -> String {
        let admin = self.sign_in("admin").await;
        let made = self.post(&admin, "/api/v1/support-access", &body.to_string()).await.expect(201).json();
        made["id"].as_str().unwrap().to_owned()
    }

    async fn try_to_enter(&self, operator: &str, organization: &str) -> Reply {
        let body = json!({"organization": organization}).to_string();
        self.post(operator, "/api/v1/operator/support-sessions", &body).await
    }

    /// The cookie of a session in the organization.
    async fn enter(&self, operator: &str, organization: &str) -> String {
        let entered = self.try_to_enter(operator, organization).await.expect(204);
        entered.header(header::SET_COOKIE).split(';').next().unwrap().to_owned()
    }

    async fn support(&self, grant: &str) -> Value {
        let admin = self.sign_in("admin").await;
        self.get(&admin, &format!("/api/v1/support-access/{grant}")).await.expect(200).json()
    }
}

fn reading_the_trail() -> Value {
    json!({"reason": "ticket 7", "minutes": 60, "organization_abilities": ["read_audit"]})
}

#[tokio::test]
async fn without_a_grant_there_is_no_organization() {
    let world = World::new().await;
    let sam = world.sign_in("sam").await;
    assert!(sam.starts_with("tessera_operator_session="));
    let own = world.get(&sam, "/api/v1/operator/session").await.expect(200).json();
    assert_eq!(own["email"], "sam@operator.example");
    let open = world.get(&sam, "/api/v1/operator/organizations").await.expect(200).json();
    assert_eq!(open, json!({"organizations": []}));
    let told = |reply: Reply, key: &str| reply.expect(404).problem().to_string().replace(key, "{}");
    let there = told(world.try_to_enter(&sam, "acme").await, "acme");
    assert_eq!(there, told(world.try_to_enter(&sam, "nowhere").await, "nowhere"));

    // Somebody of the staff is nobody in an organization, and somebody in an organization is nobody of the staff.
    let nobody = world.get("", "/api/v1/whoami").await.expect(401).problem();
    assert_eq!(world.get(&sam, "/api/v1/whoami").await.expect(401).problem(), nobody);
    let admin = world.sign_in("admin").await;
    for path in ["/api/v1/operator/session", "/api/v1/operator/organizations"] {
        assert_eq!(world.get(&admin, path).await.expect(401).problem(), nobody);
    }
    world.try_to_enter(&admin, "acme").await.expect(401);

    let grant = world.allow(reading_the_trail()).await;
    let open = world.get(&sam, "/api/v1/operator/organizations").await.expect(200).json();
    assert_eq!(open["organizations"][0]["key"], "acme");
    assert_eq!(open["organizations"][0]["grants"][0]["id"], grant);
    assert_eq!(open["organizations"].as_array().unwrap().len(), 1);
    assert_eq!(there, told(world.try_to_enter(&sam, "globex").await, "globex"));
    let named = json!({"organization": "acme", "grant": "01980000-0000-7000-8000-00000000000b"}).to_string();
    let named = world.post(&sam, "/api/v1/operator/support-sessions", &named).await;
    assert_eq!(there, told(named, "acme"));
}

#[tokio::test]
async fn an_operator_holds_the_grant_and_nothing_beside_it() {
    let world = World::new().await;
    let admin = world.sign_in("admin").await;
    let folder = world.post(&admin, "/api/v1/folders", r#"{"name": "Reports", "parent": "shared"}"#).await;
    let folder = folder.expect(201).json()["id"].as_str().unwrap().to_owned();
    let make = async |name: &str, folder: &str| {
        let body = json!({"name": name, "folder": folder, "connection": "warehouse"}).to_string();
        let made = world.post(&admin, "/api/v1/documents", &body).await.expect(201).json();
        made["id"].as_str().unwrap().to_owned()
    };
    let (shown, hidden) = (make("Shown", &folder).await, make("Hidden", "shared").await);
    let scope = json!({
        "reason": "the report does not load", "minutes": 60, "organization_abilities": ["read_audit"],
        "connections": [{"connection": "warehouse", "role": "viewer"}], "folders": [folder],
    });
    let grant = world.allow(scope).await;
    let sam = world.sign_in("sam").await;
    let inside = world.enter(&sam, "acme").await;

    let who = world.get(&inside, "/api/v1/whoami").await.expect(200).json();
    assert_eq!((&who["actor"]["kind"], &who["actor"]["name"]), (&json!("operator"), &json!("Sam")));
    assert_eq!(
        (&who["support"]["id"], &who["support"]["expires_at"]),
        (&json!(grant), &json!("2026-03-14T11:00:00+00:00"))
    );
    let because = who["connections"][0]["abilities"][0]["because"].as_str().unwrap().to_owned();
    assert!(because.contains("granted for support"), "{because}");
    world.get(&inside, "/api/v1/audit-events").await.expect(200);
    let needs = world.get(&inside, "/api/v1/settings").await.expect(403).problem()["needs"].clone();
    assert_eq!(needs, json!(["membership"]));
    world.get(&inside, "/api/v1/support-access").await.expect(403);
    let read = world.get(&inside, &format!("/api/v1/documents/{shown}")).await.expect(200).json();
    assert_eq!(read["role"]["origin"]["kind"], "support", "{read}");
    assert_eq!(read["can"]["edit"]["allowed"], false);
    world.get(&inside, &format!("/api/v1/documents/{hidden}")).await.expect(404);
    world.sql(&inside, "select * from orders").await.expect(403);
    let renamed = json!({"name": "Sam's"}).to_string();
    let mut rename = request(Method::PATCH, &inside, &format!("/api/v1/documents/{shown}"), Some(&renamed));
    rename.headers_mut().insert("if-match", "\"1\"".parse().unwrap());
    world.send(rename).await.expect(403);
    let create = json!({"name": "Sam's", "folder": folder, "connection": "warehouse"}).to_string();
    world.post(&inside, "/api/v1/documents", &create).await.expect(403);

    // Whoever asks who else can read something is told.
    let who_can = json!({"document": shown, "action": "view"}).to_string();
    let able = world.post(&admin, "/api/v1/explain/who-can", &who_can).await.expect(200).json();
    assert_eq!(able["support"][0]["grant"], grant);
    let list = world.get(&admin, &format!("/api/v1/documents/{shown}/access-list")).await.expect(200).json();
    assert_eq!((&list["support"][0]["grant"], &list["support"][0]["role"]), (&json!(grant), &json!("viewer")));
    let list = world.get(&admin, &format!("/api/v1/documents/{hidden}/access-list")).await.expect(200).json();
    assert_eq!(list["support"], json!([]));
}

#[tokio::test]
async fn the_organization_sees_every_step_and_takes_it_back() {
    let world = World::new().await;
    let grant = world.allow(reading_the_trail()).await;
    let before = world.support(&grant).await;
    assert_eq!((&before["state"], &before["entered"]), (&json!("active"), &json!(false)));
    let sam = world.sign_in("sam").await;
    let inside = world.enter(&sam, "acme").await;
    world.clock.advance(Duration::from_secs(60));
    world.get(&inside, "/api/v1/users").await.expect(200);
    world.get(&inside, "/api/v1/settings").await.expect(403);
    let live = world.support(&grant).await;
    assert_eq!(live["entered"], true);
    let visit = &live["visits"][0];
    assert_eq!(visit["operator"]["name"], "Sam");
    assert!(visit["last_seen_at"].as_str() > visit["entered_at"].as_str(), "{visit}");

    let admin = world.sign_in("admin").await;
    let operator = visit["operator"]["id"].as_str().unwrap();
    let trail = world.get(&admin, &format!("/api/v1/audit-events?actor={operator}")).await.expect(200).json();
    let told: Vec<(String, String)> = trail["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| {
            assert_eq!((&event["actor"]["kind"], &event["actor"]["grant"]), (&json!("operator"), &json!(grant)));
            let path = event["event"]["path"].as_str().unwrap_or_default();
            (event["event"]["type"].as_str().unwrap().to_owned(), path.to_owned())
        })
        .collect();
    let told: Vec<(&str, &str)> = told.iter().map(|(kind, path)| (kind.as_str(), path.as_str())).collect();
    assert_eq!(
        told,
        [
            ("access_denied", ""),
            ("support_requested", "/api/v1/settings"),
            ("support_requested", "/api/v1/users"),
            ("support_entered", ""),
        ]
    );

    world.delete(&admin, &format!("/api/v1/support-access/{grant}")).await.expect(204);
    let nobody = world.get("", "/api/v1/whoami").await.expect(401).problem();
    assert_eq!(world.get(&inside, "/api/v1/whoami").await.expect(401).problem(), nobody);
    world.try_to_enter(&sam, "acme").await.expect(404);
    let over = world.support(&grant).await;
    assert_eq!((&over["state"], &over["entered"]), (&json!("revoked"), &json!(false)));
    assert_eq!(over["can"]["remove"]["allowed"], false);
    world.delete(&admin, &format!("/api/v1/support-access/{grant}")).await.expect(409);
    world.get(&sam, "/api/v1/operator/session").await.expect(200);
}

/// A question without a table, so that no rule keeps the operator from it.
const ENDLESS: &str = "select count(*) from (values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) as a(x)";

#[tokio::test(flavor = "multi_thread")]
async fn what_runs_for_an_operator_stops_when_the_grant_is_taken_back() {
    let world = World::new().await;
    let scope = json!({
        "reason": "slow questions", "minutes": 60, "connections": [{"connection": "warehouse", "role": "querier"}],
    });
    let grant = world.allow(scope).await;
    let inside = world.enter(&world.sign_in("sam").await, "acme").await;
    let id = "01980000-0000-7000-8000-0000000000d1";
    let tens: String = ('b'..='n')
        .map(|name| format!(" cross join (values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) as {name}(x)"))
        .collect();
    let asked = tokio::spawn({
        let body = json!({"model": "warehouse", "sql": format!("{ENDLESS}{tens}")}).to_string();
        let mut asked = request(Method::POST, &inside, "/api/v1/queries", Some(&body));
        asked.headers_mut().insert("query-id", id.parse().unwrap());
        let router = world.router.clone();
        async move { crate::world::send(&router, asked).await }
    });
    crate::api::until_running(&world, &inside, id).await;
    let admin = world.sign_in("admin").await;
    world.delete(&admin, &format!("/api/v1/support-access/{grant}")).await.expect(204);
    let problem = asked.await.unwrap().expect(403).problem();
    assert_eq!(problem["detail"], "your access changed while the query ran");
}

/// Whatever the grant gives, nothing that they could do would outlast it.
#[tokio::test]
async fn an_operator_changes_nothing() {
    let world = World::new().await;
    let abilities = [
        "manage_groups",
        "manage_attributes",
        "manage_roles",
        "manage_connections",
        "manage_content_access",
        "manage_settings",
    ];
    world
        .allow(json!({
            "reason": "everything", "minutes": 60, "organization_abilities": abilities,
            "connections": [{"connection": "warehouse", "role": "connection_admin"}],
        }))
        .await;
    let inside = world.enter(&world.sign_in("sam").await, "acme").await;
    let before = world.store.snapshot(world.acme).await.unwrap().unwrap().version();
    let nobody = world.user("nobody");
    for (method, path, body) in [
        (Method::POST, "/api/v1/groups".to_owned(), json!({"key": "new", "name": "New"})),
        (Method::POST, "/api/v1/roles".to_owned(), json!({"name": "New", "abilities": []})),
        (Method::POST, "/api/v1/folders".to_owned(), json!({"name": "New", "parent": "shared"})),
        (Method::PUT, format!("/api/v1/connections/warehouse/roles/user:{nobody}"), json!({"role": "querier"})),
        (Method::PUT, format!("/api/v1/users/{nobody}/attributes/region"), json!({"values": ["ASIA"]})),
        (Method::PUT, "/api/v1/folders/shared/grants/everyone".to_owned(), json!({"role": "manager"})),
        (Method::PATCH, "/api/v1/settings".to_owned(), json!({"audit_retention_days": 30})),
    ] {
        let mut asked = request(method, &inside, &path, Some(&body.to_string()));
        asked.headers_mut().insert("if-match", "\"1\"".parse().unwrap());
        let refused = world.send(asked).await.expect(403).problem();
        assert_eq!(refused["needs"], json!(["membership"]), "{path}");
    }
    assert_eq!(world.store.snapshot(world.acme).await.unwrap().unwrap().version(), before);
}

#[tokio::test]
async fn leaving_and_signing_out_end_it() {
    let world = World::new().await;
    let grant = world.allow(reading_the_trail()).await;
    let sam = world.sign_in("sam").await;
    let inside = world.enter(&sam, "acme").await;
    world.delete(&inside, "/api/v1/session").await.expect(204);
    world.get(&inside, "/api/v1/whoami").await.expect(401);
    let again = world.enter(&sam, "acme").await;
    world.get(&again, "/api/v1/whoami").await.expect(200);
    assert_eq!(world.support(&grant).await["entered"], true);
    world.delete(&sam, "/api/v1/operator/session").await.expect(204);
    world.get(&again, "/api/v1/whoami").await.expect(401);
    let over = world.support(&grant).await;
    assert_eq!(over["entered"], false);
    assert!(over["visits"].as_array().unwrap().iter().all(|visit| visit["left_at"].is_string()), "{over}");
    let resting = world.sign_in("sam").await;
    world.enter(&resting, "acme").await;
    assert_eq!(world.support(&grant).await["entered"], true);
    world.get(&sam, "/api/v1/operator/session").await.expect(401);
}

#[tokio::test]
async fn what_cannot_be_granted_is_refused_and_nothing_changes() {
    let world = World::new().await;
    let admin = world.sign_in("admin").await;
    let querier = world.sign_in("querier").await;
    let theirs = world.post(&querier, "/api/v1/folders", r#"{"name": "Own", "parent": "mine"}"#).await.expect(201);
    let theirs = theirs.json()["id"].as_str().unwrap().to_owned();
    let with = |key: &str, value: Value| {
        let mut body = reading_the_trail();
        body[key] = value;
        body
    };
    for (body, status, says) in [
        (with("minutes", json!(4)), 422, "at least 5 minutes"),
        (with("minutes", json!(43_201)), 422, "at most 43200"),
        (with("minutes", json!(-1)), 400, "-1"),
        (with("reason", json!("  ")), 422, "a reason has"),
        (with("reason", json!("x".repeat(501))), 422, "a reason has"),
        (with("reason", json!("a\u{0}b")), 422, "a reason has"),
        (with("reason", json!("a\u{202e}b")), 422, "a reason has"),
        (with("operator", json!("sam")), 422, "no e-mail address"),
        (with("organization_abilities", json!([])), 422, "must give something"),
        (with("organization_abilities", json!(["fly"])), 422, "no ability `fly`"),
        (with("organization_abilities", json!(["manage_members", "impersonate"])), 422, "manage_members,impersonate"),
        (with("connections", json!([{"connection": "workshop", "role": "viewer"}])), 404, "no connection `workshop`"),
        (with("connections", json!([{"connection": "warehouse", "role": "owner"}])), 422, "no role `owner`"),
        (
            with(
                "connections",
                json!([{"connection": "warehouse", "role": "modeler"}, {"connection": "warehouse", "role": "viewer"}]),
            ),
            422,
            "named twice",
        ),
        (with("folders", json!([theirs])), 404, "no folder"),
        (with("documents", json!(["nothing"])), 404, "no document `nothing`"),
        (with("unknown", json!(1)), 400, "unknown"),
    ] {
        let refused = world.post(&admin, "/api/v1/support-access", &body.to_string()).await.expect(status);
        assert!(refused.problem()["detail"].as_str().unwrap().contains(says), "{says}: {}", refused.text());
    }
    let refused = world.post(&querier, "/api/v1/support-access", &reading_the_trail().to_string()).await.expect(403);
    assert_eq!(refused.problem()["needs"], json!(["manage_support_access"]));
    let grants = world.get(&admin, "/api/v1/support-access").await.expect(200).json();
    assert_eq!(grants, json!({"grants": []}));
    for code in ["", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        world.post("", "/api/v1/operator/session", &json!({"code": code}).to_string()).await.expect(401);
    }
}

/// A grant of one ability opens what that ability opens; the rest answers as to anybody who lacks it.
#[tokio::test]
async fn whoever_may_grant_an_ability_grants_no_more() {
    let world = World::new().await;
    let admin = world.sign_in("admin").await;
    let role = json!({"name": "Host", "abilities": ["manage_support_access", "read_audit"]}).to_string();
    let role = world.post(&admin, "/api/v1/roles", &role).await.expect(201).json()["id"].clone();
    let nobody = world.user("nobody");
    let set = json!({"organization_role": role}).to_string();
    let path = format!("/api/v1/users/{nobody}/role");
    world.send(request(Method::PUT, &admin, &path, Some(&set))).await.expect(204);
    let host = world.sign_in("nobody").await;
    world.post(&host, "/api/v1/support-access", &reading_the_trail().to_string()).await.expect(201);
    let more = json!({"reason": "more", "minutes": 60, "organization_abilities": ["manage_settings"]}).to_string();
    let refused = world.post(&host, "/api/v1/support-access", &more).await.expect(403).problem();
    let needs: BTreeSet<&str> = refused["needs"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
    assert_eq!(needs, BTreeSet::from(["manage_settings"]));
}
