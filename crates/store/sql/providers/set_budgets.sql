-- Budgets that hold instead of those of the configuration ($2), or those again (NULL).
UPDATE providers SET budgets = $2 WHERE name = $1
