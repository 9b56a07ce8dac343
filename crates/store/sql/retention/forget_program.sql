-- That there was a program is forgotten.
DELETE FROM programs WHERE id = $1
