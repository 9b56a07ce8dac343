//! A simulation does one thing at a time, and most of them are short statements of a database that works in a thread of
//! its own: going to sleep until each is done, and being woken, would take as long as what is waited for.

use std::{
    future::Future,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake},
    thread::{self, Thread},
};
use tokio::runtime::{Builder, Runtime};

/// Looks before the thread goes to sleep after all: about a tenth of a millisecond.
const LOOKS: u32 = 3_000;

struct Called {
    is_called: AtomicBool,
    thread: Thread,
}

impl Wake for Called {
    fn wake(self: Arc<Self>) {
        self.is_called.store(true, Ordering::Release);
        // Costs next to nothing while the thread is awake.
        self.thread.unpark();
    }
}

impl Called {
    fn wait(&self) {
        let mut looks = 0;
        while !self.is_called.swap(false, Ordering::Acquire) {
            looks += 1;
            if looks < LOOKS { std::hint::spin_loop() } else { thread::park() }
        }
    }
}

/// Runs to its end here; timers and what is spawned run in a thread beside.
pub fn wait_for<T>(future: impl Future<Output = T>) -> std::io::Result<T> {
    let beside: Runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let _inside = beside.enter();
    let called = Arc::new(Called { is_called: AtomicBool::new(false), thread: thread::current() });
    let waker = called.clone().into();
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return Ok(output);
        }
        called.wait();
    }
}
