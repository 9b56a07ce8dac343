-- An unfinished job for a batch or an occurrence that is gone. Twin: job_without_subject.postgres.sql. Here work
-- is read as JSON. $1 at most so many.
SELECT CAST(id AS TEXT) AS subject,
    kind || ' of ' || COALESCE('batch ' || batch, 'occurrence ' || occurrence) || ', which is gone' AS detail,
    CAST(NULL AS BIGINT) AS at
FROM (
    SELECT id, kind,
        CASE WHEN json_valid(work) THEN work ->> '$.batch' END AS batch,
        CASE WHEN json_valid(work) THEN work ->> '$.occurrence' END AS occurrence
    FROM jobs
    WHERE state IN ('held', 'available', 'leased')) AS unfinished
WHERE (batch IS NOT NULL AND NOT EXISTS (SELECT 1 FROM batches WHERE batches.id = batch))
    OR (occurrence IS NOT NULL AND NOT EXISTS (SELECT 1 FROM occurrences WHERE occurrences.id = occurrence))
ORDER BY unfinished.id
LIMIT $1
