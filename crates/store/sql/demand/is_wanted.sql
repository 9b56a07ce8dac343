-- Whether any batch still waits for an artifact.
SELECT 1 AS wanted FROM demand WHERE key = $1 AND settled_at IS NULL LIMIT 1
