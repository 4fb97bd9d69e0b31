//! What keeps something from being removed: whoever still has it.
use super::Snapshot;
use crate::{CustomRole, HeldAttribute};

impl Snapshot {
    pub fn use_of_role(&self, role: &CustomRole) -> Option<String> {
        let held = match role {
            CustomRole::Organization(role) => self.holders_of_role(role.id),
            CustomRole::Connection(role) => self.connections_of_role(role.id).values().sum(),
        };
        match held {
            0 => None,
            1 => Some("it is held once".to_owned()),
            2 => Some("it is held twice".to_owned()),
            times => Some(format!("it is held {times} times")),
        }
    }

    pub fn use_of_attribute(&self, name: &str) -> Option<String> {
        let has = |held: &[HeldAttribute]| held.iter().any(|held| *held.name == *name);
        let people = self.people().filter(|person| has(&person.attributes)).count();
        let groups = self.groups().iter().filter(|group| has(&group.attributes)).count();
        let count = |number, one, many| format!("{number} {}", if number == 1 { one } else { many });
        let (people_said, groups_said) = (count(people, "person", "people"), count(groups, "group", "groups"));
        (people + groups > 0).then(|| format!("values of it are set on {people_said} and {groups_said}"))
    }
}
