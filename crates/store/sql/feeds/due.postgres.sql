-- Feeds whose next slot is due at one instant. Twin: due.sqlite.sql. Here feeds that another planner has in
-- hand are skipped.
SELECT feeds.id, feeds.listener_id, listeners.plan, feeds.schedule, feeds.next_date
FROM feeds
JOIN listeners ON listeners.id = feeds.listener_id
WHERE feeds.next_ready_by = $1
ORDER BY feeds.id
LIMIT $2
FOR UPDATE OF feeds SKIP LOCKED
