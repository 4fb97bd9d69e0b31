-- What lets a person or a service account in without a browser.
CREATE TABLE api_keys (
    org_id TEXT NOT NULL,
    -- The part of the key that may be seen.
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    name TEXT NOT NULL,
    -- SHA-256 of the key; the key itself is nowhere.
    secret_hash BLOB NOT NULL CHECK (length(secret_hash) = 32),
    -- Names of abilities, by what they are of; none is all that its holder holds.
    scopes_json TEXT,
    created_by TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    last_used_at_ms INTEGER,
    revoked_at_ms INTEGER,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, user_id) REFERENCES users (org_id, id),
    FOREIGN KEY (org_id, created_by) REFERENCES users (org_id, id)
) STRICT;
CREATE INDEX api_keys_by_user ON api_keys (org_id, user_id);
CREATE INDEX api_keys_by_id ON api_keys (id);
