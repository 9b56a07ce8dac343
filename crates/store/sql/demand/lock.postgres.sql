-- What a batch waits for is locked, in the order in which it is added: whoever joins it meanwhile has enqueued before,
-- or comes after. On SQLite, where one writes at a time, there is nothing to lock.
SELECT key FROM demand WHERE batch_id = $1 AND settled_at IS NULL ORDER BY key FOR UPDATE
