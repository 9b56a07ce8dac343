//! `admin` as an operator uses it, on the real binary.

mod looking;
mod making;
mod people;
mod podcast;
mod world;
