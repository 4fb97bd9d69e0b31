//! Tables in a folder: found, typed, and read as Parquet.
mod convert;
mod folder;
mod table;
pub mod write;
mod zoned;

pub use folder::TableProblem;
pub(crate) use folder::{Folder, FolderOptions};
pub(crate) use table::FileTable;
