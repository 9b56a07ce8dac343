-- What a subscription comes to. Whose it is does not change.
INSERT INTO subscriptions (id, listener_id, keeper, standing, changes_at, ask_at, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (id) DO UPDATE
SET standing = excluded.standing, changes_at = excluded.changes_at, ask_at = excluded.ask_at
