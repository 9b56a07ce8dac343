-- Somebody is a listener of ours; no row comes back when they are another's already.
INSERT INTO oidc_identities (issuer, subject, listener_id, provider, created_at, last_used_at)
VALUES ($1, $2, $3, $4, $5, $5)
ON CONFLICT DO NOTHING
RETURNING subject
