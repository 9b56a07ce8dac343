-- The texts that stand of what a source lists. Twin: texts.postgres.sql. Here what is listed comes as a JSON array
-- of guids.
SELECT guid, text
FROM articles
WHERE source_id = $1 AND guid IN (SELECT value FROM json_each($2)) AND superseded_at IS NULL
