-- All that was said of a subscription.
SELECT fact FROM subscription_facts WHERE subscription_id = $1
