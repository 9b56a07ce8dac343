//! Migrations are read when the crate is compiled: a new one is a change of it.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
