use crate::{
    AccessContext, ActionKind, ConnectionRole, Decision, Missing, ResourceKind, Snapshot,
    action::{Action, Implies},
    decide,
    rights::alternatives,
};
use std::{fmt, marker::PhantomData, sync::Arc};
use tessera_base::{ConnectionId, NodeId, OrganizationId, UserId};

/// Something that lives in an organization and is reached through a decision.
pub trait Resource {
    const KIND: ResourceKind;
}

/// What decides about a row; read together with it, in the same statement.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Facts {
    pub organization: OrganizationId,
    pub connection: Option<ConnectionId>,
    /// Whose it is; of a person, the person.
    pub owner: Option<UserId>,
    /// The folder or document that it is, or is about.
    pub node: Option<NodeId>,
    /// Of a request for access alone.
    pub wish: Option<Wish>,
}

/// What decides about a request for access beside what it is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wish {
    /// It waits for a decision.
    pub open: bool,
    /// Some grant would give it.
    pub grantable: bool,
    /// What it takes on the connection.
    pub role: Option<ConnectionRole>,
}

impl Facts {
    /// Of something that belongs to nobody and nothing but the organization.
    pub const fn of(organization: OrganizationId) -> Self {
        Self { organization, connection: None, owner: None, node: None, wish: None }
    }
}

/// A row that nobody has been allowed to read yet: it has no accessor.
#[must_use]
#[derive(Clone)]
pub struct Sealed<R> {
    row: R,
    facts: Facts,
}

impl<R> Sealed<R> {
    /// INVARIANT: called where rows are read, nowhere else (`clippy.toml` disallows it elsewhere).
    pub fn new(row: R, facts: Facts) -> Self {
        Self { row, facts }
    }
}

/// Proof that the actor may do `A` to exactly this `R`. It owns the row, so no id travels beside it; it can be neither
/// built nor copied.
#[must_use]
pub struct Permit<R, A> {
    resource: R,
    facts: Facts,
    asked_as: Box<str>,
    context: Arc<AccessContext>,
    because: crate::Reason,
    action: PhantomData<A>,
}

impl<R, A> Permit<R, A> {
    pub fn resource(&self) -> &R {
        &self.resource
    }

    pub fn context(&self) -> &Arc<AccessContext> {
        &self.context
    }

    /// What the request called it.
    pub fn asked_as(&self) -> &str {
        &self.asked_as
    }

    /// Why it was given.
    pub fn because(&self) -> &crate::Reason {
        &self.because
    }

    /// What decides about the resource.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    pub fn weaken<B: Action>(self) -> Permit<R, B>
    where
        A: Implies<B>,
    {
        let Self { resource, facts, asked_as, context, because, .. } = self;
        Permit { resource, facts, asked_as, context, because, action: PhantomData }
    }
}

impl<R: Resource, A: Action> Permit<R, A> {
    /// Everything that can be done with such a resource, and whether this actor may do it here.
    pub fn can(&self) -> impl Iterator<Item = (ActionKind, Decision)> {
        let actions = ActionKind::ALL.iter().filter(|action| !alternatives(R::KIND, **action).is_empty());
        actions.map(|action| (*action, decide(&self.context, R::KIND, &self.facts, *action)))
    }

    /// The door that stays closed although the permit opened it: what was to be done with it takes this besides.
    pub fn lacking(&self, missing: Missing) -> Denied {
        Denied::Forbidden {
            noun: R::KIND.noun(),
            asked_as: self.asked_as.as_ref().into(),
            action: A::KIND,
            facts: Box::new(self.facts),
            decision: Box::new(Decision { because: None, needs: vec![missing] }),
        }
    }

    /// Whether whoever asked is still there, by a newer snapshot of the organization.
    pub fn stands_in(&self, snapshot: &Arc<Snapshot>) -> bool {
        self.context.snapshot().version() == snapshot.version() || self.context.on(snapshot).is_some()
    }

    /// Decides again, by a newer snapshot of the organization: a write is allowed by the state that it changes, and not
    /// by the one in which it was asked for.
    pub fn renewed(self, snapshot: &Arc<Snapshot>) -> Result<Self, Denied> {
        if self.context.snapshot().version() == snapshot.version() {
            return Ok(self);
        }
        let Self { resource, facts, asked_as, context, .. } = self;
        match context.on(snapshot) {
            Some(context) => open(&Arc::new(context), &asked_as, Some(Sealed { row: resource, facts })),
            None => {
                let (noun, action) = (R::KIND.noun(), A::KIND);
                Err(Denied::NotFound { noun, asked_as: asked_as.into(), action, facts: None, decision: None })
            }
        }
    }
}

impl<R, A: Action> fmt::Debug for Permit<R, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Permit<{}>", A::KIND.name())
    }
}

/// The facts and the decision are for the audit log, and for whoever may know that the resource exists; `NotFound` never
/// shows them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Denied {
    NotFound {
        noun: &'static str,
        asked_as: String,
        action: ActionKind,
        facts: Option<Box<Facts>>,
        decision: Option<Box<Decision>>,
    },
    Forbidden {
        noun: &'static str,
        asked_as: String,
        action: ActionKind,
        facts: Box<Facts>,
        decision: Box<Decision>,
    },
}

impl Denied {
    /// What was asked for, in a word.
    pub fn noun(&self) -> &'static str {
        match self {
            Self::NotFound { noun, .. } | Self::Forbidden { noun, .. } => noun,
        }
    }

    /// As the request named it.
    pub fn asked_as(&self) -> &str {
        match self {
            Self::NotFound { asked_as, .. } | Self::Forbidden { asked_as, .. } => asked_as,
        }
    }

    pub fn action(&self) -> ActionKind {
        match self {
            Self::NotFound { action, .. } | Self::Forbidden { action, .. } => *action,
        }
    }

    /// `None`: nothing of that name is there.
    pub fn facts(&self) -> Option<&Facts> {
        match self {
            Self::NotFound { facts, .. } => facts.as_deref(),
            Self::Forbidden { facts, .. } => Some(facts),
        }
    }

    /// What would have sufficed; nothing where nothing is there, or where nothing could.
    pub fn needs(&self) -> &[Missing] {
        match self {
            Self::NotFound { decision, .. } => decision.as_ref().map_or(&[], |decision| &decision.needs),
            Self::Forbidden { decision, .. } => &decision.needs,
        }
    }
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound { noun, asked_as, .. } => write!(f, "no {noun} `{asked_as}`"),
            Self::Forbidden { noun, action, decision, .. } => {
                let needs: Vec<String> = decision.needs.iter().map(|need| format!("`{need}`")).collect();
                write!(f, "not allowed to {} this {noun}: needs {}", action.name(), needs.join(" or "))
            }
        }
    }
}

impl std::error::Error for Denied {}

/// The only way from a sealed row to the row. Hidden and absent give the same answer.
pub fn open<R: Resource, A: Action>(
    context: &Arc<AccessContext>,
    asked_as: &str,
    sealed: Option<Sealed<R>>,
) -> Result<Permit<R, A>, Denied> {
    let (noun, action) = (R::KIND.noun(), A::KIND);
    let Some(Sealed { row, facts }) = sealed else {
        return Err(Denied::NotFound { noun, asked_as: asked_as.to_owned(), action, facts: None, decision: None });
    };
    let decision = decide(context, R::KIND, &facts, action);
    match decision.because {
        Some(because) => {
            let (context, asked_as) = (context.clone(), asked_as.into());
            Ok(Permit { resource: row, facts, asked_as, context, because, action: PhantomData })
        }
        None if decide(context, R::KIND, &facts, ActionKind::View).allowed() => Err(Denied::Forbidden {
            noun,
            asked_as: asked_as.to_owned(),
            action,
            facts: Box::new(facts),
            decision: Box::new(decision),
        }),
        None => {
            let (asked_as, facts) = (asked_as.to_owned(), Some(Box::new(facts)));
            Err(Denied::NotFound { noun, asked_as, action, facts, decision: Some(Box::new(decision)) })
        }
    }
}
