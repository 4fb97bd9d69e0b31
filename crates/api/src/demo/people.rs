use crate::{Api, DemoPerson, wire};
use axum::{Json, extract::State};
use wire::demo::{People, Person};

/// Whom a visitor may be.
pub(super) async fn list_people(State(api): State<Api>) -> Json<People> {
    Json(People { people: api.settings.demo.iter().flatten().map(person).collect() })
}

fn person(person: &DemoPerson) -> Person {
    let DemoPerson { person, name, organization, is, sees, .. } = person.clone();
    Person { person, name, organization, is, sees }
}
