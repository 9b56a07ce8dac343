-- One listener.
SELECT id, email, name,
    CASE WHEN listeners.role = 'listener' AND listeners.observes = 1 THEN 'observer' ELSE listeners.role END AS role,
    zone, language, plan
FROM listeners
WHERE id = $1
