//! What the product does, one use case a file. Each takes who asks, and what proves that they may.
mod app;
mod ask;
mod content;
mod directory;
mod engines;
mod error;
mod explain;
mod folder;
mod model_edit;
mod models;
mod policy_tests;
mod queries;
mod run_query;
mod sign_in;
mod suggest;
mod support;
mod verdict;
mod whoami;

pub use app::{App, Limits};
pub use error::Error;
pub use explain::{Decision, Explained, What, explain};
pub use folder::{Checked, FolderFailure, Workspace, check_folder};
pub use models::ListedModel;
pub use policy_tests::{GivenError, Mutant, Mutation, PolicyTests, TestReport};
pub use queries::{Progress, Queries, QueryRun, RunState};
pub use run_query::{Answer, Ask, Question};
pub use sign_in::{Entry, Identified};
pub use suggest::{Suggest, Suggestions};
pub use tessera_store::{
    AccessRequest, Act, ApiKey, ApiKeyToken, Assignee, AuditDecision, AuditExport, AuditFilter, Body, Content,
    Document, Draft, EventType, Folder, GroupKey, GroupMember, IdempotencyKey, KeyUse, NewApiKey, NewSupportGrant,
    OpenOrganization, OperatorSession, OrganizationExport, PublishedVersion, RoleAbilities, Session, SettingsEdit,
    StoreError, StoredEvent, SupportAccess, SupportSession, SupportVisit, Tenant, Trashed, UserEdit, UserStatus,
    Wanted, WantedKind, read_values, write_values,
};
pub use verdict::Verdict;
pub use whoami::Whoami;
