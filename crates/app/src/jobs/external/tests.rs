//! Against a real generator on loopback, the real callback route and a real store.

mod asking;
mod calling;
mod crashing;
mod fetching;
mod peer;
mod scene;
mod seed;
