-- What was learned under a name.
SELECT value FROM learned WHERE name = $1
