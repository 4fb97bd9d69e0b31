-- `hash` is SHA-256 over a domain, `prev_hash` (that of the event before), and `record_json`, byte for byte.
CREATE TABLE audit_events (
    org_id TEXT NOT NULL REFERENCES organizations,
    sequence INTEGER NOT NULL,
    record_json TEXT NOT NULL,
    prev_hash BLOB NOT NULL CHECK (length(prev_hash) = 32),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (org_id, sequence)
) STRICT;

CREATE TRIGGER audit_events_are_not_changed BEFORE UPDATE ON audit_events
BEGIN
    SELECT RAISE(ABORT, 'audit events are only added');
END;

CREATE TRIGGER audit_events_are_not_removed BEFORE DELETE ON audit_events
BEGIN
    SELECT RAISE(ABORT, 'audit events are only added');
END;
