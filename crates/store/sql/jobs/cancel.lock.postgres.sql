-- Hold a job still while its end is recorded and it is cancelled. SQLite has one writer and needs none.
SELECT id FROM jobs WHERE id = $1 FOR UPDATE
