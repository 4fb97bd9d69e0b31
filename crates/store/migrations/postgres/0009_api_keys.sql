-- What lets a person or a service account in without a browser.
CREATE TABLE api_keys (
    org_id TEXT COLLATE "C" NOT NULL,
    -- The part of the key that may be seen.
    id TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    -- SHA-256 of the key; the key itself is nowhere.
    secret_hash BYTEA NOT NULL CHECK (length(secret_hash) = 32),
    -- Names of abilities, by what they are of; none is all that its holder holds.
    scopes_json TEXT COLLATE "C",
    created_by TEXT COLLATE "C" NOT NULL,
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL,
    last_used_at_ms BIGINT,
    revoked_at_ms BIGINT,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, user_id) REFERENCES users (org_id, id),
    FOREIGN KEY (org_id, created_by) REFERENCES users (org_id, id)
);
CREATE INDEX api_keys_by_user ON api_keys (org_id, user_id);
CREATE INDEX api_keys_by_id ON api_keys (id);

ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY of_one_organization ON api_keys USING (org_id = current_setting('tessera.org_id', true));
CREATE POLICY by_id ON api_keys FOR SELECT USING (id = current_setting('tessera.api_key', true));
