-- Listeners in the order they came, a page at a time: those after an id.
SELECT id, email, name,
    CASE WHEN listeners.role = 'listener' AND listeners.observes = 1 THEN 'observer' ELSE listeners.role END AS role,
    zone, language, plan
FROM listeners
WHERE id > $1
ORDER BY id
LIMIT $2
