-- Nothing came of it: the key may be used again.
DELETE FROM idempotency_keys WHERE listener_id = $1 AND key = $2 AND asked_at = $3 AND status IS NULL
