//! The table of rights, printed. Committed as `tests/matrix.txt`; a change of rights is a difference of that file.
use crate::{
    Ability, ActionKind, ActorKind, ConnectionAbility, ConnectionRole, ContentRole, OrganizationRole, Requirement,
    ResourceKind, SupportScope, alternatives,
};
use std::fmt::Write;

pub fn matrix() -> String {
    let mut out = String::new();
    rights(&mut out);
    organization_roles(&mut out);
    connection_roles(&mut out);
    actors(&mut out);
    out
}

/// What each action takes, and which built-in role gives that by itself.
fn rights(out: &mut String) {
    out.push_str("RIGHTS: what an action takes; `and` binds closer than `or`\n\n");
    for resource in ResourceKind::ALL {
        for action in ActionKind::ALL {
            let alternatives = alternatives(*resource, *action);
            if alternatives.is_empty() {
                continue;
            }
            let needs: Vec<String> = alternatives.iter().map(|all| together(all)).collect();
            let _ = writeln!(out, "{:<15} {:<16} {}", resource.name(), action.name(), needs.join(" or "));
        }
    }
}

fn together(all: &[Requirement]) -> String {
    let all: Vec<String> = all
        .iter()
        .map(|one| match one {
            Requirement::Connection(ability) => format!("{ability} on the connection"),
            Requirement::Organization(ability) => format!("{ability} in the organization"),
            Requirement::Content(role) => format!("{} of it", role.name()),
            Requirement::Owner => "to be its owner".to_owned(),
            other => other.to_string(),
        })
        .collect();
    all.join(" and ")
}

fn organization_roles(out: &mut String) {
    out.push_str("\nORGANIZATION ROLES: a custom role is any selection\n\n");
    let _ = writeln!(out, "{:<24} admin  member", "ability");
    for ability in <crate::OrganizationAbility as Ability>::ALL {
        let [admin, member] = OrganizationRole::ALL.map(|role| mark(role.abilities().has(*ability)));
        let _ = writeln!(out, "{:<24} {admin:<6} {member}", ability.name());
    }
}

fn connection_roles(out: &mut String) {
    out.push_str("\nCONNECTION ROLES: a custom role is a tier with some of its abilities switched off\n\n");
    out.push_str("ability                  viewer  restricted  querier  modeler  connection\n");
    out.push_str("                                 querier                       admin\n");
    for ability in <ConnectionAbility as Ability>::ALL {
        let _ = write!(out, "{:<24}", ability.name());
        for (role, width) in ConnectionRole::ALL.into_iter().zip([7, 11, 8, 8, 10]) {
            let _ = write!(out, " {:<width$}", mark(role.abilities().has(*ability)));
        }
        out.truncate(out.trim_end_matches(' ').len());
        out.push('\n');
    }
    out.push_str("\nCONTENT ROLES: each includes the one before\n\n");
    let roles: Vec<&str> = ContentRole::ALL.iter().map(|role| role.name()).collect();
    let _ = writeln!(out, "{}", roles.join(" < "));
}

fn actors(out: &mut String) {
    out.push_str("\nACTORS: the most that each kind can hold\n\n");
    for (kind, most) in [
        (ActorKind::User, "what was given to the person, their groups and everyone"),
        (ActorKind::ServiceAccount, "the same, within the scopes of its key"),
        (
            ActorKind::Embed,
            "restricted querier; nothing that is given to everyone; viewer of the content it was made for",
        ),
        (ActorKind::Operator, "what the support grant says; nothing that is given to everyone"),
        (ActorKind::Job, "what its person holds while it runs"),
    ] {
        let _ = writeln!(out, "{:<16} {most}", kind.name());
    }
    let _ = writeln!(out, "{:<16} nothing", "anonymous");
    let reads: Vec<&str> = ActionKind::ALL.iter().filter(|action| action.only_reads()).map(|a| a.name()).collect();
    out.push_str("\nBy a key, of a person or a service account, one may never:\n");
    for resource in ResourceKind::ALL {
        let there =
            |action: &&ActionKind| action.takes_a_session(*resource) && !alternatives(*resource, **action).is_empty();
        let actions: Vec<&str> = ActionKind::ALL.iter().filter(there).map(|action| action.name()).collect();
        if !actions.is_empty() {
            let _ = writeln!(out, "{:<15} {}", resource.name(), actions.join(", "));
        }
    }
    let never: Vec<&str> = SupportScope::never().iter().map(Ability::name).collect();
    let _ = writeln!(out, "\nA support grant never gives: {}", never.join(", "));
    let may: Vec<&str> = ActionKind::ALL.iter().filter(|action| !action.takes_a_member()).map(|a| a.name()).collect();
    let _ = writeln!(out, "\nWhoever is no member of the organization may only: {}", may.join(", "));
    let _ = writeln!(out, "\nSeeing the product as somebody else, one may only: {}", reads.join(", "));
}

fn mark(yes: bool) -> &'static str {
    if yes { "yes" } else { "-" }
}
