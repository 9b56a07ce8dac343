-- Feeds whose next slot is due at one instant, those after an id ($4), but for those on plans that wait for fresher
-- news ($3). Twin: due.sqlite.sql. Here feeds that another planner has in hand are skipped.
SELECT feeds.id, feeds.listener_id, COALESCE(listeners.plan_now, listeners.plan) AS plan, feeds.schedule, feeds.next_date
FROM feeds
JOIN listeners ON listeners.id = feeds.listener_id
WHERE feeds.next_ready_by = $1 AND feeds.id > $4
    AND COALESCE(listeners.plan_now, listeners.plan) NOT IN (SELECT value #>> '{}' FROM jsonb_array_elements($3::jsonb))
ORDER BY feeds.id
LIMIT $2
FOR UPDATE OF feeds SKIP LOCKED
