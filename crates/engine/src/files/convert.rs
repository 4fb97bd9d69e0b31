//! CSV, JSON and Arrow files become typed Parquet, once per version of the file.
//!
//! Were they read as they are, one bad cell of a hidden row would fail everybody's query, and the message would quote it.
mod csv;
mod json;
mod kind;
mod output;
mod quotes;

use super::folder::{FileVersion, Format, TableProblem};
use aws_lc_rs::digest::{SHA256, digest};
use std::{fs, io, os::unix::ffi::OsStrExt, path::PathBuf, time::UNIX_EPOCH};

/// Rows that are read, typed and written together: what bounds the memory.
const BATCH_ROWS: usize = 8192;

pub(super) async fn to_parquet(
    version: FileVersion,
    format: Format,
    cache: PathBuf,
) -> Result<FileVersion, TableProblem> {
    let convert = move || {
        fs::create_dir_all(&cache)?;
        let target = cache.join(cached_name(&version));
        if !target.exists() {
            match format {
                Format::Parquet => return Ok(version),
                Format::Csv => csv::convert(&version.path, &target)?,
                Format::Json => json::convert(&version.path, &target)?,
                Format::Arrow => output::copy_arrow(&version.path, &target)?,
            }
        }
        Ok(FileVersion::of(&target)?)
    };
    // A panic of a decoder is one more way of being damaged.
    tokio::task::spawn_blocking(convert).await.unwrap_or(Err(TableProblem::Damaged))
}

/// One name per version of a file, so that a changed file is converted again and nothing half-written is read.
fn cached_name(version: &FileVersion) -> String {
    let modified = version.modified.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    let mut key = version.path.as_os_str().as_bytes().to_vec();
    key.extend([0].into_iter().chain(version.size_bytes.to_be_bytes()).chain(version.inode.to_be_bytes()));
    key.extend(modified.to_be_bytes());
    let hash = digest(&SHA256, &key);
    let hex: String = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{hex}.parquet")
}

impl From<io::Error> for TableProblem {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            _ => {
                tracing::warn!(%error, "cannot convert a table");
                Self::Damaged
            }
        }
    }
}
