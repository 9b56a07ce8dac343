-- Tries that came out right do not count. $1 subject, $2 what is given back.
UPDATE sign_in_attempts SET empty_at = empty_at - $2 WHERE subject = $1
