//! What it costs to decide: from the bytes of a request to a verified query, and from a person to a data scope.
use crate::{Error, acme, report::Table, samples::Samples, wide_model};
use std::{path::Path, sync::Arc, time::Duration};
use tessera_access::{AttributeState, AttributeValues, Attributes, Permit, action, open};
use tessera_base::{Instant, Value};
use tessera_model::{
    DataScope, Model,
    file::{self, Node},
    request::FieldQuery,
    scope::Person,
};
use tessera_query::{RowLimit, Settings, govern_topic, verify};
use tessera_store::folder::ModelFolder;

const REQUESTS: usize = 20_000;
const SCOPES: usize = 5_000;

/// Six fields of five views: four joins from the order items.
const REQUEST: &str = r#"{
    "topic": "order_items",
    "fields": ["orders.ordered_at[month]", "customers.market_segment", "nations.name", "parts.brand",
               "order_items.revenue", "order_items.quantity_sold"],
    "filters": [{"field": "orders.ordered_at", "during": "1994"}, {"field": "parts.size", "at_least": 10}],
    "sorts": [{"field": "order_items.revenue", "descending": true}],
    "limit": 500
}"#;

pub(crate) fn measure(demo: &Path, now: Instant) -> Result<Table, Error> {
    let requests = requests(demo, now)?;
    let scopes = scopes()?;
    let row = |what: String, samples: &Samples, wanted: &str| {
        vec![what, micros(samples.median()), micros(samples.percentile(99)), wanted.to_owned()]
    };
    Ok(Table {
        title: "Governing".to_owned(),
        note: format!(
            "The request is read from its bytes each time; its person is Quinn. {} requests, {} scopes.",
            requests.len(),
            scopes.len()
        ),
        columns: vec!["what", "p50", "p99", "wanted"],
        rows: vec![
            row("request → verified query, 6 fields, 4 joins".to_owned(), &requests, "p50 ≤ 300 µs, p99 ≤ 1000 µs"),
            row(
                format!(
                    "data scope of a person, {} views, {} fields",
                    wide_model::VIEWS,
                    wide_model::VIEWS * wide_model::FIELDS_PER_VIEW
                ),
                &scopes,
                "p50 ≤ 50 µs",
            ),
        ],
    })
}

fn requests(demo: &Path, now: Instant) -> Result<Samples, Error> {
    let folder = ModelFolder::open(&demo.join("acme"))?;
    let checked = Arc::new(file::check(folder.files(), None).map_err(acme::problems)?);
    let context = folder.actor(&demo.join("people/quinn.yaml"), now)?;
    let name = checked.connection.clone();
    let permit: Permit<Model, action::Query> = open(&context, &name, Some(folder.model(checked)))?;
    let settings = Settings { now, timezone: None, rows: RowLimit::Interactive };
    let ask = || -> Result<_, Error> {
        let node = Node::from_json(REQUEST).map_err(|problem| acme::problems(vec![problem]))?;
        let request = FieldQuery::parse(&node).map_err(acme::problems)?;
        Ok(verify(govern_topic(&permit, &request, &settings)?)?)
    };
    ask()?;
    Ok(Samples::of(REQUESTS, ask))
}

fn scopes() -> Result<Samples, Error> {
    let checked = file::check(&wide_model::files(), None).map_err(acme::problems)?;
    let mut attributes = Attributes::default();
    let mut set = |name: &str, values: &[&str]| {
        let values = values.iter().map(|value| Value::String((*value).to_owned())).collect();
        attributes.set(name, AttributeState::Set(AttributeValues { values, origin: "set on you".to_owned() }));
    };
    set("region", &["EUROPE", "ASIA"]);
    set("department", &["Sales"]);
    let groups = ["analysts", "stewards"].map(str::to_owned).into();
    let person =
        Person { attributes: &attributes, groups: &groups, can_query_all_views: true, develops_policies: false };
    Ok(Samples::of(SCOPES, || DataScope::resolve(&checked, person)))
}

fn micros(duration: Duration) -> String {
    format!("{:.0} µs", duration.as_secs_f64() * 1e6)
}
