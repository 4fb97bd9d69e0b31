use crate::{
    AccessContext, ActionKind, ConnectionAbility, Facts, OrganizationAbility, ResourceKind,
    rights::{Needs, alternatives},
};
use std::fmt;

/// Why something is allowed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reason {
    ConnectionRole { ability: ConnectionAbility, role: String, origin: crate::Origin },
    OrganizationRole { ability: OrganizationAbility, role: String },
    Owner,
}

/// What would be needed; one of a decision's `needs` suffices.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Requirement {
    ConnectionAbility(ConnectionAbility),
    OrganizationAbility(OrganizationAbility),
    Owner,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ConnectionRole { role, origin, .. } => write!(f, "{role}, {origin}"),
            Self::OrganizationRole { role, .. } => write!(f, "organization role {role}"),
            Self::Owner => f.write_str("it is yours"),
        }
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ConnectionAbility(ability) => ability.fmt(f),
            Self::OrganizationAbility(ability) => ability.fmt(f),
            Self::Owner => f.write_str("owner"),
        }
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decision {
    /// The reason of an allowed decision; `None` means not allowed.
    pub because: Option<Reason>,
    pub needs: Vec<Requirement>,
}

impl Decision {
    pub fn allowed(&self) -> bool {
        self.because.is_some()
    }
}

/// Decides from the one table of rights. A resource of another organization is never allowed to anybody.
pub fn decide(ctx: &AccessContext, resource: ResourceKind, facts: &Facts, action: ActionKind) -> Decision {
    let alternatives = alternatives(resource, action);
    let because = (ctx.organization() == facts.organization)
        .then(|| alternatives.iter().find_map(|needs| reason(ctx, facts, *needs)))
        .flatten();
    let needs = if because.is_some() { Vec::new() } else { alternatives.iter().map(requirement).collect() };
    Decision { because, needs }
}

fn reason(ctx: &AccessContext, facts: &Facts, needs: Needs) -> Option<Reason> {
    match needs {
        Needs::Connection(ability) => {
            let assignment = ctx.connection_abilities(facts.connection?)?.because(ability)?;
            Some(Reason::ConnectionRole { ability, role: assignment.role.clone(), origin: assignment.origin.clone() })
        }
        Needs::Organization(ability) => {
            let assignment = ctx.organization_abilities().because(ability)?;
            Some(Reason::OrganizationRole { ability, role: assignment.role.clone() })
        }
        Needs::Owner => (facts.owner? == ctx.user().id).then_some(Reason::Owner),
    }
}

fn requirement(needs: &Needs) -> Requirement {
    match needs {
        Needs::Connection(ability) => Requirement::ConnectionAbility(*ability),
        Needs::Organization(ability) => Requirement::OrganizationAbility(*ability),
        Needs::Owner => Requirement::Owner,
    }
}
