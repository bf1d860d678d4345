-- The policy that was last in force, one row: what a start compares with, and what no older one may follow.
CREATE TABLE policy_in_force (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  revision TEXT NOT NULL,
  code_digest TEXT NOT NULL,
  data_digest TEXT NOT NULL,
  source TEXT NOT NULL,
  since INTEGER NOT NULL,
  -- The newest bundle from outside, whatever decides now; empty where there was none yet.
  bundle_revision TEXT NOT NULL,
  bundle_code TEXT NOT NULL,
  bundle_data TEXT NOT NULL
) STRICT;
-- What operators change in the catalogue. The digests say of which policy it was made.
CREATE TABLE policy_change (
  id INTEGER PRIMARY KEY,
  state TEXT NOT NULL CHECK (state IN ('PROPOSED', 'APPLIED', 'WITHDRAWN', 'SUPERSEDED')),
  reason TEXT NOT NULL,
  catalogue TEXT NOT NULL,
  revision TEXT NOT NULL,
  data_digest TEXT NOT NULL,
  of_revision TEXT NOT NULL,
  of_code TEXT NOT NULL,
  of_data TEXT NOT NULL,
  bundle_revision TEXT NOT NULL,
  bundle_code TEXT NOT NULL,
  bundle_data TEXT NOT NULL,
  proposed_by TEXT NOT NULL,
  proposed_at INTEGER NOT NULL,
  decided_by TEXT,
  decided_at INTEGER
) STRICT;
CREATE UNIQUE INDEX policy_change_applied ON policy_change (state) WHERE state = 'APPLIED';
