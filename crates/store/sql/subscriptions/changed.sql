-- When a subscription may change next though nothing is said.
UPDATE subscriptions SET changes_at = $2 WHERE id = $1
