-- Messages about a listener's subscriptions.
DELETE FROM subscription_events WHERE subscription IN (SELECT id FROM subscriptions WHERE listener_id = $1)
