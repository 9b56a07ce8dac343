-- A key is taken by whoever asks first. One whose answer never came ($5: asked before then) is taken over, by the same
-- request only. $1 listener, $2 key, $3 request, $4 now.
INSERT INTO idempotency_keys (listener_id, key, request, asked_at)
VALUES ($1, $2, $3, $4)
ON CONFLICT (listener_id, key) DO UPDATE SET asked_at = excluded.asked_at
WHERE idempotency_keys.status IS NULL AND idempotency_keys.asked_at < $5
    AND idempotency_keys.request = excluded.request
RETURNING key
