//! Durable jobs: lifecycle, lanes, retries, the worker loop. Knows nothing of audio or SQL.
