//! People, groups and everyone, as paths and answers write them.
use crate::problem::{Kind, Problem};
use tessera_access::{Grantee, Snapshot};

/// Somebody of this organization.
pub(crate) fn grantee_of(snapshot: &Snapshot, text: &str) -> Result<Grantee, Problem> {
    let found = match text.split_once(':') {
        None if text == "everyone" => Some(Grantee::Everyone),
        Some(("user", id)) => id.parse().ok().filter(|id| snapshot.person(*id).is_some()).map(Grantee::User),
        Some(("group", id)) => id.parse().ok().filter(|id| snapshot.groups().get(*id).is_some()).map(Grantee::Group),
        _ => None,
    };
    found.ok_or_else(|| {
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
