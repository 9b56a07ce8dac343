//! `migrate`: brings the database's schema up to date, and nothing else.

use crate::{cli::Place, failure::Failure, terminal::answer, workshop::Workshop};

pub async fn run(place: &Place) -> Result<(), Failure> {
    let store = Workshop::open_store(place).await?;
    store.close().await;
    answer(format_args!("{} schema is up to date", store.dialect()))
}
