-- What was said of a listener's subscriptions.
DELETE FROM subscription_facts WHERE subscription_id IN (SELECT id FROM subscriptions WHERE listener_id = $1)
