-- Which revisions of what a source lists are known. Twin: known.sqlite.sql. Here JSON has another name.
SELECT guid, revision
FROM articles
WHERE source_id = $1 AND guid IN (SELECT jsonb_array_elements_text($2::jsonb))
