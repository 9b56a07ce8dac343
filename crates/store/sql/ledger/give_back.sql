-- A call that was not made after all.
DELETE FROM ledger WHERE id = $1 AND state = 'reserved'
