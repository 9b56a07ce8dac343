//! Speech to parts, parts to a program: loudness, encoding, joins, chapters, transcript.
