-- Listeners in the order they came, a page at a time: those after an id.
SELECT id, email, name, role, zone, language, plan
FROM listeners
WHERE id > $1
ORDER BY id
LIMIT $2
