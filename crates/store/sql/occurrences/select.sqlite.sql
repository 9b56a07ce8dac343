-- Open occurrences whose articles are chosen. Twin: select.postgres.sql. $1 as JSON: [[id, selection, released], …].
UPDATE occurrences
SET state = 'selected', selection = chosen.value ->> 1,
    released_at = chosen.value ->> 2
FROM json_each($1) AS chosen
WHERE occurrences.id = chosen.value ->> 0 AND occurrences.state = 'open'
