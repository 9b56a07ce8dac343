-- Whether a job of a kind could be claimed. $1 kind.
SELECT 1 AS ready FROM jobs WHERE state = 'available' AND waiting = 0 AND kind = $1 LIMIT 1
