//! Journeys through the pages in a real browser: what people do, from the first page to a played program.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod browser;
mod first;
mod house;
mod lighthouse;
mod listening;
mod operating;
mod screens;
mod settings;
mod weights;
mod world;
