-- Wake the workers of other processes when this transaction is done. SQLite's are all in this process.
SELECT pg_notify('mimiyori_jobs', '')
