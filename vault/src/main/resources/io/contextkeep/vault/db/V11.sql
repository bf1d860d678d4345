-- Values that were worked out. One needs so many clauses, and of each clause at least one ground that stands; 0 is one that was
-- collected. So a value whose grounds are lost is not served.
ALTER TABLE value ADD COLUMN clauses INTEGER NOT NULL DEFAULT 0;

-- The event with which the yes that stands began: a yes that was interrupted is another one.
ALTER TABLE consent_state ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
UPDATE consent_state SET since = event WHERE status IN ('GIVEN', 'RENEWED');

-- What is known of a derivation goes with its value, whoever deletes or replaces that.
CREATE TABLE derivation (
  subject INTEGER NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, rule TEXT NOT NULL, PRIMARY KEY (subject, name),
  FOREIGN KEY (subject, name) REFERENCES value (subject, name) ON DELETE CASCADE) STRICT, WITHOUT ROWID;

-- Where 'since' is empty the basis needs no consent. A value inherits the clauses of the derived values that it was made from.
CREATE TABLE derivation_ground (
  subject INTEGER NOT NULL, name TEXT NOT NULL, clause INTEGER NOT NULL, purpose TEXT NOT NULL, recipient TEXT NOT NULL,
  basis TEXT NOT NULL, since INTEGER, PRIMARY KEY (subject, name, clause, purpose, recipient),
  FOREIGN KEY (subject, name) REFERENCES derivation (subject, name) ON DELETE CASCADE) STRICT, WITHOUT ROWID;

-- All that a value was made from, also at second hand; only of what it was made from directly the version is known.
CREATE TABLE derivation_input (
  subject INTEGER NOT NULL, name TEXT NOT NULL, input TEXT NOT NULL, version INTEGER, observed INTEGER, source TEXT, batch TEXT,
  PRIMARY KEY (subject, name, input),
  FOREIGN KEY (subject, name) REFERENCES derivation (subject, name) ON DELETE CASCADE) STRICT, WITHOUT ROWID;
CREATE INDEX derivation_input_made ON derivation_input (subject, input);

-- What sources should work out anew, because some customer corrected what it was made from: never whose.
CREATE TABLE recompute (
  source TEXT NOT NULL, name TEXT NOT NULL, hour INTEGER NOT NULL, PRIMARY KEY (source, name)) STRICT, WITHOUT ROWID;

-- For the graph: what of a batch was worked out from which others, and what was removed before its time, without whose.
CREATE TABLE batch_derivation (
  batch TEXT NOT NULL, category TEXT NOT NULL, kind TEXT NOT NULL, rule TEXT NOT NULL, input TEXT NOT NULL,
  input_category TEXT NOT NULL, PRIMARY KEY (batch, category, kind, rule, input, input_category)) STRICT, WITHOUT ROWID;
CREATE TABLE batch_derived (
  batch TEXT NOT NULL, category TEXT NOT NULL, kind TEXT NOT NULL, rule TEXT NOT NULL, count INTEGER NOT NULL,
  PRIMARY KEY (batch, category, kind, rule)) STRICT, WITHOUT ROWID;
CREATE TABLE removal (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, categories TEXT NOT NULL) STRICT;
ALTER TABLE projection ADD COLUMN removals INTEGER NOT NULL DEFAULT 0;
