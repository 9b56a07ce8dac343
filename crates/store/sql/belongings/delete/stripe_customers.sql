-- As whom a listener pays.
DELETE FROM stripe_customers WHERE listener_id = $1
