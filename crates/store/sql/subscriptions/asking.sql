-- Subscriptions whose keeper should have said something by now.
SELECT id FROM subscriptions WHERE ask_at <= $1 ORDER BY ask_at LIMIT $2
