-- Programs that can be heard, and artifacts with sound. $1 now.
SELECT (SELECT COUNT(*) FROM programs WHERE expires_at > $1) AS programs,
    (SELECT COUNT(*) FROM artifacts WHERE state = 'ready' AND media_key IS NOT NULL) AS artifacts
