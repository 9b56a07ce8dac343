//! Telling listeners: what is written to them, and how it gets there.

pub mod courier;
pub mod letter;
pub mod mail;
pub mod shapes;
pub mod words;

pub use courier::{Courier, Parcel, Undelivered};
pub use letter::{Said, Written};
pub use mail::{MailError, Post};
pub use words::Message;
