-- A listener's address is theirs; not if it is another one by now. $1 id, $2 key, $3 now.
UPDATE listeners SET verified_at = $3 WHERE id = $1 AND email_key = $2
