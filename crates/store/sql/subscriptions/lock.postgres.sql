-- Whose subscriptions are about to change: nobody else changes them until then. Twin: lock.sqlite.sql.
SELECT plan FROM listeners WHERE id = $1 FOR UPDATE
