-- Custom roles, folders, documents and grants; and what changed with each version of the access.

-- Names, separated by commas.
ALTER TABLE organizations ADD COLUMN document_abilities TEXT NOT NULL DEFAULT 'download,schedule,drill,duplicate,view_workbook,ask_ai';
ALTER TABLE users ADD COLUMN kind TEXT NOT NULL DEFAULT 'member' CHECK (kind IN ('member', 'service_account'));
-- Somebody who is gone for good keeps the row, because what they made and the audit trail name them.
ALTER TABLE users ADD COLUMN removed_at_ms INTEGER;

-- Every change of access: which version it made, and what was changed. A snapshot of an earlier version follows it.
CREATE TABLE access_changes (
    org_id TEXT NOT NULL REFERENCES organizations,
    version INTEGER NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (org_id, version, kind, id)
) STRICT;

CREATE TABLE organization_roles (
    org_id TEXT NOT NULL REFERENCES organizations,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    -- Names, separated by commas.
    abilities TEXT NOT NULL,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, name)
) STRICT;

CREATE TABLE connection_roles (
    org_id TEXT NOT NULL REFERENCES organizations,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    tier TEXT NOT NULL CHECK (tier IN ('viewer', 'restricted_querier', 'querier', 'modeler', 'connection_admin')),
    switched_off TEXT NOT NULL,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, name)
) STRICT;

-- In the place of the built-in role of the same person, group or connection.
CREATE TABLE user_custom_roles (
    org_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    role_id TEXT NOT NULL,
    PRIMARY KEY (org_id, user_id),
    FOREIGN KEY (org_id, user_id) REFERENCES users (org_id, id),
    FOREIGN KEY (org_id, role_id) REFERENCES organization_roles (org_id, id)
) STRICT;

CREATE TABLE user_custom_connection_roles (
    org_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    role_id TEXT NOT NULL,
    PRIMARY KEY (org_id, connection_id, user_id),
    FOREIGN KEY (org_id, connection_id) REFERENCES connections (org_id, id),
    FOREIGN KEY (org_id, user_id) REFERENCES users (org_id, id),
    FOREIGN KEY (org_id, role_id) REFERENCES connection_roles (org_id, id)
) STRICT;
CREATE INDEX user_custom_connection_roles_by_user ON user_custom_connection_roles (org_id, user_id);

CREATE TABLE group_custom_connection_roles (
    org_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    role_id TEXT NOT NULL,
    PRIMARY KEY (org_id, connection_id, group_id),
    FOREIGN KEY (org_id, connection_id) REFERENCES connections (org_id, id),
    FOREIGN KEY (org_id, group_id) REFERENCES groups (org_id, id),
    FOREIGN KEY (org_id, role_id) REFERENCES connection_roles (org_id, id)
) STRICT;
CREATE INDEX group_custom_connection_roles_by_group ON group_custom_connection_roles (org_id, group_id);

CREATE TABLE custom_base_roles (
    org_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    role_id TEXT NOT NULL,
    PRIMARY KEY (org_id, connection_id),
    FOREIGN KEY (org_id, connection_id) REFERENCES connections (org_id, id),
    FOREIGN KEY (org_id, role_id) REFERENCES connection_roles (org_id, id)
) STRICT;

-- Folders and documents. A folder without a parent is a root: somebody's *My documents*, or *Shared* when nobody owns it.
CREATE TABLE nodes (
    org_id TEXT NOT NULL REFERENCES organizations,
    id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('folder', 'document')),
    name TEXT NOT NULL,
    parent_id TEXT,
    owner_id TEXT,
    connection_id TEXT,
    everyone_role TEXT CHECK (everyone_role IN ('viewer', 'explorer', 'editor', 'manager')),
    restricted INTEGER NOT NULL DEFAULT 0 CHECK (restricted IN (0, 1)),
    locked INTEGER NOT NULL DEFAULT 0 CHECK (locked IN (0, 1)),
    switched_on TEXT NOT NULL DEFAULT '',
    switched_off TEXT NOT NULL DEFAULT '',
    slug TEXT,
    -- The version of the document that readers see; none before the first was published.
    published INTEGER,
    trashed_at_ms INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, slug),
    FOREIGN KEY (org_id, parent_id) REFERENCES nodes (org_id, id),
    FOREIGN KEY (org_id, owner_id) REFERENCES users (org_id, id),
    FOREIGN KEY (org_id, connection_id) REFERENCES connections (org_id, id),
    CHECK (kind = 'folder' OR (parent_id IS NOT NULL AND connection_id IS NOT NULL AND NOT locked)),
    CHECK (kind = 'document' OR (connection_id IS NULL AND slug IS NULL AND published IS NULL)),
    CHECK (parent_id IS NOT NULL OR (trashed_at_ms IS NULL AND NOT restricted))
) STRICT;
CREATE INDEX nodes_by_parent ON nodes (org_id, parent_id);
CREATE INDEX nodes_by_owner ON nodes (org_id, owner_id);
CREATE UNIQUE INDEX one_shared_root ON nodes (org_id) WHERE parent_id IS NULL AND owner_id IS NULL;
CREATE UNIQUE INDEX one_personal_root ON nodes (org_id, owner_id) WHERE parent_id IS NULL AND owner_id IS NOT NULL;

CREATE TABLE node_user_grants (
    org_id TEXT NOT NULL,
    node_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'explorer', 'editor', 'manager')),
    PRIMARY KEY (org_id, node_id, user_id),
    FOREIGN KEY (org_id, node_id) REFERENCES nodes (org_id, id),
    FOREIGN KEY (org_id, user_id) REFERENCES users (org_id, id)
) STRICT;
CREATE INDEX node_user_grants_by_user ON node_user_grants (org_id, user_id);

CREATE TABLE node_group_grants (
    org_id TEXT NOT NULL,
    node_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'explorer', 'editor', 'manager')),
    PRIMARY KEY (org_id, node_id, group_id),
    FOREIGN KEY (org_id, node_id) REFERENCES nodes (org_id, id),
    FOREIGN KEY (org_id, group_id) REFERENCES groups (org_id, id)
) STRICT;
CREATE INDEX node_group_grants_by_group ON node_group_grants (org_id, group_id);

-- What was published, each for ever.
CREATE TABLE document_versions (
    org_id TEXT NOT NULL,
    document_id TEXT NOT NULL,
    number INTEGER NOT NULL CHECK (number > 0),
    body_json TEXT NOT NULL,
    published_at_ms INTEGER NOT NULL,
    published_by TEXT NOT NULL,
    PRIMARY KEY (org_id, document_id, number),
    FOREIGN KEY (org_id, document_id) REFERENCES nodes (org_id, id),
    FOREIGN KEY (org_id, published_by) REFERENCES users (org_id, id)
) STRICT;

-- What is being written, one for each document.
CREATE TABLE document_drafts (
    org_id TEXT NOT NULL,
    document_id TEXT NOT NULL,
    body_json TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    saved_at_ms INTEGER NOT NULL,
    saved_by TEXT NOT NULL,
    PRIMARY KEY (org_id, document_id),
    FOREIGN KEY (org_id, document_id) REFERENCES nodes (org_id, id),
    FOREIGN KEY (org_id, saved_by) REFERENCES users (org_id, id)
) STRICT;

-- Roots for the organizations and people that were there before. Their ids are random.
INSERT INTO nodes (org_id, id, kind, name, owner_id, created_at_ms, updated_at_ms)
SELECT org_id,
       lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-8'
             || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))),
       'folder', name, owner_id, created_at_ms, created_at_ms
FROM (
    SELECT org_id, 'Shared' AS name, NULL AS owner_id, created_at_ms FROM organizations
    UNION ALL
    SELECT org_id, 'My documents', id, created_at_ms FROM users
);
