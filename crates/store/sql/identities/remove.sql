-- A listener is not that somebody any more.
DELETE FROM oidc_identities WHERE issuer = $1 AND subject = $2 AND listener_id = $3
