-- Requests for access, whom a session looks at the product as, and what a repeated creation made.

-- What was asked for is kept as it was called: a thing that is hidden, and one that never was, are asked for alike.
CREATE TABLE access_requests (
    org_id TEXT NOT NULL REFERENCES organizations,
    id TEXT NOT NULL,
    requester_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('folder', 'document', 'connection')),
    asked_as TEXT NOT NULL,
    node_id TEXT,
    connection_id TEXT,
    action TEXT NOT NULL,
    message TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'approved', 'declined', 'withdrawn')),
    created_at_ms INTEGER NOT NULL,
    decided_at_ms INTEGER,
    decided_by TEXT,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, requester_id) REFERENCES users (org_id, id),
    FOREIGN KEY (org_id, decided_by) REFERENCES users (org_id, id),
    FOREIGN KEY (org_id, node_id) REFERENCES nodes (org_id, id),
    FOREIGN KEY (org_id, connection_id) REFERENCES connections (org_id, id)
) STRICT;
CREATE INDEX access_requests_by_state ON access_requests (org_id, state);
CREATE INDEX access_requests_by_requester ON access_requests (org_id, requester_id);
CREATE INDEX access_requests_by_node ON access_requests (org_id, node_id);

-- The person as whom its own person sees the product.
ALTER TABLE sessions ADD COLUMN viewing_id TEXT;

-- What a creation made that may be sent twice; kept for a day.
CREATE TABLE idempotency_keys (
    org_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    key TEXT NOT NULL,
    -- SHA-256 of what was asked.
    request_hash BLOB NOT NULL CHECK (length(request_hash) = 32),
    created_id TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    PRIMARY KEY (org_id, user_id, key),
    FOREIGN KEY (org_id, user_id) REFERENCES users (org_id, id)
) STRICT;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (org_id, created_at_ms);
