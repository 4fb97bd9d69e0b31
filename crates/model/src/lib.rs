//! The semantic model: files → [`CheckedModel`]; what of it a person may see ([`DataScope`]); and the field query.
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

pub mod catalog;
pub mod checked;
pub mod file;
pub mod filter;
pub mod request;
mod resolve;
pub mod scope;

pub use catalog::{Catalog, ColumnType};
pub use checked::{CheckedModel, FieldId, RelationshipId, TopicId, ViewId};
pub use scope::DataScope;

use std::sync::Arc;
use tessera_access::{Resource, ResourceKind};
use tessera_base::ConnectionId;

/// A model in force on a connection: what the store hands out sealed.
#[derive(Clone, Debug)]
pub struct Model {
    /// What a request calls it.
    pub name: String,
    pub label: String,
    pub connection: ConnectionId,
    pub version: u64,
    pub checked: Arc<CheckedModel>,
}

impl Resource for Model {
    const KIND: ResourceKind = ResourceKind::Model;
}
