-- What was fetched for an occurrence is not there any more.
UPDATE external_exchanges SET audio = NULL WHERE occurrence_id = $1
