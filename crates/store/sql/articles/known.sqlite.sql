-- Which revisions of what a source lists are known. Twin: known.postgres.sql. Here what is listed comes as a JSON
-- array of guids.
SELECT guid, revision
FROM articles
WHERE source_id = $1 AND guid IN (SELECT value FROM json_each($2))
