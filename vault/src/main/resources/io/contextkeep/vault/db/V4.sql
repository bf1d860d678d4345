-- What customers are told. A version never changes.
CREATE TABLE notice (
  id TEXT NOT NULL, version INTEGER NOT NULL, json TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (id, version)) STRICT;

-- What they were handed: the records as event number last left them, of what events first to last changed. Numbers are never used
-- again, for a receipt outlives its row.
CREATE TABLE consent_receipt (
  number INTEGER PRIMARY KEY AUTOINCREMENT, subject INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
  at INTEGER NOT NULL, form INTEGER NOT NULL, current INTEGER NOT NULL) STRICT;
CREATE INDEX consent_receipt_subject ON consent_receipt (subject, number);
