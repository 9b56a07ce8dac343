-- The former revisions of what a source lists. Twin: supersede.postgres.sql. Here what stands comes as JSON:
-- [[guid, revision], …]. $3 now.
UPDATE articles
SET superseded_at = $3
FROM json_each($2)
WHERE source_id = $1 AND guid = value ->> 0 AND revision <> value ->> 1 AND superseded_at IS NULL
