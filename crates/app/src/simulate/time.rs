//! Time that stands still while something runs, and jumps to the next event when nothing does.

use crate::clock::Time;
use domain::forecast::Step;
use futures::future::{BoxFuture, FutureExt, pending};
use queue::{Clock, Micros, SetClock};
use std::{
    future::poll_fn,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

/// What choosing one listener's articles and composing one program take: measured, with room to spare.
const SELECTING: Duration = Duration::from_millis(5);
const ASSEMBLING: Duration = Duration::from_millis(5);
const AWAKE: Micros = Micros::MAX;

/// Clones are one time.
#[derive(Clone, Debug)]
pub struct VirtualTime {
    clock: SetClock,
    begun: Micros,
    /// Until when what was polled last wants to sleep.
    nap: Arc<AtomicI64>,
}

/// How far a piece of work came before virtual time has to pass.
#[derive(Debug)]
pub enum Run<T> {
    Ended(T),
    Asleep { until: Micros },
}

impl VirtualTime {
    pub fn at(now: Micros) -> Self {
        Self { clock: SetClock::at(now), begun: now, nap: Arc::new(AtomicI64::new(AWAKE)) }
    }

    /// Never back.
    pub fn jump(&self, to: Micros) {
        self.clock.set(to.max(self.clock.now()));
    }

    pub fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        let until = self.now().saturating_add(micros(time));
        let this = self.clone();
        poll_fn(move |_| {
            if this.now() >= until {
                return Poll::Ready(());
            }
            this.nap.fetch_min(until, Ordering::Relaxed);
            Poll::Pending
        })
        .boxed()
    }

    /// Runs a piece of work until it ends or sleeps. What it waits for otherwise, the database, is real, and
    /// is waited for: so one piece runs at a time, and the same seed runs them in the same order.
    pub async fn run<T>(&self, work: &mut BoxFuture<'static, T>) -> Run<T> {
        poll_fn(|context| self.poll(work.as_mut(), context)).await
    }

    fn poll<T>(
        &self,
        work: Pin<&mut (dyn Future<Output = T> + Send)>,
        context: &mut Context<'_>,
    ) -> Poll<Run<T>> {
        self.nap.store(AWAKE, Ordering::Relaxed);
        match (work.poll(context), self.nap.load(Ordering::Relaxed)) {
            (Poll::Ready(output), _) => Poll::Ready(Run::Ended(output)),
            (Poll::Pending, AWAKE) => Poll::Pending,
            (Poll::Pending, until) => Poll::Ready(Run::Asleep { until }),
        }
    }
}

impl Clock for VirtualTime {
    fn now(&self) -> Micros {
        self.clock.now()
    }
}

impl Time for VirtualTime {
    fn elapsed(&self) -> Duration {
        Duration::from_micros((self.now() - self.begun).unsigned_abs())
    }

    fn wait(&self, time: Duration) -> BoxFuture<'static, ()> {
        self.sleep(time)
    }

    /// Never comes: a sleeper that is woken for it would have a statement under way while it still sleeps.
    /// Nobody here makes the same thing as another, so a lease that is over is taken by nobody.
    fn heartbeat(&self, _: Duration) -> BoxFuture<'static, ()> {
        pending().boxed()
    }

    fn worked(&self, step: Step, pieces: usize) -> BoxFuture<'static, ()> {
        let each = match step {
            Step::Select => SELECTING,
            Step::Assemble => ASSEMBLING,
            Step::Segment | Step::Phrase | Step::External => Duration::ZERO,
        };
        self.sleep(each.saturating_mul(u32::try_from(pieces).unwrap_or(u32::MAX)))
    }
}

pub fn micros(time: Duration) -> Micros {
    Micros::try_from(time.as_micros()).unwrap_or(Micros::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_sleeps_goes_on_when_its_time_has_come_and_real_waits_are_waited_for() {
        let time = VirtualTime::at(1_000);
        let inner = time.clone();
        let mut work = async move {
            inner.sleep(Duration::from_micros(500)).await;
            // A real wait in between is no nap.
            tokio::task::spawn_blocking(|| ()).await.unwrap();
            inner.now()
        }
        .boxed();
        assert!(matches!(time.run(&mut work).await, Run::Asleep { until: 1_500 }));
        time.jump(1_499);
        assert!(matches!(time.run(&mut work).await, Run::Asleep { until: 1_500 }));
        time.jump(1_500);
        assert!(matches!(time.run(&mut work).await, Run::Ended(1_500)));
    }
}
