-- Artifacts that nobody is to need by an instant, and their bytes. $1 needed until before, $2 made before.
SELECT COUNT(*) AS total, CAST(COALESCE(SUM(bytes), 0) AS BIGINT) AS bytes
FROM (
    SELECT bytes FROM artifacts WHERE state = 'ready' AND keep_until < $1
    UNION ALL
    SELECT bytes FROM artifacts WHERE state = 'ready' AND keep_until IS NULL AND made_at < $2
) AS unneeded
