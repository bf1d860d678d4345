-- A customer's exercise of a right, under which rules, and where it stands. No column ties it to her: that is rights_subject, whose
-- row dies with her, while the case stays in the register.
CREATE TABLE rights_request (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, term TEXT NOT NULL, rules TEXT NOT NULL, jurisdiction TEXT NOT NULL,
  state TEXT NOT NULL, made INTEGER NOT NULL, confirm_by INTEGER, due INTEGER NOT NULL, extended INTEGER NOT NULL,
  answered INTEGER, closed INTEGER, outcome TEXT, keep_until INTEGER) STRICT, WITHOUT ROWID;
CREATE INDEX rights_request_due ON rights_request (due, id);
-- Each change of it, with the entry of the log that tells of it, and the one that shows what was done.
CREATE TABLE rights_step (
  request TEXT NOT NULL, n INTEGER NOT NULL, state TEXT NOT NULL, at INTEGER NOT NULL, reason TEXT, entry INTEGER NOT NULL,
  evidence INTEGER, evidence_hash TEXT, PRIMARY KEY (request, n)) STRICT, WITHOUT ROWID;
-- Whose it is, and what exactly she wants, in coded words.
CREATE TABLE rights_subject (
  request TEXT PRIMARY KEY, subject INTEGER NOT NULL, purpose TEXT, attribute TEXT, decision INTEGER) STRICT, WITHOUT ROWID;
CREATE INDEX rights_subject_of ON rights_subject (subject);
