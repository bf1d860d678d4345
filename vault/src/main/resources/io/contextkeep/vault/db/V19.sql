-- What is pushed to others: a row for each message, written with what caused it, gone when its receiver has it. Nothing in it is personal:
-- what names a customer stays sealed in its own table, and message leads there. dead: when the vault gave it up.
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, target TEXT NOT NULL, message TEXT NOT NULL, payload TEXT NOT NULL,
  revision INTEGER NOT NULL, attempts INTEGER NOT NULL, next INTEGER NOT NULL, created INTEGER NOT NULL, error TEXT, dead INTEGER) STRICT;
CREATE UNIQUE INDEX outbox_message ON outbox (kind, target, message);
CREATE INDEX outbox_next ON outbox (kind, next) WHERE dead IS NULL;

-- What waited in the tables of the version before.
INSERT INTO outbox (kind, target, message, payload, revision, attempts, next, created)
SELECT 'erasure-notice', n.app, n.jti, '', 0, n.tries, n.next, n.issued FROM erasure_notice n JOIN app a ON a.id = n.app
WHERE n.key IS NOT NULL AND n.state = 'NOT_TOLD' AND a.notice_url IS NOT NULL ORDER BY n.seq;
ALTER TABLE erasure_notice DROP COLUMN next;

INSERT INTO outbox (kind, target, message, payload, revision, attempts, next, created)
SELECT 'agent-status', r.agent, r.request, '', 0, r.tries, r.next_try,
  (SELECT max(s.at) FROM rights_step s WHERE s.request = r.request) FROM rights_agent_request r
WHERE r.callback IS NOT NULL AND r.told < (SELECT count(*) FROM rights_step s WHERE s.request = r.request) ORDER BY r.request;
DROP INDEX rights_agent_request_next;
ALTER TABLE rights_agent_request DROP COLUMN tries;
ALTER TABLE rights_agent_request DROP COLUMN next_try;

-- When an app's contact was told that a proposal had expired: nobody acts then, so a job looks for it. What expired before is old news.
ALTER TABLE registration_change ADD COLUMN expiry_told INTEGER;
UPDATE registration_change SET expiry_told = proposed_at
WHERE proposed_at < (SELECT coalesce(max(proposed_at), 0) FROM registration_change) - 2592000000;
CREATE INDEX registration_change_untold ON registration_change (proposed_at) WHERE state = 'PROPOSED' AND expiry_told IS NULL;
