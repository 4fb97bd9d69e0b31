//! The demonstration company, asked by a Querier for one region.
use std::{collections::BTreeMap, path::Path, sync::Arc};
use tessera_access::{
    Abilities, AccessContext, Actor, Assignment, AttributeState, AttributeValues, Attributes, ConnectionRole, Facts,
    GroupRef, Origin, Permit, Sealed, Snapshot, Standing, StandingParts, User, action, open,
};
use tessera_base::{Arrival, ConnectionId, OrganizationId, RequestId, UserId, Value};
use tessera_model::{
    Model,
    file::{ModelFiles, check},
};
use tessera_query::{RowLimit, Settings};
use uuid::Uuid;

fn files(folder: &Path, at: &str, files: &mut ModelFiles) {
    for entry in std::fs::read_dir(folder.join(at)).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{at}{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            if path != "data" {
                files_of(folder, &path, files);
            }
        } else if path.ends_with(".yaml") && path != "connections.yaml" {
            files.insert(path, std::fs::read(entry.path()).unwrap());
        }
    }
}

fn files_of(folder: &Path, at: &str, into: &mut ModelFiles) {
    files(folder, &format!("{at}/"), into);
}

#[expect(clippy::disallowed_methods, reason = "the tests stand for the gate and for the store")]
pub(crate) fn permit<A: action::Action>(region: &str) -> Permit<Model, A> {
    let organization = OrganizationId::new(Uuid::from_u128(1));
    let connection = ConnectionId::new(Uuid::from_u128(2));
    let mut found = ModelFiles::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo/acme"), "", &mut found);
    let checked = check(&found, None).unwrap_or_else(|problems| {
        panic!("{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    });
    let mut attributes = Attributes::default();
    let set = AttributeValues { values: vec![Value::String(region.to_owned())], origin: "set on you".to_owned() };
    attributes.set("region", AttributeState::Set(set));
    let role = ConnectionRole::Querier;
    let quinn = User {
        id: UserId::new(Uuid::from_u128(4)),
        known_as: None,
        email: "quinn@acme.example".to_owned(),
        name: "Quinn".to_owned(),
        timezone: None,
    };
    let parts = StandingParts {
        groups: vec![GroupRef { key: "analysts".into(), name: "Analysts".into() }],
        organization_admin: false,
        organization_abilities: Abilities::default(),
        connection_abilities: BTreeMap::from([(
            connection,
            Abilities::new(vec![Assignment::new("Querier", Origin::Direct, role.abilities())]),
        )]),
        attributes,
    };
    let standing = Standing::given(Arc::new(Snapshot::empty(organization)), Actor::User(quinn), parts);
    let arrival = Arrival::within(RequestId::new(Uuid::from_u128(3)));
    let context = AccessContext::establish(arrival, chrono::DateTime::UNIX_EPOCH, Arc::new(standing));
    let model = Model {
        name: "warehouse".into(),
        label: "Warehouse".into(),
        connection,
        version: 1,
        checked: Arc::new(checked),
    };
    let facts = Facts { organization, connection: Some(connection), ..Facts::of(organization) };
    open(&Arc::new(context), "warehouse", Some(Sealed::new(model, facts))).unwrap()
}

pub(crate) const SETTINGS: Settings =
    Settings { now: chrono::DateTime::UNIX_EPOCH, timezone: None, rows: RowLimit::Interactive };
