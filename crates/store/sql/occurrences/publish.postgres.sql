-- Selected occurrences have their programs: once; which ones. Twin: publish.sqlite.sql.
UPDATE occurrences
SET state = 'published', edition = made.value ->> 1, reason = made.value ->> 2, ended_at = $2,
    released_at = COALESCE(released_at, $2)
FROM jsonb_array_elements($1::jsonb) AS made (value)
WHERE occurrences.id = made.value ->> 0 AND occurrences.state = 'selected'
RETURNING occurrences.id
