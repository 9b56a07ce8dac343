-- The texts that stand of what a source lists. Twin: texts.sqlite.sql. Here JSON has another name.
SELECT guid, text
FROM articles
WHERE source_id = $1 AND guid IN (SELECT jsonb_array_elements_text($2::jsonb)) AND superseded_at IS NULL
