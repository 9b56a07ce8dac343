-- Subscriptions with messages that nobody has made anything of.
SELECT DISTINCT subscription FROM subscription_events WHERE look_at <= $1 LIMIT $2
