-- As whom a listener pays.
SELECT id, created_at FROM stripe_customers WHERE listener_id = $1 ORDER BY created_at, id
