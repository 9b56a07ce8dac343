-- Messages about a listener's subscriptions.
SELECT subscription_events.id, subscription_events.kind, subscription_events.created_at, subscription_events.received_at
FROM subscriptions
JOIN subscription_events ON subscription_events.subscription = subscriptions.id
WHERE subscriptions.listener_id = $1
ORDER BY subscription_events.created_at, subscription_events.id
