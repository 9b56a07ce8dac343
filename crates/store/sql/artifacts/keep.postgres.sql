-- Artifacts may be needed longer. Twin: keep.sqlite.sql. In the order of their keys, in which they lock.
UPDATE artifacts
SET keep_until = $2
WHERE key IN (
    SELECT key FROM artifacts
    WHERE key IN (SELECT value #>> '{}' FROM jsonb_array_elements($1::jsonb))
        AND (keep_until IS NULL OR keep_until < $2)
    ORDER BY key
    FOR UPDATE)
