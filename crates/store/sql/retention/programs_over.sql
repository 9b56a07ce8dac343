-- Programs with sound that are over by an instant, and their bytes.
SELECT COUNT(*) AS total, CAST(COALESCE(SUM(bytes), 0) AS BIGINT) AS bytes
FROM programs
WHERE emptied_at IS NULL AND expires_at <= $1
