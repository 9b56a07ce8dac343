//! What makes a program: sources in, writers, voices, the mixer.
//!
//! This room turns values into values: a source's bytes into articles, an article into a script, a
//! script into speech, speech into parts that join exactly, what is to be told into letters. It knows no SQL, no jobs and no plans.

mod english;
pub mod external;
pub mod japanese;
pub mod mixer;
pub mod mp3;
pub mod notify;
pub mod source;
pub mod voice;
pub mod writer;
