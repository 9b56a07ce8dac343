-- Artifacts that nobody is to need any more: neither a program nor a batch, and if no program ever did, for a while
-- since they were made. $1 needed until before, $2 made before, $3 at most so many.
SELECT key, media_key
FROM artifacts
WHERE state = 'ready' AND keep_until < $1
    AND NOT EXISTS (SELECT 1 FROM demand WHERE demand.key = artifacts.key AND settled_at IS NULL)
UNION ALL
SELECT key, media_key
FROM artifacts
WHERE state = 'ready' AND keep_until IS NULL AND made_at < $2
    AND NOT EXISTS (SELECT 1 FROM demand WHERE demand.key = artifacts.key AND settled_at IS NULL)
LIMIT $3
