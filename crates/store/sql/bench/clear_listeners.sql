-- What a measurement has left in listeners; it was alone in the database.
DELETE FROM listeners
