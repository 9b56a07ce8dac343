//! A SQLite file that somebody else holds locked for longer than anybody waits for a lock.

use crate::{house::House, provider::Provider};
use std::time::Duration;

/// Statements wait for ten seconds.
const LOCKED: Duration = Duration::from_secs(13);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_is_locked_by_another_process() {
    let house = House::on_sqlite(6, Provider::good()).await;
    let process = house.serve();
    while house.store.unclosed_batches(1).await.unwrap().is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // To the file it is the same whether the other connection is another process's.
    let lock = house.store.begin().await.unwrap();
    tokio::time::sleep(LOCKED).await;
    drop(lock);
    house.all_is_done(&[&process]).await;
    house.check().await;
    assert_eq!(process.stop(), Some(0));
    house.leave().await;
}
