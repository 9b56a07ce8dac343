-- One try more of a subject, unless its bucket is full. $1 subject, $2 now, $3 what one try takes, $4 what it holds.
INSERT INTO sign_in_attempts (subject, empty_at) VALUES ($1, CAST($2 AS BIGINT) + CAST($3 AS BIGINT))
ON CONFLICT (subject) DO UPDATE
SET empty_at = CASE WHEN sign_in_attempts.empty_at > $2 THEN sign_in_attempts.empty_at ELSE CAST($2 AS BIGINT) END
    + CAST($3 AS BIGINT)
WHERE sign_in_attempts.empty_at + $3 <= CAST($2 AS BIGINT) + CAST($4 AS BIGINT)
RETURNING empty_at
