-- Switch a provider off, with the reason, or on.
UPDATE providers SET killed = $2 WHERE name = $1
