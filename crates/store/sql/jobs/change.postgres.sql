-- Ends of leases that leave the job unfinished or dead; fenced, and by time only if the lease is still over.
-- Twins: change.record.sqlite.sql and change.sqlite.sql. Here one statement does both.
WITH ended AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS ended (id bigint, fence integer, outcome text, at bigint,
        class text, message text, units bigint, cost_micro_usd bigint, state text, ready_at bigint,
        tries integer, crashes integer, fingerprint text, gave_up text, by_time boolean)
), was AS MATERIALIZED (
    SELECT jobs.kind, jobs.lane, jobs.leased_at, jobs.owner, jobs.key, ended.*
    FROM ended
    JOIN jobs ON jobs.id = ended.id AND jobs.fence = ended.fence AND jobs.state = 'leased'
        AND (NOT ended.by_time OR jobs.lease_until <= ended.at)
    ORDER BY jobs.id
    FOR UPDATE OF jobs
), changed AS (
    UPDATE jobs
    SET state = was.state, waiting = CASE WHEN was.ready_at > was.at THEN 1 ELSE 0 END,
        ready_at = COALESCE(was.ready_at, jobs.ready_at), tries = was.tries, crashes = was.crashes,
        owner = NULL, leased_at = NULL, lease_until = NULL,
        ended_at = CASE WHEN was.state = 'available' THEN NULL ELSE was.at END,
        class = CASE WHEN was.state = 'dead' THEN was.class END,
        message = CASE WHEN was.state = 'dead' THEN was.message END,
        fingerprint = was.fingerprint, gave_up = was.gave_up
    FROM was
    WHERE jobs.id = was.id
)
INSERT INTO attempts (job, fence, kind, lane, outcome, started_at, ended_at, owner, key, class, message, units,
    cost_micro_usd)
SELECT id, fence, kind, lane, outcome, leased_at, at, owner, key, class, message, units, cost_micro_usd
FROM was
