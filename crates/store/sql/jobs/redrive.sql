-- Dead letters get another chance, the oldest first. $1..$6 the filter, $7 how many, $8 when the first may begin, $9
-- microseconds between two of them, $10 their new deadline, $11 now.
UPDATE jobs
SET state = 'available', tries = 0, crashes = 0, ready_at = $8 + chosen.place * $9,
    waiting = CASE WHEN $8 + chosen.place * $9 > $11 THEN 1 ELSE 0 END,
    due_at = $10, start_by = CASE WHEN jobs.start_by < $11 THEN $11 ELSE jobs.start_by END,
    ended_at = NULL, class = NULL, message = NULL, fingerprint = NULL, gave_up = NULL
FROM (
    SELECT id AS chosen_id, row_number() OVER (ORDER BY ended_at, id) - 1 AS place
    FROM jobs
    WHERE state = 'dead'
    AND (CAST($1 AS BIGINT) IS NULL OR jobs.id = CAST($1 AS BIGINT))
    AND (CAST($2 AS TEXT) IS NULL OR fingerprint = CAST($2 AS TEXT))
    AND (CAST($3 AS TEXT) IS NULL OR kind = CAST($3 AS TEXT))
    AND (CAST($4 AS TEXT) IS NULL OR class = CAST($4 AS TEXT))
    AND (CAST($5 AS BIGINT) IS NULL OR ended_at >= CAST($5 AS BIGINT))
    AND (CAST($6 AS BIGINT) IS NULL OR ended_at < CAST($6 AS BIGINT))
    AND discarded_at IS NULL
    -- A key is one unfinished job's only: of dead letters with one key the latest may live again, and
    -- none while another job has it.
    AND (key IS NULL OR NOT EXISTS (
        SELECT 1 FROM jobs AS living
        WHERE living.key = jobs.key AND living.key IS NOT NULL
            AND living.state IN ('held', 'available', 'leased')))
    AND (key IS NULL OR NOT EXISTS (
        SELECT 1 FROM jobs AS later
        WHERE later.key = jobs.key AND later.key IS NOT NULL AND later.state = 'dead' AND later.id > jobs.id
            AND later.discarded_at IS NULL))
    ORDER BY ended_at, id
    LIMIT $7) AS chosen
WHERE jobs.id = chosen.chosen_id AND jobs.state = 'dead'
RETURNING jobs.id, jobs.work
