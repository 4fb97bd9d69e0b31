//! A folder of tables, and an engine over it, for the tests of this crate.
use crate::embedded::{BodyRequest, Fencing, FilesEngine, ReadBody, RelationRequest, Request};
use crate::host::{EngineHost, HostOptions};
use crate::{EngineError, Limits, ResultStream};
use datafusion::arrow::{array::RecordBatch, util::pretty::pretty_format_batches};
use datafusion::sql::sqlparser::{ast::Statement, dialect::GenericDialect, parser::Parser};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};
use tessera_access::Credentials;
use tessera_base::{ConnectionId, TimeZone};
use tessera_query::Zones;
use tessera_sql::tree::{Ident, PhysicalTable};
use tokio_util::sync::CancellationToken;

/// A temporary folder, removed at the end.
pub(crate) struct TempFolder(PathBuf);

impl TempFolder {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("tessera-engine-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// An engine over `<folder>/data`, with its cache beside it.
pub(crate) struct Fixture {
    pub(crate) engine: FilesEngine,
    pub(crate) fencing: Fencing,
    _host: EngineHost,
    _folder: TempFolder,
}

impl Fixture {
    pub(crate) fn new(folder: TempFolder) -> Self {
        Self::with_options(folder, 4, false)
    }

    pub(crate) fn with_options(folder: TempFolder, running_queries: usize, follow_links: bool) -> Self {
        let data = folder.path().join("data");
        fs::create_dir_all(&data).unwrap();
        let cache = folder.path().join("cache");
        let host = EngineHost::start(HostOptions { running_queries, cache, follow_links }).unwrap();
        let credentials = Credentials { mask_key: b"key".to_vec() };
        let engine =
            FilesEngine::open(host.shared(), ConnectionId::new(Default::default()), &data, &credentials).unwrap();
        Self { engine, fencing: Fencing::Adaptive, _host: host, _folder: folder }
    }

    /// `relations`: the name of a table of `main`, and the body that governs it.
    pub(crate) fn request(&self, sql: &str, relations: &[(&str, &str)]) -> Request {
        Request {
            statement: parse(sql),
            relations: relations
                .iter()
                .map(|(name, body)| RelationRequest {
                    schema: Some("main".to_owned()),
                    name: (*name).to_owned(),
                    body: BodyRequest::Whole(ReadBody { statement: parse(body), text: (*body).to_owned() }),
                    tables: TABLES
                        .iter()
                        .filter(|table| body.contains(&format!("main.{table} ")))
                        .map(|table| main(table))
                        .collect(),
                    reads: Vec::new(),
                    is_inner: false,
                    masked: BTreeSet::new(),
                })
                .collect(),
            columns: None,
            zones: Zones { stored: TimeZone::UTC, shown: TimeZone::UTC },
            row_cap: None,
            fencing: self.fencing,
        }
    }

    pub(crate) async fn start(&self, sql: &str, relations: &[(&str, &str)]) -> Result<ResultStream, EngineError> {
        self.engine.start(self.request(sql, relations), Limits::default(), &CancellationToken::new()).await
    }

    pub(crate) async fn rows(&self, sql: &str, relations: &[(&str, &str)]) -> Result<Vec<RecordBatch>, EngineError> {
        collect(self.start(sql, relations).await?).await
    }

    /// The cells of the result, line by line, or the kind of the error.
    pub(crate) async fn text(&self, sql: &str, relations: &[(&str, &str)]) -> String {
        match self.rows(sql, relations).await {
            Ok(batches) => table(&batches),
            Err(error) => format!("{error}"),
        }
    }
}

/// The tables that bodies may name.
const TABLES: &[&str] = &["t", "u", "region"];

pub(crate) fn main(table: &str) -> PhysicalTable {
    PhysicalTable { schema: Ident::new("main").unwrap(), name: Ident::new(table).unwrap() }
}

pub(crate) async fn collect(mut stream: ResultStream) -> Result<Vec<RecordBatch>, EngineError> {
    let mut batches = Vec::new();
    while let Some(batch) = stream.next().await {
        batches.push(batch?);
    }
    Ok(batches)
}

pub(crate) fn parse(sql: &str) -> Statement {
    Parser::parse_sql(&GenericDialect {}, sql).unwrap().remove(0)
}

/// `a,1;b,2`: rows by `;`, cells by `,`.
pub(crate) fn table(batches: &[RecordBatch]) -> String {
    let text = pretty_format_batches(batches).unwrap().to_string();
    let rows = text.lines().filter(|line| line.starts_with('|')).skip(1);
    let row = |line: &str| line.trim_matches('|').split('|').map(str::trim).collect::<Vec<_>>().join(",");
    rows.map(row).collect::<Vec<_>>().join(";")
}
