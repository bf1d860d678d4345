-- What each analyst has spent of a budget: the sum of the charges, kept with each of them, so that no question waits for the adding up.
CREATE TABLE dp_spent (
  purpose TEXT NOT NULL, population TEXT NOT NULL, analyst TEXT NOT NULL, rho INTEGER NOT NULL, delta INTEGER NOT NULL,
  PRIMARY KEY (purpose, population, analyst)) STRICT, WITHOUT ROWID;
INSERT INTO dp_spent (purpose, population, analyst, rho, delta)
SELECT purpose, population, analyst, sum(rho), sum(delta) FROM dp_charge GROUP BY purpose, population, analyst;
DROP INDEX dp_charge_budget;
CREATE INDEX dp_charge_released ON dp_charge (purpose, population, id) WHERE state = 'RELEASED';

-- The cases that press are those that wait for an answer; those that have one stay in the register for years.
CREATE INDEX rights_request_waiting ON rights_request (due) WHERE answered IS NULL;
