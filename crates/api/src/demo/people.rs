use crate::{Api, DemoIdentity, DemoPerson, wire};
use axum::{Json, extract::State};
use wire::demo::{People, Person};

/// Whom a visitor may be.
pub(super) async fn list_people(State(api): State<Api>) -> Json<People> {
    Json(People { people: api.settings.demo.iter().flatten().map(person).collect() })
}

fn person(person: &DemoPerson) -> Person {
    let DemoPerson { person, name, organization, is, sees, identity } = person.clone();
    let kind = match identity {
        DemoIdentity::Member { .. } => "member",
        DemoIdentity::Operator(_) => "operator",
    };
    Person { person, name, organization, kind, is, sees }
}
