use crate::world::{Company, World};
use tessera_access::{AttributeDefinition, AttributeSource, AttributeState};
use tessera_base::{Value, ValueType};
use tessera_store::{AttributeHolder, GroupMember, StoreError};

fn definition(name: &str, value_type: ValueType, multiple: bool, default: Option<Vec<Value>>) -> AttributeDefinition {
    AttributeDefinition {
        name: name.into(),
        label: name.into(),
        description: None,
        value_type,
        multiple,
        default,
        secures_data: false,
    }
}

fn text(values: &[&str]) -> Vec<Value> {
    values.iter().map(|value| Value::String((*value).into())).collect()
}

/// The values and where they come from, or the groups in conflict.
async fn resolved(world: &World, name: &str) -> Option<(Vec<Value>, String)> {
    match world.standing(world.acme, world.acme.quinn).await.attributes().get(name)? {
        AttributeState::Set(set) | AttributeState::Default(set) => Some((set.values.clone(), set.origin.clone())),
        AttributeState::Conflict { groups } => Some((Vec::new(), format!("conflict of {}", groups.join(", ")))),
    }
}

async fn set(
    world: &World,
    holder: AttributeHolder,
    name: &str,
    values: &[Value],
    source: AttributeSource,
) -> Result<(), StoreError> {
    world.administer(world.acme, async |a| a.set_attribute(holder, name, values, source).await).await
}

#[tokio::test]
async fn a_person_s_value_comes_before_the_groups_and_those_before_the_default() {
    let world = World::new().await;
    let Company { quinn, analysts, .. } = world.acme;
    let administrator = AttributeSource::Administrator;
    world
        .administer(world.acme, async |a| {
            a.add_group_member(analysts, GroupMember::User(quinn)).await?;
            a.define_attribute(&definition("region", ValueType::String, true, Some(text(&["NONE"])))).await
        })
        .await
        .unwrap();
    assert_eq!(resolved(&world, "region").await, Some((text(&["NONE"]), "default".into())));
    set(&world, AttributeHolder::Group(analysts), "region", &text(&["ASIA", "AFRICA"]), administrator).await.unwrap();
    assert_eq!(resolved(&world, "region").await, Some((text(&["ASIA", "AFRICA"]), "set on group Analysts".into())));
    set(&world, AttributeHolder::User(quinn), "region", &text(&["EUROPE"]), administrator).await.unwrap();
    assert_eq!(resolved(&world, "region").await, Some((text(&["EUROPE"]), "set on you".into())));
    set(&world, AttributeHolder::User(quinn), "region", &[], administrator).await.unwrap();
    assert_eq!(resolved(&world, "region").await, Some((vec![], "set on you".into())), "no value is a value");
    assert_eq!(resolved(&world, "never_defined").await, None);
}

#[tokio::test]
async fn groups_that_disagree_about_a_single_value_are_in_conflict() {
    let world = World::new().await;
    let Company { quinn, analysts, .. } = world.acme;
    world
        .administer(world.acme, async |a| {
            let board = a.add_group("board", "Board").await?;
            a.define_attribute(&definition("clearance", ValueType::Number, false, None)).await?;
            for (group, value) in [(analysts, 1), (board, 3)] {
                a.add_group_member(group, GroupMember::User(quinn)).await?;
                let values = [Value::Number(value.into())];
                a.set_attribute(AttributeHolder::Group(group), "clearance", &values, AttributeSource::Administrator)
                    .await?;
            }
            Ok(())
        })
        .await
        .unwrap();
    assert_eq!(resolved(&world, "clearance").await, Some((vec![], "conflict of Analysts, Board".into())));
}

#[tokio::test]
async fn what_does_not_fit_its_definition_is_refused() {
    let world = World::new().await;
    let quinn = AttributeHolder::User(world.acme.quinn);
    let define = async |definition: AttributeDefinition| {
        world.administer(world.acme, async |a| a.define_attribute(&definition).await).await
    };
    define(definition("clearance", ValueType::Number, false, None)).await.unwrap();

    let administrator = AttributeSource::Administrator;
    let wrong_type = set(&world, quinn, "clearance", &text(&["2"]), administrator).await.unwrap_err();
    assert_eq!(wrong_type.to_string(), "a value of attribute `clearance` must be a number");
    let two = set(&world, quinn, "clearance", &[Value::Number(1.into()), Value::Number(2.into())], administrator)
        .await
        .unwrap_err();
    assert_eq!(two.to_string(), "attribute `clearance` holds one value, not 2");
    let unknown = set(&world, quinn, "colour", &text(&["red"]), administrator).await.unwrap_err();
    assert_eq!(unknown.to_string(), "no attribute `colour`");
    let reserved = define(definition("is_org_admin", ValueType::Boolean, false, None)).await.unwrap_err();
    assert_eq!(reserved.to_string(), "`is_org_admin` is a name of the system, which fills it itself");
    let timestamp = define(definition("since", ValueType::Timestamp, false, None)).await.unwrap_err();
    assert_eq!(timestamp.to_string(), "attribute `since` cannot be a timestamp");
    let securing = AttributeDefinition {
        secures_data: true,
        ..definition("region", ValueType::String, true, Some(text(&["EUROPE"])))
    };
    assert_eq!(
        define(securing).await.unwrap_err().to_string(),
        "attribute `region` secures data, so it may have no default"
    );
}

#[tokio::test]
async fn a_source_replaces_only_its_own_values_and_an_administrator_any() {
    let world = World::new().await;
    let quinn = AttributeHolder::User(world.acme.quinn);
    world
        .administer(world.acme, async |a| {
            a.define_attribute(&definition("region", ValueType::String, true, None)).await
        })
        .await
        .unwrap();
    set(&world, quinn, "region", &text(&["ASIA"]), AttributeSource::Scim).await.unwrap();
    set(&world, quinn, "region", &text(&["AFRICA"]), AttributeSource::Scim).await.unwrap();
    set(&world, quinn, "region", &text(&["EUROPE"]), AttributeSource::Administrator).await.unwrap();
    for source in [AttributeSource::Scim, AttributeSource::SignIn] {
        let refused = set(&world, quinn, "region", &text(&["ASIA"]), source).await;
        assert!(matches!(refused, Err(StoreError::OtherSource { source_name: "administrator", .. })), "{refused:?}");
        let refused = world.administer(world.acme, async |a| a.clear_attribute(quinn, "region", source).await).await;
        assert!(matches!(refused, Err(StoreError::OtherSource { .. })), "{refused:?}");
    }
    assert_eq!(resolved(&world, "region").await, Some((text(&["EUROPE"]), "set on you".into())));
}
