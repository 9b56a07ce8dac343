-- What a measurement has left in occurrences; it was alone in the database.
DELETE FROM occurrences
