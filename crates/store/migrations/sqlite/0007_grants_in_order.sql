-- A grant is hardly more than its key: its row lies in the order of the key, and not a second time beside it.

CREATE TABLE node_user_grants_in_order (
    org_id TEXT NOT NULL,
    node_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'explorer', 'editor', 'manager')),
    PRIMARY KEY (org_id, node_id, user_id),
    FOREIGN KEY (org_id, node_id) REFERENCES nodes (org_id, id),
    FOREIGN KEY (org_id, user_id) REFERENCES users (org_id, id)
) STRICT, WITHOUT ROWID;
INSERT INTO node_user_grants_in_order SELECT org_id, node_id, user_id, role FROM node_user_grants;
DROP TABLE node_user_grants;
ALTER TABLE node_user_grants_in_order RENAME TO node_user_grants;
CREATE INDEX node_user_grants_by_user ON node_user_grants (org_id, user_id);

CREATE TABLE node_group_grants_in_order (
    org_id TEXT NOT NULL,
    node_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'explorer', 'editor', 'manager')),
    PRIMARY KEY (org_id, node_id, group_id),
    FOREIGN KEY (org_id, node_id) REFERENCES nodes (org_id, id),
    FOREIGN KEY (org_id, group_id) REFERENCES groups (org_id, id)
) STRICT, WITHOUT ROWID;
INSERT INTO node_group_grants_in_order SELECT org_id, node_id, group_id, role FROM node_group_grants;
DROP TABLE node_group_grants;
ALTER TABLE node_group_grants_in_order RENAME TO node_group_grants;
CREATE INDEX node_group_grants_by_group ON node_group_grants (org_id, group_id);
