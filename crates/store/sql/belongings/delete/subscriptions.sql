-- A listener's subscriptions.
DELETE FROM subscriptions WHERE listener_id = $1
