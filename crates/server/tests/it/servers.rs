//! Two servers that share a database: what one of them takes away is gone on the other.
use crate::world::{Reply, World, request, send};
use axum::{
    Router,
    http::{Method, header},
};
use serde_json::json;

async fn get(server: &Router, cookie: &str, path: &str) -> Reply {
    send(server, request(Method::GET, cookie, path, None)).await
}

#[tokio::test]
async fn what_one_server_takes_away_is_gone_with_the_next_request_to_the_other() {
    let world = World::new().await;
    let other = world.another_server().await;
    let admin = world.sign_in("admin").await;
    let (querier, viewer) = (world.sign_in("querier").await, world.sign_in("viewer").await);
    let topics = "/api/v1/models/warehouse/topics";
    get(&other, &querier, topics).await.expect(200);
    let path = format!("/api/v1/connections/warehouse/roles/user:{}", world.user("querier"));
    world.delete(&admin, &path).await.expect(204);
    get(&other, &querier, topics).await.expect(404);

    get(&other, &viewer, "/api/v1/whoami").await.expect(200);
    world.delete(&viewer, "/api/v1/session").await.expect(204);
    get(&other, &viewer, "/api/v1/whoami").await.expect(401);

    let support = json!({"reason": "a ticket", "minutes": 60, "organization_abilities": ["read_audit"]}).to_string();
    let grant = world.post(&admin, "/api/v1/support-access", &support).await.expect(201).json();
    let sam = world.sign_in("sam").await;
    let entered =
        world.post(&sam, "/api/v1/operator/support-sessions", r#"{"organization": "acme"}"#).await.expect(204);
    let inside = entered.header(header::SET_COOKIE).split(';').next().unwrap();
    get(&other, inside, "/api/v1/audit-events").await.expect(200);
    let path = format!("/api/v1/support-access/{}", grant["id"].as_str().unwrap());
    world.delete(&admin, &path).await.expect(204);
    get(&other, inside, "/api/v1/audit-events").await.expect(401);

    let made = world.post(&admin, "/api/v1/api-keys", r#"{"name": "Key"}"#).await.expect(201).json();
    let by_key = || {
        let mut asked = request(Method::GET, "", "/api/v1/whoami", None);
        let bearer = format!("Bearer {}", made["key"].as_str().unwrap());
        asked.headers_mut().insert(header::AUTHORIZATION, bearer.parse().unwrap());
        send(&other, asked)
    };
    by_key().await.expect(200);
    world.delete(&admin, &format!("/api/v1/api-keys/{}", made["id"].as_str().unwrap())).await.expect(204);
    by_key().await.expect(401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_stops_whose_right_another_server_took_away() {
    let world = World::new().await;
    let other = world.another_server().await;
    let (admin, querier) = (world.sign_in("admin").await, world.sign_in("querier").await);
    let id = "01980000-0000-7000-8000-0000000000f7";
    let asked = tokio::spawn({
        let (router, asked) = (other.clone(), crate::api::endless(&querier, id));
        async move { send(&router, asked).await }
    });
    loop {
        let state = get(&other, &querier, &format!("/api/v1/queries/{id}")).await;
        if state.status == 200 && state.json()["state"] == "running" {
            break;
        }
        tokio::task::yield_now().await;
    }
    let path = format!("/api/v1/connections/warehouse/roles/user:{}", world.user("querier"));
    world.delete(&admin, &path).await.expect(204);
    let problem = asked.await.unwrap().expect(403).problem();
    assert_eq!(problem["detail"], "your access changed while the query ran");
}
