-- Dead letters of one cause ($1), the latest first; discarded ones, too. $2 how many.
SELECT id, kind, key, crowd, lane, work, class, message, fingerprint, gave_up, tries, ended_at, discarded_at
FROM jobs
WHERE state = 'dead' AND fingerprint = $1
ORDER BY ended_at DESC, id DESC
LIMIT $2
