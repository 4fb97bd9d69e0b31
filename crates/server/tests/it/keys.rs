//! API keys and service accounts: no more than their scopes, no longer than they say, out at once.
use crate::world::{Reply, World, request};
use axum::http::{Method, header};
use serde_json::{Value, json};
use std::time::Duration;

impl World {
    /// A key of the person who is signed in, or of somebody else.
    async fn make_key(&self, cookie: &str, body: Value) -> (String, String) {
        let made = self.post(cookie, "/api/v1/api-keys", &body.to_string()).await.expect(201).json();
        (made["id"].as_str().unwrap().to_owned(), made["key"].as_str().unwrap().to_owned())
    }

    async fn by_key(&self, key: &str, method: Method, path: &str, body: Option<&str>) -> Reply {
        let mut asked = request(method, "", path, body);
        asked.headers_mut().insert(header::AUTHORIZATION, format!("Bearer {key}").parse().unwrap());
        self.send(asked).await
    }

    async fn get_by_key(&self, key: &str, path: &str) -> Reply {
        self.by_key(key, Method::GET, path, None).await
    }

    /// A service account with a role on the connection.
    async fn program(&self, admin: &str, role: &str) -> String {
        let made = self.post(admin, "/api/v1/service-accounts", r#"{"name": "Loader"}"#).await.expect(201).json();
        let program = made["id"].as_str().unwrap().to_owned();
        let (path, body) =
            (format!("/api/v1/connections/warehouse/roles/user:{program}"), json!({"role": role}).to_string());
        self.send(request(Method::PUT, admin, &path, Some(&body))).await.expect(204);
        let (path, body) =
            (format!("/api/v1/users/{program}/attributes/region"), json!({"values": ["ASIA"]}).to_string());
        self.send(request(Method::PUT, admin, &path, Some(&body))).await.expect(204);
        program
    }
}

fn querying() -> Value {
    json!({"connections": [{"connection": "warehouse", "abilities": ["view_results", "query_topics"]}]})
}

#[tokio::test]
async fn a_person_s_key_is_the_person_until_it_is_revoked() {
    let world = World::new().await;
    let querier = world.sign_in("querier").await;
    let (id, key) = world.make_key(&querier, json!({"name": "Notebook"})).await;
    assert!(key.starts_with(&format!("tsr_{}_", id.replace('-', ""))), "{key}");
    let own = world.get(&querier, "/api/v1/whoami").await.expect(200).json();
    let mut by_key = world.get_by_key(&key, "/api/v1/whoami").await.expect(200).json();
    assert_eq!(by_key["actor"]["kind"], "user");
    by_key["can"] = own["can"].clone();
    assert_eq!(by_key, own);
    let asked = r#"{"model": "warehouse", "sql": "select count(*) from orders"}"#;
    let rows = world.by_key(&key, Method::POST, "/api/v1/queries", Some(asked)).await.expect(200).json();
    assert_eq!(rows["rows"], world.sql(&querier, "select count(*) from orders").await.expect(200).json()["rows"]);

    // A key makes no key, which would outlast it.
    let more = world.by_key(&key, Method::POST, "/api/v1/api-keys", Some(r#"{"name": "More"}"#)).await.expect(403);
    assert_eq!(more.problem()["needs"], json!(["a session in the place of a key"]));

    // Nor does it tell of others, take them back, ask for access, or sign anybody out.
    let (other_id, other_key) = world.make_key(&querier, json!({"name": "Other", "scopes": {}})).await;
    assert_eq!(world.get_by_key(&other_key, "/api/v1/api-keys").await.expect(200).json(), json!({"keys": []}));
    world.by_key(&other_key, Method::DELETE, &format!("/api/v1/api-keys/{id}"), None).await.expect(404);
    let ask = r#"{"connection": "warehouse", "action": "query"}"#;
    world.by_key(&other_key, Method::POST, "/api/v1/access-requests", Some(ask)).await.expect(403);
    let mut leave = request(Method::DELETE, &querier, "/api/v1/session", None);
    leave.headers_mut().insert(header::AUTHORIZATION, format!("Bearer {other_key}").parse().unwrap());
    world.send(leave).await.expect(403);
    world.get(&querier, "/api/v1/whoami").await.expect(200);
    world.delete(&querier, &format!("/api/v1/api-keys/{other_id}")).await.expect(204);

    let listed = world.get(&querier, "/api/v1/api-keys").await.expect(200);
    assert!(!listed.text().contains(&key[40..]), "the secret is shown once");
    assert_eq!(listed.json()["keys"][0]["name"], "Notebook");
    assert!(listed.json()["keys"][0]["last_used_at"].is_string());
    let other = world.sign_in("modeler").await;
    assert_eq!(world.get(&other, "/api/v1/api-keys").await.expect(200).json(), json!({"keys": []}));
    world.delete(&other, &format!("/api/v1/api-keys/{id}")).await.expect(404);
    world.delete(&querier, &format!("/api/v1/api-keys/{id}")).await.expect(204);
    let nobody = world.get("", "/api/v1/whoami").await.expect(401).problem();
    assert_eq!(world.get_by_key(&key, "/api/v1/whoami").await.expect(401).problem(), nobody);
    world.delete(&querier, &format!("/api/v1/api-keys/{id}")).await.expect(404);
}

#[tokio::test]
async fn what_is_no_living_key_is_nobody_whatever_the_cookies_say() {
    let world = World::new().await;
    let querier = world.sign_in("querier").await;
    let (_, key) = world.make_key(&querier, json!({"name": "Short", "days": 1})).await;
    let mut forged = key.clone();
    let last = if forged.ends_with('0') { "1" } else { "0" };
    forged.replace_range(forged.len() - 1.., last);
    let (other, _) = world.make_key(&querier, json!({"name": "Other"})).await;
    let swapped = format!("tsr_{}_{}", other.replace('-', ""), &key[37..]);
    for wrong in ["", "tsr_", "tsr__", "querier", &forged, &swapped, &key.to_uppercase(), &key[..key.len() - 1]] {
        let mut asked = request(Method::GET, &querier, "/api/v1/whoami", None);
        asked.headers_mut().insert(header::AUTHORIZATION, format!("Bearer {wrong}").parse().unwrap());
        world.send(asked).await.expect(401);
    }
    let mut asked = request(Method::GET, &querier, "/api/v1/whoami", None);
    asked.headers_mut().insert(header::AUTHORIZATION, format!("Basic {key}").parse().unwrap());
    world.send(asked).await.expect(401);
    let mut twice = request(Method::GET, &querier, "/api/v1/whoami", None);
    for _ in 0..2 {
        twice.headers_mut().append(header::AUTHORIZATION, format!("Bearer {key}").parse().unwrap());
    }
    world.send(twice).await.expect(401);
    world.get_by_key(&key, "/api/v1/whoami").await.expect(200);
    world.clock.advance(Duration::from_secs(24 * 60 * 60));
    world.get_by_key(&key, "/api/v1/whoami").await.expect(401);
}

#[tokio::test]
async fn a_program_does_what_its_key_is_for_and_no_more() {
    let world = World::new().await;
    let admin = world.sign_in("admin").await;
    let program = world.program(&admin, "modeler").await;
    let (_, key) = world.make_key(&admin, json!({"name": "Nightly", "user": program, "scopes": querying()})).await;
    let who = world.get_by_key(&key, "/api/v1/whoami").await.expect(200).json();
    assert_eq!((&who["actor"]["kind"], &who["actor"]["email"]), (&json!("service_account"), &json!("")));
    let names: Vec<&str> =
        who["connections"][0]["abilities"].as_array().unwrap().iter().map(|a| a["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["view_results", "query_topics"]);
    let by_region = json!({"model": "warehouse", "request": {"topic": "orders", "fields": ["customers.region"]}});
    let rows = world.by_key(&key, Method::POST, "/api/v1/queries", Some(&by_region.to_string())).await.expect(200);
    assert_eq!(rows.json()["rows"], json!([["ASIA"]]), "by the attributes of its own");
    let sql = r#"{"model": "warehouse", "sql": "select 1"}"#;
    let refused = world.by_key(&key, Method::POST, "/api/v1/queries", Some(sql)).await.expect(403);
    assert_eq!(refused.problem()["needs"], json!(["write_sql"]));
    // Without a role on content in its scopes, no folder is there, its own among them.
    world.get_by_key(&key, "/api/v1/folders/mine").await.expect(404);
    world.get_by_key(&key, "/api/v1/folders/shared").await.expect(404);

    let mut reading = querying();
    reading["content"] = json!("viewer");
    let (_, key) = world.make_key(&admin, json!({"name": "Reader", "user": program, "scopes": reading})).await;
    let own = world.get_by_key(&key, "/api/v1/folders/mine").await.expect(200).json();
    assert_eq!(own["role"]["role"], "viewer");
    world.by_key(&key, Method::POST, "/api/v1/folders", Some(r#"{"name": "New", "parent": "mine"}"#)).await.expect(403);

    let listed = world.get(&admin, "/api/v1/service-accounts").await.expect(200).json();
    assert_eq!(listed["service_accounts"][0]["id"], program.as_str());
    assert_eq!(listed["service_accounts"][0]["email"], Value::Null);
    let suspend = json!({"status": "suspended"}).to_string();
    let path = format!("/api/v1/users/{program}/status");
    world.send(request(Method::PUT, &admin, &path, Some(&suspend))).await.expect(204);
    world.get_by_key(&key, "/api/v1/whoami").await.expect(401);
    let resume = json!({"status": "active"}).to_string();
    world.send(request(Method::PUT, &admin, &path, Some(&resume))).await.expect(204);
    world.get_by_key(&key, "/api/v1/whoami").await.expect(200);
    world.delete(&admin, &format!("/api/v1/users/{program}")).await.expect(204);
    world.get_by_key(&key, "/api/v1/whoami").await.expect(401);
    let keys = world.get(&admin, "/api/v1/api-keys").await.expect(200).json();
    assert_eq!(keys, json!({"keys": []}));
}

#[tokio::test]
async fn nobody_makes_a_key_that_gives_more_than_they_hold() {
    let world = World::new().await;
    let admin = world.sign_in("admin").await;
    let role = json!({"name": "Keeper of keys", "abilities": ["manage_api_keys"]}).to_string();
    let role = world.post(&admin, "/api/v1/roles", &role).await.expect(201).json()["id"].clone();
    let set = json!({"organization_role": role}).to_string();
    let path = format!("/api/v1/users/{}/role", world.user("viewer"));
    world.send(request(Method::PUT, &admin, &path, Some(&set))).await.expect(204);
    let keeper = world.sign_in("viewer").await;
    let program = world.program(&admin, "querier").await;
    let refused = json!({"name": "More", "user": program, "scopes": querying()}).to_string();
    let refused = world.post(&keeper, "/api/v1/api-keys", &refused).await.expect(403);
    assert_eq!(refused.problem()["needs"], json!(["query_topics"]));
    let less = json!({"connections": [{"connection": "warehouse", "abilities": ["view_results"]}]});
    world.make_key(&keeper, json!({"name": "Less", "user": program, "scopes": less})).await;
    // Nor one that would, once its holder is given more.
    let ahead = json!({"organization_abilities": ["manage_members"], "content": "manager"});
    let ahead = json!({"name": "Ahead", "user": program, "scopes": ahead}).to_string();
    let refused = world.post(&keeper, "/api/v1/api-keys", &ahead).await.expect(403);
    assert_eq!(refused.problem()["needs"], json!(["manage_members"]));
    // A person's key is made by that person alone.
    let theirs = json!({"name": "Theirs", "user": world.user("nobody").to_string()}).to_string();
    world.post(&keeper, "/api/v1/api-keys", &theirs).await.expect(403);
    world.post(&admin, "/api/v1/api-keys", &theirs).await.expect(403);

    for (body, status, says) in [
        (json!({"name": "Whole", "user": program}), 422, "needs `scopes`"),
        (json!({"name": "", "user": program, "scopes": querying()}), 422, "empty"),
        (
            json!({"name": "Odd", "scopes": {"connections": [
                {"connection": "warehouse", "abilities": []}, {"connection": "warehouse", "abilities": ["write_sql"]},
            ]}}),
            422,
            "named twice",
        ),
        (json!({"name": "Ever", "days": 367}), 422, "1 to 366 days"),
        (json!({"name": "Never", "days": 0}), 422, "1 to 366 days"),
        (json!({"name": "Odd", "scopes": {"organization_abilities": ["fly"]}}), 422, "no ability `fly`"),
        (json!({"name": "Odd", "scopes": {"content": "owner"}}), 422, "no content role `owner`"),
        (json!({"name": "Odd", "user": "01980000-0000-7000-8000-00000000000b"}), 404, "no person"),
        (
            json!({"name": "Odd", "scopes": {"connections": [{"connection": "workshop", "abilities": []}]}}),
            404,
            "no connection `workshop`",
        ),
    ] {
        let refused = world.post(&admin, "/api/v1/api-keys", &body.to_string()).await.expect(status);
        assert!(refused.problem()["detail"].as_str().unwrap().contains(says), "{says}: {}", refused.text());
    }
    let admins = json!({"name": "Robot", "organization_role": "admin"}).to_string();
    let refused = world.post(&keeper, "/api/v1/service-accounts", &admins).await.expect(403).problem();
    let needs = refused["needs"][0].as_str().unwrap();
    assert!(needs.contains("manage_members") && needs.contains(" and admin"), "{needs}");
    world.post(&world.sign_in("querier").await, "/api/v1/service-accounts", r#"{"name": "Mine"}"#).await.expect(403);
}

/// A program that is an admin is not the admin who stays.
#[tokio::test]
async fn the_last_admin_is_a_person() {
    let world = World::new().await;
    let admin = world.sign_in("admin").await;
    let robot = json!({"name": "Robot", "organization_role": "admin"}).to_string();
    world.post(&admin, "/api/v1/service-accounts", &robot).await.expect(201);
    let demote = json!({"organization_role": "member"}).to_string();
    let path = format!("/api/v1/users/{}/role", world.user("admin"));
    world.send(request(Method::PUT, &admin, &path, Some(&demote))).await.expect(409);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_runs_by_a_key_stops_when_it_is_revoked() {
    let world = World::new().await;
    let querier = world.sign_in("querier").await;
    let (key_id, key) = world.make_key(&querier, json!({"name": "Notebook"})).await;
    let id = "01980000-0000-7000-8000-0000000000e1";
    let asked = tokio::spawn({
        let mut asked = crate::api::endless("", id);
        asked.headers_mut().insert(header::AUTHORIZATION, format!("Bearer {key}").parse().unwrap());
        let router = world.router.clone();
        async move { crate::world::send(&router, asked).await }
    });
    crate::api::until_running(&world, &querier, id).await;
    world.delete(&querier, &format!("/api/v1/api-keys/{key_id}")).await.expect(204);
    let problem = asked.await.unwrap().expect(403).problem();
    assert_eq!(problem["detail"], "your access changed while the query ran");
}
