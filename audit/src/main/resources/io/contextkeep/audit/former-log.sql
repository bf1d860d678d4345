-- The two tables of a former log as groups of one entry each, for a connection that may not write.
CREATE TEMP VIEW audit_group AS
  SELECT idx AS first, 1 AS entries, time,
    CAST(unhex(printf('%04X', length(bytes))) || bytes AS BLOB) AS leaves
  FROM audit_leaf;
CREATE TEMP VIEW audit_sealed AS
  SELECT idx AS first, 1 AS present,
    CAST(unhex(printf('%016X%016X%08X', subject, n, length(sealed))) || sealed AS BLOB) AS parts
  FROM audit_private;
CREATE TEMP VIEW audit_kept AS SELECT idx, time, bytes FROM audit_leaf WHERE 0;
CREATE TEMP VIEW audit_last AS
  SELECT 'key' AS type,
    (SELECT max(idx) FROM audit_leaf WHERE type IN ('genesis', 'key')) AS idx
  UNION ALL SELECT 'prune', (SELECT max(idx) FROM audit_leaf WHERE type = 'prune')
  UNION ALL SELECT 'map-root', (SELECT max(idx) FROM audit_leaf WHERE type = 'map-root');
CREATE TEMP VIEW audit_by_kind AS SELECT kind, idx, time FROM audit_leaf;
CREATE TEMP VIEW audit_by_request AS
  SELECT request, idx, kind FROM audit_leaf WHERE request <> '';
CREATE TEMP VIEW audit_by_customer AS
  SELECT p.subject, p.n, p.idx, l.kind
  FROM audit_private p LEFT JOIN audit_leaf l ON l.idx = p.idx;
CREATE TEMP VIEW audit_state AS
  SELECT 1 AS only_row, (SELECT coalesce(max(idx) + 1, 0) FROM audit_leaf) AS indexed,
    0 AS former;
