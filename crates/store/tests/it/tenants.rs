use crate::world::{Company, World};
use std::sync::Arc;
use tessera_access::{
    AccessContext, Connection, CredentialSource, Denied, Permit,
    action::{UseEngine, View},
    open, visible,
};
use tessera_store::{GroupMember, Store};

/// One script of requests; everything that it was answered, as text.
async fn script(store: &Store, context: &Arc<AccessContext>, theirs: Company) -> String {
    let tenant = store.tenant(context);
    let mut answers = vec![format!("{context:?}")];
    for permit in tenant.connections(&visible(context)).await.unwrap() {
        answers.push(format!("{:?}", permit.resource()));
    }
    let by_name: Permit<Connection, View> =
        open(context, "warehouse", tenant.connection("warehouse").await.unwrap()).unwrap();
    answers.push(format!("{:?}", by_name.resource()));
    let by_id: Result<Permit<Connection, View>, Denied> =
        open(context, "theirs", tenant.connection_by_id(theirs.warehouse).await.unwrap());
    answers.push(by_id.unwrap_err().to_string());
    answers.push(format!("{:?}", store.standing(context.organization(), theirs.quinn).await.unwrap().is_some()));
    answers.push(format!("{:?}", store.user_by_email(context.organization(), "quinn@example.com").await.unwrap()));
    answers.join("\n")
}

#[tokio::test]
async fn no_byte_of_one_organization_is_in_the_answers_of_the_other() {
    let world = World::new().await;
    for (ours, theirs) in [(world.acme, world.globex), (world.globex, world.acme)] {
        let context = world.context(ours, ours.admin).await;
        let answers = script(&world.store, &context, theirs).await;
        for own in [ours.admin.to_string(), ours.quinn.to_string(), ours.warehouse.to_string()] {
            assert!(answers.contains(&own), "the script reads what is ours: {own}\n{answers}");
        }
        let theirs = [
            theirs.organization.to_string(),
            theirs.admin.to_string(),
            theirs.quinn.to_string(),
            theirs.warehouse.to_string(),
        ];
        for foreign in theirs {
            assert!(!answers.contains(&foreign), "{foreign}\n{answers}");
        }
    }
}

#[tokio::test]
async fn nothing_of_one_organization_can_be_tied_to_something_of_the_other() {
    let world = World::new().await;
    let (acme, globex) = (world.acme, world.globex);
    let refused = world
        .administer(acme, async |a| a.add_group_member(acme.analysts, GroupMember::User(globex.quinn)).await)
        .await;
    assert_eq!(refused.unwrap_err().to_string(), format!("no group or member `{}`", globex.quinn));
    let refused = world
        .administer(acme, async |a| a.add_group_member(globex.analysts, GroupMember::User(acme.quinn)).await)
        .await;
    assert_eq!(refused.unwrap_err().to_string(), format!("no group or member `{}`", acme.quinn));
    let viewer = tessera_access::ConnectionRole::Viewer;
    for assignee in [tessera_store::Assignee::User(acme.quinn), tessera_store::Assignee::Everyone] {
        let refused =
            world.administer(acme, async |a| a.give_connection_role(globex.warehouse, assignee, viewer).await).await;
        assert!(matches!(refused, Err(tessera_store::StoreError::Unknown { .. })), "{refused:?}");
    }
}

#[tokio::test]
async fn mask_keys_are_those_of_the_organization() {
    let world = World::new().await;
    let mut keys = Vec::new();
    for company in [world.acme, world.acme, world.globex] {
        let context = world.context(company, company.admin).await;
        let sealed = world.store.tenant(&context).connection("warehouse").await.unwrap();
        let permit: Permit<Connection, UseEngine> = open(&context, "warehouse", sealed).unwrap();
        keys.push(CredentialSource::open(&world.store, &permit).await.unwrap().mask_key);
    }
    assert_eq!(keys[0].len(), 32);
    assert_eq!(keys[0], keys[1]);
    assert_ne!(keys[0], keys[2]);
}

#[tokio::test]
async fn a_permit_for_a_connection_that_changed_since_opens_nothing() {
    let world = World::new().await;
    let context = world.context(world.acme, world.acme.admin).await;
    let sealed = world.store.tenant(&context).connection("warehouse").await.unwrap();
    let permit: Permit<Connection, UseEngine> = open(&context, "warehouse", sealed).unwrap();
    let elsewhere = tessera_access::EngineKind::Files { folder: "/elsewhere".into() };
    world.administer(world.acme, async |a| a.change_connection(world.acme.warehouse, &elsewhere).await).await.unwrap();
    assert!(CredentialSource::open(&world.store, &permit).await.is_err());
}
