-- What operators register.
CREATE TABLE app (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, jwk TEXT, client_id TEXT UNIQUE,
  purposes TEXT NOT NULL, facets TEXT NOT NULL) STRICT;
CREATE TABLE attribute (
  name TEXT PRIMARY KEY, kind TEXT NOT NULL, facet TEXT NOT NULL, category TEXT NOT NULL,
  sensitivity TEXT NOT NULL, schema TEXT NOT NULL, retention_days INTEGER NOT NULL) STRICT;

-- What is known of a customer: numbers, times and codes in clear, everything else sealed under the customer's key.
CREATE TABLE subject (
  id INTEGER PRIMARY KEY, restricted INTEGER NOT NULL DEFAULT 0, erasing INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE identifier (
  kind TEXT NOT NULL, blind BLOB NOT NULL, subject INTEGER NOT NULL REFERENCES subject (id), sealed BLOB NOT NULL,
  PRIMARY KEY (kind, blind)) STRICT, WITHOUT ROWID;
CREATE INDEX identifier_subject ON identifier (subject);
CREATE TABLE value (
  subject INTEGER NOT NULL REFERENCES subject (id), name TEXT NOT NULL, version INTEGER NOT NULL,
  observed INTEGER NOT NULL, source TEXT NOT NULL, batch TEXT NOT NULL, sealed BLOB NOT NULL,
  PRIMARY KEY (subject, name)) STRICT, WITHOUT ROWID;
CREATE TABLE event (
  subject INTEGER NOT NULL REFERENCES subject (id), name TEXT NOT NULL, observed INTEGER NOT NULL, id BLOB NOT NULL,
  source TEXT NOT NULL, batch TEXT NOT NULL, sealed BLOB NOT NULL,
  PRIMARY KEY (subject, name, observed, id)) STRICT, WITHOUT ROWID;

-- Where it came from. The key is blinded, the body only hashed: both may be personal. Categories: 'pd:Country=2 …'.
CREATE TABLE batch (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source TEXT NOT NULL, key BLOB NOT NULL, body BLOB NOT NULL,
  started INTEGER NOT NULL, ended INTEGER NOT NULL, categories TEXT NOT NULL, kept INTEGER NOT NULL, report TEXT NOT NULL,
  UNIQUE (source, key)) STRICT;

-- What the customer said. Events are only appended; the state is the latest-state algorithm's result, kept beside them.
CREATE TABLE consent_event (
  id INTEGER PRIMARY KEY AUTOINCREMENT, subject INTEGER NOT NULL REFERENCES subject (id), purpose TEXT NOT NULL,
  recipient TEXT NOT NULL, status TEXT NOT NULL, explicit INTEGER NOT NULL, notice TEXT NOT NULL,
  language TEXT NOT NULL, method TEXT NOT NULL, at INTEGER NOT NULL, expires INTEGER) STRICT;
CREATE INDEX consent_event_subject ON consent_event (subject);
CREATE TABLE consent_state (
  subject INTEGER NOT NULL REFERENCES subject (id), purpose TEXT NOT NULL, recipient TEXT NOT NULL,
  event INTEGER NOT NULL, status TEXT NOT NULL, explicit INTEGER NOT NULL, at INTEGER NOT NULL, expires INTEGER,
  PRIMARY KEY (subject, purpose, recipient)) STRICT, WITHOUT ROWID;
CREATE TABLE objection (
  subject INTEGER NOT NULL REFERENCES subject (id), purpose TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (subject, purpose)) STRICT, WITHOUT ROWID;

-- Which graph the vault projects into and how far it has come: one row. Who is still to be removed from it and from the files.
CREATE TABLE projection (
  id INTEGER PRIMARY KEY CHECK (id = 1), graph INTEGER NOT NULL, consents INTEGER NOT NULL, batches INTEGER NOT NULL,
  writes INTEGER NOT NULL) STRICT;
CREATE TABLE graph_erasure (id INTEGER PRIMARY KEY, subject INTEGER NOT NULL) STRICT;

-- Who the staff behind the pseudonyms in the audit log are.
CREATE TABLE staff (pseudonym TEXT PRIMARY KEY, sealed BLOB NOT NULL) STRICT;
