//! Calls through a provider's account, as the meters book them, but one at a time and on virtual time.

use super::time::VirtualTime;
use crate::{clock::chance, metered::Errand};
use domain::{
    CallId,
    provider::{Answer, Operation, Settings, Units, Why, Withheld},
};
use queue::{Clock, Entropy, Micros};
use std::{sync::Arc, time::Duration};
use store::{
    Store, StoreError,
    ledger::{Ask, Draw, Drawn, Settlement},
};

/// How long a call is on record of a process that was killed.
const LEASE: Micros = 300_000_000;
/// How long a call waits for its turn; then its job does. Both as the meters have it.
const PATIENCE: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(500);

#[derive(Clone)]
pub struct Ledger {
    name: &'static str,
    store: Store,
    time: VirtualTime,
    entropy: Arc<dyn Entropy>,
}

impl Ledger {
    /// Makes the provider known.
    pub async fn open(
        name: &'static str,
        settings: &Settings,
        store: Store,
        time: VirtualTime,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, StoreError> {
        store.configure_provider(name, settings).await?;
        Ok(Self { name, store, time, entropy })
    }

    /// A call that may be made, waited for where it is a matter of seconds.
    pub async fn reserve(&self, operation: Operation, units: Option<Units>) -> Result<CallId, Withheld> {
        let errand = Errand::current();
        let give_up_at = self.time.now() + super::time::micros(PATIENCE);
        loop {
            let now = self.time.now();
            let id = CallId::born(now, chance(&*self.entropy));
            let (artifact, job) = (errand.artifact, errand.job);
            let ask = Ask { id, operation, lane: errand.lane, units, artifact, job };
            let drawn = self.draw(&[], &[ask]).await.map_err(|_| self.withheld(Why::Unrecorded, None))?;
            let Some(Err(refusal)) = drawn.asks.into_iter().next() else { return Ok(id) };
            let wait = refusal.until.map(|until| Duration::from_micros((until - now).max(0).unsigned_abs()));
            let pause = wait.unwrap_or(LOOK_EVERY);
            if !refusal.why.is_brief() || now + super::time::micros(pause) > give_up_at {
                return Err(self.withheld(refusal.why, wait));
            }
            self.time.sleep(pause.max(Duration::from_millis(1))).await;
        }
    }

    /// How a call went; what it cost, in millionths of a US dollar.
    pub async fn settle(&self, id: CallId, answer: Answer) -> u64 {
        let settled = self.draw(&[Settlement { id, answer }], &[]).await;
        // A settlement that is lost lapses, and counts as it was reserved.
        let booked = settled.ok().and_then(|drawn| drawn.settled.into_iter().next().flatten());
        let Some(booked) = booked else { return 0 };
        Errand::current().charge(booked.units, booked.micro_usd);
        booked.micro_usd
    }

    async fn draw(&self, settlements: &[Settlement], asks: &[Ask]) -> Result<Drawn, StoreError> {
        let now = self.time.now();
        let draw = Draw {
            provider: self.name,
            owner: "simulated",
            settlements,
            asks,
            now,
            lease_until: now + LEASE,
        };
        self.store.draw_calls(&draw).await
    }

    fn withheld(&self, why: Why, wait: Option<Duration>) -> Withheld {
        Withheld { provider: self.name.to_owned(), why, wait }
    }
}
