use crate::{Abilities, AttributeState, AttributeValues, Attributes, ConnectionAbility, OrganizationAbility};
use std::collections::BTreeMap;
use tessera_base::{ConnectionId, Instant, OrganizationId, RequestId, TimeZone, UserId, Value};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct User {
    pub id: UserId,
    /// What rules compare as `user_id`; `None`: nobody in particular.
    pub known_as: Option<String>,
    /// Empty where it is not known, and so is the name.
    pub email: String,
    pub name: String,
    pub timezone: Option<TimeZone>,
}

/// Who asks. Further kinds (service accounts, embeds, operators, jobs) come with the features that prove them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Actor {
    User(User),
}

/// A group that the actor is in, directly or through another group.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct GroupRef {
    /// Immutable; what model files name.
    pub key: String,
    pub name: String,
}

/// What the gate read about the actor, in one snapshot.
#[derive(Clone, Debug)]
pub struct ContextParts {
    pub request_id: RequestId,
    pub organization: OrganizationId,
    pub actor: Actor,
    pub groups: Vec<GroupRef>,
    pub organization_admin: bool,
    pub organization_abilities: Abilities<OrganizationAbility>,
    pub connection_abilities: BTreeMap<ConnectionId, Abilities<ConnectionAbility>>,
    /// As defined by the organization; the system attributes are added here.
    pub attributes: Attributes,
    pub now: Instant,
}

/// Who asks, confined to one organization and one actor. Immutable; made once per request, at the gate.
#[derive(Debug)]
pub struct AccessContext(ContextParts);

impl AccessContext {
    /// INVARIANT: called by the gate alone (`clippy.toml` disallows it elsewhere).
    pub fn establish(mut parts: ContextParts) -> Self {
        // A name of ours that an organization managed to set must not speak for the product.
        let mut attributes = Attributes::default();
        for (name, state) in parts.attributes.iter() {
            if !Attributes::SYSTEM.contains(&name) {
                attributes.set(name, state.clone());
            }
        }
        let mut system = |name: &str, values: Vec<Value>| {
            let origin = "known to the system".to_owned();
            attributes.set(name, AttributeState::Set(AttributeValues { values, origin }));
        };
        let Actor::User(user) = &parts.actor;
        let known = |text: &String| (!text.is_empty()).then(|| text.clone());
        let of_user = [
            ("user_id", user.known_as.as_ref().and_then(known)),
            ("user_email", known(&user.email)),
            ("user_name", known(&user.name)),
        ];
        for (name, value) in of_user {
            value.into_iter().for_each(|value| system(name, vec![Value::String(value)]));
        }
        system("user_groups", parts.groups.iter().map(|g| Value::String(g.key.clone())).collect());
        system("is_org_admin", vec![Value::Boolean(parts.organization_admin)]);
        if let Some(timezone) = user.timezone {
            system("timezone", vec![Value::String(timezone.name().to_owned())]);
        }
        parts.attributes = attributes;
        Self(parts)
    }

    pub fn request_id(&self) -> RequestId {
        self.0.request_id
    }

    pub fn organization(&self) -> OrganizationId {
        self.0.organization
    }

    pub fn actor(&self) -> &Actor {
        &self.0.actor
    }

    pub fn user(&self) -> &User {
        let Actor::User(user) = &self.0.actor;
        user
    }

    pub fn groups(&self) -> &[GroupRef] {
        &self.0.groups
    }

    pub fn in_group(&self, key: &str) -> bool {
        self.0.groups.iter().any(|group| group.key == key)
    }

    pub fn is_organization_admin(&self) -> bool {
        self.0.organization_admin
    }

    pub fn organization_abilities(&self) -> &Abilities<OrganizationAbility> {
        &self.0.organization_abilities
    }

    /// The connections on which the actor holds any ability.
    pub fn connections(&self) -> impl Iterator<Item = (ConnectionId, &Abilities<ConnectionAbility>)> {
        self.0.connection_abilities.iter().filter(|(_, abilities)| !abilities.is_empty()).map(|(id, a)| (*id, a))
    }

    pub fn connection_abilities(&self, connection: ConnectionId) -> Option<&Abilities<ConnectionAbility>> {
        self.0.connection_abilities.get(&connection)
    }

    pub fn attributes(&self) -> &Attributes {
        &self.0.attributes
    }

    pub fn now(&self) -> Instant {
        self.0.now
    }
}
