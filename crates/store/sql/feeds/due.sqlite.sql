-- Feeds whose next slot is due at one instant, those after an id ($4), but for those on plans that wait for fresher
-- news ($3). Twin: due.postgres.sql. Here one writer at a time is lock enough.
SELECT feeds.id, feeds.listener_id, COALESCE(listeners.plan_now, listeners.plan) AS plan, feeds.schedule, feeds.next_date
FROM feeds
JOIN listeners ON listeners.id = feeds.listener_id
WHERE feeds.next_ready_by = $1 AND feeds.id > $4
    AND COALESCE(listeners.plan_now, listeners.plan) NOT IN (SELECT value FROM json_each($3))
ORDER BY feeds.id
LIMIT $2
