use super::record::AuditDecision;
use tessera_access::{AccessContext, Actor, Denied, Reason};
use tessera_base::{Arrival, SupportGrantId, UserId};

/// How something was decided, and what decided.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ruling {
    /// Nobody had to be asked: the first start, and signing in or out.
    Unguarded,
    Allowed {
        because: String,
    },
    /// Allowed, within rules.
    Limited {
        because: String,
    },
    Denied {
        /// What would have been needed; none where nothing could suffice.
        because: Option<String>,
    },
}

impl Ruling {
    pub fn allowed(because: &Reason) -> Self {
        Self::Allowed { because: because.to_string() }
    }

    pub fn denied(denied: &Denied) -> Self {
        let needs: Vec<String> = denied.needs().iter().map(ToString::to_string).collect();
        Self::Denied { because: (!needs.is_empty()).then(|| format!("it takes {}", needs.join(", or "))) }
    }

    pub(super) fn decision(&self) -> AuditDecision {
        match self {
            Self::Unguarded | Self::Allowed { .. } => AuditDecision::Allowed,
            Self::Limited { .. } => AuditDecision::Limited,
            Self::Denied { .. } => AuditDecision::Denied,
        }
    }

    pub(super) fn because(&self) -> Option<&str> {
        match self {
            Self::Unguarded => None,
            Self::Allowed { because } | Self::Limited { because } => Some(because),
            Self::Denied { because } => because.as_deref(),
        }
    }
}

/// Who did it, for whom, from where, and why they could.
#[derive(Clone, Debug)]
pub(crate) struct Author {
    pub(super) who: Who,
    /// Somebody whose rights were used by another.
    pub(super) on_behalf_of: Option<UserId>,
    pub(super) arrival: Option<Arrival>,
    pub(super) ruling: Ruling,
}

#[derive(Clone, Debug)]
pub(super) enum Who {
    /// The first start, and the demonstration.
    Bootstrap,
    User(UserId),
    ServiceAccount(UserId),
    Job(String),
    Operator {
        user: UserId,
        grant: SupportGrantId,
    },
    /// By the name of the embedding application: what that calls its readers may be their e-mail addresses.
    Embed {
        entity: String,
    },
}

impl Author {
    pub(crate) fn bootstrap() -> Self {
        Self { who: Who::Bootstrap, on_behalf_of: None, arrival: None, ruling: Ruling::Unguarded }
    }

    /// Work that the instance does by itself, in nobody's name.
    pub(super) fn housekeeping(job: &str) -> Self {
        Self { who: Who::Job(job.to_owned()), on_behalf_of: None, arrival: None, ruling: Ruling::Unguarded }
    }

    /// Somebody who comes or goes, when there is no access context yet, or none any more.
    pub(crate) fn at_the_door(user: UserId, arrival: Arrival) -> Self {
        Self { who: Who::User(user), on_behalf_of: None, arrival: Some(arrival), ruling: Ruling::Unguarded }
    }

    /// One of the operator's staff who comes or goes.
    pub(crate) fn of_support(user: UserId, grant: SupportGrantId, arrival: Option<Arrival>) -> Self {
        let who = Who::Operator { user, grant };
        Self { who, on_behalf_of: None, arrival, ruling: Ruling::Unguarded }
    }

    pub(crate) fn of(context: &AccessContext, ruling: Ruling) -> Self {
        let user = context.user().id;
        let (who, on_behalf_of) = match (context.standing().viewed_by(), context.actor()) {
            (Some(viewer), _) => (Who::User(viewer.id), Some(user)),
            (None, Actor::User(_)) => (Who::User(user), None),
            (None, Actor::ServiceAccount(_)) => (Who::ServiceAccount(user), None),
            (None, Actor::Job { name, .. }) => (Who::Job(name.clone()), Some(user)),
            (None, Actor::Operator { grant, .. }) => (Who::Operator { user, grant: *grant }, None),
            (None, Actor::Embed(embed)) => (Who::Embed { entity: embed.entity.clone() }, None),
        };
        Self { who, on_behalf_of, arrival: Some(context.arrival()), ruling }
    }
}
