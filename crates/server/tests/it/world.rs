//! A small world to ask: two organizations over files, people of every kind, and the API in process.
use axum::{
    Router,
    body::Body,
    http::{HeaderMap, HeaderName, Method, Request, StatusCode, header},
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write as _,
    fs,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};
use tempfile::TempDir;
use tessera_access::{AttributeDefinition, AttributeSource, ConnectionRole, EngineKind, OrganizationRole};
use tessera_api::{Address, DemoIdentity, DemoPerson, SessionCookie, Settings};
use tessera_app::{App, Limits};
use tessera_base::{
    ConnectionId, EmailAddress, Instant, Name, OperatorId, OrganizationId, UserId, Value as Attribute, ValueType,
};
use tessera_engine::{EngineHost, HostOptions};
use tessera_store::{
    Administration, Assignee, AttributeHolder, Bootstrap, Clock, KeyFile, NewUser, Store, SystemRandom,
};
use tessera_testing::TestDatabase;
use tower::ServiceExt as _;

/// Orders of the small company: enough that a few of them multiplied keep an engine busy for hours.
const ORDERS: usize = 2_000;
/// Queries that one person may run at once.
pub const RUNNING: usize = 2;

pub struct World {
    pub router: Router,
    pub app: Arc<App>,
    pub store: Store,
    pub clock: Arc<TestClock>,
    pub acme: OrganizationId,
    pub globex: OrganizationId,
    pub connection: ConnectionId,
    people: HashMap<&'static str, (OrganizationId, UserId)>,
    operator: OperatorId,
    database: TestDatabase,
    folder: TempDir,
}

/// Moves only when told to.
pub struct TestClock(Mutex<Instant>);

impl TestClock {
    pub fn advance(&self, by: Duration) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for TestClock {
    fn now(&self) -> Instant {
        *self.0.lock().unwrap()
    }
}

/// One answer of the API, read to its end.
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn text(&self) -> &str {
        str::from_utf8(&self.body).unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {:?}", String::from_utf8_lossy(&self.body)))
    }

    pub fn header(&self, name: impl Into<HeaderName>) -> &str {
        self.headers.get(name.into()).map_or("", |value| value.to_str().unwrap())
    }

    /// The body of a problem without what differs between any two requests.
    pub fn problem(&self) -> Value {
        assert_eq!(self.header(header::CONTENT_TYPE), "application/problem+json", "{}", self.text());
        let mut problem = self.json();
        let id = problem.as_object_mut().unwrap().remove("request_id");
        assert!(id.is_some_and(|id| id.as_str().is_some_and(|id| id.len() == 36)));
        assert_eq!(problem["status"], self.status.as_u16());
        problem
    }

    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", String::from_utf8_lossy(&self.body));
        self
    }
}

impl World {
    pub async fn new() -> Self {
        Self::with_limits(Limits { running_per_person: RUNNING, ..Limits::default() }).await
    }

    pub async fn with_limits(limits: Limits) -> Self {
        let folder = TempDir::new().unwrap();
        let root = folder.path().canonicalize().unwrap();
        write_data(&root.join("acme"));
        write_data(&root.join("globex"));
        let clock = Arc::new(TestClock(Mutex::new("2026-03-14T10:00:00Z".parse().unwrap())));
        let random = Arc::new(SystemRandom);
        let database = TestDatabase::new(&root);
        let key = KeyFile::open_or_create(&root.join("key"), random.as_ref()).unwrap();
        let store = Store::open(&database.prepared().await, &key, clock.clone(), random.clone()).await.unwrap();
        let mut people = HashMap::new();
        #[expect(clippy::disallowed_methods, reason = "a test makes its own organizations")]
        let mut bootstrap = store.bootstrap().await.unwrap();
        let (acme, connection) = organization(&mut bootstrap, "acme", "warehouse", &root.join("acme")).await;
        let (globex, _) = organization(&mut bootstrap, "globex", "workshop", &root.join("globex")).await;
        for (name, role, region) in [
            ("admin", None, None),
            ("modeler", Some(ConnectionRole::Modeler), Some("EUROPE")),
            ("querier", Some(ConnectionRole::Querier), Some("EUROPE")),
            ("restricted", Some(ConnectionRole::RestrictedQuerier), Some("ASIA")),
            ("unplaced", Some(ConnectionRole::Querier), None),
            ("viewer", Some(ConnectionRole::Viewer), Some("EUROPE")),
            ("nobody", None, None),
        ] {
            let mut administration = bootstrap.organization(acme);
            people.insert(
                name,
                (acme, person(&mut administration, name, role.map(|role| (connection, role)), region).await),
            );
        }
        let neighbour = person(&mut bootstrap.organization(globex), "admin", None, None).await;
        people.insert("neighbour", (globex, neighbour));
        bootstrap.commit().await.unwrap();
        let (email, name) = (EmailAddress::parse("sam@operator.example").unwrap(), Name::parse("Sam").unwrap());
        #[expect(clippy::disallowed_methods, reason = "a test hires an operator")]
        let operator = store.operators().add(&email, &name).await.unwrap();
        let options = HostOptions { running_queries: 8, cache: root.join("cache"), follow_links: false };
        let host = EngineHost::start(options).unwrap();
        let app = Arc::new(App::new(store.clone(), host, clock.clone(), random, limits));
        let router = router(&app, &people, operator);
        Self { router, app, store, clock, acme, globex, connection, people, operator, database, folder }
    }

    /// Another server that shares the database.
    pub async fn another_server(&self) -> Router {
        let root = self.folder.path().canonicalize().unwrap();
        let random = Arc::new(SystemRandom);
        let key = KeyFile::open_or_create(&root.join("key"), random.as_ref()).unwrap();
        let database = self.database.prepared().await;
        let store = Store::open(&database, &key, self.clock.clone(), random.clone()).await.unwrap();
        let options = HostOptions { running_queries: 8, cache: root.join("another cache"), follow_links: false };
        let host = EngineHost::start(options).unwrap();
        let app = Arc::new(App::new(store, host, self.clock.clone(), random, Limits::default()));
        router(&app, &self.people, self.operator)
    }

    pub fn user(&self, name: &str) -> UserId {
        self.people[name].1
    }

    /// A change of somebody's access, in force when this returns.
    pub async fn administer(&self, change: impl AsyncFnOnce(&mut Administration<'_>)) {
        #[expect(clippy::disallowed_methods, reason = "a test plays the administrator")]
        let mut bootstrap = self.store.bootstrap().await.unwrap();
        change(&mut bootstrap.organization(self.acme)).await;
        bootstrap.commit().await.unwrap();
    }

    /// Signs in, and answers with the cookie.
    pub async fn sign_in(&self, name: &str) -> String {
        let reply = self.post("", "/demo/sign-in", &format!(r#"{{"person": "{name}"}}"#)).await.expect(204);
        let cookie = reply.header(header::SET_COOKIE);
        cookie.split(';').next().unwrap().to_owned()
    }

    pub async fn send(&self, request: Request<Body>) -> Reply {
        send(&self.router, request).await
    }

    pub async fn get(&self, cookie: &str, path: &str) -> Reply {
        self.send(request(Method::GET, cookie, path, None)).await
    }

    pub async fn post(&self, cookie: &str, path: &str, body: &str) -> Reply {
        self.send(request(Method::POST, cookie, path, Some(body))).await
    }

    pub async fn delete(&self, cookie: &str, path: &str) -> Reply {
        self.send(request(Method::DELETE, cookie, path, None)).await
    }

    /// Asks in SQL, for JSON.
    pub async fn sql(&self, cookie: &str, sql: &str) -> Reply {
        self.post(cookie, "/api/v1/queries", &serde_json::json!({"model": "warehouse", "sql": sql}).to_string()).await
    }

    /// Asks a field query, for JSON.
    pub async fn ask(&self, cookie: &str, request: Value) -> Reply {
        let body = serde_json::json!({"model": "warehouse", "request": request});
        self.post(cookie, "/api/v1/queries", &body.to_string()).await
    }
}

pub async fn send(router: &Router, request: Request<Body>) -> Reply {
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.map(|body| body.to_vec()).unwrap_or_default();
    Reply { status: parts.status, headers: parts.headers, body }
}

pub fn request(method: Method, cookie: &str, path: &str, body: Option<&str>) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path).header(header::HOST, "localhost:8080");
    if !cookie.is_empty() {
        request = request.header(header::COOKIE, cookie);
    }
    match body {
        Some(body) => {
            request.header(header::CONTENT_TYPE, "application/json").body(Body::from(body.to_owned())).unwrap()
        }
        None => request.body(Body::empty()).unwrap(),
    }
}

/// The API as `tessera demo` serves it, for these people.
fn router(app: &Arc<App>, people: &HashMap<&'static str, (OrganizationId, UserId)>, operator: OperatorId) -> Router {
    let demo = people.iter().map(|(name, (organization, user))| DemoPerson {
        person: (*name).to_owned(),
        name: (*name).to_owned(),
        organization: "Test".to_owned(),
        is: String::new(),
        sees: String::new(),
        identity: DemoIdentity::Member { organization: *organization, user: *user },
    });
    let sam = DemoPerson {
        person: "sam".to_owned(),
        name: "Sam".to_owned(),
        organization: String::new(),
        is: String::new(),
        sees: String::new(),
        identity: DemoIdentity::Operator(operator),
    };
    let settings = Settings {
        address: Address::Loopback,
        cookie: SessionCookie::Loopback,
        trusted_proxies: 1,
        demo: Some(demo.chain([sam]).collect()),
    };
    tessera_api::router(app.clone(), settings, Router::new())
}

async fn organization(
    bootstrap: &mut Bootstrap,
    key: &str,
    model: &str,
    data: &Path,
) -> (OrganizationId, ConnectionId) {
    let id = bootstrap.create_organization(key, key).await.unwrap();
    let mut administration = bootstrap.organization(id);
    for (name, multiple) in [("region", true), ("clearance", false)] {
        let definition = AttributeDefinition {
            name: name.to_owned(),
            label: name.to_owned(),
            description: None,
            value_type: ValueType::String,
            multiple,
            default: None,
            secures_data: true,
        };
        administration.define_attribute(&definition).await.unwrap();
    }
    let engine = EngineKind::Files { folder: data.to_owned() };
    let connection = administration.add_connection(model, &engine).await.unwrap();
    let files: BTreeMap<String, String> =
        MODEL.iter().map(|(path, text)| ((*path).to_owned(), text.replace("warehouse", model))).collect();
    administration.publish_model(connection, model, "Data", &files).await.unwrap();
    (id, connection)
}

async fn person(
    administration: &mut Administration<'_>,
    name: &str,
    role: Option<(ConnectionId, ConnectionRole)>,
    region: Option<&str>,
) -> UserId {
    let email = format!("{name}@test.example");
    let organization_role = if name == "admin" { OrganizationRole::Admin } else { OrganizationRole::Member };
    let new = NewUser { email: &email, name, role: organization_role.into(), timezone: None };
    let user = administration.add_user(new).await.unwrap();
    if let Some(region) = region {
        let values = [Attribute::String(region.to_owned())];
        let source = AttributeSource::Administrator;
        administration.set_attribute(AttributeHolder::User(user), "region", &values, source).await.unwrap();
    }
    if let Some((connection, role)) = role {
        administration.give_connection_role(connection, Assignee::User(user), role).await.unwrap();
    }
    user
}

fn write_data(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    let customers = "id,name,region,phone\n\
        1,Alpha,EUROPE,+49-30-111-2222\n\
        2,=cmd|calc,EUROPE,+49-30-333-4444\n\
        3,Gamma,ASIA,+49-30-555-6666\n\
        4,Delta,AMERICA,+49-30-777-8888\n";
    fs::write(folder.join("customers.csv"), customers).unwrap();
    let mut orders = String::from("id,customer_id,status,amount,ordered_on\n");
    for id in 1..=ORDERS {
        let status = ["open", "complete"][id % 2];
        let _ = writeln!(orders, "{id},{},{status},{}.5,2026-{:02}-01", id % 4 + 1, id % 100, id % 12 + 1);
    }
    fs::write(folder.join("orders.csv"), orders).unwrap();
    fs::write(folder.join("secrets.csv"), "id,code\n1,plan\n").unwrap();
}

const MODEL: [(&str, &str); 6] = [
    (
        "model.yaml",
        r#"
connection: warehouse
default_access: deny
attributes:
  region: {type: string, multiple: true}
  clearance: {type: string}
access_grants:
  admins: {user_attribute: is_org_admin, allowed_values: [true]}
  cleared:
    any_of:
      - {user_attribute: is_org_admin, allowed_values: [true]}
      - {user_attribute: clearance, allowed_values: [high]}
relationships:
  - {from: orders, to: customers, on: "${orders.customer_id} = ${customers.id}", type: many_to_one}
"#,
    ),
    (
        "views/customers.view.yaml",
        r#"
view: customers
table: customers
primary_key: [id]
access_filters:
  - any_of:
      - {field: region, user_attribute: region}
      - {grant: admins}
dimensions:
  id: {type: number, sql: id}
  name: {type: string, sql: name}
  region: {type: string, sql: region}
  phone: {type: string, sql: phone, mask_unless_access_grants: [cleared], mask: last4}
measures:
  count: {aggregate_type: count}
"#,
    ),
    (
        "views/orders.view.yaml",
        r#"
view: orders
table: orders
primary_key: [id]
access_filters:
  - any_of:
      - {field: customers.region, user_attribute: region}
      - {grant: admins}
dimensions:
  id: {type: number, sql: id}
  customer_id: {type: number, sql: customer_id}
  status: {type: string, sql: status}
  ordered_on: {type: date, sql: ordered_on, timeframes: [date, month, year]}
  margin: {type: number, sql: amount, required_access_grants: [cleared]}
measures:
  count: {aggregate_type: count}
  amount: {aggregate_type: sum, sql: amount}
"#,
    ),
    (
        "views/secrets.view.yaml",
        r#"
view: secrets
table: secrets
primary_key: [id]
required_access_grants: [cleared]
dimensions:
  id: {type: number, sql: id}
  code: {type: string, sql: code}
"#,
    ),
    ("topics/orders.topic.yaml", "topic: orders\nbase_view: orders\njoins: {customers: {}}\n"),
    ("topics/secrets.topic.yaml", "topic: secrets\nbase_view: secrets\n"),
];
