-- Programs whose record goes by an instant, and nothing of their sound.
SELECT COUNT(*) AS total, CAST(0 AS BIGINT) AS bytes FROM programs WHERE expires_at < $1
