//! Pages and media streaming. This room reads, and records wishes; it never produces.

pub mod audio;
pub mod demo;
