//! Alerts on operators' own channels: noted in the database, from where jobs bring them. Nodes that meet the same
//! trouble tell it once.

use domain::{DeliveryId, Notice, channel::About};
use queue::{Clock, Entropy, Micros};
use std::{sync::Arc, time::Duration};
use store::{Store, StoreError, tellings::Telling};
use tokio::sync::mpsc;

/// While the database is away there is nowhere to note it.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_secs(5);

#[derive(Clone)]
pub struct Desk {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
}

/// A trouble that is to be told.
#[derive(Clone, Debug)]
pub(super) struct Raised {
    pub kind: &'static str,
    pub subject: String,
    pub text: String,
}

pub(super) async fn serve(desk: Desk, quiet: Duration, mut raised: mpsc::Receiver<Raised>) {
    while let Some(one) = raised.recv().await {
        for attempt in 1..=TRIES {
            match desk.note(&one, quiet).await {
                Ok(()) => break,
                Err(error) => {
                    tracing::warn!(%error, attempt, kind = one.kind, "an alert is not on operators' channels");
                }
            }
            tokio::time::sleep(PAUSE * attempt).await;
        }
    }
}

impl Desk {
    /// Has every operator's channel for it told, once in so long.
    async fn note(&self, raised: &Raised, quiet: Duration) -> Result<(), StoreError> {
        let now = self.clock.now();
        let subject = fingerprint(raised, quiet, now);
        let notice = Notice::Alert {
            kind: raised.kind.to_owned(),
            subject: raised.subject.clone(),
            text: raised.text.clone(),
        };
        let desks = self.store.desks(About::Alerts).await?;
        let tellings: Vec<Telling> = desks
            .into_iter()
            .map(|desk| Telling {
                channel: desk.channel,
                listener: desk.listener,
                subject: subject.clone(),
                bundle: None,
                send_at: desk.settings.tell_at(crate::clock::timestamp(now)).as_microsecond(),
                notice: Some(notice.clone()),
                delivery: DeliveryId::born(now, crate::clock::chance(&*self.entropy)),
            })
            .collect();
        if tellings.is_empty() {
            return Ok(());
        }
        let mut tx = self.store.begin().await?;
        tx.tell(&tellings, now).await?;
        tx.commit().await
    }
}

/// The same for the same trouble, whoever meets it, for so long.
fn fingerprint(raised: &Raised, quiet: Duration, now: Micros) -> String {
    let window = now.div_euclid(Micros::try_from(quiet.as_micros()).unwrap_or(Micros::MAX).max(1));
    let hash = blake3::hash(format!("{}\0{}", raised.kind, raised.subject).as_bytes()).to_hex();
    format!("alert:{}:{window}", &hash[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_trouble_has_the_same_fingerprint_for_a_while() {
        let raised = |subject: &str, text: &str| Raised {
            kind: "dead_letter",
            subject: subject.into(),
            text: text.into(),
        };
        let hour = Duration::from_secs(3_600);
        let of = |raised: &Raised, now: Micros| fingerprint(raised, hour, now);
        let first = of(&raised("narrate", "one"), 0);
        assert_eq!(of(&raised("narrate", "two"), 3_599_000_000), first);
        assert_ne!(of(&raised("select", "one"), 0), first);
        assert_ne!(of(&raised("narrate", "one"), 3_600_000_000), first);
    }
}
