-- What a listener asked under keys of their own, without what was answered.
SELECT key, asked_at, status FROM idempotency_keys WHERE listener_id = $1 ORDER BY asked_at, key
