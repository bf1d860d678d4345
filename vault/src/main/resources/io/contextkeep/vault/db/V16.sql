-- The vault's time, one row: how far it has come, where it stood before the host's clock jumped ahead, and to where that led.
CREATE TABLE clock (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1), time INTEGER NOT NULL, before INTEGER NOT NULL, jumped INTEGER NOT NULL) STRICT;
INSERT INTO clock SELECT 1, time, 0, 0 FROM audit_leaf ORDER BY idx DESC LIMIT 1;

-- What a customer said is put after all that is held of them.
CREATE INDEX consent_event_said ON consent_event (subject, at);

-- Whether the no that stands gives way to the customer's own yes of a later instant, at narrower purposes too.
ALTER TABLE consent_state ADD COLUMN yields INTEGER NOT NULL DEFAULT 0;
UPDATE consent_state SET yields = 1 WHERE status IN ('REFUSED', 'WITHDRAWN', 'REVOKED', 'INVALIDATED')
  AND event IN (SELECT id FROM consent_event WHERE method = 'tcf');

-- What the agent itself calls the request, so that it knows it again.
ALTER TABLE rights_agent_request ADD COLUMN agent_request TEXT;
