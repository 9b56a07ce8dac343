-- When a subject's bucket is empty.
SELECT empty_at FROM sign_in_attempts WHERE subject = $1
