-- Requests for access, whom a session looks at the product as, and what a repeated creation made.

-- What was asked for is kept as it was called: a thing that is hidden, and one that never was, are asked for alike.
CREATE TABLE access_requests (
    org_id TEXT COLLATE "C" NOT NULL REFERENCES organizations,
    id TEXT COLLATE "C" NOT NULL,
    requester_id TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('folder', 'document', 'connection')),
    asked_as TEXT COLLATE "C" NOT NULL,
    node_id TEXT COLLATE "C",
    connection_id TEXT COLLATE "C",
    action TEXT COLLATE "C" NOT NULL,
    message TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('open', 'approved', 'declined', 'withdrawn')),
    created_at_ms BIGINT NOT NULL,
    decided_at_ms BIGINT,
    decided_by TEXT COLLATE "C",
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, requester_id) REFERENCES users (org_id, id),
    FOREIGN KEY (org_id, decided_by) REFERENCES users (org_id, id),
    FOREIGN KEY (org_id, node_id) REFERENCES nodes (org_id, id),
    FOREIGN KEY (org_id, connection_id) REFERENCES connections (org_id, id)
);
CREATE INDEX access_requests_by_state ON access_requests (org_id, state);
CREATE INDEX access_requests_by_requester ON access_requests (org_id, requester_id);
CREATE INDEX access_requests_by_node ON access_requests (org_id, node_id);

-- The person as whom its own person sees the product.
ALTER TABLE sessions ADD COLUMN viewing_id TEXT COLLATE "C";

-- What a creation made that may be sent twice; kept for a day.
CREATE TABLE idempotency_keys (
    org_id TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    -- SHA-256 of what was asked.
    request_hash BYTEA NOT NULL CHECK (length(request_hash) = 32),
    created_id TEXT COLLATE "C" NOT NULL,
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (org_id, user_id, key),
    FOREIGN KEY (org_id, user_id) REFERENCES users (org_id, id)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (org_id, created_at_ms);

ALTER TABLE access_requests ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_requests FORCE ROW LEVEL SECURITY;
CREATE POLICY of_one_organization ON access_requests USING (org_id = current_setting('tessera.org_id', true));
ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY of_one_organization ON idempotency_keys USING (org_id = current_setting('tessera.org_id', true));
