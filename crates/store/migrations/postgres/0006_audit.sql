-- What the audit trail is asked by, beside each record; and how long the trail is kept.

-- None is for ever.
ALTER TABLE organizations ADD COLUMN audit_retention_days BIGINT CHECK (audit_retention_days >= 30);
-- The first event that is still there, and the hash that it follows; none is that of the organization's beginning.
ALTER TABLE organizations ADD COLUMN audit_kept_from BIGINT NOT NULL DEFAULT 1;
ALTER TABLE organizations ADD COLUMN audit_kept_hash BYTEA CHECK (length(audit_kept_hash) = 32);

DROP TRIGGER audit_events_are_not_changed ON audit_events;
DROP TRIGGER audit_events_are_not_removed ON audit_events;
-- What was there before is of every organization.
ALTER TABLE audit_events NO FORCE ROW LEVEL SECURITY;

-- Parts of the record, to find it by.
ALTER TABLE audit_events ADD COLUMN event_type TEXT COLLATE "C";
-- None of somebody who is nobody in particular: the first start, a job.
ALTER TABLE audit_events ADD COLUMN actor_id TEXT COLLATE "C";
ALTER TABLE audit_events ADD COLUMN decision TEXT COLLATE "C" CHECK (decision IN ('allowed', 'limited', 'denied'));
-- Never before that of the event before, so that a range of time is a range of the chain.
ALTER TABLE audit_events ADD COLUMN at_ms BIGINT;

UPDATE audit_events SET
    event_type = record_json::jsonb #>> '{event, type}',
    actor_id = record_json::jsonb #>> '{actor, id}',
    decision = coalesce(
        record_json::jsonb #>> '{event, decision}',
        CASE WHEN record_json::jsonb #>> '{event, type}' IN ('query_denied', 'access_denied') THEN 'denied' ELSE 'allowed' END
    ),
    at_ms = times.at_ms
FROM (
    SELECT org_id AS of_org, sequence AS of_sequence,
           max(extract(epoch FROM (substr(at, 1, 19) || 'Z')::timestamptz)::bigint * 1000
               + CASE WHEN substr(at, 20, 1) = '.' THEN substr(at, 21, 3)::bigint ELSE 0 END)
               OVER (PARTITION BY org_id ORDER BY sequence) AS at_ms
    FROM (SELECT org_id, sequence, record_json::jsonb ->> 'at' AS at FROM audit_events) AS said
) AS times
WHERE org_id = times.of_org AND sequence = times.of_sequence;

ALTER TABLE audit_events ALTER COLUMN event_type SET NOT NULL;
ALTER TABLE audit_events ALTER COLUMN decision SET NOT NULL;
ALTER TABLE audit_events ALTER COLUMN at_ms SET NOT NULL;

CREATE INDEX audit_events_by_type ON audit_events (org_id, event_type, sequence);
CREATE INDEX audit_events_by_actor ON audit_events (org_id, actor_id, sequence);
CREATE INDEX audit_events_by_decision ON audit_events (org_id, decision, sequence);
CREATE INDEX audit_events_by_time ON audit_events (org_id, at_ms, sequence);

-- Every id that an event names: of people, groups, folders, documents, connections, queries.
CREATE TABLE audit_subjects (
    org_id TEXT COLLATE "C" NOT NULL,
    subject_id TEXT COLLATE "C" NOT NULL,
    sequence BIGINT NOT NULL,
    PRIMARY KEY (org_id, subject_id, sequence),
    FOREIGN KEY (org_id, sequence) REFERENCES audit_events (org_id, sequence)
);
CREATE INDEX audit_subjects_by_event ON audit_subjects (org_id, sequence);

INSERT INTO audit_subjects (org_id, subject_id, sequence)
SELECT DISTINCT org_id, part #>> '{}', sequence
FROM audit_events, jsonb_path_query(record_json::jsonb -> 'event', 'strict $.**') AS part
WHERE jsonb_typeof(part) = 'string'
  AND part #>> '{}' ~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$';

ALTER TABLE audit_events FORCE ROW LEVEL SECURITY;
ALTER TABLE audit_subjects ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_subjects FORCE ROW LEVEL SECURITY;
CREATE POLICY of_one_organization ON audit_subjects USING (org_id = current_setting('tessera.org_id', true));

-- Events are added; those that are not kept any longer are removed; nothing else happens to them.
CREATE OR REPLACE FUNCTION audit_events_are_only_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.sequence < (SELECT audit_kept_from FROM organizations WHERE org_id = OLD.org_id) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'audit events are only added';
END
$$;
CREATE TRIGGER audit_events_are_not_changed BEFORE UPDATE ON audit_events
    FOR EACH ROW EXECUTE FUNCTION audit_events_are_only_added();
CREATE TRIGGER audit_events_are_not_removed BEFORE DELETE ON audit_events
    FOR EACH ROW EXECUTE FUNCTION audit_events_are_only_added();
CREATE TRIGGER audit_subjects_are_not_changed BEFORE UPDATE ON audit_subjects
    FOR EACH ROW EXECUTE FUNCTION audit_events_are_only_added();
CREATE TRIGGER audit_subjects_are_not_removed BEFORE DELETE ON audit_subjects
    FOR EACH ROW EXECUTE FUNCTION audit_events_are_only_added();

CREATE FUNCTION audit_events_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.audit_retention_days IS NULL OR NEW.audit_kept_hash IS NULL
        OR NEW.audit_kept_from <= OLD.audit_kept_from OR NEW.audit_kept_from > NEW.audit_sequence + 1 THEN
        RAISE EXCEPTION 'audit events are kept';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER audit_events_are_kept BEFORE UPDATE OF audit_kept_from, audit_kept_hash ON organizations
    FOR EACH ROW EXECUTE FUNCTION audit_events_are_kept();
