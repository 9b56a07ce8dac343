//! Opening a database that nobody has opened before.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use store::Store;

async fn opened_by_many(url: String) {
    let opening: Vec<_> = (0..8)
        .map(|_| {
            let url = url.clone();
            tokio::spawn(async move { Store::open(&url).await })
        })
        .collect();
    for store in opening {
        store.await.unwrap().unwrap().close().await;
    }
}

#[tokio::test]
async fn many_at_once_find_one_sqlite_schema() {
    let folder = tempfile::tempdir().unwrap();
    opened_by_many(format!("sqlite://{}/new.db", folder.path().display())).await;
}

#[tokio::test]
async fn many_at_once_find_one_postgres_schema() {
    let cluster = testkit::Postgres::start().unwrap();
    opened_by_many(cluster.database().unwrap()).await;
}

#[tokio::test]
async fn a_writer_keeps_no_reader_from_connecting() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&format!("sqlite://{}/new.db", folder.path().display())).await.unwrap();
    let held = store.begin().await.unwrap();
    // More at once than have connected yet.
    let asked = futures::future::join_all((0..8).map(|_| store.answers()));
    let answered = tokio::time::timeout(std::time::Duration::from_secs(5), asked).await;
    for answer in answered.expect("they wait for the one who writes") {
        answer.unwrap();
    }
    held.commit().await.unwrap();
}

#[tokio::test]
async fn a_file_that_is_up_to_date_opens_while_another_process_writes() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/new.db", folder.path().display());
    let first = Store::open(&url).await.unwrap();
    let held = first.begin().await.unwrap();
    let second = tokio::time::timeout(std::time::Duration::from_secs(5), Store::open(&url)).await;
    second.expect("it waits for the one who writes").unwrap().answers().await.unwrap();
    held.commit().await.unwrap();
}
