-- Whose subscriptions are about to change. Twin: lock.postgres.sql. Here one writer at a time is lock enough.
SELECT plan FROM listeners WHERE id = $1
