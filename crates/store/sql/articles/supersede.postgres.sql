-- The former revisions of what a source lists. Twin: supersede.sqlite.sql. Here JSON has another name. $3 now.
UPDATE articles
SET superseded_at = $3
FROM jsonb_array_elements($2::jsonb) AS listed (value)
WHERE source_id = $1 AND guid = value ->> 0 AND revision <> value ->> 1 AND superseded_at IS NULL
