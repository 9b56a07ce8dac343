-- How every occurrence that was due in a time ended, and how long after its ready-by.
SELECT state, edition, ended_at - ready_by AS late
FROM occurrences
WHERE ready_by >= $1 AND ready_by < $2
