-- A job that was leased more often than it knows: two holders could pass for one. $1 at most so many.
SELECT CAST(jobs.id AS TEXT) AS subject,
    jobs.kind || ' at lease ' || CAST(jobs.fence AS TEXT) || ', with an attempt of lease '
        || CAST(MAX(attempts.fence) AS TEXT) AS detail,
    CAST(NULL AS BIGINT) AS at
FROM jobs
JOIN attempts ON attempts.job = jobs.id
WHERE attempts.fence > jobs.fence
GROUP BY jobs.id, jobs.kind, jobs.fence
ORDER BY jobs.id
LIMIT $1
