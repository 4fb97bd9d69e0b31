-- Support by invitation.

-- The operator's staff: of the whole instance, and in no organization. There is no `org_id` in these three tables, and no
-- table of an organization refers to them.
CREATE TABLE operators (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    email TEXT COLLATE "C" NOT NULL UNIQUE,
    name TEXT COLLATE "C" NOT NULL,
    created_at_ms BIGINT NOT NULL
);

-- Codes that sign an operator in once.
CREATE TABLE operator_codes (
    -- SHA-256; the code itself is nowhere.
    code_hash BYTEA NOT NULL PRIMARY KEY CHECK (length(code_hash) = 32),
    operator_id TEXT COLLATE "C" NOT NULL REFERENCES operators,
    expires_at_ms BIGINT NOT NULL
);

CREATE TABLE operator_sessions (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    operator_id TEXT COLLATE "C" NOT NULL REFERENCES operators,
    token_hash BYTEA NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    created_at_ms BIGINT NOT NULL,
    last_seen_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL
);

-- What the organization lets them do, and until when.
CREATE TABLE support_grants (
    org_id TEXT COLLATE "C" NOT NULL REFERENCES organizations,
    id TEXT COLLATE "C" NOT NULL,
    -- Names, separated by commas.
    organization_abilities TEXT COLLATE "C" NOT NULL,
    -- Roles by the ids of connections.
    connections_json TEXT COLLATE "C" NOT NULL,
    -- The ids of folders and documents.
    content_json TEXT COLLATE "C" NOT NULL,
    -- The one operator whom it is for; none is any of them.
    operator_email TEXT COLLATE "C",
    reason TEXT COLLATE "C" NOT NULL,
    granted_by TEXT COLLATE "C" NOT NULL,
    granted_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL,
    revoked_at_ms BIGINT,
    revoked_by TEXT COLLATE "C",
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, granted_by) REFERENCES users (org_id, id),
    FOREIGN KEY (org_id, revoked_by) REFERENCES users (org_id, id)
);

-- Each time that one of them was in the organization.
CREATE TABLE support_sessions (
    org_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    grant_id TEXT COLLATE "C" NOT NULL,
    operator_id TEXT COLLATE "C" NOT NULL,
    operator_name TEXT COLLATE "C" NOT NULL,
    -- The session of theirs that this one ends with.
    operator_session_id TEXT COLLATE "C" NOT NULL,
    token_hash BYTEA NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    entered_at_ms BIGINT NOT NULL,
    last_seen_at_ms BIGINT NOT NULL,
    left_at_ms BIGINT,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, grant_id) REFERENCES support_grants (org_id, id)
);
CREATE INDEX support_sessions_by_grant ON support_sessions (org_id, grant_id);

ALTER TABLE support_grants ENABLE ROW LEVEL SECURITY;
ALTER TABLE support_grants FORCE ROW LEVEL SECURITY;
CREATE POLICY of_one_organization ON support_grants USING (org_id = current_setting('tessera.org_id', true));
-- Which organizations an operator was let into is asked before one of them is entered.
CREATE POLICY by_instance ON support_grants FOR SELECT USING (current_setting('tessera.instance', true) = 'on');
ALTER TABLE support_sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE support_sessions FORCE ROW LEVEL SECURITY;
CREATE POLICY of_one_organization ON support_sessions USING (org_id = current_setting('tessera.org_id', true));
-- Where an operator is, when they sign out or go.
CREATE POLICY by_instance ON support_sessions FOR SELECT USING (current_setting('tessera.instance', true) = 'on');
CREATE POLICY by_token ON support_sessions FOR SELECT
    USING (token_hash = decode(current_setting('tessera.session_hash', true), 'hex'));

-- No statement of an organization sees the operator's staff.
ALTER TABLE operators ENABLE ROW LEVEL SECURITY;
ALTER TABLE operators FORCE ROW LEVEL SECURITY;
CREATE POLICY by_instance ON operators USING (current_setting('tessera.instance', true) = 'on');
ALTER TABLE operator_codes ENABLE ROW LEVEL SECURITY;
ALTER TABLE operator_codes FORCE ROW LEVEL SECURITY;
CREATE POLICY by_instance ON operator_codes USING (current_setting('tessera.instance', true) = 'on');
ALTER TABLE operator_sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE operator_sessions FORCE ROW LEVEL SECURITY;
CREATE POLICY by_instance ON operator_sessions USING (current_setting('tessera.instance', true) = 'on');
