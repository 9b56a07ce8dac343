-- The devices that read a listener's podcasts, without what they read them by.
SELECT id, feed_id, label, created_at, expires_at, last_used_at, revoked_at
FROM feed_tokens
WHERE listener_id = $1
ORDER BY id
