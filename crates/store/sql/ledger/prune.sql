-- Forget a provider's old calls, some at a time.
DELETE FROM ledger
WHERE id IN (SELECT id FROM ledger WHERE provider = $1 AND ended_at < $2 ORDER BY ended_at LIMIT $3)
