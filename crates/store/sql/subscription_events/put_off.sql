-- What is open of a subscription is looked at again then.
UPDATE subscription_events SET look_at = $2 WHERE subscription = $1 AND settled_at IS NULL
