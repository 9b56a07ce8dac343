-- The session of a cookie, be it the present one or the one before, if its listener may come in.
SELECT sessions.id, sessions.listener_id,
    CASE WHEN listeners.role = 'listener' AND listeners.observes = 1 THEN 'observer' ELSE listeners.role END AS role,
    sessions.hash, sessions.created_at, sessions.seen_at,
    sessions.replaced_at, sessions.confirmed_at, sessions.method
FROM sessions
JOIN listeners ON listeners.id = sessions.listener_id
WHERE (sessions.hash = $1 OR sessions.previous_hash = $1) AND listeners.disabled_at IS NULL
