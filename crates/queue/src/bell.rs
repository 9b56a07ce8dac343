//! The wake-up: rung when there may be new work, heard by every worker of the process.
//!
//! It carries no news, so a missed ring costs a delay of one poll and never a job.

use tokio::sync::watch;

/// Clones ring and hear the same bell.
#[derive(Clone, Debug)]
pub struct Bell {
    rings: watch::Sender<u64>,
}

impl Bell {
    #[expect(clippy::new_without_default, reason = "two bells are two bells: making one is to be seen")]
    pub fn new() -> Self {
        Self { rings: watch::Sender::new(0) }
    }

    pub fn ring(&self) {
        self.rings.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Hears every ring from now on, also those between two waits.
    pub fn listen(&self) -> Listener {
        Listener { rings: self.rings.subscribe() }
    }
}

#[derive(Debug)]
pub struct Listener {
    rings: watch::Receiver<u64>,
}

impl Listener {
    /// Returns at once when the bell rang since the last wait.
    pub async fn rung(&mut self) {
        if self.rings.changed().await.is_err() {
            // Every bell is gone: nobody will ring again.
            std::future::pending::<()>().await;
        }
    }
}
