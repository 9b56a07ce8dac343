-- A message that nothing was made of yet and that names a listener. There are few such messages.
SELECT 1 FROM subscription_events WHERE settled_at IS NULL AND body LIKE '%' || $1 || '%' LIMIT 1
