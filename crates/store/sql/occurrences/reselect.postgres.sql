-- Released occurrences go back to the barrier with another selection. Twin: reselect.sqlite.sql. $1 as JSON:
-- [[id, selection], …].
UPDATE occurrences
SET selection = chosen.value ->> 1, released_at = NULL
FROM jsonb_array_elements($1::jsonb) AS chosen (value)
WHERE occurrences.id = chosen.value ->> 0 AND occurrences.state = 'selected'
    AND occurrences.released_at IS NOT NULL
