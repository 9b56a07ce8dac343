//! `migrate`: brings the database's schema up to date, and nothing else.

use crate::{cli::Place, failure::Failure, workshop::Workshop};

#[expect(clippy::print_stdout, reason = "the answer is what was asked for")]
pub async fn run(place: &Place) -> Result<(), Failure> {
    let store = Workshop::open_store(place).await?;
    println!("{} schema is up to date", store.dialect());
    store.close().await;
    Ok(())
}
