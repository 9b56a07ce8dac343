-- How it was answered. $3 when it was asked: whoever took the key over answers now.
UPDATE idempotency_keys SET status = $4, body = $5
WHERE listener_id = $1 AND key = $2 AND asked_at = $3 AND status IS NULL
