use super::{
    governed::{self, Body, Fencing, Relation},
    mask_hash::mask_hash,
    padded,
    planner::{DEFAULT_SCHEMA, Namespace},
    reject, repeated_names, self_test,
};
use crate::columns::result_columns;
use crate::files::{FileTable, Folder, FolderOptions};
use crate::host::Host;
use crate::result::{BUFFERED_BATCHES, ResultStream, Step, Summary};
use crate::{Engine, EngineError, EngineErrorKind, Introspection, Limits};
use async_trait::async_trait;
use datafusion::datasource::provider_as_source;
use datafusion::execution::{SendableRecordBatchStream, SessionState};
use datafusion::logical_expr::ScalarUDF;
use datafusion::physical_plan::{ExecutionPlan, execute_stream};
use datafusion::sql::sqlparser::ast::Statement;
use futures::StreamExt;
use std::{
    collections::{BTreeSet, HashMap},
    io,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};
use tessera_access::Credentials;
use tessera_base::ConnectionId;
use tessera_query::{GovernedRelation, RelationBody, ResultColumn, UnreadBody, Verified, VerifiedBody, Zones};
use tessera_sql::tree::PhysicalTable;
use tokio::{sync::mpsc, time::Instant};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

/// A connection to a folder of files.
pub(crate) struct FilesEngine(Arc<Files>);

struct Files {
    host: Arc<Host>,
    connection: ConnectionId,
    folder: Folder,
    mask_hash: Arc<ScalarUDF>,
    /// By their text: equal texts of one connection are equal relations, as long as their tables are the same.
    bodies: Mutex<HashMap<String, PlannedBody>>,
}

#[derive(Clone)]
struct PlannedBody {
    tables: Vec<Arc<FileTable>>,
    reads: Vec<Arc<Body>>,
    body: Arc<Body>,
}

/// More are forgotten all at once.
const KEPT_BODIES: usize = 1024;

/// A verified query, taken apart.
pub(crate) struct Request {
    pub(crate) statement: Statement,
    pub(crate) relations: Vec<RelationRequest>,
    pub(crate) columns: Option<Vec<ResultColumn>>,
    pub(crate) zones: Zones,
    pub(crate) row_cap: Option<u64>,
    pub(crate) fencing: Fencing,
}

pub(crate) struct RelationRequest {
    pub(crate) schema: Option<String>,
    pub(crate) name: String,
    pub(crate) body: BodyRequest,
    pub(crate) tables: Vec<PhysicalTable>,
    /// Relations before it that its body reads.
    pub(crate) reads: Vec<String>,
    pub(crate) is_inner: bool,
    /// Columns that hold masks, for those who read a result.
    pub(crate) masked: BTreeSet<String>,
}

/// See [`RelationBody`].
pub(crate) enum BodyRequest {
    Whole(ReadBody),
    HeldByJoin { when_total: ReadBody, whole: UnreadBody },
}

pub(crate) struct ReadBody {
    pub(crate) statement: Statement,
    pub(crate) text: String,
}

impl From<&VerifiedBody> for ReadBody {
    fn from(body: &VerifiedBody) -> Self {
        Self { statement: body.ast().statement().clone(), text: body.text().to_owned() }
    }
}

impl From<&Verified> for Request {
    fn from(query: &Verified) -> Self {
        Self {
            statement: query.statement().statement().clone(),
            relations: query.relations().iter().map(RelationRequest::from).collect(),
            columns: query.columns().map(<[ResultColumn]>::to_vec),
            zones: query.zones(),
            row_cap: query.row_cap(),
            fencing: Fencing::Adaptive,
        }
    }
}

impl From<&GovernedRelation> for RelationRequest {
    fn from(relation: &GovernedRelation) -> Self {
        Self {
            schema: relation.name().schema.as_ref().map(|schema| schema.as_str().to_owned()),
            name: relation.name().name.as_str().to_owned(),
            body: match relation.body() {
                RelationBody::Whole(body) => BodyRequest::Whole(ReadBody::from(body)),
                RelationBody::HeldByJoin { when_total, whole } => {
                    BodyRequest::HeldByJoin { when_total: ReadBody::from(when_total), whole: whole.clone() }
                }
            },
            tables: relation.tables().iter().cloned().collect(),
            reads: relation.reads().iter().map(|name| name.as_str().to_owned()).collect(),
            is_inner: relation.is_inner(),
            masked: relation.masked().iter().map(|name| name.as_str().to_owned()).collect(),
        }
    }
}

impl FilesEngine {
    pub(crate) fn open(
        host: Arc<Host>,
        connection: ConnectionId,
        folder: &Path,
        credentials: &Credentials,
    ) -> io::Result<Self> {
        let options = FolderOptions { cache: host.options.cache.clone(), follow_links: host.options.follow_links };
        Ok(Self(Arc::new(Files {
            folder: Folder::open(folder, options)?,
            host,
            connection,
            mask_hash: mask_hash(credentials),
            bodies: Mutex::default(),
        })))
    }

    pub(crate) async fn start(
        &self,
        request: Request,
        limits: Limits,
        cancel: &CancellationToken,
    ) -> Result<ResultStream, EngineError> {
        let deadline = Instant::now() + limits.timeout;
        let stop = cancel.child_token();
        let stop_on_drop = stop.clone().drop_guard();
        let host = &self.0.host;
        let files = Arc::clone(&self.0);
        let planned = async {
            let admission = host.admit().await?;
            let (columns, zones, row_cap) = (request.columns.clone(), request.zones, request.row_cap);
            let planning = host.threads().spawn(async move { files.plan(&request, limits).await });
            // Planning does not fail on the data; if it panics, the statement is to blame.
            let rows = AbortOnDropHandle::new(planning).await;
            let planned =
                rows.map_err(|error| EngineError::rejected("the engine cannot run this statement").caused_by(&error))??;
            Ok((admission, planned, columns, zones, row_cap))
        };
        let (admission, Planned { rows, masked }, columns, zones, row_cap) = tokio::select! {
            biased;
            () = stop.cancelled() => return Err(EngineError::new(EngineErrorKind::Cancelled)),
            () = tokio::time::sleep_until(deadline) => return Err(EngineError::new(EngineErrorKind::Timeout)),
            planned = planned => planned?,
        };
        let schema = rows.schema();
        let (sender, batches) = mpsc::channel(BUFFERED_BATCHES);
        let until = stop.clone();
        host.threads().spawn(async move {
            let _admission = admission;
            tokio::select! {
                biased;
                () = until.cancelled() => {}
                () = tokio::time::sleep_until(deadline) => {}
                () = forward(rows, sender) => {}
            }
        });
        Ok(ResultStream {
            columns: result_columns(columns, &schema, &masked),
            schema,
            zones,
            row_cap,
            batches,
            stop,
            deadline,
            summary: Summary::default(),
            ended: false,
            _stop_on_drop: stop_on_drop,
        })
    }
}

/// Whether relations have the rules that hold by the way the statement joins them.
#[derive(Clone, Copy)]
enum RulesOfJoins {
    Kept,
    LeftOut,
}

/// Rows on their way, and which of their columns hold masks.
struct Planned {
    rows: SendableRecordBatchStream,
    masked: Vec<bool>,
}

/// Ends when the rows do, or when nobody reads them any more.
async fn forward(mut rows: SendableRecordBatchStream, reader: mpsc::Sender<Result<Step, EngineError>>) {
    loop {
        let step = match rows.next().await {
            Some(Ok(batch)) => Ok(Step::Rows(batch)),
            Some(Err(error)) => Err(reject::of_run(&error)),
            None => Ok(Step::End),
        };
        let last = !matches!(step, Ok(Step::Rows(_)));
        if reader.send(step).await.is_err() || last {
            return;
        }
    }
}

impl Files {
    async fn plan(&self, request: &Request, limits: Limits) -> Result<Planned, EngineError> {
        let session = self.host.template.session(self.host.environment(limits));
        let (plan, masked) = self.physical_plan(request, &session).await?;
        let rows = execute_stream(plan, session.task_ctx()).map_err(|error| reject::of_run(&error))?;
        Ok(Planned { rows, masked })
    }

    async fn physical_plan(
        &self,
        request: &Request,
        session: &SessionState,
    ) -> Result<(Arc<dyn ExecutionPlan>, Vec<bool>), EngineError> {
        let rejected = |error| reject::of_statement(&error, &request.statement);
        let mut quick = None;
        if request.relations.iter().any(|relation| matches!(relation.body, BodyRequest::HeldByJoin { .. })) {
            let relations = self.relations(request, RulesOfJoins::LeftOut, session).await?;
            quick = governed::plan_when_total(&request.statement, &relations, session).map_err(rejected)?;
        }
        let (plan, masked) = match quick {
            Some(planned) => planned,
            None => {
                let relations = self.relations(request, RulesOfJoins::Kept, session).await?;
                governed::plan(&request.statement, &relations, session, request.fencing).map_err(rejected)?
            }
        };
        let plan = session.optimizer().optimize(plan, session, |_, _| {}).map_err(rejected)?;
        let (plan, session) = repeated_names::told_apart(&plan, session).map_err(rejected)?;
        let plan = padded::physical_plan(&plan, &session).await.map_err(rejected)?;
        Ok((plan, masked))
    }

    async fn relations(
        &self,
        request: &Request,
        rules: RulesOfJoins,
        session: &SessionState,
    ) -> Result<Vec<Relation>, EngineError> {
        let mut relations: Vec<Relation> = Vec::with_capacity(request.relations.len());
        for relation in &request.relations {
            let unavailable = || EngineError::unavailable(Some(&relation.name));
            let mut tables = Vec::with_capacity(relation.tables.len());
            for table in &relation.tables {
                let found = self.folder.table(table, session).await;
                let found = found.map_err(|problem| unavailable().caused_by(&problem))?;
                tables.push(found.stored_in(request.zones.stored));
            }
            let inner = relations.iter().filter(|known| known.is_inner && relation.reads.contains(&known.name));
            let reads: Vec<_> = inner.map(|known| (known.name.clone(), Arc::clone(&known.body))).collect();
            let body = |body: &ReadBody| {
                let body = self.body(body, &relation.tables, &tables, &reads, session);
                body.map_err(|error| unavailable().caused_by(&error))
            };
            let body = match (&relation.body, rules) {
                (BodyRequest::Whole(whole), _) => body(whole)?,
                (BodyRequest::HeldByJoin { when_total, .. }, RulesOfJoins::LeftOut) => body(when_total)?,
                (BodyRequest::HeldByJoin { whole, .. }, RulesOfJoins::Kept) => {
                    body(&ReadBody::from(&whole.verify().map_err(|error| unavailable().caused_by(&error))?))?
                }
            };
            relations.push(Relation {
                schema: relation.schema.clone(),
                name: relation.name.clone(),
                body,
                is_inner: relation.is_inner,
                masked: relation.masked.clone(),
            });
        }
        Ok(relations)
    }

    fn body(
        &self,
        ReadBody { statement, text }: &ReadBody,
        names_of_tables: &[PhysicalTable],
        tables: &[Arc<FileTable>],
        reads: &[(String, Arc<Body>)],
        session: &SessionState,
    ) -> datafusion::common::Result<Arc<Body>> {
        let bodies = || self.bodies.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(planned) = bodies().get(text)
            && planned.tables.len() == tables.len()
            && planned.tables.iter().zip(tables).all(|(planned, table)| Arc::ptr_eq(planned, table))
            && planned.reads.len() == reads.len()
            && planned.reads.iter().zip(reads).all(|(planned, (_, read))| Arc::ptr_eq(planned, read))
        {
            return Ok(Arc::clone(&planned.body));
        }
        let mut names = Namespace::default().with_function(Arc::clone(&self.mask_hash));
        for (name, table) in names_of_tables.iter().zip(tables) {
            names.insert(name.schema.as_str(), name.name.as_str(), provider_as_source(Arc::clone(table) as _));
        }
        for (name, read) in reads {
            names.insert(DEFAULT_SCHEMA, name, governed::source(read));
        }
        let body = Arc::new(Body::plan(statement, &names, session)?);
        let (tables, reads) = (tables.to_vec(), reads.iter().map(|(_, read)| Arc::clone(read)).collect());
        let mut bodies = bodies();
        if bodies.len() >= KEPT_BODIES {
            bodies.clear();
        }
        bodies.insert(text.clone(), PlannedBody { tables, reads, body: Arc::clone(&body) });
        Ok(body)
    }
}

#[async_trait]
impl Engine for FilesEngine {
    async fn introspect(&self) -> Result<Introspection, EngineError> {
        let files = Arc::clone(&self.0);
        let read = async move {
            let session = files.host.template.session(files.host.environment(Limits::default()));
            files.folder.tables(&session).await
        };
        let unavailable = |error: &dyn std::fmt::Display| EngineError::unavailable(None).caused_by(error);
        let tables = AbortOnDropHandle::new(self.0.host.threads().spawn(read)).await;
        let tables = tables.map_err(|error| unavailable(&error))?.map_err(|error| unavailable(&error))?;
        Ok(Introspection::of(tables))
    }

    async fn run(
        &self,
        query: Verified,
        limits: Limits,
        cancel: CancellationToken,
    ) -> Result<ResultStream, EngineError> {
        if query.connection() != self.0.connection {
            return Err(EngineError::rejected("the query is for another connection"));
        }
        self.start(Request::from(&query), limits, &cancel).await
    }

    async fn self_test(&self) -> Result<(), EngineError> {
        let session = self.0.host.template.session(self.0.host.environment(Limits::default()));
        AbortOnDropHandle::new(self.0.host.threads().spawn(self_test::fence(session))).await.unwrap_or_else(|error| {
            Err(EngineError::new(EngineErrorKind::Failed { operation: None }).caused_by(&error))
        })
    }
}

#[cfg(test)]
mod tests;
