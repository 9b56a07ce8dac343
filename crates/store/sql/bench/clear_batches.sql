-- What a measurement has left in batches; it was alone in the database.
DELETE FROM batches
