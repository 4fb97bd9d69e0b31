CREATE TABLE connections (
    org_id TEXT NOT NULL REFERENCES organizations,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    engine TEXT NOT NULL CHECK (engine IN ('files')),
    folder TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    -- What everyone in the organization holds on it.
    base_role TEXT CHECK (base_role IN ('viewer', 'restricted_querier', 'querier', 'modeler', 'connection_admin')),
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, name)
) STRICT;

CREATE TABLE user_connection_roles (
    org_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'restricted_querier', 'querier', 'modeler', 'connection_admin')),
    PRIMARY KEY (org_id, connection_id, user_id),
    FOREIGN KEY (org_id, connection_id) REFERENCES connections (org_id, id),
    FOREIGN KEY (org_id, user_id) REFERENCES users (org_id, id)
) STRICT;
CREATE INDEX user_connection_roles_by_user ON user_connection_roles (org_id, user_id);

CREATE TABLE group_connection_roles (
    org_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'restricted_querier', 'querier', 'modeler', 'connection_admin')),
    PRIMARY KEY (org_id, connection_id, group_id),
    FOREIGN KEY (org_id, connection_id) REFERENCES connections (org_id, id),
    FOREIGN KEY (org_id, group_id) REFERENCES groups (org_id, id)
) STRICT;
CREATE INDEX group_connection_roles_by_group ON group_connection_roles (org_id, group_id);

-- The shared model of a connection. Its name is what a request calls it, and never changes.
CREATE TABLE models (
    org_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (org_id, connection_id),
    UNIQUE (org_id, name),
    FOREIGN KEY (org_id, connection_id) REFERENCES connections (org_id, id)
) STRICT;

-- Never changed but for its status: whatever was derived from a version holds for ever.
CREATE TABLE model_versions (
    org_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    label TEXT NOT NULL,
    -- Path to text.
    files_json TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('published', 'replaced')),
    created_at_ms INTEGER NOT NULL,
    PRIMARY KEY (org_id, connection_id, version),
    FOREIGN KEY (org_id, connection_id) REFERENCES models (org_id, connection_id)
) STRICT;
CREATE UNIQUE INDEX one_published_version ON model_versions (org_id, connection_id) WHERE status = 'published';
