-- One claim at a time while limits hold: what runs must not change between counting and leasing. The number
-- is this queue's own. SQLite has one writer and needs none.
SELECT pg_advisory_xact_lock(7302617109)
