-- What the writer asks of a customer's history is found by index, however long that is.
DROP INDEX consent_event_subject;
CREATE INDEX consent_event_matter ON consent_event (subject, purpose, recipient, at);
CREATE INDEX consent_event_yes ON consent_event (subject, purpose, recipient) WHERE status IN ('GIVEN', 'RENEWED');
CREATE INDEX consent_event_signal ON consent_event (subject, purpose, recipient, method) WHERE method IN ('gpc', 'tcf', 'gpp');
CREATE INDEX consent_receipt_current ON consent_receipt (subject) WHERE current = 1;
CREATE INDEX no_event_purpose ON no_event (subject, purpose, id);
DROP INDEX no_event_subject;
CREATE INDEX signal_idle ON signal (subject, sender, number) WHERE denied = '';

-- Which of a customer's cases are open is found without looking at those that are closed.
ALTER TABLE rights_subject ADD COLUMN closed INTEGER NOT NULL DEFAULT 0;
UPDATE rights_subject SET closed = 1
  WHERE EXISTS (SELECT 1 FROM rights_request r WHERE r.id = rights_subject.request AND r.closed IS NOT NULL);
CREATE INDEX rights_subject_open ON rights_subject (subject) WHERE closed = 0;
CREATE INDEX rights_request_keep ON rights_request (keep_until) WHERE keep_until IS NOT NULL;
