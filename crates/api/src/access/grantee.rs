//! People, groups and everyone, as paths and answers write them.
use crate::problem::{Kind, Problem};
use tessera_access::{AccessContext, ActionKind, Facts, Grantee, ResourceKind, Snapshot, decide};

/// Whether the person may know that this person or group is there.
pub(crate) fn knows(context: &AccessContext, who: Grantee) -> bool {
    let facts = Facts::of(context.organization());
    let (resource, facts) = match who {
        Grantee::User(id) => (ResourceKind::Person, Facts { owner: Some(id), ..facts }),
        Grantee::Group(_) => (ResourceKind::Group, facts),
        Grantee::Everyone => return true,
    };
    decide(context, resource, &facts, ActionKind::View).allowed()
}

/// Somebody of this organization whom the person may know of.
pub(crate) fn grantee_of(context: &AccessContext, text: &str) -> Result<Grantee, Problem> {
    let snapshot = context.snapshot();
    let found = match text.split_once(':') {
        None if text == "everyone" => Some(Grantee::Everyone),
        Some(("user", id)) => id.parse().ok().filter(|id| snapshot.person(*id).is_some()).map(Grantee::User),
        Some(("group", id)) => id.parse().ok().filter(|id| snapshot.groups().get(*id).is_some()).map(Grantee::Group),
        _ => None,
    };
    found.filter(|found| knows(context, *found)).ok_or_else(|| {
        Problem::new(Kind::UnknownName, format!("no person or group `{text}`"))
            .help("name `user:ID`, `group:ID` or `everyone`".to_owned())
    })
}

pub(crate) fn written(to: Grantee) -> String {
    match to {
        Grantee::User(id) => format!("user:{id}"),
        Grantee::Group(id) => format!("group:{id}"),
        Grantee::Everyone => "everyone".to_owned(),
    }
}

pub(crate) fn name(snapshot: &Snapshot, to: Grantee) -> String {
    match to {
        Grantee::User(id) => snapshot.person(id).map(|person| person.name.to_string()).unwrap_or_default(),
        Grantee::Group(id) => snapshot.groups().get(id).map(|group| group.name.to_string()).unwrap_or_default(),
        Grantee::Everyone => "Everyone".to_owned(),
    }
}
