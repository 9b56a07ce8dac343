-- What a measurement has left in jobs; it was alone in the database.
DELETE FROM jobs
