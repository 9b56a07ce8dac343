-- Nobody makes it any more: whoever did is gone for good, and whoever wants it begins anew. $1 leases before.
DELETE FROM artifacts WHERE state = 'making' AND lease_until < $1
