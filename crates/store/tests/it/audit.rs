use crate::world::{World, request};
use tessera_base::{OrganizationId, QueryId};
use tessera_store::{AuditEvent, Chain, Ruling};
use uuid::Uuid;

async fn length(world: &World, organization: OrganizationId) -> u64 {
    match world.store.verify_audit(organization).await.unwrap() {
        Chain::Intact(head) => head.sequence,
        Chain::Broken { sequence } => panic!("broken at {sequence}"),
    }
}

#[tokio::test]
async fn every_act_is_written_down_once_in_its_own_organization() {
    let world = World::new().await;
    let (acme, globex) = (world.acme.organization, world.globex.organization);
    let (before, neighbours) = (length(&world, acme).await, length(&world, globex).await);
    assert_eq!(before, 6, "the organization, two people, a group, a connection, a model");

    let token = world.store.begin_session(acme, world.acme.quinn, request()).await.unwrap();
    assert_eq!(length(&world, acme).await, before + 1);
    let context = world.context(world.acme, world.acme.quinn).await;
    let query = QueryId::new(Uuid::from_u128(9));
    let denied = AuditEvent::QueryDenied {
        query,
        model: "sales".into(),
        topic: Some("orders".into()),
        reason: "no model `sales`".into(),
        needs: vec!["query_topics".into()],
    };
    let ruling = Ruling::Denied { because: Some("it takes query_topics".into()) };
    world.store.tenant(&context).record(&denied, ruling).await.unwrap();
    assert_eq!(length(&world, acme).await, before + 2);
    let session = world.store.session(&token).await.unwrap().unwrap();
    world.store.end_session(&session, request()).await.unwrap();
    world.store.end_session(&session, request()).await.unwrap();
    assert_eq!(length(&world, acme).await, before + 3);
    assert_eq!(length(&world, globex).await, neighbours);
}

#[tokio::test]
async fn an_act_that_fails_is_not_told() {
    let world = World::new().await;
    let before = length(&world, world.acme.organization).await;
    world
        .administer(world.acme, async |a| {
            a.add_group("finance", "Finance").await?;
            a.add_group("finance", "Finance").await.map(drop)
        })
        .await
        .unwrap_err();
    assert_eq!(length(&world, world.acme.organization).await, before);
}

#[tokio::test]
async fn a_chain_continues_after_a_restart_and_two_chains_differ() {
    let world = World::new().await;
    let head = world.store.verify_audit(world.acme.organization).await.unwrap();
    assert_ne!(head, world.store.verify_audit(world.globex.organization).await.unwrap());
    let reopened = world.reopen().await;
    assert_eq!(reopened.verify_audit(world.acme.organization).await.unwrap(), head);
}
