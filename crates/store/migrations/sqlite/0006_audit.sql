-- What the audit trail is asked by, beside each record; and how long the trail is kept.

-- None is for ever.
ALTER TABLE organizations ADD COLUMN audit_retention_days INTEGER CHECK (audit_retention_days >= 30);
-- The first event that is still there, and the hash that it follows; none is that of the organization's beginning.
ALTER TABLE organizations ADD COLUMN audit_kept_from INTEGER NOT NULL DEFAULT 1;
ALTER TABLE organizations ADD COLUMN audit_kept_hash BLOB CHECK (length(audit_kept_hash) = 32);

DROP TRIGGER audit_events_are_not_changed;
DROP TRIGGER audit_events_are_not_removed;
ALTER TABLE audit_events RENAME TO audit_events_before;

-- `hash` is SHA-256 over a domain, `prev_hash` (that of the event before), and `record_json`, byte for byte. The columns
-- between are parts of the record, to find it by.
CREATE TABLE audit_events (
    org_id TEXT NOT NULL REFERENCES organizations,
    sequence INTEGER NOT NULL,
    event_type TEXT NOT NULL,
    -- None of somebody who is nobody in particular: the first start, a job.
    actor_id TEXT,
    decision TEXT NOT NULL CHECK (decision IN ('allowed', 'limited', 'denied')),
    -- Never before that of the event before, so that a range of time is a range of the chain.
    at_ms INTEGER NOT NULL,
    record_json TEXT NOT NULL,
    prev_hash BLOB NOT NULL CHECK (length(prev_hash) = 32),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (org_id, sequence)
) STRICT;

INSERT INTO audit_events (org_id, sequence, event_type, actor_id, decision, at_ms, record_json, prev_hash, hash)
SELECT org_id, sequence, event_type, actor_id,
       CASE WHEN decision IS NOT NULL THEN decision WHEN event_type IN ('query_denied', 'access_denied') THEN 'denied' ELSE 'allowed' END,
       max(CAST(strftime('%s', substr(at, 1, 19)) AS INTEGER) * 1000
           + CASE WHEN substr(at, 20, 1) = '.' THEN CAST(substr(at, 21, 3) AS INTEGER) ELSE 0 END)
           OVER (PARTITION BY org_id ORDER BY sequence),
       record_json, prev_hash, hash
FROM (
    SELECT *, record_json ->> '$.event.type' AS event_type, record_json ->> '$.actor.id' AS actor_id,
           record_json ->> '$.event.decision' AS decision, record_json ->> '$.at' AS at
    FROM audit_events_before
);
DROP TABLE audit_events_before;

CREATE INDEX audit_events_by_type ON audit_events (org_id, event_type, sequence);
CREATE INDEX audit_events_by_actor ON audit_events (org_id, actor_id, sequence);
CREATE INDEX audit_events_by_decision ON audit_events (org_id, decision, sequence);
CREATE INDEX audit_events_by_time ON audit_events (org_id, at_ms, sequence);

-- Every id that an event names: of people, groups, folders, documents, connections, queries.
CREATE TABLE audit_subjects (
    org_id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    PRIMARY KEY (org_id, subject_id, sequence),
    FOREIGN KEY (org_id, sequence) REFERENCES audit_events (org_id, sequence)
) STRICT;
CREATE INDEX audit_subjects_by_event ON audit_subjects (org_id, sequence);

INSERT INTO audit_subjects (org_id, subject_id, sequence)
SELECT DISTINCT audit_events.org_id, part.value, audit_events.sequence
FROM audit_events, json_tree(audit_events.record_json, '$.event') AS part
WHERE part.type = 'text' AND part.value LIKE '________-____-____-____-____________' AND part.value NOT GLOB '*[^0-9a-f-]*';

-- Events are added; those that are not kept any longer are removed; nothing else happens to them.
CREATE TRIGGER audit_events_are_not_changed BEFORE UPDATE ON audit_events
BEGIN
    SELECT RAISE(ABORT, 'audit events are only added');
END;

CREATE TRIGGER audit_events_are_not_removed BEFORE DELETE ON audit_events
WHEN OLD.sequence >= coalesce((SELECT audit_kept_from FROM organizations WHERE org_id = OLD.org_id), 1)
BEGIN
    SELECT RAISE(ABORT, 'audit events are only added');
END;

CREATE TRIGGER audit_subjects_are_not_changed BEFORE UPDATE ON audit_subjects
BEGIN
    SELECT RAISE(ABORT, 'audit events are only added');
END;

CREATE TRIGGER audit_subjects_are_not_removed BEFORE DELETE ON audit_subjects
WHEN OLD.sequence >= coalesce((SELECT audit_kept_from FROM organizations WHERE org_id = OLD.org_id), 1)
BEGIN
    SELECT RAISE(ABORT, 'audit events are only added');
END;

CREATE TRIGGER audit_events_are_kept BEFORE UPDATE OF audit_kept_from, audit_kept_hash ON organizations
WHEN NEW.audit_retention_days IS NULL OR NEW.audit_kept_hash IS NULL
  OR NEW.audit_kept_from <= OLD.audit_kept_from OR NEW.audit_kept_from > NEW.audit_sequence + 1
BEGIN
    SELECT RAISE(ABORT, 'audit events are kept');
END;
