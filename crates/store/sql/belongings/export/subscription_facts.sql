-- What was said of a listener's subscriptions.
SELECT subscription_facts.subscription_id, subscription_facts.fact
FROM subscriptions
JOIN subscription_facts ON subscription_facts.subscription_id = subscriptions.id
WHERE subscriptions.listener_id = $1
ORDER BY subscription_facts.subscription_id, subscription_facts.fact
