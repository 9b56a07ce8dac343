//! Pages and media streaming. Reads, and records wishes; never produces.
