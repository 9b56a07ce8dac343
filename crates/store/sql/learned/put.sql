-- What is known now; whoever writes has read it in the same transaction.
INSERT INTO learned (name, value) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE SET value = excluded.value
