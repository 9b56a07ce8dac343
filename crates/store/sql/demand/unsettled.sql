-- What a batch still waits for.
SELECT key, common FROM demand WHERE batch_id = $1 AND settled_at IS NULL
