//! People, groups, attributes and roles, as the request's snapshot knows them.
use crate::Tenant;
use std::sync::Arc;
use tessera_access::{
    AttributeDefinition, CustomRole, Facts, Group, Permit, Person, Profile, Scope, Sealed, action::View,
};
use tessera_base::{GroupId, RoleId, UserId};

impl Tenant<'_> {
    /// The organization itself.
    pub fn organization(&self) -> Sealed<Arc<Profile>> {
        self.of_organization(self.context.snapshot().profile().clone())
    }

    /// Also somebody who was suspended or removed.
    pub fn person(&self, id: UserId) -> Option<Sealed<Arc<Person>>> {
        self.context.snapshot().person(id).map(|person| self.of_person(person))
    }

    /// By their names, after `after`, those whose name or address holds `search` in small letters; nobody who was removed.
    pub fn people<'a>(
        &'a self,
        scope: &'a Scope<Arc<Person>>,
        after: Option<UserId>,
        search: &'a str,
    ) -> impl Iterator<Item = Permit<Arc<Person>, View>> + 'a {
        let snapshot = self.context.snapshot();
        let start = after.and_then(|id| snapshot.person(id)).map(|person| (person.name.clone(), person.id));
        let holds = |text: &str| text.to_lowercase().contains(search);
        let mut people: Vec<&Arc<Person>> = snapshot
            .people()
            .filter(|person| !person.is_removed())
            .filter(|person| search.is_empty() || holds(&person.name) || holds(&person.email))
            .filter(|person| start.as_ref().is_none_or(|(name, id)| (&person.name, person.id) > (name, *id)))
            .collect();
        people.sort_by(|one, other| (&one.name, one.id).cmp(&(&other.name, other.id)));
        people.into_iter().flat_map(|person| scope.open_all([self.of_person(person)]))
    }

    pub fn group(&self, id: GroupId) -> Option<Sealed<Arc<Group>>> {
        self.context.snapshot().groups().get(id).map(|group| self.of_organization(group.clone()))
    }

    /// By their names.
    pub fn groups(&self, scope: &Scope<Arc<Group>>) -> Vec<Permit<Arc<Group>, View>> {
        let mut groups: Vec<Arc<Group>> = self.context.snapshot().groups().iter().cloned().collect();
        groups.sort_by(|one, other| (&one.name, one.id).cmp(&(&other.name, other.id)));
        scope.open_all(groups.into_iter().map(|group| self.of_organization(group)))
    }

    pub fn attribute(&self, name: &str) -> Option<Sealed<Arc<AttributeDefinition>>> {
        self.context.snapshot().attribute(name).map(|definition| self.of_organization(definition.clone()))
    }

    /// By their names.
    pub fn attributes(&self, scope: &Scope<Arc<AttributeDefinition>>) -> Vec<Permit<Arc<AttributeDefinition>, View>> {
        scope.open_all(self.context.snapshot().attributes().map(|definition| self.of_organization(definition.clone())))
    }

    /// A role that the organization made.
    pub fn role(&self, id: RoleId) -> Option<Sealed<CustomRole>> {
        self.context.snapshot().role(id).map(|role| self.of_organization(role))
    }

    /// Those that the organization made, by their names.
    pub fn roles(&self, scope: &Scope<CustomRole>) -> Vec<Permit<CustomRole, View>> {
        let mut roles: Vec<CustomRole> = self.context.snapshot().roles().collect();
        roles.sort_by(|one, other| (one.name(), one.id()).cmp(&(other.name(), other.id())));
        scope.open_all(roles.into_iter().map(|role| self.of_organization(role)))
    }

    fn of_person(&self, person: &Arc<Person>) -> Sealed<Arc<Person>> {
        let facts = Facts { owner: Some(person.id), ..Facts::of(self.context.organization()) };
        seal(person.clone(), facts)
    }

    fn of_organization<R>(&self, row: R) -> Sealed<R> {
        seal(row, Facts::of(self.context.organization()))
    }
}

#[expect(clippy::disallowed_methods, reason = "the snapshot was read in this crate, and its parts are sealed here")]
fn seal<R>(row: R, facts: Facts) -> Sealed<R> {
    Sealed::new(row, facts)
}
