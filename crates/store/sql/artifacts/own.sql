-- Whose alone an artifact is, if they are still there.
UPDATE artifacts
SET owner = $2
WHERE key = $1 AND owner IS NULL AND EXISTS (SELECT 1 FROM listeners WHERE id = $2)
