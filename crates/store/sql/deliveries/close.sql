-- Nothing more joins a message: this is what it tells ($2).
UPDATE deliveries SET state = 'sending', notice = $2 WHERE id = $1 AND state = 'waiting'
