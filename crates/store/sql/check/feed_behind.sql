-- A feed that the planner passed by: its next slot is further in the past than what is caught up with, and another
-- batch was opened since. Where nothing was, no scheduler runs, and nothing is behind. $1 at most so many, $2 the
-- catch-up in microseconds, $3 the planner's last ticks do not count.
SELECT id AS subject, 'its slot of ' || next_date || ', due at {at}, has no occurrence' AS detail, next_ready_by AS at
FROM feeds
WHERE next_ready_by < CAST($3 AS BIGINT) - CAST($2 AS BIGINT)
    AND next_ready_by + CAST($2 AS BIGINT) < (SELECT MAX(opened_at) FROM batches WHERE request IS NULL AND opened_at < $3)
ORDER BY next_ready_by
LIMIT $1
