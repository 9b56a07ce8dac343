-- Who a listener is elsewhere.
SELECT issuer, subject, provider, created_at, last_used_at FROM oidc_identities
WHERE listener_id = $1 ORDER BY provider, subject
