//! Telling listeners: what is written to them, and how it gets there.

pub mod letter;
pub mod mail;

pub use letter::{Said, Written};
pub use mail::{MailError, Post};
