-- Answers nobody asks for again.
DELETE FROM idempotency_keys WHERE asked_at < $1
