-- All subscriptions a listener ever had.
SELECT id, listener_id, keeper, standing FROM subscriptions WHERE listener_id = $1 ORDER BY created_at, id
