use crate::{
    Api,
    access::{grantee_of, knows},
    connections::role_of,
    content::content_role,
    extract::{JsonBody, SignedIn, open_named},
    people::organization_role,
    problem::{Kind, Problem},
    wire,
};
use axum::{Json, extract::State};
use std::sync::Arc;
use tessera_access::{
    Ability, AbilitySet, AccessContext, ActionKind, Connection, Difference, Facts, Grantee, Group, Missing, Permit,
    Person, PersonStatus, Proposal, Resource, ResourceKind,
    action::{Action, AssignRoles, SetMembers, SetRole, SetStatus, Unshare},
    decide, role_on, what_if,
};
use tessera_app::{Content, Document, Folder};
use tessera_base::NodeId;
use wire::access::{ChangedConnection, ChangedContent, ChangedPerson, WhatIf, WhatIfAnswer};

/// Most people that one answer names, and folders and documents that it looks at.
const MOST: usize = 200;

/// What a change would do before it is made: who would gain or lose what. Asking takes the right to make the change.
#[utoipa::path(
    post,
    path = "/api/v1/explain/what-if",
    tag = "access",
    request_body = WhatIf,
    responses(
        (status = 200, body = WhatIfAnswer),
        (status = 400, body = wire::problem::Problem),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 409, body = wire::problem::Problem),
        (status = 422, body = wire::problem::Problem),
    )
)]
pub(crate) async fn ask_what_if(
    State(api): State<Api>,
    SignedIn(context): SignedIn,
    JsonBody { shape, .. }: JsonBody<WhatIf>,
) -> Result<Json<WhatIfAnswer>, Problem> {
    let proposal = proposal(&api, &context, shape).await?;
    let before = context.snapshot();
    let impossible = || Problem::new(Kind::InvalidValue, "this change cannot be made");
    let after = before.proposed(&proposal).ok_or_else(impossible)?;
    let nodes = touched(&context, &proposal);
    let differences = what_if(before, &after, &nodes);
    let known = differences.iter().filter(|one| knows(&context, Grantee::User(one.person.id)));
    let mut people: Vec<ChangedPerson> = known.map(|one| changed(&context, one)).collect();
    people.retain(|one| !one.is_nothing());
    people.sort_by(|one, other| (&one.person.name, &one.person.id).cmp(&(&other.person.name, &other.person.id)));
    let total = people.len();
    people.truncate(MOST);
    Ok(Json(WhatIfAnswer { people, total }))
}

/// Exactly one of the changes that a body can name; whoever may not make it does not learn what it would do.
async fn proposal(api: &Api, context: &Arc<AccessContext>, shape: WhatIf) -> Result<Proposal, Problem> {
    let snapshot = context.snapshot();
    match shape {
        WhatIf { member: Some(change), connection_role: None, organization_role: None, status: None, grant: None } => {
            let permit = open_named::<Arc<Group>, SetMembers>(api, context, &change.group).await?;
            let group = permit.resource().id;
            let member = grantee_of(context, &change.member)?;
            let lacks = context.standing().lacks_to_give_group(group).filter(|_| change.inside);
            holds(api, &permit, lacks).await?;
            Ok(Proposal::Member { group, member, inside: change.inside })
        }
        WhatIf { member: None, connection_role: Some(change), organization_role: None, status: None, grant: None } => {
            let connection = open_named::<Connection, AssignRoles>(api, context, &change.connection).await?;
            let to = grantee_of(context, &change.assignee)?;
            let role = change.role.as_deref().map(role_of).transpose()?;
            let id = connection.resource().id;
            for role in snapshot.held_on(id, to).into_iter().chain(role) {
                holds(api, &connection, context.standing().lacks_to_give_on(id, role)).await?;
            }
            Ok(Proposal::ConnectionRole { connection: id, to, role })
        }
        WhatIf { member: None, connection_role: None, organization_role: Some(change), status: None, grant: None } => {
            let permit = open_named::<Arc<Person>, SetRole>(api, context, &change.user).await?;
            let role = organization_role(&change.organization_role)?;
            holds(api, &permit, context.standing().lacks_to_give(role)).await?;
            Ok(Proposal::OrganizationRole { person: permit.resource().id, role })
        }
        WhatIf { member: None, connection_role: None, organization_role: None, status: Some(change), grant: None } => {
            let person = open_named::<Arc<Person>, SetStatus>(api, context, &change.user).await?.resource().id;
            let status = PersonStatus::from_name(&change.status);
            let status = status.ok_or_else(|| {
                Problem::new(Kind::InvalidValue, format!("no status `{}`", change.status))
                    .help("`active`, `suspended` or `removed`".to_owned())
            })?;
            Ok(Proposal::Status { person, status })
        }
        WhatIf { member: None, connection_role: None, organization_role: None, status: None, grant: Some(change) } => {
            let node = match (&change.folder, &change.document) {
                (Some(folder), None) => open_named::<Folder, Unshare>(api, context, folder).await?.resource().id(),
                (None, Some(document)) => {
                    open_named::<Document, Unshare>(api, context, document).await?.resource().id()
                }
                _ => return Err(Problem::new(Kind::InvalidRequest, "`grant` holds one of `folder` and `document`")),
            };
            let to = grantee_of(context, &change.grantee)?;
            let role = change.role.as_deref().map(content_role).transpose()?;
            Ok(Proposal::Content { node, to, role })
        }
        _ => Err(Problem::new(
            Kind::InvalidRequest,
            "the body holds exactly one of `member`, `connection_role`, `organization_role`, `status` and `grant`",
        )),
    }
}

/// Nobody learns what a change would do that takes what they lack.
async fn holds<R: Resource, A: Action>(
    api: &Api,
    permit: &Permit<R, A>,
    lacks: Option<Missing>,
) -> Result<(), Problem> {
    match lacks {
        Some(missing) => Err(api.app.deny(permit.context(), permit.lacking(missing)).await.into()),
        None => Ok(()),
    }
}

/// The folders and documents on which the change could give or take a role, as far as the person may know of them.
fn touched(context: &AccessContext, proposal: &Proposal) -> Vec<NodeId> {
    let nodes = context.snapshot().nodes();
    let nodes: Vec<NodeId> = match *proposal {
        Proposal::Content { node, .. } => vec![node],
        Proposal::Member { group, .. } => {
            let groups = context.snapshot().groups().holders(group);
            groups.iter().flat_map(|group| nodes.granting_to(Grantee::Group(*group))).collect()
        }
        Proposal::ConnectionRole { .. } | Proposal::OrganizationRole { .. } | Proposal::Status { .. } => Vec::new(),
    };
    nodes.into_iter().filter(|node| role_on(context.standing(), *node).is_some()).take(MOST).collect()
}

fn changed(context: &AccessContext, difference: &Difference) -> ChangedPerson {
    let snapshot = context.snapshot();
    let known = |id| {
        let facts = Facts { connection: Some(id), ..Facts::of(context.organization()) };
        decide(context, ResourceKind::Connection, &facts, ActionKind::View).allowed()
    };
    let connections = difference.connections.iter().filter(|one| known(one.connection));
    ChangedPerson {
        person: wire::content::PersonRef {
            id: difference.person.id.to_string(),
            name: difference.person.name.to_string(),
        },
        organization_gained: names(difference.organization_gained),
        organization_lost: names(difference.organization_lost),
        connections: connections
            .filter_map(|one| {
                Some(ChangedConnection {
                    name: snapshot.connection(one.connection)?.name.to_string(),
                    gained: names(one.gained),
                    lost: names(one.lost),
                })
            })
            .collect(),
        content: difference
            .content
            .iter()
            .filter_map(|one| {
                Some(ChangedContent {
                    id: one.node.to_string(),
                    name: snapshot.nodes().get(one.node)?.name.to_string(),
                    before: one.before.map(|role| role.name()),
                    after: one.after.map(|role| role.name()),
                })
            })
            .collect(),
    }
}

fn names<A: Ability>(abilities: AbilitySet<A>) -> Vec<&'static str> {
    abilities.iter().map(Ability::name).collect()
}
