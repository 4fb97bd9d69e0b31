//! The queries that run, and those that ran lately: what `GET /queries` lists and `DELETE /queries/{id}` stops.
use crate::Error;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tessera_access::{
    AccessContext, Facts, Permit, Resource, ResourceKind, Scope, Sealed, action::Cancel, action::View,
};
use tessera_base::{ConnectionId, OrganizationId, QueryId, RequestId, UserId};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// A query by its id.
#[derive(Clone, Debug)]
pub struct QueryRun(Arc<Run>);

#[derive(Debug)]
struct Run {
    id: QueryId,
    request: RequestId,
    organization: OrganizationId,
    owner: UserId,
    person: String,
    model: String,
    connection: ConnectionId,
    started: Instant,
    cancel: CancellationToken,
    progress: Mutex<Progress>,
}

/// How far a query has come.
#[derive(Clone, Debug)]
pub struct Progress {
    pub state: RunState,
    pub row_count: u64,
    pub truncated: bool,
    pub elapsed: Duration,
    pub failure: Option<Error>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RunState {
    Running,
    Done,
    Failed,
    Cancelled,
}

impl Resource for QueryRun {
    const KIND: ResourceKind = ResourceKind::QueryRun;
}

impl QueryRun {
    pub fn id(&self) -> QueryId {
        self.0.id
    }

    /// The request that asked it.
    pub fn request(&self) -> RequestId {
        self.0.request
    }

    /// Who asked it, by name.
    pub fn person(&self) -> &str {
        &self.0.person
    }

    pub fn model(&self) -> &str {
        &self.0.model
    }

    pub fn progress(&self) -> Progress {
        let mut progress = self.0.lock().clone();
        if progress.state == RunState::Running {
            progress.elapsed = self.0.started.elapsed();
        }
        progress
    }

    fn seal(&self) -> Sealed<Self> {
        let facts =
            Facts { connection: Some(self.0.connection), owner: Some(self.0.owner), ..Facts::of(self.0.organization) };
        #[expect(clippy::disallowed_methods, reason = "running queries are rows of this registry, not of the store")]
        Sealed::new(self.clone(), facts)
    }
}

impl Run {
    fn lock(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long ago it ended; nothing for one that runs.
    fn ended_before(&self) -> Duration {
        self.started.elapsed().saturating_sub(self.lock().elapsed)
    }

    fn end(&self, state: RunState, failure: Option<Error>) {
        let mut progress = self.lock();
        if progress.state == RunState::Running {
            progress.state = state;
            progress.failure = failure;
            progress.elapsed = self.started.elapsed();
        }
    }
}

/// Held by whoever runs the query. A query that is let go before its end is stopped, and counts as cancelled.
#[derive(Debug)]
pub(crate) struct Running(Arc<Run>);

impl Running {
    pub(crate) fn run(&self) -> QueryRun {
        QueryRun(self.0.clone())
    }

    pub(crate) fn cancellation(&self) -> &CancellationToken {
        &self.0.cancel
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.0.started.elapsed()
    }

    pub(crate) fn add_rows(&self, rows: u64) {
        self.0.lock().row_count += rows;
    }

    /// Closes the query: with whether rows were cut off, or with what went wrong.
    pub(crate) fn end(self, outcome: Result<bool, Error>) {
        match outcome {
            Ok(truncated) => {
                self.0.lock().truncated = truncated;
                self.0.end(RunState::Done, None);
            }
            Err(error) if error.is_cancellation() => self.0.end(RunState::Cancelled, Some(error)),
            Err(error) => self.0.end(RunState::Failed, Some(error)),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.cancel.cancel();
        self.0.end(RunState::Cancelled, None);
    }
}

/// The registry. An id is a person's own: two people may use the same one, and neither learns of the other.
#[derive(Debug)]
pub struct Queries {
    runs: Mutex<HashMap<(OrganizationId, UserId), Vec<QueryRun>>>,
    running_per_person: usize,
}

/// How long, and how many, finished queries of one person can still be asked about.
const KEPT_FOR: Duration = Duration::from_secs(15 * 60);
const KEPT_PER_PERSON: usize = 100;

impl Queries {
    pub(crate) fn new(running_per_person: usize) -> Self {
        Self { runs: Mutex::default(), running_per_person }
    }

    /// Enters a query, unless the person runs too many or has used the id before.
    pub(crate) fn start(
        &self,
        context: &AccessContext,
        id: QueryId,
        model: &str,
        connection: ConnectionId,
    ) -> Result<Running, Error> {
        let owner = context.user();
        let mut runs = self.lock();
        forget_old(&mut runs);
        let own = runs.entry((context.organization(), owner.id)).or_default();
        if own.iter().any(|run| run.0.id == id) {
            return Err(Error::QueryIdInUse);
        }
        if own.iter().filter(|run| run.0.lock().state == RunState::Running).count() >= self.running_per_person {
            return Err(Error::TooManyQueries { limit: self.running_per_person });
        }
        let run = Arc::new(Run {
            id,
            request: context.request_id(),
            organization: context.organization(),
            owner: owner.id,
            person: owner.name.clone(),
            model: model.to_owned(),
            connection,
            started: Instant::now(),
            cancel: CancellationToken::new(),
            progress: Mutex::new(Progress {
                state: RunState::Running,
                row_count: 0,
                truncated: false,
                elapsed: Duration::ZERO,
                failure: None,
            }),
        });
        own.push(QueryRun(run.clone()));
        Ok(Running(run))
    }

    /// The query of this id: the person's own, else somebody else's in the organization.
    pub fn find(&self, context: &AccessContext, id: QueryId) -> Option<Sealed<QueryRun>> {
        let runs = self.lock();
        let organization = context.organization();
        let own = runs.get(&(organization, context.user().id)).into_iter().flatten();
        own.filter(|run| run.0.id == id).map(QueryRun::seal).next().or_else(|| {
            let others = runs.iter().filter(|((of, _), _)| *of == organization).flat_map(|(_, runs)| runs);
            others.filter(|run| run.0.id == id).min_by_key(|run| run.0.started).map(QueryRun::seal)
        })
    }

    /// Latest first.
    pub fn list(&self, scope: &Scope<QueryRun>) -> Vec<Permit<QueryRun, View>> {
        let sealed: Vec<_> = self
            .lock()
            .iter()
            .filter(|((organization, _), _)| *organization == scope.organization())
            .flat_map(|(_, runs)| runs.iter().map(QueryRun::seal))
            .collect();
        let mut permits = scope.open_all(sealed);
        permits.sort_by_key(|permit| std::cmp::Reverse(permit.resource().0.started));
        permits
    }

    /// Stops the query; its own request learns of it within a batch.
    pub fn cancel(permit: &Permit<QueryRun, Cancel>) {
        permit.resource().0.cancel.cancel();
    }

    /// Stops everything, for the end of the server.
    pub fn cancel_all(&self) {
        for run in self.lock().values().flatten() {
            run.0.cancel.cancel();
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(OrganizationId, UserId), Vec<QueryRun>>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn forget_old(runs: &mut HashMap<(OrganizationId, UserId), Vec<QueryRun>>) {
    runs.retain(|_, own| {
        let mut finished = own.iter().filter(|run| run.0.lock().state != RunState::Running).count();
        own.retain(|run| {
            if run.0.lock().state == RunState::Running {
                return true;
            }
            let keep = finished <= KEPT_PER_PERSON && run.0.ended_before() < KEPT_FOR;
            finished -= usize::from(!keep);
            keep
        });
        !own.is_empty()
    });
}
