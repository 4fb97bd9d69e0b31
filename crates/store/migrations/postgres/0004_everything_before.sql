-- What the first four migrations of SQLite made, for PostgreSQL, which came with the fourth.
-- Ids are UUIDs in hyphenated form; times are milliseconds since 1970 in UTC; `…_json` is a JSON document.
-- `org_id` leads the primary key of every table and is a part of every foreign key, so that a row of one organization
-- cannot point at a row of another.

CREATE TABLE organizations (
    org_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    key TEXT COLLATE "C" NOT NULL UNIQUE,
    name TEXT COLLATE "C" NOT NULL,
    -- Rises with every write that may change what somebody may do.
    access_version BIGINT NOT NULL DEFAULT 1,
    session_idle_limit_ms BIGINT NOT NULL CHECK (session_idle_limit_ms > 0),
    session_absolute_limit_ms BIGINT NOT NULL CHECK (session_absolute_limit_ms > 0),
    -- Sealed with the organization's data key.
    mask_key BYTEA NOT NULL,
    -- The last audit event and its hash.
    audit_sequence BIGINT NOT NULL DEFAULT 0,
    audit_hash BYTEA NOT NULL,
    created_at_ms BIGINT NOT NULL,
    -- Names, separated by commas.
    document_abilities TEXT COLLATE "C" NOT NULL DEFAULT 'download,schedule,drill,duplicate,view_workbook,ask_ai'
);

-- The key that seals the secrets of one organization, wrapped by the key of the key file.
CREATE TABLE data_keys (
    org_id TEXT COLLATE "C" NOT NULL REFERENCES organizations,
    version BIGINT NOT NULL,
    wrapped BYTEA NOT NULL,
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (org_id, version)
);

CREATE TABLE users (
    org_id TEXT COLLATE "C" NOT NULL REFERENCES organizations,
    id TEXT COLLATE "C" NOT NULL,
    email TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    organization_role TEXT COLLATE "C" NOT NULL CHECK (organization_role IN ('admin', 'member')),
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('active', 'suspended')),
    timezone TEXT COLLATE "C",
    created_at_ms BIGINT NOT NULL,
    -- Somebody who is gone for good keeps the row, because what they made and the audit trail name them.
    removed_at_ms BIGINT,
    kind TEXT COLLATE "C" NOT NULL DEFAULT 'member' CHECK (kind IN ('member', 'service_account')),
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, email)
);

CREATE TABLE groups (
    org_id TEXT COLLATE "C" NOT NULL REFERENCES organizations,
    id TEXT COLLATE "C" NOT NULL,
    -- Immutable; what model files name.
    key TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, key),
    UNIQUE (org_id, name)
);

CREATE TABLE group_users (
    org_id TEXT COLLATE "C" NOT NULL,
    group_id TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org_id, group_id, user_id),
    FOREIGN KEY (org_id, group_id) REFERENCES groups (org_id, id),
    FOREIGN KEY (org_id, user_id) REFERENCES users (org_id, id)
);
CREATE INDEX group_users_by_user ON group_users (org_id, user_id);

-- A directed graph without cycles, at most eight groups deep; the writer sees to it.
CREATE TABLE group_groups (
    org_id TEXT COLLATE "C" NOT NULL,
    group_id TEXT COLLATE "C" NOT NULL,
    member_id TEXT COLLATE "C" NOT NULL CHECK (member_id <> group_id),
    PRIMARY KEY (org_id, group_id, member_id),
    FOREIGN KEY (org_id, group_id) REFERENCES groups (org_id, id),
    FOREIGN KEY (org_id, member_id) REFERENCES groups (org_id, id)
);
CREATE INDEX group_groups_by_member ON group_groups (org_id, member_id);

CREATE TABLE attribute_definitions (
    org_id TEXT COLLATE "C" NOT NULL REFERENCES organizations,
    name TEXT COLLATE "C" NOT NULL,
    label TEXT COLLATE "C" NOT NULL,
    description TEXT COLLATE "C",
    value_type TEXT COLLATE "C" NOT NULL CHECK (value_type IN ('string', 'number', 'boolean', 'date')),
    multiple BOOLEAN NOT NULL,
    default_json TEXT COLLATE "C",
    -- A data rule uses it: a person without a value must be denied, not given a default.
    secures_data BOOLEAN NOT NULL,
    PRIMARY KEY (org_id, name),
    CHECK (NOT secures_data OR default_json IS NULL)
);

CREATE TABLE user_attribute_values (
    org_id TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    values_json TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org_id, user_id, name),
    FOREIGN KEY (org_id, user_id) REFERENCES users (org_id, id),
    FOREIGN KEY (org_id, name) REFERENCES attribute_definitions (org_id, name)
);

CREATE TABLE group_attribute_values (
    org_id TEXT COLLATE "C" NOT NULL,
    group_id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    values_json TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org_id, group_id, name),
    FOREIGN KEY (org_id, group_id) REFERENCES groups (org_id, id),
    FOREIGN KEY (org_id, name) REFERENCES attribute_definitions (org_id, name)
);

CREATE TABLE sessions (
    org_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    -- SHA-256; the token itself is nowhere.
    token_hash BYTEA NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    created_at_ms BIGINT NOT NULL,
    last_seen_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, user_id) REFERENCES users (org_id, id)
);
CREATE INDEX sessions_by_user ON sessions (org_id, user_id);

CREATE TABLE connections (
    org_id TEXT COLLATE "C" NOT NULL REFERENCES organizations,
    id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    engine TEXT COLLATE "C" NOT NULL CHECK (engine IN ('files')),
    folder TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    -- What everyone in the organization holds on it.
    base_role TEXT COLLATE "C" CHECK (base_role IN ('viewer', 'restricted_querier', 'querier', 'modeler', 'connection_admin')),
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, name)
);

CREATE TABLE user_connection_roles (
    org_id TEXT COLLATE "C" NOT NULL,
    connection_id TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL CHECK (role IN ('viewer', 'restricted_querier', 'querier', 'modeler', 'connection_admin')),
    PRIMARY KEY (org_id, connection_id, user_id),
    FOREIGN KEY (org_id, connection_id) REFERENCES connections (org_id, id),
    FOREIGN KEY (org_id, user_id) REFERENCES users (org_id, id)
);
CREATE INDEX user_connection_roles_by_user ON user_connection_roles (org_id, user_id);

CREATE TABLE group_connection_roles (
    org_id TEXT COLLATE "C" NOT NULL,
    connection_id TEXT COLLATE "C" NOT NULL,
    group_id TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL CHECK (role IN ('viewer', 'restricted_querier', 'querier', 'modeler', 'connection_admin')),
    PRIMARY KEY (org_id, connection_id, group_id),
    FOREIGN KEY (org_id, connection_id) REFERENCES connections (org_id, id),
    FOREIGN KEY (org_id, group_id) REFERENCES groups (org_id, id)
);
CREATE INDEX group_connection_roles_by_group ON group_connection_roles (org_id, group_id);

-- The shared model of a connection. Its name is what a request calls it, and never changes.
CREATE TABLE models (
    org_id TEXT COLLATE "C" NOT NULL,
    connection_id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org_id, connection_id),
    UNIQUE (org_id, name),
    FOREIGN KEY (org_id, connection_id) REFERENCES connections (org_id, id)
);

-- Never changed but for its status: whatever was derived from a version holds for ever.
CREATE TABLE model_versions (
    org_id TEXT COLLATE "C" NOT NULL,
    connection_id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    label TEXT COLLATE "C" NOT NULL,
    -- Path to text.
    files_json TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('published', 'replaced')),
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (org_id, connection_id, version),
    FOREIGN KEY (org_id, connection_id) REFERENCES models (org_id, connection_id)
);
CREATE UNIQUE INDEX one_published_version ON model_versions (org_id, connection_id) WHERE status = 'published';

-- `hash` is SHA-256 over a domain, `prev_hash` (that of the event before), and `record_json`, byte for byte.
CREATE TABLE audit_events (
    org_id TEXT COLLATE "C" NOT NULL REFERENCES organizations,
    sequence BIGINT NOT NULL,
    record_json TEXT COLLATE "C" NOT NULL,
    prev_hash BYTEA NOT NULL CHECK (length(prev_hash) = 32),
    hash BYTEA NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (org_id, sequence)
);

CREATE FUNCTION audit_events_are_only_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit events are only added';
END
$$;
CREATE TRIGGER audit_events_are_not_changed BEFORE UPDATE ON audit_events
    FOR EACH ROW EXECUTE FUNCTION audit_events_are_only_added();
CREATE TRIGGER audit_events_are_not_removed BEFORE DELETE ON audit_events
    FOR EACH ROW EXECUTE FUNCTION audit_events_are_only_added();



-- Every change of access: which version it made, and what was changed. A snapshot of an earlier version follows it.
CREATE TABLE access_changes (
    org_id TEXT COLLATE "C" NOT NULL REFERENCES organizations,
    version BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org_id, version, kind, id)
);

CREATE TABLE organization_roles (
    org_id TEXT COLLATE "C" NOT NULL REFERENCES organizations,
    id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    -- Names, separated by commas.
    abilities TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, name)
);

CREATE TABLE connection_roles (
    org_id TEXT COLLATE "C" NOT NULL REFERENCES organizations,
    id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    tier TEXT COLLATE "C" NOT NULL CHECK (tier IN ('viewer', 'restricted_querier', 'querier', 'modeler', 'connection_admin')),
    switched_off TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, name)
);

-- In the place of the built-in role of the same person, group or connection.
CREATE TABLE user_custom_roles (
    org_id TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    role_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org_id, user_id),
    FOREIGN KEY (org_id, user_id) REFERENCES users (org_id, id),
    FOREIGN KEY (org_id, role_id) REFERENCES organization_roles (org_id, id)
);

CREATE TABLE user_custom_connection_roles (
    org_id TEXT COLLATE "C" NOT NULL,
    connection_id TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    role_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org_id, connection_id, user_id),
    FOREIGN KEY (org_id, connection_id) REFERENCES connections (org_id, id),
    FOREIGN KEY (org_id, user_id) REFERENCES users (org_id, id),
    FOREIGN KEY (org_id, role_id) REFERENCES connection_roles (org_id, id)
);
CREATE INDEX user_custom_connection_roles_by_user ON user_custom_connection_roles (org_id, user_id);

CREATE TABLE group_custom_connection_roles (
    org_id TEXT COLLATE "C" NOT NULL,
    connection_id TEXT COLLATE "C" NOT NULL,
    group_id TEXT COLLATE "C" NOT NULL,
    role_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org_id, connection_id, group_id),
    FOREIGN KEY (org_id, connection_id) REFERENCES connections (org_id, id),
    FOREIGN KEY (org_id, group_id) REFERENCES groups (org_id, id),
    FOREIGN KEY (org_id, role_id) REFERENCES connection_roles (org_id, id)
);
CREATE INDEX group_custom_connection_roles_by_group ON group_custom_connection_roles (org_id, group_id);

CREATE TABLE custom_base_roles (
    org_id TEXT COLLATE "C" NOT NULL,
    connection_id TEXT COLLATE "C" NOT NULL,
    role_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org_id, connection_id),
    FOREIGN KEY (org_id, connection_id) REFERENCES connections (org_id, id),
    FOREIGN KEY (org_id, role_id) REFERENCES connection_roles (org_id, id)
);

-- Folders and documents. A folder without a parent is a root: somebody's *My documents*, or *Shared* when nobody owns it.
CREATE TABLE nodes (
    org_id TEXT COLLATE "C" NOT NULL REFERENCES organizations,
    id TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('folder', 'document')),
    name TEXT COLLATE "C" NOT NULL,
    parent_id TEXT COLLATE "C",
    owner_id TEXT COLLATE "C",
    connection_id TEXT COLLATE "C",
    everyone_role TEXT COLLATE "C" CHECK (everyone_role IN ('viewer', 'explorer', 'editor', 'manager')),
    restricted BOOLEAN NOT NULL DEFAULT false,
    locked BOOLEAN NOT NULL DEFAULT false,
    switched_on TEXT COLLATE "C" NOT NULL DEFAULT '',
    switched_off TEXT COLLATE "C" NOT NULL DEFAULT '',
    slug TEXT COLLATE "C",
    -- The version of the document that readers see; none before the first was published.
    published BIGINT,
    trashed_at_ms BIGINT,
    version BIGINT NOT NULL DEFAULT 1,
    created_at_ms BIGINT NOT NULL,
    updated_at_ms BIGINT NOT NULL,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, slug),
    FOREIGN KEY (org_id, parent_id) REFERENCES nodes (org_id, id),
    FOREIGN KEY (org_id, owner_id) REFERENCES users (org_id, id),
    FOREIGN KEY (org_id, connection_id) REFERENCES connections (org_id, id),
    CHECK (kind = 'folder' OR (parent_id IS NOT NULL AND connection_id IS NOT NULL AND NOT locked)),
    CHECK (kind = 'document' OR (connection_id IS NULL AND slug IS NULL AND published IS NULL)),
    CHECK (parent_id IS NOT NULL OR (trashed_at_ms IS NULL AND NOT restricted))
);
CREATE INDEX nodes_by_parent ON nodes (org_id, parent_id);
CREATE INDEX nodes_by_owner ON nodes (org_id, owner_id);
CREATE UNIQUE INDEX one_shared_root ON nodes (org_id) WHERE parent_id IS NULL AND owner_id IS NULL;
CREATE UNIQUE INDEX one_personal_root ON nodes (org_id, owner_id) WHERE parent_id IS NULL AND owner_id IS NOT NULL;

CREATE TABLE node_user_grants (
    org_id TEXT COLLATE "C" NOT NULL,
    node_id TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL CHECK (role IN ('viewer', 'explorer', 'editor', 'manager')),
    PRIMARY KEY (org_id, node_id, user_id),
    FOREIGN KEY (org_id, node_id) REFERENCES nodes (org_id, id),
    FOREIGN KEY (org_id, user_id) REFERENCES users (org_id, id)
);
CREATE INDEX node_user_grants_by_user ON node_user_grants (org_id, user_id);

CREATE TABLE node_group_grants (
    org_id TEXT COLLATE "C" NOT NULL,
    node_id TEXT COLLATE "C" NOT NULL,
    group_id TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL CHECK (role IN ('viewer', 'explorer', 'editor', 'manager')),
    PRIMARY KEY (org_id, node_id, group_id),
    FOREIGN KEY (org_id, node_id) REFERENCES nodes (org_id, id),
    FOREIGN KEY (org_id, group_id) REFERENCES groups (org_id, id)
);
CREATE INDEX node_group_grants_by_group ON node_group_grants (org_id, group_id);

-- What was published, each for ever.
CREATE TABLE document_versions (
    org_id TEXT COLLATE "C" NOT NULL,
    document_id TEXT COLLATE "C" NOT NULL,
    number BIGINT NOT NULL CHECK (number > 0),
    body_json TEXT COLLATE "C" NOT NULL,
    published_at_ms BIGINT NOT NULL,
    published_by TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org_id, document_id, number),
    FOREIGN KEY (org_id, document_id) REFERENCES nodes (org_id, id),
    FOREIGN KEY (org_id, published_by) REFERENCES users (org_id, id)
);

-- What is being written, one for each document.
CREATE TABLE document_drafts (
    org_id TEXT COLLATE "C" NOT NULL,
    document_id TEXT COLLATE "C" NOT NULL,
    body_json TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    saved_at_ms BIGINT NOT NULL,
    saved_by TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org_id, document_id),
    FOREIGN KEY (org_id, document_id) REFERENCES nodes (org_id, id),
    FOREIGN KEY (org_id, saved_by) REFERENCES users (org_id, id)
);

-- The one thing that SQLite has and this has not: the elements of a JSON array of texts.
CREATE FUNCTION json_each(texts TEXT) RETURNS TABLE (value TEXT) LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
    'SELECT json_array_elements_text(texts::json)';

-- The second wall. A statement that forgets which organization it is for finds nothing; a row of another is refused.
-- Every later table has these three statements too.
DO $$
DECLARE
    one TEXT;
BEGIN
    FOR one IN SELECT table_name FROM information_schema.columns
               WHERE table_schema = current_schema() AND column_name = 'org_id'
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', one);
        EXECUTE format('CREATE POLICY of_one_organization ON %I USING (org_id = current_setting(''tessera.org_id'', true))', one);
    END LOOP;
END
$$;

-- Before the organization is known: the one that has this key, and the one whose session this is.
CREATE POLICY by_key ON organizations FOR SELECT USING (key = current_setting('tessera.organization_key', true));
CREATE POLICY by_token ON sessions FOR SELECT
    USING (token_hash = decode(current_setting('tessera.session_hash', true), 'hex'));
-- For what the instance does by itself.
CREATE POLICY by_instance ON organizations FOR SELECT USING (current_setting('tessera.instance', true) = 'on');
