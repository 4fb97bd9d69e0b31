use super::access::Verdict;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who is signed in, what they hold, and why.
#[derive(Serialize, ToSchema)]
pub(crate) struct Whoami {
    pub(crate) actor: Actor,
    /// Who it is really, when somebody sees the product as another person does.
    pub(crate) viewed_by: Option<super::content::PersonRef>,
    /// The grant under which one of the operator's staff is here.
    pub(crate) support: Option<super::support::OpenGrant>,
    pub(crate) organization: Organization,
    pub(crate) organization_role: String,
    pub(crate) groups: Vec<Group>,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) connections: Vec<ConnectionAbilities>,
    pub(crate) can: WhoamiCan,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SeeAs {
    /// The id of a person.
    pub(crate) user: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Actor {
    pub(crate) kind: &'static str,
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) name: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Organization {
    pub(crate) id: String,
    pub(crate) name: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Group {
    pub(crate) key: String,
    pub(crate) name: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Attribute {
    pub(crate) name: String,
    pub(crate) label: String,
    #[serde(rename = "type")]
    pub(crate) value_type: &'static str,
    pub(crate) state: AttributeState,
    /// Strings, exact numbers or booleans.
    #[schema(value_type = Vec<serde_json::Value>)]
    pub(crate) values: Vec<serde_json::Value>,
    /// Where the values come from; which groups disagree, when in conflict.
    pub(crate) origin: String,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AttributeState {
    Set,
    Missing,
    Conflict,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct ConnectionAbilities {
    pub(crate) name: String,
    pub(crate) abilities: Vec<AbilityOrigin>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct AbilityOrigin {
    pub(crate) name: &'static str,
    pub(crate) because: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct WhoamiCan {
    pub(crate) query: Verdict,
    pub(crate) see_all_queries: Verdict,
}
