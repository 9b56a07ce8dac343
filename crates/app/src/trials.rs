//! Production under trial: the real planner, handlers, queue rules and store of either database, over a clock that
//! is set, and a writer and a voice that are models. Whatever is done to them, every slot has one outcome and
//! nothing is made twice.

mod clock;
mod crash;
mod dropped;
mod failing;
mod late;
mod models;
mod orphan;
mod planning;
mod plans;
mod poison;
mod readings;
mod retention;
pub mod stage;
mod storage;
mod telling;
mod twice;

/// Runs each trial on SQLite and on PostgreSQL.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let folder = tempfile::tempdir().unwrap();
                let url = format!("sqlite://{}/test.db", folder.path().display());
                super::$name($crate::trials::stage::Stage::set(&url, folder.path()).await).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let folder = tempfile::tempdir().unwrap();
                let cluster = testkit::Postgres::start().unwrap();
                let url = cluster.database().unwrap();
                let stage = $crate::trials::stage::Stage::set(&url, folder.path()).await;
                let store = stage.room.store.clone();
                super::$name(stage).await;
                store.close().await;
            })+
        }
    };
}
pub(crate) use on_both;

/// Whether there is time for every step: `cargo xtask soak` says so, CI takes some of them.
fn is_long() -> bool {
    std::env::var_os("MIMIYORI_SOAK").is_some()
}
