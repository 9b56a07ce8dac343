//! Processes that die at a step of ours.

use std::{
    pin::Pin,
    task::{self, Poll},
};

/// A future that is dropped after so many polls, as if its process had died there. `None`: it was.
pub struct Dropped<F> {
    inner: F,
    polls: u32,
}

impl<F> Dropped<F> {
    pub const fn after(polls: u32, inner: F) -> Self {
        Self { inner, polls }
    }
}

impl<F: Future + Unpin> Future for Dropped<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut task::Context<'_>) -> Poll<Self::Output> {
        if self.polls == 0 {
            return Poll::Ready(None);
        }
        self.polls -= 1;
        let ended = Pin::new(&mut self.inner).poll(context).map(Some);
        // There is no later poll to wait for: it is dropped where it stands.
        if self.polls == 0 && ended.is_pending() { Poll::Ready(None) } else { ended }
    }
}
