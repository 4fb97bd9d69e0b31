use crate::world::{Company, World};
use tessera_access::{
    AttributeDefinition, AttributeSource, ConnectionAbility, ConnectionRole, EngineKind, OrganizationAbility,
    OrganizationRole, Origin, Standing,
};
use tessera_base::{Value, ValueType};
use tessera_store::{Administration, Assignee, AttributeHolder, GroupMember, NewUser, StoreError, UserStatus};

fn clearance() -> AttributeDefinition {
    AttributeDefinition {
        name: "clearance".into(),
        label: "Clearance".into(),
        description: None,
        value_type: ValueType::Number,
        multiple: false,
        default: None,
        secures_data: true,
    }
}

/// Does `act` and says by how much the version rose, with the next snapshot.
async fn rise(world: &World, act: impl AsyncFnOnce(&mut Administration<'_>, Company) -> Result<(), StoreError>) -> u64 {
    let before = world.standing(world.acme, world.acme.admin).await.snapshot().version();
    world.administer(world.acme, async |administration| act(administration, world.acme).await).await.unwrap();
    world.standing(world.acme, world.acme.admin).await.snapshot().version() - before
}

#[tokio::test]
async fn every_write_that_touches_access_raises_the_version() {
    let world = World::new().await;
    let neighbour = world.standing(world.globex, world.globex.admin).await.snapshot().version();
    let everyone = Assignee::Everyone;
    let source = AttributeSource::Administrator;
    let rises = [
        rise(&world, async |a, _| {
            let marc = NewUser {
                email: "marc@example.com",
                name: "Marc",
                role: OrganizationRole::Member.into(),
                timezone: None,
            };
            a.add_user(marc).await.map(drop)
        })
        .await,
        rise(&world, async |a, acme| a.set_organization_role(acme.quinn, OrganizationRole::Admin).await).await,
        rise(&world, async |a, acme| a.set_user_status(acme.quinn, UserStatus::Suspended).await).await,
        rise(&world, async |a, acme| a.set_user_status(acme.quinn, UserStatus::Active).await).await,
        rise(&world, async |a, _| a.add_group("finance", "Finance").await.map(drop)).await,
        rise(&world, async |a, acme| a.add_group_member(acme.analysts, GroupMember::User(acme.quinn)).await).await,
        rise(&world, async |a, acme| a.remove_group_member(acme.analysts, GroupMember::User(acme.quinn)).await).await,
        rise(&world, async |a, _| a.define_attribute(&clearance()).await).await,
        rise(&world, async |a, acme| {
            a.set_attribute(AttributeHolder::User(acme.quinn), "clearance", &[Value::Number(2.into())], source).await
        })
        .await,
        rise(&world, async |a, acme| a.clear_attribute(AttributeHolder::User(acme.quinn), "clearance", source).await)
            .await,
        rise(&world, async |a, acme| {
            a.set_attribute(AttributeHolder::Group(acme.analysts), "clearance", &[Value::Number(2.into())], source)
                .await
        })
        .await,
        rise(&world, async |a, acme| {
            a.clear_attribute(AttributeHolder::Group(acme.analysts), "clearance", source).await
        })
        .await,
        rise(&world, async |a, _| {
            a.add_connection("lake", &EngineKind::Files { folder: "/lake".into() }).await.map(drop)
        })
        .await,
        rise(&world, async |a, acme| {
            a.give_connection_role(acme.warehouse, Assignee::User(acme.quinn), ConnectionRole::Querier).await
        })
        .await,
        rise(&world, async |a, acme| a.take_connection_role(acme.warehouse, Assignee::User(acme.quinn)).await).await,
        rise(&world, async |a, acme| {
            a.give_connection_role(acme.warehouse, Assignee::Group(acme.analysts), ConnectionRole::Querier).await
        })
        .await,
        rise(&world, async |a, acme| a.take_connection_role(acme.warehouse, Assignee::Group(acme.analysts)).await)
            .await,
        rise(&world, async |a, acme| a.give_connection_role(acme.warehouse, everyone, ConnectionRole::Viewer).await)
            .await,
        rise(&world, async |a, acme| a.take_connection_role(acme.warehouse, everyone).await).await,
    ];
    assert_eq!(rises, [1; 19]);
    assert_eq!(world.standing(world.globex, world.globex.admin).await.snapshot().version(), neighbour);
}

#[tokio::test]
async fn a_write_that_is_not_finished_changes_nothing() {
    let world = World::new().await;
    let before = world.standing(world.acme, world.acme.quinn).await;
    let failed = world
        .administer(world.acme, async |a| {
            a.set_organization_role(world.acme.quinn, OrganizationRole::Admin).await?;
            a.add_group("analysts", "Again").await.map(drop)
        })
        .await;
    assert!(matches!(failed, Err(StoreError::Taken { noun: "group", .. })), "{failed:?}");
    let after = world.standing(world.acme, world.acme.quinn).await;
    assert_eq!(after.snapshot().version(), before.snapshot().version());
    assert!(!after.is_organization_admin());
}

#[tokio::test]
async fn an_unchanged_snapshot_is_not_read_again() {
    let world = World::new().await;
    let first = world.standing(world.acme, world.acme.quinn).await;
    assert!(std::sync::Arc::ptr_eq(&first, &world.standing(world.acme, world.acme.quinn).await));
}

#[tokio::test]
async fn a_role_that_is_taken_is_gone_with_the_next_request() {
    let world = World::new().await;
    let Company { quinn, warehouse, analysts, .. } = world.acme;
    for assignee in [Assignee::User(quinn), Assignee::Group(analysts), Assignee::Everyone] {
        world
            .administer(world.acme, async |a| a.add_group_member(analysts, GroupMember::User(quinn)).await)
            .await
            .unwrap();
        world.give(world.acme, assignee, ConnectionRole::Querier).await;
        let held = world.standing(world.acme, quinn).await;
        let because = held.connection_abilities(warehouse).unwrap().because(ConnectionAbility::WriteSql).unwrap();
        let origin = match assignee {
            Assignee::User(_) => Origin::Direct,
            Assignee::Group(_) => Origin::Group("Analysts".into()),
            Assignee::Everyone => Origin::Everyone,
        };
        assert_eq!((&*because.role, &because.origin), ("Querier", &origin));
        world.administer(world.acme, async |a| a.take_connection_role(warehouse, assignee).await).await.unwrap();
        assert_eq!(world.standing(world.acme, quinn).await.connections().count(), 0, "{assignee:?}");
    }
}

#[tokio::test]
async fn leaving_any_group_of_the_chain_is_leaving_what_it_gave() {
    let world = World::new().await;
    let Company { quinn, analysts, .. } = world.acme;
    let company = world.add_group(world.acme, "company", "Company").await;
    world.give(world.acme, Assignee::Group(company), ConnectionRole::Viewer).await;
    world.join(world.acme, company, GroupMember::Group(analysts)).await;
    world.join(world.acme, analysts, GroupMember::User(quinn)).await;
    let keys = |standing: &Standing| standing.groups().iter().map(|group| group.key.to_string()).collect::<Vec<_>>();
    let snapshot = world.standing(world.acme, quinn).await;
    assert_eq!(keys(&snapshot), ["analysts", "company"]);
    assert_eq!(snapshot.connections().count(), 1);

    world
        .administer(world.acme, async |a| a.remove_group_member(company, GroupMember::Group(analysts)).await)
        .await
        .unwrap();
    let snapshot = world.standing(world.acme, quinn).await;
    assert_eq!(keys(&snapshot), ["analysts"]);
    assert_eq!(snapshot.connections().count(), 0);
}

#[tokio::test]
async fn a_group_cannot_come_to_be_inside_itself() {
    let world = World::new().await;
    let analysts = world.acme.analysts;
    let inner = world.add_group(world.acme, "inner", "Inner").await;
    world.join(world.acme, analysts, GroupMember::Group(inner)).await;
    let refused =
        world.administer(world.acme, async |a| a.add_group_member(inner, GroupMember::Group(analysts)).await).await;
    assert!(matches!(refused, Err(StoreError::GroupCycle)), "{refused:?}");
}

#[tokio::test]
async fn an_admin_administers_every_connection_and_a_member_none() {
    let world = World::new().await;
    let admin = world.standing(world.acme, world.acme.admin).await;
    let because =
        admin.connection_abilities(world.acme.warehouse).unwrap().because(ConnectionAbility::ManageConnection).unwrap();
    assert_eq!((&*because.role, &because.origin), ("Connection Admin", &Origin::OrganizationAdmin));
    assert!(admin.organization_abilities().has(OrganizationAbility::ReadAudit));
    let member = world.standing(world.acme, world.acme.quinn).await;
    assert!(member.organization_abilities().is_empty() && member.connections().next().is_none());
}

#[tokio::test]
async fn the_last_admin_stays() {
    let world = World::new().await;
    let admin = world.acme.admin;
    let demoted =
        world.administer(world.acme, async |a| a.set_organization_role(admin, OrganizationRole::Member).await).await;
    assert!(matches!(demoted, Err(StoreError::LastAdmin)), "{demoted:?}");
    let suspended = world.administer(world.acme, async |a| a.set_user_status(admin, UserStatus::Suspended).await).await;
    assert!(matches!(suspended, Err(StoreError::LastAdmin)), "{suspended:?}");
    assert!(world.standing(world.acme, admin).await.is_organization_admin());
}

#[tokio::test]
async fn someone_suspended_has_no_access_at_all() {
    let world = World::new().await;
    let Company { organization, quinn, .. } = world.acme;
    world.standing(world.acme, quinn).await;
    world.administer(world.acme, async |a| a.set_user_status(quinn, UserStatus::Suspended).await).await.unwrap();
    assert!(world.store.standing(organization, quinn).await.unwrap().is_none());
}
