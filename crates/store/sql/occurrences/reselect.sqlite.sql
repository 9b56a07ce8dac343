-- Released occurrences go back to the barrier with another selection. Twin: reselect.postgres.sql. $1 as JSON:
-- [[id, selection], …].
UPDATE occurrences
SET selection = chosen.value ->> 1, released_at = NULL
FROM json_each($1) AS chosen
WHERE occurrences.id = chosen.value ->> 0 AND occurrences.state = 'selected'
    AND occurrences.released_at IS NOT NULL
