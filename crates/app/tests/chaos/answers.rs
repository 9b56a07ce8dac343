//! Providers that answer badly: each piece of work once, in each way there is.

use crate::{
    house::House,
    provider::{Answer, Provider},
};
use std::{fs, time::Duration};

const BAD: [Answer; 8] = [
    Answer::Throttled(None),
    Answer::Throttled(Some(1)),
    Answer::Failed,
    Answer::Hangs,
    Answer::CutShort,
    Answer::BrokenJson,
    Answer::OtherLanguage,
    Answer::Good,
];

/// The first time a piece of work is asked for it goes wrong, in a way that depends on the work.
fn bad_once(work: &str, before: u32) -> Answer {
    match before {
        0 => BAD[work.bytes().map(usize::from).sum::<usize>() % BAD.len()],
        _ => Answer::Good,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_goes_wrong_once_on_sqlite() {
    gone_wrong_once(House::on_sqlite(4, Provider::start(bad_once)).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_goes_wrong_once_on_postgres() {
    gone_wrong_once(House::on_postgres(4, Provider::start(bad_once)).await).await;
}

async fn gone_wrong_once(house: House) {
    let process = house.serve();
    house.all_is_done(&[&process]).await;
    house.check().await;
    // What was done and did not arrive is paid for again, once.
    let (most, work) = house.provider.most_done();
    assert!(most <= 2, "{work:?} was done {most} times");
    assert_eq!(process.stop(), Some(0));
    house.leave().await;
}

/// Nobody answers at all: the writer and the voice that cost nothing make the programs.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn providers_that_are_down_leave_plainer_programs() {
    let mut house = House::on_sqlite(2, Provider::start(|_, _| Answer::Failed)).await;
    house.set("QUEUE__RETRIES__TRANSIENT__TRIES", "2");
    let process = house.serve();
    house.all_is_done(&[&process]).await;
    house.check().await;
    assert_eq!(process.stop(), Some(0));
    house.leave().await;
}

/// A media folder that refuses writes for some seconds, as a full disk does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_media_folder_refuses_writes_for_a_while() {
    let house = House::on_sqlite(4, Provider::good()).await;
    fs::create_dir_all(house.media()).unwrap();
    // A file where a folder is to be made: nothing of that kind can be written.
    let in_the_way = ["segment", "phrase", "jingle"].map(|kind| house.media().join(kind));
    for path in &in_the_way {
        fs::write(path, "").unwrap();
    }
    let process = house.serve();
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(house.published().await, 0);
    for path in &in_the_way {
        fs::remove_file(path).unwrap();
    }
    house.all_is_done(&[&process]).await;
    house.check().await;
    let (most, work) = house.provider.most_done();
    assert!(most <= 5, "{work:?} was done {most} times");
    assert_eq!(process.stop(), Some(0));
    house.leave().await;
}
