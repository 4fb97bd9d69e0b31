use crate::{Api, extract::SignedIn, problem::Problem, wire};
use axum::{Json, extract::State};
use tessera_access::{
    Abilities, Ability, AccessContext, Address, Assignment, AttributeDefinition, AttributeState, Connection, GroupRef,
};
use tessera_app::Whoami;
use tessera_base::Value;
use wire::{
    session::{AbilityOrigin, Actor, Attribute, ConnectionAbilities, Group, Organization, WhoamiCan},
    support::OpenGrant,
};

/// Who is signed in, what they hold, and why.
#[utoipa::path(
    get,
    path = "/api/v1/whoami",
    tag = "session",
    responses((status = 200, body = wire::session::Whoami), (status = 401, body = wire::problem::Problem))
)]
pub(crate) async fn whoami(
    State(api): State<Api>,
    SignedIn(context): SignedIn,
) -> Result<Json<wire::session::Whoami>, Problem> {
    let Whoami { organization, role, attributes, connections, query, see_all_queries } =
        api.app.whoami(&context).await?;
    let user = context.user();
    Ok(Json(wire::session::Whoami {
        actor: Actor {
            kind: context.actor().kind().name(),
            id: user.id.to_string(),
            email: user.email.clone(),
            name: user.name.clone(),
        },
        viewed_by: context
            .standing()
            .viewed_by()
            .map(|viewer| wire::content::PersonRef { id: viewer.id.to_string(), name: viewer.name.clone() }),
        support: support(&context),
        organization: Organization { id: context.organization().to_string(), name: organization.name.to_string() },
        organization_role: role.to_string(),
        groups: context.groups().iter().map(group).collect(),
        attributes: attributes.into_iter().map(|(definition, state)| attribute(&definition, state)).collect(),
        connections: connections.iter().filter_map(|permit| connection(permit.resource(), &context)).collect(),
        can: WhoamiCan { query: query.into(), see_all_queries: see_all_queries.into() },
    }))
}

fn support(context: &AccessContext) -> Option<OpenGrant> {
    let tessera_access::Actor::Operator { grant, .. } = context.actor() else { return None };
    let grant = context.snapshot().support_grant(*grant)?;
    Some(OpenGrant { id: grant.id.to_string(), expires_at: grant.expires_at.to_rfc3339() })
}

pub(crate) fn group(group: &GroupRef) -> Group {
    Group { key: group.key.to_string(), name: group.name.to_string() }
}

pub(crate) fn attribute(definition: &AttributeDefinition, state: Option<AttributeState>) -> Attribute {
    let (state, values, origin) = match state {
        Some(AttributeState::Set(set) | AttributeState::Default(set)) => {
            (wire::session::AttributeState::Set, set.values.into_iter().map(value).collect(), set.origin)
        }
        Some(AttributeState::Conflict { groups }) => {
            (wire::session::AttributeState::Conflict, Vec::new(), format!("groups disagree: {}", groups.join(", ")))
        }
        None => (wire::session::AttributeState::Missing, Vec::new(), "not set".to_owned()),
    };
    Attribute {
        name: definition.name.clone(),
        label: definition.label.clone(),
        value_type: definition.value_type.name(),
        state,
        values,
        origin,
    }
}

fn value(value: Value) -> serde_json::Value {
    match value {
        Value::Boolean(boolean) => boolean.into(),
        Value::Number(number) => {
            let text = number.to_string();
            text.parse().map_or_else(|_| text.into(), serde_json::Value::Number)
        }
        other => other.to_string().into(),
    }
}

fn connection(connection: &Connection, context: &AccessContext) -> Option<ConnectionAbilities> {
    let abilities = context.connection_abilities(connection.id)?;
    Some(ConnectionAbilities { name: connection.name.clone(), abilities: origins(abilities, Address::You) })
}

/// Each ability with the role that gave it, and how one came to that.
pub(crate) fn origins<A: Ability>(abilities: &Abilities<A>, to: Address) -> Vec<AbilityOrigin> {
    let origin = |ability: A| {
        let Assignment { role, origin, .. } = abilities.because(ability)?;
        Some(AbilityOrigin { name: ability.name(), because: format!("{role}, {}", origin.told(to)) })
    };
    abilities.iter().filter_map(origin).collect()
}
