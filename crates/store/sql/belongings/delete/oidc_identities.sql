-- Who a listener is at other services.
DELETE FROM oidc_identities WHERE listener_id = $1
