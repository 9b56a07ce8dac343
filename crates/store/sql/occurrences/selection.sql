-- What was chosen for an occurrence.
SELECT selection FROM occurrences WHERE id = $1
