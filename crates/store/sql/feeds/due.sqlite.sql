-- Feeds whose next slot is due at one instant. Twin: due.postgres.sql. Here one writer at a time is lock
-- enough.
SELECT feeds.id, feeds.listener_id, listeners.plan, feeds.schedule, feeds.next_date
FROM feeds
JOIN listeners ON listeners.id = feeds.listener_id
WHERE feeds.next_ready_by = $1
ORDER BY feeds.id
LIMIT $2
