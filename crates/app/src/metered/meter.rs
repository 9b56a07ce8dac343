//! One provider as callers see it: ask for a call, make it, say how it went.

use super::{
    Errand,
    desk::{Desk, Message, Waiting},
};
use crate::{
    clock::{chance, new_token},
    metrics::{self, Unit},
};
use domain::{
    CallId,
    provider::{Answer, Booked, Operation, Settings, Units, Why, Withheld},
};
use queue::{Class, Clock, Entropy};
use std::{fmt, sync::Arc, time::Duration};
use store::{Store, StoreError, ledger::Ask};
use tokio::{
    sync::{mpsc, oneshot},
    time::Instant,
};

/// How long a call waits here for its turn. Longer waits are the queue's: there others can go first.
const PATIENCE: Duration = Duration::from_secs(10);

/// Asks for calls of one provider. Cheap to clone.
#[derive(Clone)]
pub struct Meter {
    provider: Arc<str>,
    settings: Arc<Settings>,
    entropy: Arc<dyn Entropy>,
    clock: Arc<dyn Clock>,
    desk: mpsc::UnboundedSender<Message>,
    pub(super) patience: Duration,
}

impl Meter {
    pub async fn open(
        provider: &str,
        settings: Settings,
        store: Store,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, StoreError> {
        store.configure_provider(provider, &settings).await?;
        let (sender, inbox) = mpsc::unbounded_channel();
        let provider: Arc<str> = provider.into();
        let owner = new_token(&*entropy).to_string();
        let meter = Self {
            provider: provider.clone(),
            settings: Arc::new(settings),
            entropy: entropy.clone(),
            clock: clock.clone(),
            desk: sender,
            patience: PATIENCE,
        };
        tokio::spawn(Desk::new(provider, owner, store, clock, entropy, inbox).run());
        Ok(meter)
    }

    /// Returns when all that has ended is settled, or cannot be now: then it lapses.
    pub async fn settled(&self) {
        let (reply, settled) = oneshot::channel();
        if self.desk.send(Message::Settle(reply)).is_ok() {
            let _ = settled.await;
        }
    }

    /// A call for this task's errand, once it may be made. `units` are what it will use, where that is known.
    pub async fn reserve(&self, operation: Operation, units: Option<Units>) -> Result<Call, Withheld> {
        let errand = Errand::current();
        let (reply, granted) = oneshot::channel();
        let ask = Ask {
            id: CallId::born(self.clock.now(), chance(&*self.entropy)),
            operation,
            lane: errand.lane,
            units,
            artifact: errand.artifact,
            job: errand.job,
        };
        let now = Instant::now();
        let call = Call {
            meter: self.clone(),
            id: ask.id,
            operation,
            errand,
            booked: Booked::default(),
            begun: None,
            open: false,
        };
        let waiting =
            Waiting { ask, call, reply, again_at: now, give_up_at: now + self.patience, refused: None };
        let gone = || Withheld { provider: self.provider.to_string(), why: Why::Unrecorded, wait: None };
        self.desk.send(Message::Ask(Box::new(waiting))).map_err(|_| gone())?;
        let mut call = granted.await.map_err(|_| gone())??;
        call.begun = Some(Instant::now());
        Ok(call)
    }
}

impl fmt::Debug for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meter").field("provider", &self.provider).finish_non_exhaustive()
    }
}

/// A call that may be made. Dropped on the way, it counts as one whose answer was lost.
pub struct Call {
    meter: Meter,
    pub(super) id: CallId,
    operation: Operation,
    errand: Errand,
    booked: Booked,
    /// Since when its maker has it.
    begun: Option<Instant>,
    /// It is on record, and not settled.
    open: bool,
}

impl Call {
    /// It is on record.
    pub(super) fn open(&mut self, id: CallId, booked: Booked) {
        (self.id, self.booked, self.open) = (id, booked, true);
    }

    /// How it went; `failed` is the class of its failure.
    pub fn settle(mut self, answer: Answer, failed: Option<Class>) {
        self.end(answer, failed);
    }

    fn end(&mut self, answer: Answer, failed: Option<Class>) {
        if !std::mem::take(&mut self.open) {
            return;
        }
        // Where nobody listens any more the lease ends it.
        let _ = self.meter.desk.send(Message::Ended(self.id, answer));
        let (Some(begun), false) = (self.begun, answer == Answer::Unused) else { return };
        let provider = &self.meter.provider;
        metrics::provider_called(provider, self.operation.into(), failed, begun.elapsed());
        let (units, micro_usd) = match answer {
            Answer::Answered(Some(units)) => {
                (units.total(), self.meter.settings.prices.cost_micro_usd(&units))
            }
            Answer::Answered(None) | Answer::Lost => (self.booked.units, self.booked.micro_usd),
            Answer::Throttled { .. } | Answer::Failed | Answer::Rejected | Answer::Unused => (0, 0),
        };
        let unit = match self.operation {
            Operation::Write => Unit::Tokens,
            Operation::Speak => Unit::Characters,
        };
        metrics::provider_spent(provider, unit, units, micro_usd);
        self.errand.charge(units, micro_usd);
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let made = self.begun.is_some();
        self.end(if made { Answer::Lost } else { Answer::Unused }, made.then_some(Class::Transient));
    }
}

impl From<Operation> for metrics::Operation {
    fn from(operation: Operation) -> Self {
        match operation {
            Operation::Write => Self::Write,
            Operation::Speak => Self::Speak,
        }
    }
}
