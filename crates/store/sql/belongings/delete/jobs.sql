-- What is still to be made for a listener alone.
DELETE FROM jobs WHERE crowd = $1
