-- A listener's subscriptions.
SELECT id, keeper, standing, created_at FROM subscriptions WHERE listener_id = $1 ORDER BY created_at, id
