-- Messages of a subscription that nothing was made of yet.
SELECT id, kind, created_at, body
FROM subscription_events
WHERE subscription = $1 AND settled_at IS NULL AND body IS NOT NULL
ORDER BY created_at, id
