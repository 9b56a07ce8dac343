-- Open occurrences whose articles are chosen. Twin: select.sqlite.sql.
UPDATE occurrences
SET state = 'selected', selection = chosen.value ->> 1,
    released_at = (chosen.value ->> 2)::bigint
FROM jsonb_array_elements($1::jsonb) AS chosen (value)
WHERE occurrences.id = chosen.value ->> 0 AND occurrences.state = 'open'
