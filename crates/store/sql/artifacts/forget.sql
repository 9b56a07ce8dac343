-- Drop a row whose media object is gone, so that it is made again.
DELETE FROM artifacts
WHERE key = $1 AND state = 'ready' AND media_key = $2
