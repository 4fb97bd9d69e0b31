use crate::world::{Company, World};
use tessera_access::{ConnectionAbility, ConnectionRole, EngineKind, OrganizationAbility, OrganizationRole, Origin};
use tessera_base::{Value, ValueType};
use tessera_store::{
    Administration, Assignee, AttributeDefinition, AttributeHolder, AttributeSource, GroupMember, NewUser, StoreError,
    UserStatus,
};

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
    let before = world.snapshot(world.acme, world.acme.admin).await.version;
    world.administer(world.acme, async |administration| act(administration, world.acme).await).await.unwrap();
    world.snapshot(world.acme, world.acme.admin).await.version - before
}

#[tokio::test]
async fn every_write_that_touches_access_raises_the_version() {
    let world = World::new().await;
    let neighbour = world.snapshot(world.globex, world.globex.admin).await.version;
    let everyone = Assignee::Everyone;
    let source = AttributeSource::Administrator;
    let rises = [
        rise(&world, async |a, _| {
            let marc =
                NewUser { email: "marc@example.com", name: "Marc", role: OrganizationRole::Member, timezone: None };
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
    assert_eq!(world.snapshot(world.globex, world.globex.admin).await.version, neighbour);
}

#[tokio::test]
async fn a_write_that_is_not_finished_changes_nothing() {
    let world = World::new().await;
    let before = world.snapshot(world.acme, world.acme.quinn).await;
    let failed = world
        .administer(world.acme, async |a| {
            a.set_organization_role(world.acme.quinn, OrganizationRole::Admin).await?;
            a.add_group("analysts", "Again").await.map(drop)
        })
        .await;
    assert!(matches!(failed, Err(StoreError::Taken { noun: "group", .. })), "{failed:?}");
    let after = world.snapshot(world.acme, world.acme.quinn).await;
    assert_eq!((after.version, after.organization_role), (before.version, OrganizationRole::Member));
}

#[tokio::test]
async fn an_unchanged_snapshot_is_not_read_again() {
    let world = World::new().await;
    let first = world.snapshot(world.acme, world.acme.quinn).await;
    assert!(std::sync::Arc::ptr_eq(&first, &world.snapshot(world.acme, world.acme.quinn).await));
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
        let held = world.snapshot(world.acme, quinn).await;
        let because = held.connection_abilities[&warehouse].because(ConnectionAbility::WriteSql).unwrap();
        let origin = match assignee {
            Assignee::User(_) => Origin::Direct,
            Assignee::Group(_) => Origin::Group("Analysts".into()),
            Assignee::Everyone => Origin::Everyone,
        };
        assert_eq!((because.role.as_str(), &because.origin), ("Querier", &origin));
        world.administer(world.acme, async |a| a.take_connection_role(warehouse, assignee).await).await.unwrap();
        assert!(world.snapshot(world.acme, quinn).await.connection_abilities.is_empty(), "{assignee:?}");
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
    let keys = |snapshot: &tessera_store::AccessSnapshot| {
        snapshot.groups.iter().map(|group| group.key.clone()).collect::<Vec<_>>()
    };
    let snapshot = world.snapshot(world.acme, quinn).await;
    assert_eq!(keys(&snapshot), ["analysts", "company"]);
    assert_eq!(snapshot.connection_abilities.len(), 1);

    world
        .administer(world.acme, async |a| a.remove_group_member(company, GroupMember::Group(analysts)).await)
        .await
        .unwrap();
    let snapshot = world.snapshot(world.acme, quinn).await;
    assert_eq!(keys(&snapshot), ["analysts"]);
    assert!(snapshot.connection_abilities.is_empty());
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
    let admin = world.snapshot(world.acme, world.acme.admin).await;
    let because =
        admin.connection_abilities[&world.acme.warehouse].because(ConnectionAbility::ManageConnection).unwrap();
    assert_eq!((because.role.as_str(), &because.origin), ("Connection Admin", &Origin::OrganizationAdmin));
    assert!(admin.organization_abilities.has(OrganizationAbility::ReadAudit));
    let member = world.snapshot(world.acme, world.acme.quinn).await;
    assert!(member.organization_abilities.is_empty() && member.connection_abilities.is_empty());
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
    assert_eq!(world.snapshot(world.acme, admin).await.organization_role, OrganizationRole::Admin);
}

#[tokio::test]
async fn someone_suspended_has_no_access_at_all() {
    let world = World::new().await;
    let Company { organization, quinn, .. } = world.acme;
    world.snapshot(world.acme, quinn).await;
    world.administer(world.acme, async |a| a.set_user_status(quinn, UserStatus::Suspended).await).await.unwrap();
    assert!(world.store.access_snapshot(organization, quinn).await.unwrap().is_none());
}
