-- Jobs that are done leave the table: those whose present lease has just got its end in finish.record.
DELETE FROM jobs
WHERE id IN (SELECT value ->> 0 FROM json_each($1)) AND state = 'leased'
    AND EXISTS (SELECT 1 FROM attempts WHERE attempts.job = jobs.id AND attempts.fence = jobs.fence)
