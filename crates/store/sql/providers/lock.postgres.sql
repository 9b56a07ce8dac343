-- One provider, held until the transaction ends. Twin: lock.sqlite.sql.
SELECT settings, live, killed, budgets FROM providers WHERE name = $1 FOR UPDATE
