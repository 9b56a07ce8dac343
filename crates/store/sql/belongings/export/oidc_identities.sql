-- Who a listener is at other services.
SELECT issuer, subject, provider, created_at, last_used_at FROM oidc_identities WHERE listener_id = $1 ORDER BY issuer, subject
