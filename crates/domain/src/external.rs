//! Programs that somebody else makes: a feed may name an HTTP endpoint in place of the built-in stages.
//! Here are the documents that go to and fro, and what may become of an exchange. Pure rules: they know
//! neither HTTP nor signatures nor how anything is kept.

mod answer;
mod delivered;
mod exchange;
mod generator;
mod request;

pub use answer::{Answer, BadAnswer, Chapter, MOST_BYTES, Offer};
pub use delivered::{Delivered, StoredAudio};
pub use exchange::{Event, Exchange, Next, PUBLISH_MARGIN, Phase, Refused, apply, next};
pub use generator::{BadGenerator, Generator, SetBy, SigningSecret};
pub use request::Request;

use crate::OccurrenceId;

/// Under which an occurrence's job is unique among the unfinished, so that a callback finds it.
pub fn job_key(occurrence: OccurrenceId) -> String {
    format!("external:{occurrence}")
}

/// What the tag in an occurrence's callback address is made of.
pub fn callback_tag(occurrence: OccurrenceId) -> String {
    format!("callback of {occurrence}")
}
