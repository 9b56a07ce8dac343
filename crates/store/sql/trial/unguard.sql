-- Without this index a slot may have any number of occurrences: to see that a simulation notices.
DROP INDEX occurrences_slot
