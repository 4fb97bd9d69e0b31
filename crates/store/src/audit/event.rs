use crate::StoreError;
use serde::{Serialize, Serializer};
use std::{collections::BTreeMap, fmt::Display};
use tessera_base::{
    AccessRequestId, ConnectionId, GroupId, Instant, NodeId, OrganizationId, QueryId, RequestId, RoleId, SessionId,
    UserId,
};

/// What the audit trail tells. Ids and names, and never a value of a row, a parameter, a token or an e-mail address.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum AuditEvent {
    SignedIn {
        #[serde(serialize_with = "text")]
        session: SessionId,
    },
    SignedOut {
        #[serde(serialize_with = "text")]
        session: SessionId,
    },
    SignedOutEverywhere {
        #[serde(serialize_with = "text")]
        user: UserId,
        sessions: u64,
    },
    QueryRan {
        #[serde(serialize_with = "text")]
        query: QueryId,
        model: String,
        /// A topic, or a view; none for raw SQL.
        topic: Option<String>,
        /// `allowed`, or `limited` by rules.
        decision: String,
        rows: u64,
    },
    QueryDenied {
        #[serde(serialize_with = "text")]
        query: QueryId,
        model: String,
        topic: Option<String>,
        reason: String,
        needs: Vec<String>,
    },
    /// A closed door that was not a query's: what was asked for, and what would have been needed.
    AccessDenied {
        noun: String,
        asked_as: String,
        action: String,
        needs: Vec<String>,
    },
    /// Somebody sees the product as this person does, from here on.
    ViewingBegan {
        #[serde(serialize_with = "text")]
        user: UserId,
    },
    ViewingEnded {
        #[serde(serialize_with = "text")]
        user: UserId,
    },
    OrganizationCreated {
        key: String,
    },
    UserAdded {
        #[serde(serialize_with = "text")]
        user: UserId,
        organization_role: String,
    },
    /// What of them changed, and not to what.
    UserEdited {
        #[serde(serialize_with = "text")]
        user: UserId,
        changed: Vec<&'static str>,
    },
    UserRemoved {
        #[serde(serialize_with = "text")]
        user: UserId,
    },
    /// All that somebody who is gone had owned.
    ContentTakenOver {
        #[serde(serialize_with = "text")]
        user: UserId,
        #[serde(serialize_with = "text")]
        owner: UserId,
        count: u64,
    },
    UserStatusChanged {
        #[serde(serialize_with = "text")]
        user: UserId,
        status: &'static str,
    },
    OrganizationRoleChanged {
        #[serde(serialize_with = "text")]
        user: UserId,
        organization_role: String,
    },
    RoleAdded {
        #[serde(serialize_with = "text")]
        role: RoleId,
        after: String,
    },
    RoleEdited {
        #[serde(serialize_with = "text")]
        role: RoleId,
        before: String,
        after: String,
    },
    RoleRemoved {
        #[serde(serialize_with = "text")]
        role: RoleId,
        before: String,
    },
    SettingsChanged {
        before: BTreeMap<&'static str, String>,
        after: BTreeMap<&'static str, String>,
    },
    GroupAdded {
        #[serde(serialize_with = "text")]
        group: GroupId,
        key: String,
    },
    GroupRenamed {
        #[serde(serialize_with = "text")]
        group: GroupId,
        before: String,
        after: String,
    },
    GroupRemoved {
        #[serde(serialize_with = "text")]
        group: GroupId,
    },
    GroupMemberAdded {
        #[serde(serialize_with = "text")]
        group: GroupId,
        member: Subject,
    },
    GroupMemberRemoved {
        #[serde(serialize_with = "text")]
        group: GroupId,
        member: Subject,
    },
    AttributeDefined {
        name: String,
    },
    AttributeEdited {
        name: String,
        secures_data: bool,
    },
    AttributeRemoved {
        name: String,
    },
    AttributeSet {
        name: String,
        holder: Subject,
    },
    AttributeCleared {
        name: String,
        holder: Subject,
    },
    AccessRequested {
        #[serde(serialize_with = "text")]
        request: AccessRequestId,
        kind: &'static str,
        asked_as: String,
        action: &'static str,
    },
    AccessRequestApproved {
        #[serde(serialize_with = "text")]
        request: AccessRequestId,
        #[serde(serialize_with = "text")]
        user: UserId,
    },
    AccessRequestDeclined {
        #[serde(serialize_with = "text")]
        request: AccessRequestId,
        #[serde(serialize_with = "text")]
        user: UserId,
    },
    AccessRequestWithdrawn {
        #[serde(serialize_with = "text")]
        request: AccessRequestId,
    },
    ConnectionAdded {
        #[serde(serialize_with = "text")]
        connection: ConnectionId,
        name: String,
    },
    ConnectionChanged {
        #[serde(serialize_with = "text")]
        connection: ConnectionId,
    },
    /// What somebody was given on a connection; none is nothing.
    ConnectionRoleChanged {
        #[serde(serialize_with = "text")]
        connection: ConnectionId,
        assignee: Subject,
        before: Option<String>,
        after: Option<String>,
    },
    ModelPublished {
        model: String,
        version: u64,
    },
    FolderCreated {
        #[serde(serialize_with = "text")]
        folder: NodeId,
        #[serde(serialize_with = "text")]
        parent: NodeId,
        name: String,
    },
    FolderLocked {
        #[serde(serialize_with = "text")]
        folder: NodeId,
        locked: bool,
    },
    DocumentCreated {
        #[serde(serialize_with = "text")]
        document: NodeId,
        #[serde(serialize_with = "text")]
        folder: NodeId,
        name: String,
    },
    SlugChanged {
        #[serde(serialize_with = "text")]
        document: NodeId,
        before: Option<String>,
        after: Option<String>,
    },
    DraftSaved {
        #[serde(serialize_with = "text")]
        document: NodeId,
    },
    DocumentPublished {
        #[serde(serialize_with = "text")]
        document: NodeId,
        number: u64,
    },
    SwitchesChanged {
        #[serde(serialize_with = "text")]
        document: NodeId,
        on: String,
        off: String,
    },
    Renamed {
        #[serde(serialize_with = "text")]
        node: NodeId,
        before: String,
        after: String,
    },
    Moved {
        #[serde(serialize_with = "text")]
        node: NodeId,
        #[serde(serialize_with = "optional_text")]
        before: Option<NodeId>,
        #[serde(serialize_with = "text")]
        after: NodeId,
    },
    /// What a folder or document itself grants to somebody; none is nothing.
    GrantChanged {
        #[serde(serialize_with = "text")]
        node: NodeId,
        to: Subject,
        before: Option<&'static str>,
        after: Option<&'static str>,
    },
    RestrictionChanged {
        #[serde(serialize_with = "text")]
        node: NodeId,
        restricted: bool,
    },
    OwnerChanged {
        #[serde(serialize_with = "text")]
        node: NodeId,
        #[serde(serialize_with = "optional_text")]
        before: Option<UserId>,
        #[serde(serialize_with = "text")]
        after: UserId,
    },
    Trashed {
        #[serde(serialize_with = "text")]
        node: NodeId,
    },
    Restored {
        #[serde(serialize_with = "text")]
        node: NodeId,
    },
    Purged {
        #[serde(serialize_with = "text")]
        node: NodeId,
    },
}

/// Whom a change of access is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Subject {
    User {
        #[serde(serialize_with = "text")]
        id: UserId,
    },
    Group {
        #[serde(serialize_with = "text")]
        id: GroupId,
    },
    Everyone,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Actor {
    Bootstrap,
    User {
        #[serde(serialize_with = "text")]
        id: UserId,
    },
}

/// One event with its circumstances: what is hashed.
#[derive(Serialize)]
pub(super) struct Record<'a> {
    #[serde(serialize_with = "text")]
    pub(super) organization: OrganizationId,
    pub(super) sequence: i64,
    #[serde(serialize_with = "instant")]
    pub(super) at: Instant,
    pub(super) actor: Actor,
    #[serde(serialize_with = "optional_text")]
    pub(super) request: Option<RequestId>,
    pub(super) event: &'a AuditEvent,
}

impl Record<'_> {
    /// Keys sorted, no spaces; the numbers are integers, so that there is one way to write them.
    pub(super) fn to_canonical_json(&self) -> Result<String, StoreError> {
        let mut value = serde_json::to_value(self).map_err(|_| StoreError::Unreadable { what: "audit event" })?;
        value.sort_all_objects();
        Ok(value.to_string())
    }
}

fn text<S: Serializer>(value: &impl Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

fn optional_text<S: Serializer>(value: &Option<impl Display>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.collect_str(value),
        None => serializer.serialize_none(),
    }
}

fn instant<S: Serializer>(value: &Instant, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&value.to_rfc3339())
}
