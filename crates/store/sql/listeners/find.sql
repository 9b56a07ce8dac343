-- One listener.
SELECT id, email, name, role, zone, language, plan
FROM listeners
WHERE id = $1
