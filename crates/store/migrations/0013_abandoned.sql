-- What somebody began to make and nobody went on with is looked for again and again; it is next to nothing of the table.

CREATE INDEX artifacts_making ON artifacts (lease_until) WHERE state = 'making';
