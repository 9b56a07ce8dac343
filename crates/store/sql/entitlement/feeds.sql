-- How many feeds a listener has, paused ones among them.
SELECT COUNT(*) AS feeds FROM feeds WHERE listener_id = $1 AND deleted_at IS NULL
