-- Each no that stops more than one consent, and each time it was lifted, so that it can be said how things stood at any time since.
-- The restriction of everything has no purpose. What was lifted before this table existed is not known: 'histories' says since when.
CREATE TABLE no_event (
  id INTEGER PRIMARY KEY AUTOINCREMENT, subject INTEGER NOT NULL REFERENCES subject (id), purpose TEXT NOT NULL,
  stands INTEGER NOT NULL, at INTEGER NOT NULL) STRICT;
CREATE INDEX no_event_subject ON no_event (subject);
INSERT INTO no_event (subject, purpose, stands, at) SELECT subject, purpose, 1, at FROM objection;
INSERT INTO no_event (subject, purpose, stands, at) SELECT id, '', 1, 0 FROM subject WHERE restricted = 1;
CREATE TABLE histories (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), since INTEGER NOT NULL) STRICT;
INSERT INTO histories SELECT 1, CAST(unixepoch('subsec') * 1000 AS INTEGER) WHERE EXISTS (SELECT 1 FROM subject);

-- Each policy that was ever in force, and the data that it decided by: what it takes to decide by it again, beside its rules.
CREATE TABLE policy_version (
  id INTEGER PRIMARY KEY, revision TEXT NOT NULL, code_digest TEXT NOT NULL, data_digest TEXT NOT NULL, since INTEGER NOT NULL) STRICT;
CREATE TABLE policy_data (digest TEXT PRIMARY KEY, data TEXT NOT NULL) STRICT;
INSERT INTO policy_version (revision, code_digest, data_digest, since)
  SELECT revision, code_digest, data_digest, since FROM policy_in_force;
