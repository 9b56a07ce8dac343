-- One learner at a time: what is read, merged and written must not change in between. Twin:
-- lock.sqlite.sql, where one writer at a time is lock enough. The number is this table's own.
SELECT pg_advisory_xact_lock(7302617110)
