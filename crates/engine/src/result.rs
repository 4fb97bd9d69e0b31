//! Rows on their way to the reader.
use crate::{EngineError, EngineErrorKind};
use datafusion::arrow::{array::RecordBatch, datatypes::SchemaRef};
use tessera_query::{ResultColumn, Zones};
use tokio::{sync::mpsc, time::Instant};
use tokio_util::sync::{CancellationToken, DropGuard};

/// Batches that wait for the reader: what bounds the memory of a result, however long it is.
pub(crate) const BUFFERED_BATCHES: usize = 2;

/// What comes from the query's threads. An end is said: silence is a failure.
pub(crate) enum Step {
    Rows(RecordBatch),
    End,
}

/// The rows of one query, as they come. Dropping it stops the query.
pub struct ResultStream {
    pub(crate) schema: SchemaRef,
    pub(crate) columns: Vec<ResultColumn>,
    pub(crate) zones: Zones,
    pub(crate) row_cap: Option<u64>,
    pub(crate) batches: mpsc::Receiver<Result<Step, EngineError>>,
    pub(crate) stop: CancellationToken,
    pub(crate) deadline: Instant,
    pub(crate) summary: Summary,
    pub(crate) ended: bool,
    pub(crate) _stop_on_drop: DropGuard,
}

/// Known when the last row has been read.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Summary {
    pub row_count: u64,
    /// There were more rows than the query may give.
    pub truncated: bool,
}

impl ResultStream {
    /// The columns as the engine types them.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The columns as a person reads them, with the types filled in.
    pub fn columns(&self) -> &[ResultColumn] {
        &self.columns
    }

    pub fn zones(&self) -> Zones {
        self.zones
    }

    /// The next rows; `None` after the last, and after an error.
    pub async fn next(&mut self) -> Option<Result<RecordBatch, EngineError>> {
        if self.ended {
            return None;
        }
        let end = tokio::select! {
            biased;
            () = self.stop.cancelled() => Some(Err(EngineError::new(EngineErrorKind::Cancelled))),
            () = tokio::time::sleep_until(self.deadline) => Some(Err(EngineError::new(EngineErrorKind::Timeout))),
            next = self.batches.recv() => match next {
                Some(Ok(Step::Rows(batch))) => return self.capped(batch).map(Ok),
                Some(Ok(Step::End)) => None,
                Some(Err(error)) => Some(Err(error)),
                None => Some(Err(EngineError::new(EngineErrorKind::Failed { operation: None }))),
            },
        };
        self.end();
        end
    }

    /// How it ended; `None` while rows may follow.
    pub fn summary(&self) -> Option<Summary> {
        self.ended.then_some(self.summary)
    }

    fn capped(&mut self, batch: RecordBatch) -> Option<RecordBatch> {
        let left = self.row_cap.map(|cap| cap - self.summary.row_count);
        let rows = batch.num_rows();
        let kept = left.and_then(|left| usize::try_from(left).ok()).map_or(rows, |left| left.min(rows));
        if kept < rows {
            self.summary.truncated = true;
            self.end();
        }
        self.summary.row_count += kept as u64;
        (kept > 0 || rows == 0).then(|| batch.slice(0, kept))
    }

    fn end(&mut self) {
        self.ended = true;
        self.stop.cancel();
        self.batches.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafusion::arrow::datatypes::Schema;
    use std::{sync::Arc, time::Duration};
    use tessera_base::TimeZone;

    fn stream() -> (mpsc::Sender<Result<Step, EngineError>>, ResultStream) {
        let (sender, batches) = mpsc::channel(BUFFERED_BATCHES);
        let stop = CancellationToken::new();
        let stream = ResultStream {
            schema: Arc::new(Schema::empty()),
            columns: Vec::new(),
            zones: Zones { stored: TimeZone::UTC, shown: TimeZone::UTC },
            row_cap: None,
            batches,
            _stop_on_drop: stop.clone().drop_guard(),
            stop,
            deadline: Instant::now() + Duration::from_secs(60),
            summary: Summary::default(),
            ended: false,
        };
        (sender, stream)
    }

    #[tokio::test]
    async fn a_stream_that_breaks_off_is_no_result() {
        let (sender, mut stream) = stream();
        drop(sender);
        let error = stream.next().await.unwrap().unwrap_err();
        assert_eq!(error.kind(), &EngineErrorKind::Failed { operation: None });
        assert!(stream.next().await.is_none());
    }

    #[tokio::test]
    async fn a_stream_that_ends_is_one() {
        let (sender, mut stream) = stream();
        assert!(sender.send(Ok(Step::End)).await.is_ok());
        assert!(stream.next().await.is_none());
        assert_eq!(stream.summary(), Some(Summary::default()));
    }
}
