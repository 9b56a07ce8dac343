-- Attempts that `bench dispatch` left. Reads the whole table: for a database that has nothing else to do.
DELETE FROM attempts WHERE kind = 'bench'
