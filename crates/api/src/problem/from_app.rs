use super::{Kind, Problem};
use std::sync::Arc;
use tessera_access::Denied;
use tessera_app::{Error, StoreError};
use tessera_engine::{EngineError, EngineErrorKind};
use tessera_model::file;
use tessera_query::{Position, Refusal, RefusalKind};

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::SignedOut => Self::not_signed_in(),
            Error::Denied(denied) => denied.into(),
            Error::Refused(refusal) => refusal.into(),
            Error::Unreadable(problems) => unreadable(&problems),
            Error::Engine(error) => engine(error),
            Error::Abandoned => Self::new(Kind::Cancelled, "the query was cancelled"),
            Error::Revoked => {
                Self::new(Kind::Forbidden, "your access changed while the query ran").help("ask again".to_owned())
            }
            Error::Unwritable(error) => Self::failure(Kind::Internal, "something went wrong here", error),
            Error::TooManyQueries { limit } => {
                let running = if limit == 1 { "a query" } else { "queries" };
                Self::new(Kind::TooManyQueries, format!("you have {limit} {running} running; no more may run at once"))
                    .help("wait until one ends, or cancel it".to_owned())
            }
            Error::QueryIdInUse => Self::new(Kind::QueryIdInUse, "a query of yours has this id already"),
            // Its problems were logged where they were found.
            Error::ModelBroken(_) => Self::new(Kind::Unavailable, "the model in force does not load"),
            Error::Connect(error) => Self::failure(Kind::EngineFailed, "the data cannot be read", error),
            Error::Store(error) => store(error),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Error::from(error).into()
    }
}

/// What the person asked for and cannot have; the rest is a failure of ours.
fn store(error: Arc<StoreError>) -> Problem {
    use StoreError as E;
    let kind = match error.as_ref() {
        E::Denied(denied) => return denied.clone().into(),
        E::ActorGone => return Problem::not_signed_in(),
        E::Taken { .. } | E::LooksLike { .. } => Kind::Taken,
        E::Unknown { .. } => Kind::UnknownName,
        E::Stale => {
            return Problem::new(Kind::Stale, error.to_string()).help("read it again, and change that".to_owned());
        }
        E::HasAccess
        | E::SecuresData { .. }
        | E::KeyReused
        | E::TooManyRequests { .. }
        | E::OwnRequest
        | E::Decided
        | E::NothingToGrant
        | E::SupportOver
        | E::TooManyKeys { .. } => Kind::Conflict,
        E::LastAdmin | E::OtherSource { .. } | E::StillUsed { .. } | E::InTrash { .. } | E::RootStays | E::NotLower => {
            Kind::Conflict
        }
        E::ReservedAttribute { .. } | E::DefaultSecuresData { .. } | E::OneValue { .. } => Kind::InvalidValue,
        E::WrongType { .. } | E::AttributeType { .. } | E::GroupCycle | E::GroupDepth { .. } => Kind::InvalidValue,
        E::FolderDepth { .. } | E::FolderCycle | E::BodyShape | E::Slug { .. } => Kind::InvalidValue,
        E::AuditRetention { .. } | E::Gone { .. } => Kind::InvalidValue,
        E::GroupKey { .. } | E::AttributeName { .. } | E::TooManyValues { .. } => Kind::InvalidValue,
        E::ValueCharacters { .. }
        | E::IdempotencyKey { .. }
        | E::OtherKey { .. }
        | E::RoleKind
        | E::SupportTime { .. }
        | E::KeyTime { .. }
        | E::KeyWithoutScopes
        | E::NoAddress
        | E::SupportForNothing
        | E::NotForSupport { .. }
        | E::BesideTier { .. }
        | E::SessionLimits { .. } => Kind::InvalidValue,
        E::BodyTooLarge { .. } => Kind::TooLarge,
        E::Database(_) | E::Migration(_) | E::WrongKey | E::NotEncrypted | E::File(_) | E::Unreadable { .. } => {
            return Problem::failure(Kind::Internal, "something went wrong here", error);
        }
        E::Vault(_) | E::Randomness(_) | E::FolderName(_) | E::Postgres(_) => {
            return Problem::failure(Kind::Internal, "something went wrong here", error);
        }
    };
    Problem::new(kind, error.to_string())
}

impl From<Denied> for Problem {
    /// INVARIANT: hidden and absent are the same words.
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::NotFound { noun, asked_as, .. } => Self::new(Kind::NotFound, format!("no {noun} `{asked_as}`")),
            Denied::Forbidden { noun, action, decision, .. } => {
                let detail = format!("you may not {} this {noun}", action.phrase());
                let problem = match decision.obstacle() {
                    Some(obstacle) => Self::new(Kind::Conflict, format!("{detail}: {obstacle}")),
                    None => Self::new(Kind::Forbidden, detail),
                };
                problem.needs(decision.needs.iter().map(ToString::to_string).collect())
            }
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let kind = match refusal.kind {
            RefusalKind::Unknown => Kind::UnknownName,
            RefusalKind::Invalid => Kind::InvalidQuery,
            RefusalKind::Unsupported => Kind::Unsupported,
            RefusalKind::TooLarge => Kind::QueryTooLarge,
            RefusalKind::Closed => Kind::Closed,
        };
        Self::new(kind, refusal.message).help(refusal.help).at(refusal.position).field(refusal.field)
    }
}

/// The first problem of a request leads; the others are its detail too, because all were found at once.
fn unreadable(problems: &[file::Problem]) -> Problem {
    let messages: Vec<&str> = problems.iter().map(|problem| problem.message.as_str()).collect();
    let first = problems.first();
    let kind =
        if first.is_some_and(|problem| problem.code == "unsupported") { Kind::Unsupported } else { Kind::InvalidQuery };
    let position = first.filter(|problem| problem.line > 0);
    let position = position.map(|at| Position { line: at.line.into(), column: at.column.into() });
    Problem::new(kind, messages.join("; ")).help(first.and_then(|problem| problem.help.clone())).at(position)
}

fn engine(error: EngineError) -> Problem {
    let detail = error.to_string();
    match error.kind() {
        EngineErrorKind::Cancelled => Problem::new(Kind::Cancelled, detail),
        EngineErrorKind::TooLarge => {
            Problem::new(Kind::TooLarge, detail).help("ask for fewer columns or groups, or filter more".to_owned())
        }
        EngineErrorKind::Rejected { help, position, .. } => {
            Problem::new(Kind::InvalidQuery, detail).help(help.clone()).at(*position)
        }
        EngineErrorKind::Failed { .. } => Problem::new(Kind::QueryFailed, detail),
        EngineErrorKind::Timeout => {
            Problem::failure(Kind::QueryTimeout, "the query took longer than it may", Arc::new(error))
        }
        EngineErrorKind::Unavailable { .. } => {
            Problem::failure(Kind::EngineFailed, "the data cannot be read", Arc::new(error))
        }
    }
}
