-- Open occurrences for which there is nothing to tell. Twin: skip.sqlite.sql.
UPDATE occurrences
SET state = 'skipped', reason = skipped.value ->> 1, ended_at = $2
FROM jsonb_array_elements($1::jsonb) AS skipped (value)
WHERE occurrences.id = skipped.value ->> 0 AND occurrences.state = 'open'
