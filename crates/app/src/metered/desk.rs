//! Where one node's calls of one provider are booked: whatever has come while the database was asked before
//! goes into its next transaction, so a node asks once a round trip, however many calls it makes.

use super::meter::Call;
use crate::clock::chance;
use domain::{
    CallId,
    provider::{Answer, Booked, Refusal, Why, Withheld},
};
use queue::{Clock, Entropy, Micros};
use std::{collections::HashSet, sync::Arc, time::Duration};
use store::{
    Store,
    ledger::{Ask, Draw, Drawn, Settlement},
};
use tokio::{
    sync::{mpsc, oneshot},
    time::Instant,
};

/// How long a call stays on record of a process that has gone silent.
const LEASE: Micros = 60_000_000;
const KEEP_EVERY: Duration = Duration::from_secs(20);
/// When other nodes' calls are in the way, nobody says that they have ended.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// A database that does not answer is asked again.
const MEND_AFTER: Duration = Duration::from_secs(1);
/// What nothing waits for.
const IDLE: Duration = Duration::from_secs(3_600);
/// In one transaction, which others wait for.
const TOGETHER: usize = 64;

pub(super) enum Message {
    Ask(Box<Waiting>),
    Ended(CallId, Answer),
    /// To be told when all that has ended is settled.
    Settle(oneshot::Sender<()>),
}

/// Somebody who wants to make a call.
pub(super) struct Waiting {
    pub(super) ask: Ask,
    pub(super) call: Call,
    pub(super) reply: oneshot::Sender<Result<Call, Withheld>>,
    /// When it is of use to ask.
    pub(super) again_at: Instant,
    pub(super) give_up_at: Instant,
    /// What the last answer was.
    pub(super) refused: Option<Refusal>,
}

pub(super) struct Desk {
    provider: Arc<str>,
    owner: String,
    store: Store,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    inbox: mpsc::UnboundedReceiver<Message>,
    waiting: Vec<Waiting>,
    ended: Vec<Settlement>,
    settling: Vec<oneshot::Sender<()>>,
    /// On record, and not known to have ended.
    open: HashSet<CallId>,
    keep_at: Instant,
    /// After a failure, not before.
    draw_at: Instant,
}

impl Desk {
    pub(super) fn new(
        provider: Arc<str>,
        owner: String,
        store: Store,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        inbox: mpsc::UnboundedReceiver<Message>,
    ) -> Self {
        let now = Instant::now();
        Self {
            provider,
            owner,
            store,
            clock,
            entropy,
            inbox,
            waiting: Vec::new(),
            ended: Vec::new(),
            settling: Vec::new(),
            open: HashSet::new(),
            keep_at: now + KEEP_EVERY,
            draw_at: now,
        }
    }

    /// Until every meter is gone and what has ended is settled.
    pub(super) async fn run(mut self) {
        let mut is_closed = false;
        while !is_closed || !self.ended.is_empty() {
            let wakes_at = self.wakes_at();
            tokio::select! {
                message = self.inbox.recv(), if !is_closed => match message {
                    Some(message) => self.take(message),
                    None => is_closed = true,
                },
                () = tokio::time::sleep_until(wakes_at) => {}
            }
            while let Ok(message) = self.inbox.try_recv() {
                self.take(message);
            }
            let drawn = self.draw().await;
            for waiting in self.settling.drain(..) {
                let _ = waiting.send(());
            }
            // What cannot be settled now lapses.
            if is_closed && !drawn {
                return;
            }
            self.keep().await;
        }
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Ask(waiting) => self.waiting.push(*waiting),
            Message::Ended(id, answer) => {
                self.open.remove(&id);
                self.ended.push(Settlement { id, answer });
            }
            Message::Settle(reply) => self.settling.push(reply),
        }
    }

    fn wakes_at(&self) -> Instant {
        let waiting = self.waiting.iter().map(|one| one.again_at.min(one.give_up_at)).min();
        let ended = (!self.ended.is_empty()).then_some(self.draw_at);
        let keep = (!self.open.is_empty()).then_some(self.keep_at);
        let next = [waiting.map(|at| at.max(self.draw_at)), ended, keep].into_iter().flatten().min();
        next.unwrap_or_else(|| Instant::now() + IDLE)
    }

    /// One transaction for all that has ended and all whose turn it may be; whether the database answered.
    async fn draw(&mut self) -> bool {
        self.dismiss();
        if Instant::now() < self.draw_at {
            return true;
        }
        let asking = self.asking();
        if asking.is_empty() && self.ended.is_empty() {
            return true;
        }
        let ended = std::mem::take(&mut self.ended);
        let asks: Vec<Ask> = asking.iter().map(|waiting| waiting.ask.clone()).collect();
        let now = self.clock.now();
        let draw = Draw {
            provider: &self.provider,
            owner: &self.owner,
            settlements: &ended,
            asks: &asks,
            now,
            lease_until: now + LEASE,
        };
        match self.store.draw_calls(&draw).await {
            Ok(Drawn { asks, .. }) => {
                for (waiting, answer) in asking.into_iter().zip(asks) {
                    match answer {
                        Ok(booked) => self.grant(waiting, booked),
                        Err(refusal) => self.refuse(waiting, refusal, now),
                    }
                }
                true
            }
            Err(error) => {
                tracing::warn!(provider = &*self.provider, %error, "calls cannot be booked; trying again");
                self.ended.extend(ended);
                self.take_back(asking, now);
                false
            }
        }
    }

    /// Those whose turn it may be, the most urgent first.
    fn asking(&mut self) -> Vec<Waiting> {
        let now = Instant::now();
        let place_freed = !self.ended.is_empty();
        let may = |waiting: &mut Waiting| {
            let in_the_way = waiting.refused.is_some_and(|refusal| refusal.why == Why::Parallel);
            waiting.again_at <= now || (place_freed && in_the_way)
        };
        self.waiting.sort_by_key(|waiting| waiting.ask.lane);
        self.waiting.extract_if(.., may).take(TOGETHER).collect()
    }

    fn grant(&mut self, mut waiting: Waiting, booked: Booked) {
        let id = waiting.ask.id;
        self.open.insert(id);
        waiting.call.open(id, booked);
        // Who does not wait any more drops the call, and by that gives it back.
        let _ = waiting.reply.send(Ok(waiting.call));
    }

    /// Has it wait where that is of use.
    fn refuse(&mut self, mut waiting: Waiting, refusal: Refusal, now: Micros) {
        let wait = refusal.until.map_or(LOOK_EVERY, |until| lasts(now, until));
        waiting.again_at = Instant::now() + wait;
        waiting.refused = Some(refusal);
        if refusal.why.is_brief() && waiting.again_at <= waiting.give_up_at {
            self.waiting.push(waiting);
        } else {
            self.dismiss_one(waiting);
        }
    }

    /// Whether they were booked nobody knows: as if they had been, they are given back, and asked for anew.
    fn take_back(&mut self, asking: Vec<Waiting>, now: Micros) {
        self.draw_at = Instant::now() + MEND_AFTER;
        for mut waiting in asking {
            self.ended.push(Settlement { id: waiting.ask.id, answer: Answer::Unused });
            waiting.ask.id = CallId::born(now, chance(&*self.entropy));
            waiting.refused = Some(Refusal { why: Why::Unrecorded, until: None });
            self.waiting.push(waiting);
        }
    }

    /// Lets go whoever has waited too long, or is gone.
    fn dismiss(&mut self) {
        let now = Instant::now();
        let over: Vec<Waiting> = self
            .waiting
            .extract_if(.., |waiting| waiting.reply.is_closed() || waiting.give_up_at <= now)
            .collect();
        over.into_iter().for_each(|waiting| self.dismiss_one(waiting));
    }

    fn dismiss_one(&self, waiting: Waiting) {
        let refusal = waiting.refused.unwrap_or(Refusal { why: Why::Unrecorded, until: None });
        let wait = refusal.until.map(|until| lasts(self.clock.now(), until));
        let withheld = Withheld { provider: self.provider.to_string(), why: refusal.why, wait };
        tracing::debug!(%withheld, "a call is withheld");
        let _ = waiting.reply.send(Err(withheld));
    }

    /// Keeps the leases of what is under way.
    async fn keep(&mut self) {
        let now = Instant::now();
        if now < self.keep_at || self.open.is_empty() {
            return;
        }
        self.keep_at = now + KEEP_EVERY;
        let now = self.clock.now();
        if let Err(error) = self.store.keep_calls(&self.provider, &self.owner, now + LEASE, now).await {
            tracing::warn!(provider = &*self.provider, %error, "calls under way could not be kept on record");
        }
    }
}

fn lasts(now: Micros, until: Micros) -> Duration {
    Duration::from_micros(until.saturating_sub(now).max(0).unsigned_abs())
}
