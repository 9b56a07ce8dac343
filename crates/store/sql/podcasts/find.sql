-- What a token gives to read, if it is good now. $1 token, $2 now.
SELECT feed_tokens.id, feed_tokens.listener_id, feed_tokens.feed_id, feed_tokens.last_used_at,
    listeners.language AS listener_language, feeds.name, feeds.language, feeds.style, feeds.schedule,
    feeds.changed_at
FROM feed_tokens
JOIN listeners ON listeners.id = feed_tokens.listener_id AND listeners.disabled_at IS NULL
LEFT JOIN feeds ON feeds.id = feed_tokens.feed_id AND feeds.deleted_at IS NULL
WHERE feed_tokens.id = $1 AND feed_tokens.revoked_at IS NULL
    AND (feed_tokens.expires_at IS NULL OR feed_tokens.expires_at > $2)
    AND (feed_tokens.feed_id IS NULL OR feeds.id IS NOT NULL)
