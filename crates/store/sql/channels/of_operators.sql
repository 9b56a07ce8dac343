-- The channels on which operators are told of something.
SELECT channels.id, channels.listener_id, channels.settings
FROM channels
JOIN listeners ON listeners.id = channels.listener_id
WHERE channels.about = $1 AND channels.off_at IS NULL AND listeners.role = 'operator' AND listeners.disabled_at IS NULL
ORDER BY channels.id
