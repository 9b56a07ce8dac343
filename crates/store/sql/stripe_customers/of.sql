-- As whom a listener pays.
SELECT id FROM stripe_customers WHERE listener_id = $1 ORDER BY created_at DESC LIMIT 1
