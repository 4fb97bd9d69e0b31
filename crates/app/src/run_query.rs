//! The one path of every question: permit → govern → verify → engine.
use crate::{App, Error, ask::govern, queries::Running};
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use tessera_access::{AccessContext, Denied, Reason, action::Download, open};
use tessera_base::QueryId;
use tessera_engine::{RecordBatch, ResultStream};
use tessera_model::{
    Model,
    request::{FieldQuery, QueryRoot},
};
use tessera_query::{GovernedBy, Notice, RefusalKind, Verified, verify};
use tessera_store::{AuditEvent, LimitedBy, Ruling};

/// A question, as it was asked.
#[derive(Clone, Debug)]
pub struct Ask {
    pub id: QueryId,
    pub model: String,
    pub question: Question,
    /// Without the interactive limit of rows.
    pub download: bool,
}

#[derive(Clone, Debug)]
pub enum Question {
    Fields(FieldQuery),
    Sql(String),
}

impl Question {
    /// What an audit event calls it; none for SQL.
    fn topic(&self) -> Option<String> {
        match self {
            Self::Fields(FieldQuery { root: QueryRoot::Topic(name) | QueryRoot::View(name), .. }) => Some(name.clone()),
            Self::Sql(_) => None,
        }
    }
}

/// A query that the engine has begun.
pub struct Answer {
    rows: ResultStream,
    running: Running,
    governed_by: Vec<GovernedBy>,
    notices: Vec<Notice>,
    asked: Asked,
}

/// What the audit trail tells of a question.
struct Asked {
    topic: Option<String>,
    /// Why it might be asked.
    because: Reason,
}

impl Answer {
    pub fn rows(&self) -> &ResultStream {
        &self.rows
    }

    pub fn governed_by(&self) -> &[GovernedBy] {
        &self.governed_by
    }

    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    pub fn elapsed(&self) -> Duration {
        self.running.elapsed()
    }

    /// Ready when somebody has stopped the query.
    pub async fn stopped(&self) {
        self.running.cancellation().cancelled().await;
    }

    /// The next rows; `None` after the last.
    pub async fn next(&mut self) -> Result<Option<RecordBatch>, Error> {
        let batch = self.rows.next().await.transpose()?;
        if let Some(batch) = &batch {
            self.running.add_rows(batch.num_rows() as u64);
        }
        Ok(batch)
    }
}

impl App {
    /// Begins a query. What is denied, and what has ended, is in the audit log.
    pub async fn run_query(&self, context: &Arc<AccessContext>, ask: &Ask) -> Result<Answer, Error> {
        let (verified, because) = match self.govern(context, ask).await {
            Ok(governed) => governed,
            Err(error) => {
                self.record_denial(context, ask, &error).await?;
                return Err(error);
            }
        };
        let (governed_by, notices) = (verified.governed_by().to_vec(), verified.notices().to_vec());
        let connection = verified.connection();
        let open = self.engine(context, connection).await?;
        let running = self.queries().start(context, ask.id, &ask.model, connection)?;
        let asked = Asked { topic: ask.question.topic(), because };
        match open.engine.run(verified, self.limits.query, running.cancellation().clone()).await {
            Ok(rows) => Ok(Answer { rows, running, governed_by, notices, asked }),
            Err(error) => {
                let error = Error::from(error);
                self.record_run(context, &running, asked, &governed_by).await?;
                running.end(Err(error.clone()));
                Err(error)
            }
        }
    }

    /// Closes a query, whatever became of it. First the trail: a query that it does not tell of was not answered.
    pub async fn end_query(
        &self,
        context: &AccessContext,
        answer: Answer,
        outcome: Result<(), Error>,
    ) -> Result<(), Error> {
        let Answer { rows, running, governed_by, asked, .. } = answer;
        let truncated = rows.summary().is_some_and(|summary| summary.truncated);
        let recorded = self.record_run(context, &running, asked, &governed_by).await;
        let outcome = outcome.and(recorded);
        running.end(outcome.clone().map(|()| truncated));
        outcome
    }

    async fn record_run(
        &self,
        context: &AccessContext,
        running: &Running,
        asked: Asked,
        governed_by: &[GovernedBy],
    ) -> Result<(), Error> {
        let run = running.run();
        let limited_by: BTreeSet<LimitedBy> = governed_by
            .iter()
            .map(|by| LimitedBy { relation: by.relation.clone(), because: by.because.clone() })
            .collect();
        let because = asked.because.to_string();
        let ruling = if limited_by.is_empty() { Ruling::Allowed { because } } else { Ruling::Limited { because } };
        let event = AuditEvent::QueryRan {
            query: run.id(),
            model: run.model().to_owned(),
            topic: asked.topic,
            limited_by: limited_by.into_iter().collect(),
            rows: run.progress().row_count,
        };
        Ok(self.store.tenant(context).record(&event, ruling).await?)
    }

    async fn govern(&self, context: &Arc<AccessContext>, ask: &Ask) -> Result<(Verified, Reason), Error> {
        let sealed = self.find_model(context, &ask.model).await?;
        if ask.download {
            let _may_download = open::<Model, Download>(context, &ask.model, sealed.clone())?;
        }
        let settings = self.settings(context, ask.download);
        let (governed, because) = govern(context, &ask.model, sealed, &ask.question, &settings)?;
        Ok((verify(governed)?, because))
    }

    async fn record_denial(&self, context: &AccessContext, ask: &Ask, error: &Error) -> Result<(), Error> {
        let (reason, needs, ruling) = match error {
            Error::Denied(denied) => {
                let reason = if matches!(denied, Denied::NotFound { .. }) { "not found" } else { "forbidden" };
                (reason.to_owned(), denied.needs(), Ruling::denied(denied))
            }
            Error::Refused(refusal) if refusal.kind == RefusalKind::Closed => {
                (refusal.message.clone(), &[][..], Ruling::Denied { because: Some(refusal.message.clone()) })
            }
            _ => return Ok(()),
        };
        let event = AuditEvent::QueryDenied {
            query: ask.id,
            model: ask.model.clone(),
            topic: ask.question.topic(),
            reason,
            needs: needs.iter().map(ToString::to_string).collect(),
        };
        Ok(self.store.tenant(context).record(&event, ruling).await?)
    }
}
