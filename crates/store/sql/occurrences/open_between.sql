-- Occurrences of a batch between two ids of which nothing is chosen yet. $1 batch, $2 to $3 ids.
SELECT id FROM occurrences WHERE batch_id = $1 AND state = 'open' AND id BETWEEN $2 AND $3 ORDER BY id
