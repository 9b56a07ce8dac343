-- No limits; those that hold follow in the same transaction.
DELETE FROM job_limits
