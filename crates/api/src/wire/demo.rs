use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
pub(crate) struct People {
    pub(crate) people: Vec<Person>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Person {
    pub(crate) person: String,
    pub(crate) name: String,
    pub(crate) organization: String,
    /// `member`, or `operator`: of the staff of whoever runs the server.
    pub(crate) kind: &'static str,
    pub(crate) is: String,
    pub(crate) sees: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    pub(crate) person: String,
}
