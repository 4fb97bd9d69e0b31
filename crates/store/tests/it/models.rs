use crate::world::World;
use std::{
    collections::BTreeMap,
    convert::Infallible,
    sync::{Mutex, PoisonError},
};
use tessera_access::{ConnectionRole, Denied, Permit, Resource, ResourceKind, Scope, action::View, open, visible};
use tessera_store::{Assignee, ModelCompiler, ModelKey, StoreError, StoredModel};

#[derive(Clone, PartialEq, Debug)]
struct Model(StoredModel);

impl Resource for Model {
    const KIND: ResourceKind = ResourceKind::Model;
}

/// Counts what it compiles.
#[derive(Default)]
struct Compiler(Mutex<BTreeMap<ModelKey, Model>>);

impl Compiler {
    fn compilations(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

impl ModelCompiler for Compiler {
    type Model = Model;
    type Error = Infallible;

    fn compiled(&self, key: &ModelKey) -> Option<Model> {
        self.0.lock().unwrap().get(key).cloned()
    }

    async fn compile(&self, stored: StoredModel) -> Result<Model, Infallible> {
        let earlier = self.0.lock().unwrap().insert(stored.key, Model(stored.clone()));
        assert_eq!(earlier, None, "compiled twice");
        Ok(Model(stored))
    }
}

fn files(text: &str) -> BTreeMap<String, String> {
    BTreeMap::from([("model.yaml".to_owned(), text.to_owned())])
}

#[tokio::test]
async fn the_model_in_force_is_the_last_that_was_published_and_is_compiled_once() {
    let world = World::new().await;
    let compiler = Compiler::default();
    let context = world.context(world.acme, world.acme.admin).await;
    let scope: Scope<Model> = visible(&context);
    let read = async || {
        let sealed = world.store.tenant(&context).model(&scope, &compiler, "sales").await.unwrap();
        let permit: Permit<Model, View> = open(&context, "sales", sealed).unwrap();
        let StoredModel { key, name, label, files } = permit.resource().0.clone();
        (key.version, name, label, files)
    };
    assert_eq!(read().await, (1, "sales".into(), "Sales of acme".into(), files("# of acme")));
    assert_eq!(read().await.0, 1);
    assert_eq!(compiler.compilations(), 1);

    let publish = async |text: &str| {
        world
            .administer(world.acme, async |a| {
                a.publish_model(world.acme.warehouse, "sales", "Sales", &files(text)).await.map(drop)
            })
            .await
    };
    publish("# second").await.unwrap();
    assert_eq!(read().await, (2, "sales".into(), "Sales".into(), files("# second")));
    assert_eq!(compiler.compilations(), 2);
}

#[tokio::test]
async fn a_model_out_of_sight_is_like_none_and_is_not_even_compiled() {
    let world = World::new().await;
    let compiler = Compiler::default();
    let context = world.context(world.acme, world.acme.quinn).await;
    let tenant = world.store.tenant(&context);
    let asked = async |name: &str| {
        let sealed = tenant.model(&visible(&context), &compiler, name).await.unwrap();
        let opened: Result<Permit<Model, View>, Denied> = open(&context, "it", sealed);
        opened.unwrap_err()
    };
    assert_eq!(asked("sales").await, asked("never_was").await);
    assert!(tenant.models(&visible(&context), &compiler).await.unwrap().is_empty());
    assert_eq!(compiler.compilations(), 0);
}

#[tokio::test]
async fn a_list_holds_the_models_of_one_s_connections() {
    let world = World::new().await;
    let compiler = Compiler::default();
    world
        .administer(world.acme, async |a| {
            let lake = a.add_connection("lake", &tessera_access::EngineKind::Files { folder: "/lake".into() }).await?;
            a.publish_model(lake, "lake", "Lake", &files("# lake")).await?;
            a.give_connection_role(lake, Assignee::User(world.acme.quinn), ConnectionRole::Viewer).await
        })
        .await
        .unwrap();
    let names = async |user| {
        let context = world.context(world.acme, user).await;
        let models = world.store.tenant(&context).models(&visible(&context), &compiler).await.unwrap();
        models.iter().map(|permit| permit.resource().0.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(world.acme.quinn).await, ["lake"]);
    assert_eq!(names(world.acme.admin).await, ["lake", "sales"]);
}

#[tokio::test]
async fn two_models_of_an_organization_have_two_names() {
    let world = World::new().await;
    let refused = world
        .administer(world.acme, async |a| {
            let lake = a.add_connection("lake", &tessera_access::EngineKind::Files { folder: "/lake".into() }).await?;
            a.publish_model(lake, "sales", "Lake", &files("# lake")).await.map(drop)
        })
        .await;
    assert!(matches!(refused, Err(StoreError::Taken { noun: "model", .. })), "{refused:?}");
    let refused = world
        .administer(world.acme, async |a| {
            a.publish_model(world.globex.warehouse, "theirs", "Theirs", &files("#")).await.map(drop)
        })
        .await;
    assert!(matches!(refused, Err(StoreError::Unknown { noun: "connection", .. })), "{refused:?}");
}
