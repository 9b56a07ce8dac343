-- What a measurement has left in feeds; it was alone in the database.
DELETE FROM feeds
