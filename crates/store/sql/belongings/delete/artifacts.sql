-- What was made for a listener alone.
DELETE FROM artifacts WHERE owner = $1
