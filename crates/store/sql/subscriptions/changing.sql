-- Listeners of whom something changes by time alone, the longest due first.
SELECT listener_id FROM subscriptions WHERE changes_at <= $1 ORDER BY changes_at LIMIT $2
