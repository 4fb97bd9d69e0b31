//! Every table: what of it is taken along, and in which order all of them are emptied.
use crate::tenant::{TenantSql, tenant_sql};

/// What an export holds of a table.
pub(super) struct Exported {
    pub(super) name: &'static str,
    pub(super) columns: &'static [&'static str],
    /// `$2` rows from `$3` on, every column as text. A number is ordered by as the column that it is, and not as its text.
    pub(super) page: TenantSql,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Integer,
    Boolean,
    Json,
}

/// What a column holds, by its name.
pub(super) fn kind(column: &str) -> Kind {
    match column {
        "multiple" | "secures_data" | "restricted" | "locked" => Kind::Boolean,
        "version" | "access_version" | "number" | "published" | "sequence" => Kind::Integer,
        "audit_sequence" | "audit_kept_from" | "audit_retention_days" => Kind::Integer,
        _ if column.ends_with("_ms") => Kind::Integer,
        _ if column.ends_with("_json") => Kind::Json,
        _ => Kind::Text,
    }
}

macro_rules! exported {
    ($($table:literal by $order:literal: $first:literal $(, $column:literal)*;)+) => {
        &[$(Exported {
            name: $table,
            columns: &[$first $(, $column)*],
            page: const {
                TenantSql::new(concat!(
                    "SELECT CAST(", $first, " AS TEXT)" $(, ", CAST(", $column, " AS TEXT)")*,
                    " FROM ", $table, " WHERE org_id = $1 ORDER BY ", $order, " LIMIT $2 OFFSET $3"
                ))
            },
        }),+]
    };
}

pub(super) static EXPORTED: &[Exported] = exported! {
    "organizations" by "org_id": "org_id", "key", "name", "access_version", "session_idle_limit_ms",
        "session_absolute_limit_ms", "document_abilities", "audit_sequence", "audit_kept_from", "audit_retention_days",
        "created_at_ms";
    "users" by "id": "id", "kind", "email", "name", "organization_role", "status", "timezone", "created_at_ms",
        "removed_at_ms";
    "user_custom_roles" by "user_id": "user_id", "role_id";
    "organization_roles" by "id": "id", "name", "abilities";
    "connection_roles" by "id": "id", "name", "tier", "switched_off";
    "groups" by "id": "id", "key", "name";
    "group_users" by "group_id, user_id": "group_id", "user_id";
    "group_groups" by "group_id, member_id": "group_id", "member_id";
    "attribute_definitions" by "name": "name", "label", "description", "value_type", "multiple", "default_json",
        "secures_data";
    "user_attribute_values" by "user_id, name": "user_id", "name", "values_json", "source";
    "group_attribute_values" by "group_id, name": "group_id", "name", "values_json", "source";
    "connections" by "id": "id", "name", "engine", "version", "base_role";
    "custom_base_roles" by "connection_id": "connection_id", "role_id";
    "user_connection_roles" by "connection_id, user_id": "connection_id", "user_id", "role";
    "group_connection_roles" by "connection_id, group_id": "connection_id", "group_id", "role";
    "user_custom_connection_roles" by "connection_id, user_id": "connection_id", "user_id", "role_id";
    "group_custom_connection_roles" by "connection_id, group_id": "connection_id", "group_id", "role_id";
    "models" by "connection_id": "connection_id", "name";
    "model_versions" by "model_versions.connection_id, model_versions.version": "connection_id", "version", "label", "files_json", "status",
        "created_at_ms";
    "nodes" by "id": "id", "kind", "name", "parent_id", "owner_id", "connection_id", "everyone_role", "restricted",
        "locked", "switched_on", "switched_off", "slug", "published", "trashed_at_ms", "version", "created_at_ms",
        "updated_at_ms";
    "node_user_grants" by "node_id, user_id": "node_id", "user_id", "role";
    "node_group_grants" by "node_id, group_id": "node_id", "group_id", "role";
    "document_versions" by "document_versions.document_id, document_versions.number": "document_id", "number", "body_json", "published_at_ms",
        "published_by";
    "document_drafts" by "document_id": "document_id", "body_json", "version", "saved_at_ms", "saved_by";
    "access_requests" by "id": "id", "requester_id", "kind", "asked_as", "node_id", "connection_id", "action", "message",
        "state", "created_at_ms", "decided_at_ms", "decided_by";
    "api_keys" by "id": "id", "user_id", "name", "scopes_json", "created_by", "created_at_ms", "expires_at_ms", "last_used_at_ms",
        "revoked_at_ms";
    "support_grants" by "id": "id", "organization_abilities", "connections_json", "content_json", "operator_email", "reason",
        "granted_by", "granted_at_ms", "expires_at_ms", "revoked_at_ms", "revoked_by";
    "support_sessions" by "id": "id", "grant_id", "operator_id", "operator_name", "entered_at_ms", "last_seen_at_ms",
        "left_at_ms";
    "audit_events" by "audit_events.sequence": "sequence", "record_json";
};

/// Keys and hashes, which are of no use elsewhere; where things lie on the server, which is the operator's to know; and
/// what only speeds something up, or is gone in a moment.
const LEFT_OUT: &[&str] = &[
    "organizations.mask_key",
    "organizations.audit_hash",
    "organizations.audit_kept_hash",
    "connections.folder",
    "data_keys",
    "sessions",
    "idempotency_keys",
    "access_changes",
    "support_sessions.operator_session_id",
    "support_sessions.token_hash",
    "api_keys.secret_hash",
    // Of no organization.
    "operators",
    "operator_codes",
    "operator_sessions",
    // Parts of the record, and hashes: the export of the audit trail has these.
    "audit_events.event_type",
    "audit_events.actor_id",
    "audit_events.decision",
    "audit_events.at_ms",
    "audit_events.prev_hash",
    "audit_events.hash",
    "audit_subjects",
];

/// As `table.column`.
pub fn exported_columns() -> impl Iterator<Item = String> {
    EXPORTED.iter().flat_map(|table| table.columns.iter().map(|column| format!("{}.{column}", table.name)))
}

/// Tables, and columns as `table.column`, that an export does not hold.
pub fn left_out() -> &'static [&'static str] {
    LEFT_OUT
}

/// What points at something goes before it.
pub(super) static REMOVED: &[TenantSql] = &[
    tenant_sql!("DELETE FROM audit_subjects WHERE org_id = $1"),
    tenant_sql!("DELETE FROM audit_events WHERE org_id = $1"),
    tenant_sql!("DELETE FROM access_changes WHERE org_id = $1"),
    tenant_sql!("DELETE FROM access_requests WHERE org_id = $1"),
    tenant_sql!("DELETE FROM idempotency_keys WHERE org_id = $1"),
    tenant_sql!("DELETE FROM sessions WHERE org_id = $1"),
    tenant_sql!("DELETE FROM api_keys WHERE org_id = $1"),
    tenant_sql!("DELETE FROM support_sessions WHERE org_id = $1"),
    tenant_sql!("DELETE FROM support_grants WHERE org_id = $1"),
    tenant_sql!("DELETE FROM document_drafts WHERE org_id = $1"),
    tenant_sql!("DELETE FROM document_versions WHERE org_id = $1"),
    tenant_sql!("DELETE FROM node_user_grants WHERE org_id = $1"),
    tenant_sql!("DELETE FROM node_group_grants WHERE org_id = $1"),
    tenant_sql!("DELETE FROM nodes WHERE org_id = $1"),
    tenant_sql!("DELETE FROM model_versions WHERE org_id = $1"),
    tenant_sql!("DELETE FROM models WHERE org_id = $1"),
    tenant_sql!("DELETE FROM user_connection_roles WHERE org_id = $1"),
    tenant_sql!("DELETE FROM group_connection_roles WHERE org_id = $1"),
    tenant_sql!("DELETE FROM user_custom_connection_roles WHERE org_id = $1"),
    tenant_sql!("DELETE FROM group_custom_connection_roles WHERE org_id = $1"),
    tenant_sql!("DELETE FROM custom_base_roles WHERE org_id = $1"),
    tenant_sql!("DELETE FROM connections WHERE org_id = $1"),
    tenant_sql!("DELETE FROM user_attribute_values WHERE org_id = $1"),
    tenant_sql!("DELETE FROM group_attribute_values WHERE org_id = $1"),
    tenant_sql!("DELETE FROM attribute_definitions WHERE org_id = $1"),
    tenant_sql!("DELETE FROM group_users WHERE org_id = $1"),
    tenant_sql!("DELETE FROM group_groups WHERE org_id = $1"),
    tenant_sql!("DELETE FROM groups WHERE org_id = $1"),
    tenant_sql!("DELETE FROM user_custom_roles WHERE org_id = $1"),
    tenant_sql!("DELETE FROM organization_roles WHERE org_id = $1"),
    tenant_sql!("DELETE FROM connection_roles WHERE org_id = $1"),
    tenant_sql!("DELETE FROM users WHERE org_id = $1"),
    tenant_sql!("DELETE FROM data_keys WHERE org_id = $1"),
    tenant_sql!("DELETE FROM organizations WHERE org_id = $1"),
];
