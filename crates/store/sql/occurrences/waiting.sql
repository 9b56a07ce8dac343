-- Selected occurrences of a batch that are not released yet, a chunk at a time: those after an id.
SELECT id, lane, selection
FROM occurrences
WHERE batch_id = $1 AND state = 'selected' AND released_at IS NULL AND id > $2
ORDER BY id
LIMIT $3
