-- A message of the payment provider, once.
INSERT INTO subscription_events (id, kind, created_at, subscription, body, received_at, look_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT DO NOTHING
