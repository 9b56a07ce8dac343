-- One provider. Twin: lock.postgres.sql; SQLite has one writer, which need not be locked out.
SELECT settings, live, killed, budgets FROM providers WHERE name = $1
