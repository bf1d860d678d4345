-- Which kinds of identifiers an app may link, a JSON list, and whether it may do so with those that customers sign in with.
ALTER TABLE app ADD COLUMN links TEXT NOT NULL DEFAULT '[]';
ALTER TABLE app ADD COLUMN identity_source INTEGER NOT NULL DEFAULT 0;

-- Each link of an identifier: what it is undone by, who made it and when. Of older ones that is not known.
ALTER TABLE identifier ADD COLUMN id TEXT NOT NULL DEFAULT '';
ALTER TABLE identifier ADD COLUMN linked_by TEXT NOT NULL DEFAULT '';
ALTER TABLE identifier ADD COLUMN linked_at INTEGER NOT NULL DEFAULT 0;
UPDATE identifier SET id = lower(hex(randomblob(16)));
-- Links that the customer or an operator undid: no source makes them again.
CREATE TABLE unlinked_identifier (
  subject INTEGER NOT NULL REFERENCES subject (id), kind TEXT NOT NULL, blind BLOB NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (subject, kind, blind)) STRICT, WITHOUT ROWID;

-- What a source says of a customer while something else is in force: the customer's correction, or what another source observed later.
CREATE TABLE source_value (
  subject INTEGER NOT NULL REFERENCES subject (id), name TEXT NOT NULL, source TEXT NOT NULL, version INTEGER NOT NULL,
  observed INTEGER NOT NULL, batch TEXT NOT NULL, sealed BLOB NOT NULL,
  PRIMARY KEY (subject, name, source)) STRICT, WITHOUT ROWID;

-- A MAC of the event's value under the customer's key, by which a repeated line is told from a changed one; empty in older rows.
ALTER TABLE event ADD COLUMN body BLOB;
