-- What a listener asked under keys of their own.
DELETE FROM idempotency_keys WHERE listener_id = $1
