use std::fmt;
use tessera_base::{NodeId, SupportGrantId, TimeZone, UserId};

/// Who somebody is.
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

/// Who asks. Whoever is nobody has no context at all: for them there are sign-in pages and probes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Actor {
    /// A member, by a session or a key of their own.
    User(User),
    /// A program, by an API key of the organization: never more than the key's scopes.
    ServiceAccount(User),
    /// A reader within another application, by a signed session.
    Embed(Embed),
    /// The operator's staff, under a support grant of the organization.
    Operator { user: User, grant: SupportGrantId },
    /// Work in the background, as this person and with the rights that they have while it runs.
    Job { name: String, user: User },
}

/// Whom an embedding application shows something to, and what.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Embed {
    /// Who it is, as the application knows them.
    pub user: User,
    pub entity: String,
    /// What may be opened, with all that is below it.
    pub content: Vec<NodeId>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ActorKind {
    User,
    ServiceAccount,
    Embed,
    Operator,
    Job,
}

impl Actor {
    pub fn user(&self) -> &User {
        match self {
            Self::User(user) | Self::ServiceAccount(user) | Self::Operator { user, .. } | Self::Job { user, .. } => {
                user
            }
            Self::Embed(embed) => &embed.user,
        }
    }

    pub fn kind(&self) -> ActorKind {
        match self {
            Self::User(_) => ActorKind::User,
            Self::ServiceAccount(_) => ActorKind::ServiceAccount,
            Self::Embed(_) => ActorKind::Embed,
            Self::Operator { .. } => ActorKind::Operator,
            Self::Job { .. } => ActorKind::Job,
        }
    }
}

impl ActorKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::ServiceAccount => "service_account",
            Self::Embed => "embed",
            Self::Operator => "operator",
            Self::Job => "job",
        }
    }

    /// Whether what everyone in the organization has is theirs too.
    pub(crate) fn is_everyone(self) -> bool {
        match self {
            Self::User | Self::ServiceAccount | Self::Job => true,
            Self::Embed | Self::Operator => false,
        }
    }
}

impl fmt::Display for ActorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
