-- Where an app is told that somebody whose data it was given was erased.
ALTER TABLE app ADD COLUMN notice_url TEXT;

-- Certificates of erasure: each step's time is written with the step. Nothing here leads to a customer; keys.db knows whose number it
-- is for as long as a restored copy could bring her rows back. deleted: rows by table, as JSON.
CREATE TABLE erasure_certificate (
  number TEXT PRIMARY KEY, asked INTEGER, key_print TEXT, key_destroyed INTEGER, rows_deleted INTEGER, deleted TEXT, entry INTEGER,
  leaf TEXT, log_emptied INTEGER, graph_compacted INTEGER, file_rewritten INTEGER, backup_retention TEXT,
  every_recipient INTEGER NOT NULL DEFAULT 1) STRICT, WITHOUT ROWID;
CREATE INDEX erasure_certificate_entry ON erasure_certificate (entry);
ALTER TABLE graph_erasure ADD COLUMN certificate TEXT NOT NULL DEFAULT '';

-- Who is told of it, and by which name the app knew her: sealed under a key of this notice alone, which keys.db has. Once the notice is
-- acknowledged or given up, name and key go.
CREATE TABLE erasure_notice (
  seq INTEGER PRIMARY KEY, jti TEXT NOT NULL UNIQUE, certificate TEXT NOT NULL, app TEXT NOT NULL, issued INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('NOT_TOLD', 'TOLD', 'ACKNOWLEDGED', 'GIVEN_UP', 'NOT_NAMED')),
  key INTEGER, sealed BLOB, tries INTEGER NOT NULL DEFAULT 0, next INTEGER NOT NULL, told INTEGER, closed INTEGER, outcome TEXT) STRICT;
CREATE UNIQUE INDEX erasure_notice_recipient ON erasure_notice (certificate, app);
CREATE INDEX erasure_notice_key ON erasure_notice (app, seq) WHERE key IS NOT NULL;
