-- The occurrence of a request.
SELECT id, batch_id, feed_id, state, local_date, ready_by FROM occurrences WHERE request = $1
