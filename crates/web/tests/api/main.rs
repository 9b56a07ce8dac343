//! The API as its callers meet it, over SQLite and PostgreSQL.

mod asking;
mod harness;
mod keys;
mod limits;
mod pages;
mod rights;
mod wishes;
