-- What was asked with a key, and how it was answered.
SELECT request, status, body FROM idempotency_keys WHERE listener_id = $1 AND key = $2
