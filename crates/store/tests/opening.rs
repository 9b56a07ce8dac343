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
