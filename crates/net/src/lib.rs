//! The only HTTP client: vetted addresses, limits, honest headers.
