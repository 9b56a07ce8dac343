-- Who signs in by an address.
SELECT id, email,
    CASE WHEN listeners.role = 'listener' AND listeners.observes = 1 THEN 'observer' ELSE listeners.role END AS role,
    language, password, verified_at, disabled_at
FROM listeners WHERE email_key = $1
