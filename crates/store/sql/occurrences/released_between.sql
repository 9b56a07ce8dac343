-- Occurrences of a batch between two ids that are to be assembled. $1 batch, $2 to $3 ids.
SELECT id FROM occurrences
WHERE batch_id = $1 AND state = 'selected' AND released_at IS NOT NULL AND id BETWEEN $2 AND $3
ORDER BY id
