//! Articles in: feeds, shortcuts and APIs, read politely and never trusted.
