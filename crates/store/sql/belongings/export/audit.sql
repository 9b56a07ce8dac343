-- Decisions about a listener, and theirs. $1 the listener.
SELECT at, actor, action, subject, detail
FROM audit
WHERE subject = $1 OR actor LIKE '%' || $1 || '%' OR detail LIKE '%' || $1 || '%'
ORDER BY at, id
