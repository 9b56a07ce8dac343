-- What was to be told in one message ($1) is told in another ($2), which gathers already.
UPDATE tellings SET delivery_id = $2 WHERE delivery_id = $1
