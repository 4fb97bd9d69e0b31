-- Ids are UUIDs in hyphenated form; times are milliseconds since 1970 in UTC; `…_json` is a JSON document.
-- `org_id` leads the primary key of every table and is a part of every foreign key, so that a row of one organization
-- cannot point at a row of another.

CREATE TABLE organizations (
    org_id TEXT NOT NULL PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    -- Rises with every write that may change what somebody may do.
    access_version INTEGER NOT NULL DEFAULT 1,
    session_idle_limit_ms INTEGER NOT NULL CHECK (session_idle_limit_ms > 0),
    session_absolute_limit_ms INTEGER NOT NULL CHECK (session_absolute_limit_ms > 0),
    -- Sealed with the organization's data key.
    mask_key BLOB NOT NULL,
    -- The last audit event and its hash.
    audit_sequence INTEGER NOT NULL DEFAULT 0,
    audit_hash BLOB NOT NULL,
    created_at_ms INTEGER NOT NULL
) STRICT;

-- The key that seals the secrets of one organization, wrapped by the key of the key file.
CREATE TABLE data_keys (
    org_id TEXT NOT NULL REFERENCES organizations,
    version INTEGER NOT NULL,
    wrapped BLOB NOT NULL,
    created_at_ms INTEGER NOT NULL,
    PRIMARY KEY (org_id, version)
) STRICT;

CREATE TABLE users (
    org_id TEXT NOT NULL REFERENCES organizations,
    id TEXT NOT NULL,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    organization_role TEXT NOT NULL CHECK (organization_role IN ('admin', 'member')),
    status TEXT NOT NULL CHECK (status IN ('active', 'suspended')),
    timezone TEXT,
    created_at_ms INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, email)
) STRICT;

CREATE TABLE groups (
    org_id TEXT NOT NULL REFERENCES organizations,
    id TEXT NOT NULL,
    -- Immutable; what model files name.
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, key),
    UNIQUE (org_id, name)
) STRICT;

CREATE TABLE group_users (
    org_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    PRIMARY KEY (org_id, group_id, user_id),
    FOREIGN KEY (org_id, group_id) REFERENCES groups (org_id, id),
    FOREIGN KEY (org_id, user_id) REFERENCES users (org_id, id)
) STRICT;
CREATE INDEX group_users_by_user ON group_users (org_id, user_id);

-- A directed graph without cycles, at most eight groups deep; the writer sees to it.
CREATE TABLE group_groups (
    org_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    member_id TEXT NOT NULL CHECK (member_id <> group_id),
    PRIMARY KEY (org_id, group_id, member_id),
    FOREIGN KEY (org_id, group_id) REFERENCES groups (org_id, id),
    FOREIGN KEY (org_id, member_id) REFERENCES groups (org_id, id)
) STRICT;
CREATE INDEX group_groups_by_member ON group_groups (org_id, member_id);

CREATE TABLE attribute_definitions (
    org_id TEXT NOT NULL REFERENCES organizations,
    name TEXT NOT NULL,
    label TEXT NOT NULL,
    description TEXT,
    value_type TEXT NOT NULL CHECK (value_type IN ('string', 'number', 'boolean', 'date')),
    multiple INTEGER NOT NULL CHECK (multiple IN (0, 1)),
    default_json TEXT,
    -- A data rule uses it: a person without a value must be denied, not given a default.
    secures_data INTEGER NOT NULL CHECK (secures_data IN (0, 1)),
    PRIMARY KEY (org_id, name),
    CHECK (secures_data = 0 OR default_json IS NULL)
) STRICT;

CREATE TABLE user_attribute_values (
    org_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    name TEXT NOT NULL,
    values_json TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (org_id, user_id, name),
    FOREIGN KEY (org_id, user_id) REFERENCES users (org_id, id),
    FOREIGN KEY (org_id, name) REFERENCES attribute_definitions (org_id, name)
) STRICT;

CREATE TABLE group_attribute_values (
    org_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    name TEXT NOT NULL,
    values_json TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (org_id, group_id, name),
    FOREIGN KEY (org_id, group_id) REFERENCES groups (org_id, id),
    FOREIGN KEY (org_id, name) REFERENCES attribute_definitions (org_id, name)
) STRICT;

CREATE TABLE sessions (
    org_id TEXT NOT NULL,
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    -- SHA-256; the token itself is nowhere.
    token_hash BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    created_at_ms INTEGER NOT NULL,
    last_seen_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, user_id) REFERENCES users (org_id, id)
) STRICT;
CREATE INDEX sessions_by_user ON sessions (org_id, user_id);
