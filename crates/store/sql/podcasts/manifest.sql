-- What a program's sound is made of.
SELECT manifest FROM programs WHERE id = $1
