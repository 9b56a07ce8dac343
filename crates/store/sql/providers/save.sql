-- What is live of a provider that is locked.
UPDATE providers SET live = $2 WHERE name = $1
