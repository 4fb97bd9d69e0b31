//! The metadata database: organizations, people, connections, models, content, sessions and the audit trail, in one
//! encrypted SQLite file or in PostgreSQL.
//!
//! Rows that a decision guards leave as [`tessera_access::Sealed`]; lists take a [`tessera_access::Scope`]; whatever
//! changes what somebody may do raises the organization's access version in the same transaction, and so is in force
//! with the next request.
mod abilities;
mod access_requests;
mod act;
mod api_keys;
mod attributes;
mod audit;
mod bootstrap;
mod changes;
mod connection_roles;
mod connections;
mod content;
mod credentials;
mod database;
mod directory;
mod entropy;
mod error;
pub mod folder;
mod groups;
mod idempotency;
mod key_file;
mod leaving;
mod models;
mod operators;
mod organizations;
mod roles;
mod sessions;
mod snapshots;
mod store;
mod support;
mod tenant;
mod users;
mod vault;

pub use access_requests::{AccessRequest, RequestState, Wanted, WantedKind};
pub use act::Act;
pub use api_keys::{ApiKey, ApiKeyToken, KeyUse, NewApiKey};
pub use attributes::{AttributeHolder, read_values, write_values};
pub use audit::{
    AuditDecision, AuditEvent, AuditExport, AuditFilter, AuditHead, AuditPage, Chain, EventType, Given, LimitedBy,
    Ruling, StoredEvent, Subject, Switched,
};
pub use bootstrap::{Administration, Bootstrap};
pub use connection_roles::Assignee;
pub use content::{Body, Content, Document, Draft, Folder, PublishedVersion, Trashed};
pub use database::{Database, PostgresAddress, PostgresError, migrate};
pub use entropy::{Clock, Random, RandomnessError, SystemClock, SystemRandom};
pub use error::StoreError;
pub use groups::{GroupKey, GroupMember};
pub use idempotency::IdempotencyKey;
pub use key_file::{KeyFile, KeyFileError};
pub use leaving::{OrganizationExport, exported_columns, left_out};
pub use models::{ModelCompiler, ModelError, ModelKey, StoredModel};
pub use operators::{Operator, OperatorSession, Operators};
pub use organizations::{Organization, Settings, SettingsEdit};
pub use roles::RoleAbilities;
pub use sessions::{Session, SessionToken};
pub use store::Store;
pub use support::{NewSupportGrant, OpenOrganization, SupportAccess, SupportSession, SupportVisit};
pub use tenant::Tenant;
pub use users::{NewUser, UserEdit, UserStatus};
