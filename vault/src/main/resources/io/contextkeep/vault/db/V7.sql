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
-- Who may make requests for customers by the Data Rights Protocol: the key that signs, and a hash of the token that was given for it.
CREATE TABLE rights_agent (id TEXT PRIMARY KEY, name TEXT NOT NULL, key BLOB NOT NULL, token BLOB, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX rights_agent_token ON rights_agent (token) WHERE token IS NOT NULL;
-- Signed messages that were taken, until they expire by themselves: none is taken twice.
CREATE TABLE rights_message (digest BLOB PRIMARY KEY, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
-- Which agent made a request, and whom to tell of how many of its steps.
CREATE TABLE rights_agent_request (
  request TEXT PRIMARY KEY, agent TEXT NOT NULL, callback TEXT, told INTEGER NOT NULL, tries INTEGER NOT NULL,
  next_try INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX rights_agent_request_next ON rights_agent_request (next_try) WHERE callback IS NOT NULL;
