use crate::{problem::Problem, wire};
use tessera_app::{QueryRun, RunState};

pub(super) fn state(run: &QueryRun) -> wire::query::QueryState {
    let progress = run.progress();
    wire::query::QueryState {
        query_id: run.id().to_string(),
        model: run.model().to_owned(),
        person: run.person().to_owned(),
        state: match progress.state {
            RunState::Running => wire::query::RunState::Running,
            RunState::Done => wire::query::RunState::Done,
            RunState::Failed => wire::query::RunState::Failed,
            RunState::Cancelled => wire::query::RunState::Cancelled,
        },
        row_count: progress.row_count,
        truncated: progress.truncated,
        elapsed_ms: u64::try_from(progress.elapsed.as_millis()).unwrap_or(u64::MAX),
        problem: progress.failure.map(|failure| Problem::from(failure).wire(run.request())),
    }
}
