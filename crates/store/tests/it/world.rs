//! Two companies in one database in a temporary folder, and a clock that stands still.
use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};
use tempfile::TempDir;
use tessera_access::{AccessContext, ConnectionRole, EngineKind, OrganizationRole, Standing};
use tessera_base::{Arrival, ConnectionId, GroupId, Instant, OrganizationId, RequestId, UserId};
use tessera_store::{
    Administration, Assignee, Bootstrap, Clock, Database, GroupMember, KeyFile, NewUser, Store, StoreError,
    SystemRandom,
};
use tessera_testing::TestDatabase;
use uuid::Uuid;

/// Where every request comes from.
pub(crate) const ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7));

pub(crate) struct TestClock(AtomicI64);

impl TestClock {
    pub(crate) fn advance_minutes(&self, minutes: i64) {
        self.0.fetch_add(minutes * 60_000, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Instant {
        Instant::from_timestamp_millis(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

/// An admin, a person, a group that holds nobody, and a connection on which nobody was given a role.
#[derive(Clone, Copy)]
pub(crate) struct Company {
    pub(crate) organization: OrganizationId,
    pub(crate) admin: UserId,
    pub(crate) quinn: UserId,
    pub(crate) analysts: GroupId,
    pub(crate) warehouse: ConnectionId,
}

pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) acme: Company,
    /// Holds things of the same names.
    pub(crate) globex: Company,
    database: TestDatabase,
    folder: TempDir,
}

impl World {
    pub(crate) async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let clock = Arc::new(TestClock(AtomicI64::new(1_780_000_000_000)));
        let database = TestDatabase::new(folder.path());
        let store = open(&database.prepared().await, &folder, clock.clone()).await.unwrap();
        let (acme, globex) = found_two(&store).await;
        Self { store, clock, acme, globex, database, folder }
    }

    pub(crate) fn database(&self) -> PathBuf {
        let TestDatabase::File(path) = &self.database else { panic!("a test of files") };
        path.clone()
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) async fn reopen(&self) -> Store {
        self.store.close().await;
        open(&self.database.prepared().await, &self.folder, self.clock.clone()).await.unwrap()
    }

    pub(crate) async fn administer(
        &self,
        company: Company,
        act: impl AsyncFnOnce(&mut Administration<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut bootstrap = bootstrap(&self.store).await;
        act(&mut bootstrap.organization(company.organization)).await?;
        bootstrap.commit().await
    }

    pub(crate) async fn standing(&self, company: Company, user: UserId) -> Arc<Standing> {
        self.store.standing(company.organization, user).await.unwrap().expect("an active person")
    }

    #[expect(clippy::disallowed_methods, reason = "a test is its own gate")]
    pub(crate) async fn context(&self, company: Company, user: UserId) -> Arc<AccessContext> {
        let standing = self.standing(company, user).await;
        Arc::new(AccessContext::establish(request(), self.clock.now(), standing))
    }

    pub(crate) async fn give(&self, company: Company, assignee: Assignee, role: ConnectionRole) {
        self.administer(company, async |a| a.give_connection_role(company.warehouse, assignee, role).await)
            .await
            .unwrap();
    }

    pub(crate) async fn add_group(&self, company: Company, key: &str, name: &str) -> GroupId {
        let mut bootstrap = bootstrap(&self.store).await;
        let group = bootstrap.organization(company.organization).add_group(key, name).await.unwrap();
        bootstrap.commit().await.unwrap();
        group
    }

    pub(crate) async fn join(&self, company: Company, group: GroupId, member: GroupMember) {
        self.administer(company, async |a| a.add_group_member(group, member).await).await.unwrap();
    }
}

pub(crate) fn request() -> Arrival {
    Arrival { request: RequestId::new(Uuid::from_u128(7)), address: Some(ADDRESS) }
}

/// A store of its own key.
pub(crate) async fn open_with(database: &Database) -> Result<Store, StoreError> {
    open(database, &TempDir::new().unwrap(), Arc::new(TestClock(AtomicI64::new(1_780_000_000_000)))).await
}

pub(crate) async fn found_two(store: &Store) -> (Company, Company) {
    let mut bootstrap = bootstrap(store).await;
    let acme = found(&mut bootstrap, "acme").await.unwrap();
    let globex = found(&mut bootstrap, "globex").await.unwrap();
    bootstrap.commit().await.unwrap();
    (acme, globex)
}

/// The context of a company's admin.
#[expect(clippy::disallowed_methods, reason = "a test is its own gate")]
pub(crate) async fn admin_context(store: &Store, company: Company) -> Arc<AccessContext> {
    let standing = store.standing(company.organization, company.admin).await.unwrap().expect("an active person");
    Arc::new(AccessContext::establish(request(), Instant::from_timestamp_millis(1_780_000_000_000).unwrap(), standing))
}

async fn open(database: &Database, folder: &TempDir, clock: Arc<TestClock>) -> Result<Store, StoreError> {
    let key_file = KeyFile::open_or_create(&folder.path().join("tessera.key"), &SystemRandom).unwrap();
    Store::open(database, &key_file, clock, Arc::new(SystemRandom)).await
}

#[expect(clippy::disallowed_methods, reason = "a test is its own first start")]
async fn bootstrap(store: &Store) -> Bootstrap {
    store.bootstrap().await.unwrap()
}

async fn found(bootstrap: &mut Bootstrap, key: &str) -> Result<Company, StoreError> {
    let organization = bootstrap.create_organization(key, &format!("The {key} company")).await?;
    let mut administration = bootstrap.organization(organization);
    let admin = NewUser { email: "ada@example.com", name: "Ada", role: OrganizationRole::Admin.into(), timezone: None };
    let admin = administration.add_user(admin).await?;
    let quinn =
        NewUser { email: "quinn@example.com", name: "Quinn", role: OrganizationRole::Member.into(), timezone: None };
    let quinn = administration.add_user(quinn).await?;
    let analysts = administration.add_group("analysts", "Analysts").await?;
    let engine = EngineKind::Files { folder: PathBuf::from(format!("/data/{key}")) };
    let warehouse = administration.add_connection("warehouse", &engine).await?;
    let files = BTreeMap::from([("model.yaml".to_owned(), format!("# of {key}"))]);
    administration.publish_model(warehouse, "sales", &format!("Sales of {key}"), &files).await?;
    Ok(Company { organization, admin, quinn, analysts, warehouse })
}
