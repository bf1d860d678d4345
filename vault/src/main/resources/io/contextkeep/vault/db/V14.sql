-- Changes to registrations and budgets. 'held' is the document in force when the change was proposed, none for a new one; 'wanted' takes
-- its place; 'entry' is the entry of the log that shows that it did.
CREATE TABLE registration_change (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, target TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('PROPOSED', 'APPLIED', 'WITHDRAWN', 'REJECTED')),
  reason TEXT, held TEXT, wanted TEXT NOT NULL, proposed_by TEXT NOT NULL, proposed_at INTEGER NOT NULL,
  decided_by TEXT, decided_at INTEGER, entry INTEGER) STRICT;
CREATE INDEX registration_change_target ON registration_change (kind, target, id);
CREATE INDEX registration_change_open ON registration_change (proposed_by) WHERE state = 'PROPOSED';
-- One row for each change of any kind: no two have one number.
CREATE TABLE change_number (id INTEGER PRIMARY KEY) STRICT;
INSERT INTO change_number (id) SELECT id FROM policy_change;
-- Whom the app's owner wants to be told of changes to its registration.
ALTER TABLE app ADD COLUMN contact TEXT;
