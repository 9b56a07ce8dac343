-- Artifacts may be needed longer. Twin: keep.postgres.sql. $1 keys as JSON, $2 until when.
UPDATE artifacts
SET keep_until = $2
WHERE key IN (SELECT value FROM json_each($1)) AND (keep_until IS NULL OR keep_until < $2)
