-- Listeners who cannot sign in by their address: it is none, or another listener has it, typed otherwise. $1 at most so
-- many.
SELECT id AS subject, 'nobody signs in by the address ' || email || ': give them another' AS detail,
    CAST(NULL AS BIGINT) AS at
FROM listeners
WHERE email_key IS NULL
ORDER BY subject
LIMIT $1
