-- Who said it: the customer herself, unless it says otherwise.
ALTER TABLE consent_event ADD COLUMN said_by TEXT NOT NULL DEFAULT 'SUBJECT';
