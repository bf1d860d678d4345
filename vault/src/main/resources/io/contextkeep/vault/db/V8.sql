-- The signals that somebody's no was heard in, in coded words: what a string is known again by, and what came of it.
-- The strings themselves are sealed in the log's entries of these requests.
CREATE TABLE signal (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  subject INTEGER NOT NULL,
  kind TEXT NOT NULL,
  -- An app's id, or 'customer'.
  sender TEXT NOT NULL,
  mac BLOB NOT NULL,
  at INTEGER NOT NULL,
  request TEXT NOT NULL,
  -- Lists, with a space between the words.
  says TEXT NOT NULL,
  not_looked_at TEXT NOT NULL,
  denied TEXT NOT NULL,
  UNIQUE (subject, kind, sender, mac)
) STRICT;
