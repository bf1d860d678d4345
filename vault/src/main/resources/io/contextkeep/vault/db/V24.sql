-- What the next event of a purpose and recipient needs to know of the earlier ones, where it is not that of the event in force: whether the
-- customer said that one, the time of the newest, the consent received last, the time of the newest consent, and the receipt of the last.
ALTER TABLE consent_state ADD COLUMN own INTEGER NOT NULL DEFAULT 1;
ALTER TABLE consent_state ADD COLUMN newest INTEGER;
ALTER TABLE consent_state ADD COLUMN last_yes INTEGER;
ALTER TABLE consent_state ADD COLUMN yes_at INTEGER;
ALTER TABLE consent_state ADD COLUMN act INTEGER;
UPDATE consent_state SET own = 0 WHERE event IN (SELECT id FROM consent_event WHERE said_by <> 'SUBJECT');
UPDATE consent_state SET newest = (SELECT max(e.at) FROM consent_event e
    WHERE e.subject = consent_state.subject AND e.purpose = consent_state.purpose AND e.recipient = consent_state.recipient)
  WHERE EXISTS (SELECT 1 FROM consent_event e WHERE e.subject = consent_state.subject AND e.purpose = consent_state.purpose
    AND e.recipient = consent_state.recipient AND e.at > consent_state.at);
UPDATE consent_state SET (last_yes, yes_at) = (SELECT max(e.id), max(e.at) FROM consent_event e
    WHERE e.subject = consent_state.subject AND e.purpose = consent_state.purpose AND e.recipient = consent_state.recipient
      AND e.status IN ('GIVEN', 'RENEWED'))
  WHERE status NOT IN ('GIVEN', 'RENEWED') OR EXISTS (SELECT 1 FROM consent_event e WHERE e.subject = consent_state.subject
    AND e.purpose = consent_state.purpose AND e.recipient = consent_state.recipient AND e.status IN ('GIVEN', 'RENEWED')
    AND (e.id > consent_state.event OR e.at > consent_state.at));
UPDATE consent_state SET act = (SELECT max(r.number) FROM consent_receipt r
    WHERE r.subject = consent_state.subject AND r.current = 1 AND EXISTS (SELECT 1 FROM consent_event e
      WHERE e.id BETWEEN r.first AND r.last AND +e.subject = r.subject AND e.purpose = consent_state.purpose
        AND e.recipient = consent_state.recipient));
DROP INDEX consent_event_yes;
DROP INDEX consent_event_said;
DROP INDEX consent_receipt_current;
