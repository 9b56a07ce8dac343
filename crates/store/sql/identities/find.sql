-- Who somebody is here.
SELECT listener_id FROM oidc_identities WHERE issuer = $1 AND subject = $2
