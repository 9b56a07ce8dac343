-- Dead letters that were discarded, by what they died of, the largest group first.
SELECT fingerprint, kind, class, MAX(message) AS message, COUNT(*) AS total, MIN(ended_at) AS first_at,
    MAX(ended_at) AS last_at
FROM jobs
WHERE state = 'dead' AND discarded_at IS NOT NULL
GROUP BY fingerprint, kind, class
ORDER BY total DESC, fingerprint
