use tessera_access::{
    AccessContext, ActionKind, ConnectionAbility, Decision, Facts, OrganizationAbility, ResourceKind, decide,
};
use tessera_base::ConnectionId;

/// Whether something is allowed, in words for the person: the reason when it is, what is missing when it is not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    pub allowed: bool,
    pub because: String,
    pub needs: Vec<String>,
}

impl From<Decision> for Verdict {
    fn from(decision: Decision) -> Self {
        let obstacle = decision.obstacle();
        match decision {
            Decision { because: Some(reason), .. } => Self::allowed(reason),
            Decision { because: None, needs } => {
                let needs: Vec<String> = needs.iter().map(ToString::to_string).collect();
                Self::denied(obstacle.unwrap_or_else(|| format!("it takes {}", needs.join(", or "))), needs)
            }
        }
    }
}

impl Verdict {
    fn allowed(because: impl ToString) -> Self {
        Self { allowed: true, because: because.to_string(), needs: Vec::new() }
    }

    fn denied(because: impl Into<String>, needs: Vec<String>) -> Self {
        Self { allowed: false, because: because.into(), needs }
    }

    /// Of an action on something that belongs to a connection, from the table of rights.
    pub(crate) fn on_connection(
        context: &AccessContext,
        resource: ResourceKind,
        connection: ConnectionId,
        action: ActionKind,
    ) -> Self {
        let facts = Facts { connection: Some(connection), ..Facts::of(context.organization()) };
        match decide(context, resource, &facts, action) {
            Decision { because: Some(reason), .. } => Self::allowed(reason),
            Decision { because: None, needs } => {
                let needs: Vec<String> = needs.iter().map(ToString::to_string).collect();
                Self::denied(format!("your role on this connection does not give {}", needs.join(" or ")), needs)
            }
        }
    }

    /// Whether the person may ask questions anywhere.
    pub(crate) fn query_anywhere(context: &AccessContext) -> Self {
        let ability = ConnectionAbility::QueryTopics;
        let mut held = context.connections().peekable();
        if held.peek().is_none() {
            return Self::denied("you hold no connection role", vec!["a role on a connection".to_owned()]);
        }
        match held.find_map(|(_, abilities)| abilities.because(ability)) {
            Some(assignment) => Self::allowed(format!("{}, {}", assignment.role, assignment.origin)),
            None => Self::denied("no role of yours lets you ask questions yourself", vec![ability.to_string()]),
        }
    }

    /// Whether the person may see the queries of others.
    pub(crate) fn see_all_queries(context: &AccessContext) -> Self {
        let ability = OrganizationAbility::ManageConnections;
        match context.organization_abilities().because(ability) {
            Some(assignment) => Self::allowed(format!("organization role {}", assignment.role)),
            None => Self::denied("you see your own queries", vec![ability.to_string()]),
        }
    }
}
