-- Artifacts that a batch waits for; one that was made or given up and is wanted again is waited for again. Twin:
-- add.postgres.sql. $1 as JSON: [[batch, key, kind, common, recipe], …].
INSERT INTO demand (batch_id, key, kind, common, recipe)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each($1)
WHERE true
ON CONFLICT (batch_id, key) DO UPDATE SET settled_at = NULL WHERE demand.settled_at IS NOT NULL
