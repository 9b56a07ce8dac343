-- Which batch an occurrence belongs to.
SELECT batch_id FROM occurrences WHERE id = $1
