-- Who pays as this customer; whoever did before still does.
INSERT INTO stripe_customers (id, listener_id, created_at)
VALUES ($1, $2, $3)
ON CONFLICT (id) DO UPDATE SET created_at = stripe_customers.created_at
WHERE stripe_customers.listener_id = excluded.listener_id
