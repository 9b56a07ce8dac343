-- Nothing counts any more of a subject.
DELETE FROM sign_in_attempts WHERE subject = $1
