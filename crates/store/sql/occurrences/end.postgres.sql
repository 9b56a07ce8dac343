-- Unfinished occurrences that end without a program. Twin: end.sqlite.sql.
UPDATE occurrences
SET state = ended.value ->> 1, reason = ended.value ->> 2, ended_at = $2
FROM jsonb_array_elements($1::jsonb) AS ended (value)
WHERE occurrences.id = ended.value ->> 0 AND occurrences.state IN ('open', 'selected')
