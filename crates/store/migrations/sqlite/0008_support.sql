-- Support by invitation.

-- The operator's staff: of the whole instance, and in no organization. There is no `org_id` in these three tables, and no
-- table of an organization refers to them.
CREATE TABLE operators (
    id TEXT NOT NULL PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL
) STRICT;

-- Codes that sign an operator in once.
CREATE TABLE operator_codes (
    -- SHA-256; the code itself is nowhere.
    code_hash BLOB NOT NULL PRIMARY KEY CHECK (length(code_hash) = 32),
    operator_id TEXT NOT NULL REFERENCES operators,
    expires_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE operator_sessions (
    id TEXT NOT NULL PRIMARY KEY,
    operator_id TEXT NOT NULL REFERENCES operators,
    token_hash BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    created_at_ms INTEGER NOT NULL,
    last_seen_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL
) STRICT;

-- What the organization lets them do, and until when.
CREATE TABLE support_grants (
    org_id TEXT NOT NULL REFERENCES organizations,
    id TEXT NOT NULL,
    -- Names, separated by commas.
    organization_abilities TEXT NOT NULL,
    -- Roles by the ids of connections.
    connections_json TEXT NOT NULL,
    -- The ids of folders and documents.
    content_json TEXT NOT NULL,
    -- The one operator whom it is for; none is any of them.
    operator_email TEXT,
    reason TEXT NOT NULL,
    granted_by TEXT NOT NULL,
    granted_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    revoked_at_ms INTEGER,
    revoked_by TEXT,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, granted_by) REFERENCES users (org_id, id),
    FOREIGN KEY (org_id, revoked_by) REFERENCES users (org_id, id)
) STRICT;

-- Each time that one of them was in the organization.
CREATE TABLE support_sessions (
    org_id TEXT NOT NULL,
    id TEXT NOT NULL,
    grant_id TEXT NOT NULL,
    operator_id TEXT NOT NULL,
    operator_name TEXT NOT NULL,
    -- The session of theirs that this one ends with.
    operator_session_id TEXT NOT NULL,
    token_hash BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    entered_at_ms INTEGER NOT NULL,
    last_seen_at_ms INTEGER NOT NULL,
    left_at_ms INTEGER,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, grant_id) REFERENCES support_grants (org_id, id)
) STRICT;
CREATE INDEX support_sessions_by_grant ON support_sessions (org_id, grant_id);
