-- A new token of a podcast.
INSERT INTO feed_tokens (id, listener_id, feed_id, label, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6)
