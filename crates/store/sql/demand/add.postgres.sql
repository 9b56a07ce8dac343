-- Artifacts that a batch waits for; one that was made or given up and is wanted again is waited for again. Twin:
-- add.sqlite.sql. In the order of their keys, in which they lock.
INSERT INTO demand (batch_id, key, kind, common, recipe)
SELECT value ->> 0, value ->> 1, value ->> 2, (value ->> 3)::smallint, value ->> 4
FROM jsonb_array_elements($1::jsonb) AS new (value)
ORDER BY 1, 2
ON CONFLICT (batch_id, key) DO UPDATE SET settled_at = NULL WHERE demand.settled_at IS NOT NULL
