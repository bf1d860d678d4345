-- The last hour whose accesses are in the graph.
ALTER TABLE projection ADD COLUMN accesses INTEGER NOT NULL DEFAULT 0;
