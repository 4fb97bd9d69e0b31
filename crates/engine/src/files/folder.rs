//! Which tables a folder holds.
//!
//! `<name>.<format>` in the folder is a table of the schema `main`; `<schema>/<name>.<format>` one of that schema;
//! `<schema>/<name>/*.parquet` is one table in several files. Formats are `parquet`, `csv`, `json` (an array of objects or
//! one object a line), `ndjson` and `arrow`. A table is named as its file, case included. Names that start with `.` or `_`
//! and other formats are passed over; two files for one table are a problem of that table.
use super::{FileTable, convert};
use crate::embedded::planner::DEFAULT_SCHEMA;
use datafusion::execution::SessionState;
use futures::FutureExt;
use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs, io,
    os::unix::fs::MetadataExt,
    panic::AssertUnwindSafe,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::SystemTime,
};
use tessera_sql::tree::{Ident, PhysicalTable};
use tokio::sync::Mutex;

pub(crate) struct FolderOptions {
    /// Where converted files are kept.
    pub(crate) cache: PathBuf,
    /// Whether links may lead out of the folder. Only for people at their own command line.
    pub(crate) follow_links: bool,
}

/// A folder of tables. What has been read of a file is kept until the file changes.
pub(crate) struct Folder {
    /// Without links.
    root: PathBuf,
    options: FolderOptions,
    tables: RwLock<BTreeMap<PhysicalTable, Known>>,
    /// One reads the folder at a time, so that no file is converted twice at once.
    reading: Mutex<()>,
}

#[derive(Clone)]
struct Known {
    versions: Vec<FileVersion>,
    table: Result<Arc<FileTable>, TableProblem>,
}

/// A file as it was at one time; equal versions have equal content.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct FileVersion {
    pub(crate) path: PathBuf,
    pub(crate) size_bytes: u64,
    pub(crate) modified: SystemTime,
    pub(super) inode: u64,
}

/// Why a table of the folder cannot be read. It quotes no cell.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TableProblem {
    #[error("there is no such file any more")]
    Missing,
    #[error("more than one file has this name")]
    Ambiguous,
    #[error("the file is damaged, or not of its format")]
    Damaged,
    #[error("line {line} does not have as many cells as the first")]
    CellCount { line: u64 },
    #[error("the quote that begins in line {line} is never closed")]
    OpenQuote { line: u64 },
    #[error("the column names are not all there and different")]
    ColumnNames,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Format {
    Parquet,
    Csv,
    Json,
    Arrow,
}

impl Format {
    fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        Some(match extension.as_str() {
            "parquet" => Self::Parquet,
            "csv" => Self::Csv,
            "json" | "ndjson" => Self::Json,
            "arrow" => Self::Arrow,
            _ => return None,
        })
    }
}

/// The files of one table.
#[derive(Default)]
struct Files {
    paths: Vec<PathBuf>,
    /// Of a table in several files: a file more or less is another version.
    folder: Option<PathBuf>,
}

impl Files {
    fn versions(&self) -> io::Result<Vec<FileVersion>> {
        self.paths.iter().chain(&self.folder).map(|path| FileVersion::of(path)).collect()
    }
}

impl FileVersion {
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let metadata = fs::metadata(path)?;
        Ok(Self {
            path: path.to_owned(),
            size_bytes: metadata.len(),
            modified: metadata.modified()?,
            inode: metadata.ino(),
        })
    }

    fn is_current(&self) -> bool {
        Self::of(&self.path).is_ok_and(|version| version == *self)
    }
}

impl Folder {
    pub(crate) fn open(path: &Path, options: FolderOptions) -> io::Result<Self> {
        Ok(Self { root: path.canonicalize()?, options, tables: RwLock::default(), reading: Mutex::default() })
    }

    /// Every table, read again where its files have changed.
    pub(crate) async fn tables(
        &self,
        session: &SessionState,
    ) -> io::Result<BTreeMap<PhysicalTable, Result<Arc<FileTable>, TableProblem>>> {
        let _reading = self.reading.lock().await;
        let mut tables = BTreeMap::new();
        for (name, files) in self.list()? {
            let known = match (self.known(&name), files.versions()) {
                (Some(known), Ok(versions)) if known.versions == versions => known,
                (_, Ok(versions)) => {
                    let table = self.load(&files, &versions, session).await;
                    Known { versions, table }
                }
                (_, Err(_)) => Known { versions: Vec::new(), table: Err(TableProblem::Missing) },
            };
            tables.insert(name, known);
        }
        let answer = tables.iter().map(|(name, known)| (name.clone(), known.table.clone())).collect();
        *self.tables.write().unwrap_or_else(PoisonError::into_inner) = tables;
        Ok(answer)
    }

    /// One table, as its files are now.
    pub(crate) async fn table(
        &self,
        name: &PhysicalTable,
        session: &SessionState,
    ) -> Result<Arc<FileTable>, TableProblem> {
        if let Some(known) = self.known(name)
            && !known.versions.is_empty()
            && known.versions.iter().all(FileVersion::is_current)
        {
            return known.table;
        }
        let mut tables = self.tables(session).await.map_err(|_| TableProblem::Missing)?;
        tables.remove(name).unwrap_or(Err(TableProblem::Missing))
    }

    fn known(&self, name: &PhysicalTable) -> Option<Known> {
        self.tables.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    async fn load(
        &self,
        files: &Files,
        versions: &[FileVersion],
        session: &SessionState,
    ) -> Result<Arc<FileTable>, TableProblem> {
        let parquet = match (files.paths.as_slice(), versions) {
            (paths, versions) if files.folder.is_some() => versions[..paths.len()].to_vec(),
            ([path], [version]) => match Format::of(path) {
                Some(Format::Parquet) => vec![version.clone()],
                Some(format) => vec![convert::to_parquet(version.clone(), format, self.options.cache.clone()).await?],
                None => return Err(TableProblem::Missing),
            },
            _ => return Err(TableProblem::Ambiguous),
        };
        // The decoder of footers panics on some that are damaged.
        match AssertUnwindSafe(FileTable::open(&parquet, session)).catch_unwind().await {
            Ok(Ok(table)) => Ok(Arc::new(table)),
            Ok(Err(error)) => {
                tracing::warn!(%error, "cannot read a table");
                Err(TableProblem::Damaged)
            }
            Err(_) => Err(TableProblem::Damaged),
        }
    }

    fn list(&self) -> io::Result<BTreeMap<PhysicalTable, Files>> {
        let mut tables: BTreeMap<PhysicalTable, Files> = BTreeMap::new();
        let mut add = |schema: &str, path: PathBuf| {
            if let (Some(_), Some(name)) = (Format::of(&path), table(schema, path.file_stem())) {
                tables.entry(name).or_default().paths.push(path);
            }
        };
        let mut table_folders = Vec::new();
        for entry in self.entries(&self.root)? {
            if !entry.is_dir() {
                add(DEFAULT_SCHEMA, entry);
                continue;
            }
            let Some(schema) = entry.file_name().and_then(|name| name.to_str()).map(str::to_owned) else { continue };
            for entry in self.entries(&entry)? {
                if entry.is_dir() {
                    table_folders.push((schema.clone(), entry));
                } else {
                    add(&schema, entry);
                }
            }
        }
        for (schema, folder) in table_folders {
            let Some(name) = table(&schema, folder.file_name()) else { continue };
            let mut paths = self.entries(&folder)?;
            paths.retain(|path| Format::of(path) == Some(Format::Parquet) && path.is_file());
            if !paths.is_empty() {
                let files = tables.entry(name).or_default();
                // Beside a file of this name, neither is the table.
                files.folder = files.paths.is_empty().then_some(folder);
                files.paths.append(&mut paths);
            }
        }
        Ok(tables)
    }

    /// The visible entries of a folder, in order, without links that lead away.
    fn entries(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_name().as_encoded_bytes().first().is_some_and(|first| b"._".contains(first)) {
                continue;
            }
            let path = entry.path();
            let inside = || path.canonicalize().is_ok_and(|path| path.starts_with(&self.root));
            if self.options.follow_links || !entry.file_type()?.is_symlink() || inside() {
                entries.push(path);
            }
        }
        entries.sort();
        Ok(entries)
    }
}

fn table(schema: &str, name: Option<&OsStr>) -> Option<PhysicalTable> {
    let name = Ident::new(name?.to_str()?).ok()?;
    Some(PhysicalTable { schema: Ident::new(schema).ok()?, name })
}

#[cfg(test)]
mod tests;
