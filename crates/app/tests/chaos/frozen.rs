//! A process that stands still for longer than its leases and goes on as if nothing had been.

use crate::{
    house::{House, LEASE},
    provider::Provider,
};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_is_frozen_on_sqlite() {
    freeze(House::on_sqlite(6, Provider::slow()).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_is_frozen_on_postgres() {
    freeze(House::on_postgres(6, Provider::slow()).await).await;
}

async fn freeze(house: House) {
    let frozen = house.serve();
    // It has work in hand.
    while house.store.unclosed_batches(1).await.unwrap().is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tokio::time::sleep(Duration::from_millis(400)).await;
    frozen.freeze();
    let heir = house.serve();
    tokio::time::sleep(LEASE * 2).await;
    frozen.thaw();
    house.all_is_done(&[&frozen, &heir]).await;
    house.check().await;
    let (most, work) = house.provider.most_done();
    assert!(most <= 2, "{work:?} was done {most} times");
    assert_eq!((frozen.stop(), heir.stop()), (Some(0), Some(0)));
    house.leave().await;
}
