use serde::{Serialize, Serializer};
use std::{collections::BTreeMap, fmt::Display};
use tessera_access::{Denied, Facts};
use tessera_base::{
    AccessRequestId, ApiKeyId, ConnectionId, GroupId, NodeId, QueryId, RoleId, SessionId, SubjectId, SupportGrantId,
    UserId,
};

/// Lists the names of its variants too.
macro_rules! events {
    ($(#[$of_all:meta])* pub enum $name:ident { $($(#[$meta:meta])* $variant:ident { $($fields:tt)* },)* }) => {
        $(#[$of_all])*
        pub enum $name { $($(#[$meta])* $variant { $($fields)* },)* }

        impl $name {
            pub(super) const VARIANTS: &'static [&'static str] = &[$(stringify!($variant)),*];
        }
    };
}

events! {
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
        limited_by: Vec<LimitedBy>,
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
        noun: &'static str,
        asked_as: String,
        /// What was found under that name, when something was.
        #[serde(serialize_with = "optional_text")]
        subject: Option<SubjectId>,
        action: &'static str,
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
    OrganizationExported {},
    /// The last event of an organization; whoever exported it keeps it.
    OrganizationDeleted {
        key: String,
    },
    OrganizationCreated {
        key: String,
    },
    UserAdded {
        #[serde(serialize_with = "text")]
        user: UserId,
        organization_role: String,
    },
    /// What of them changed. Of an e-mail address it is not told to what.
    UserEdited {
        #[serde(serialize_with = "text")]
        user: UserId,
        changed: Vec<&'static str>,
        before: BTreeMap<&'static str, Option<String>>,
        after: BTreeMap<&'static str, Option<String>>,
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
        before: String,
        after: &'static str,
    },
    OrganizationRoleChanged {
        #[serde(serialize_with = "text")]
        user: UserId,
        before: String,
        after: String,
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
        before: String,
        after: String,
    },
    AttributeRemoved {
        name: String,
    },
    /// The values as JSON: they decide who sees what.
    AttributeSet {
        name: String,
        holder: Subject,
        before: Option<String>,
        after: String,
    },
    AttributeCleared {
        name: String,
        holder: Subject,
        before: Option<String>,
    },
    AccessRequested {
        #[serde(serialize_with = "text")]
        request: AccessRequestId,
        kind: &'static str,
        asked_as: String,
        action: &'static str,
    },
    /// What was given, and whether nothing is lacking any more.
    AccessRequestApproved {
        #[serde(serialize_with = "text")]
        request: AccessRequestId,
        #[serde(serialize_with = "text")]
        user: UserId,
        given: Given,
        complete: bool,
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
    /// Which versions of it; what they hold may be a secret.
    ConnectionChanged {
        #[serde(serialize_with = "text")]
        connection: ConnectionId,
        before: i64,
        after: i64,
    },
    /// What somebody was given on a connection; none is nothing.
    ConnectionRoleChanged {
        #[serde(serialize_with = "text")]
        connection: ConnectionId,
        assignee: Subject,
        before: Option<String>,
        after: Option<String>,
    },
    /// Which version is in force.
    ModelPublished {
        model: String,
        before: Option<i64>,
        after: i64,
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
        before: bool,
        after: bool,
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
    DocumentRead {
        #[serde(serialize_with = "text")]
        document: NodeId,
        what: &'static str,
        /// Of the draft, or the number under which it was published.
        version: u64,
    },
    /// Which version of the draft.
    DraftSaved {
        #[serde(serialize_with = "text")]
        document: NodeId,
        before: Option<u64>,
        after: u64,
    },
    /// Which version readers see.
    DocumentPublished {
        #[serde(serialize_with = "text")]
        document: NodeId,
        before: Option<u64>,
        after: u64,
    },
    SwitchesChanged {
        #[serde(serialize_with = "text")]
        document: NodeId,
        before: Switched,
        after: Switched,
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
        before: bool,
        after: bool,
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
    /// A program of the organization, which comes by API keys.
    ServiceAccountAdded {
        #[serde(serialize_with = "text")]
        user: UserId,
        organization_role: String,
    },
    ApiKeyCreated {
        #[serde(serialize_with = "text")]
        key: ApiKeyId,
        #[serde(serialize_with = "text")]
        user: UserId,
        name: String,
        /// As JSON; none is all that its holder holds.
        scopes: Option<String>,
        expires_at: String,
    },
    ApiKeyRevoked {
        #[serde(serialize_with = "text")]
        key: ApiKeyId,
        #[serde(serialize_with = "text")]
        user: UserId,
    },
    /// The operator's staff may come in.
    SupportAllowed {
        #[serde(serialize_with = "text")]
        grant: SupportGrantId,
        organization_abilities: String,
        /// Roles by the ids of connections.
        connections: BTreeMap<String, String>,
        /// Folders and documents that they may open.
        content: Vec<String>,
        any_operator: bool,
        expires_at: String,
    },
    SupportRevoked {
        #[serde(serialize_with = "text")]
        grant: SupportGrantId,
        /// Of the operator's staff, which this ended.
        sessions: u64,
    },
    SupportEntered {
        #[serde(serialize_with = "text")]
        grant: SupportGrantId,
        #[serde(serialize_with = "text")]
        session: SessionId,
        name: String,
    },
    SupportLeft {
        #[serde(serialize_with = "text")]
        grant: SupportGrantId,
        #[serde(serialize_with = "text")]
        session: SessionId,
    },
    /// What the operator's staff asked of the server, before it answered.
    SupportRequested {
        #[serde(serialize_with = "text")]
        grant: SupportGrantId,
        #[serde(serialize_with = "text")]
        session: SessionId,
        method: String,
        path: String,
    },
    /// The trail, or what of it fits, was taken along.
    AuditExported {
        /// By the names of the request's parameters.
        filter: BTreeMap<&'static str, String>,
    },
    /// In days; none is for ever.
    AuditRetentionChanged {
        before: Option<i64>,
        after: Option<i64>,
    },
    /// The oldest events are not kept any longer.
    AuditPruned {
        events: u64,
        /// The last of them: its number, its time, and the hash that the trail now begins with.
        through: i64,
        until: String,
        hash: String,
    },
}

}

impl AuditEvent {
    /// The type of the event that tells of removed ones.
    pub(super) const PRUNED: &'static str = "audit_pruned";

    /// A closed door.
    pub fn denied(denied: &Denied) -> Self {
        Self::AccessDenied {
            noun: denied.noun(),
            asked_as: denied.asked_as().to_owned(),
            subject: denied.facts().and_then(subject),
            action: denied.action().name(),
            needs: denied.needs().iter().map(ToString::to_string).collect(),
        }
    }
}

/// What a denial was about, nearest first: a folder or document, a connection or what is on it, a person.
fn subject(facts: &Facts) -> Option<SubjectId> {
    let node = facts.node.map(|id| id.uuid());
    let id = node.or(facts.connection.map(|id| id.uuid())).or(facts.owner.map(|id| id.uuid()));
    id.map(SubjectId::new)
}

/// A rule that limited an answer: of what, and what it came from. Its values are nobody's business here.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
pub struct LimitedBy {
    pub relation: String,
    pub because: String,
}

/// What a document lets its readers do: names, separated by commas.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Switched {
    pub on: String,
    pub off: String,
}

/// What an approval gave: a role on the folder or document, and one on the connection; none is nothing.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize)]
pub struct Given {
    #[serde(serialize_with = "optional_text")]
    pub node: Option<NodeId>,
    pub content_role: Option<&'static str>,
    #[serde(serialize_with = "optional_text")]
    pub connection: Option<ConnectionId>,
    pub connection_role: Option<String>,
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

pub(super) fn text<S: Serializer>(value: &impl Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

pub(super) fn optional_text<S: Serializer>(value: &Option<impl Display>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.collect_str(value),
        None => serializer.serialize_none(),
    }
}
