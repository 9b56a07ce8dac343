-- Occurrences of a batch that have no outcome yet.
SELECT id, state
FROM occurrences
WHERE batch_id = $1 AND state IN ('open', 'selected')
ORDER BY id
LIMIT $2
