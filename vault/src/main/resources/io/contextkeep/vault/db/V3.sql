-- What analysts may ask of an attribute: bounds, units and public keys, as JSON.
ALTER TABLE attribute ADD COLUMN analytics TEXT;

-- How much may ever be learnt of the customers who let a population's app use their data for a purpose. All amounts are whole numbers
-- of trillionths. A charge is never taken back; its release is what was answered for it, made once.
CREATE TABLE dp_budget (
  purpose TEXT NOT NULL, population TEXT NOT NULL, rho INTEGER NOT NULL, delta INTEGER NOT NULL, rho_each INTEGER,
  PRIMARY KEY (purpose, population)) STRICT, WITHOUT ROWID;
CREATE TABLE dp_share (
  purpose TEXT NOT NULL, population TEXT NOT NULL, analyst TEXT NOT NULL, rho INTEGER NOT NULL,
  PRIMARY KEY (purpose, population, analyst)) STRICT, WITHOUT ROWID;
CREATE TABLE dp_charge (
  id INTEGER PRIMARY KEY AUTOINCREMENT, purpose TEXT NOT NULL, population TEXT NOT NULL, analyst TEXT NOT NULL,
  question BLOB NOT NULL, epoch INTEGER NOT NULL, rho INTEGER NOT NULL, delta INTEGER NOT NULL, at INTEGER NOT NULL,
  state TEXT NOT NULL, release TEXT) STRICT;
CREATE INDEX dp_charge_budget ON dp_charge (purpose, population, analyst, rho, delta);
CREATE UNIQUE INDEX dp_charge_question ON dp_charge (question, epoch) WHERE state IN ('RUNNING', 'RELEASED');

-- What each customer was charged, where a budget limits that too: it outlives a withdrawal. Who takes part in which running question.
CREATE TABLE dp_customer (
  subject INTEGER NOT NULL, purpose TEXT NOT NULL, population TEXT NOT NULL, rho INTEGER NOT NULL,
  PRIMARY KEY (subject, purpose, population)) STRICT, WITHOUT ROWID;
CREATE TABLE dp_part (
  charge INTEGER NOT NULL, subject INTEGER NOT NULL, PRIMARY KEY (charge, subject)) STRICT, WITHOUT ROWID;

-- What was released, in order, and how far the graph has come with it. The count has its noise.
CREATE TABLE dp_release (
  seq INTEGER PRIMARY KEY, charge INTEGER NOT NULL UNIQUE, purpose TEXT NOT NULL, population TEXT NOT NULL,
  rho INTEGER NOT NULL, delta INTEGER NOT NULL, counted INTEGER NOT NULL, epoch INTEGER NOT NULL, at INTEGER NOT NULL) STRICT;
ALTER TABLE projection ADD COLUMN releases INTEGER NOT NULL DEFAULT 0;
