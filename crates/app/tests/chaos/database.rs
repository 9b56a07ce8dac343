//! A database that crashes, or hangs up, in the midst of production.

use crate::{
    house::{Cluster, House},
    provider::Provider,
};
use std::time::Duration;

const LISTENERS: usize = 6;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_crashes_and_comes_back() {
    let house = House::on_postgres_of_its_own(LISTENERS, Provider::slow()).await;
    let Cluster::Own(cluster) = &house.cluster else { unreachable!("it has one of its own") };
    let mut processes = [house.serve(), house.serve()];
    for away in [500, 6_000] {
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        cluster.crash_server().unwrap();
        tokio::time::sleep(Duration::from_millis(away)).await;
        for process in &mut processes {
            assert_eq!(process.ended(), None, "it waits for its database: {}", process.log());
        }
        cluster.start_server().unwrap();
    }
    house.all_is_done(&processes.iter().collect::<Vec<_>>()).await;
    house.check().await;
    for process in processes {
        assert_eq!(process.stop(), Some(0));
    }
    house.store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_hangs_up_again_and_again() {
    let house = House::on_postgres(LISTENERS, Provider::slow()).await;
    let Cluster::Own(cluster) = &house.cluster else { unreachable!("it has one") };
    let processes = [house.serve(), house.serve()];
    // One that cannot even begin ends at once, and says so.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    for _ in 0..25 {
        tokio::time::sleep(Duration::from_millis(200)).await;
        cluster.hang_up(&house.url).unwrap();
    }
    house.all_is_done(&processes.iter().collect::<Vec<_>>()).await;
    house.check().await;
    for process in processes {
        assert_eq!(process.stop(), Some(0));
    }
    house.store.close().await;
}
