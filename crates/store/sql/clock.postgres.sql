-- What the database's clock shows: nodes that share it set theirs by it. No other statement reads a clock.
SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
