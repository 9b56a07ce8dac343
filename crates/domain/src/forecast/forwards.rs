//! Runs the plan as the workers will: whatever is open, the most urgent first, also past its
//! deadline. It tells which batch will be late when not all fit.

use super::{Capacity, Stretch, capacity};
use std::{cmp::Reverse, collections::BinaryHeap};

/// When each batch's work ends, in microseconds; `None` when it never does.
pub(super) fn run(batches: &[Stretch], capacity: &Capacity) -> Vec<Option<i64>> {
    let mut finishes = vec![None; batches.len()];
    let mut coming: Vec<(usize, &Stretch)> = batches.iter().enumerate().collect();
    // The first to open is popped first.
    coming.sort_by_key(|(index, batch)| Reverse((batch.from_us, *index)));
    // (deadline, batch, work left)
    let mut open: BinaryHeap<Reverse<(i64, usize, u64)>> = BinaryHeap::new();
    let mut now = i64::MIN;
    loop {
        if open.is_empty() {
            match coming.last() {
                Some((_, next)) => now = now.max(next.from_us),
                None => return finishes,
            }
        }
        while let Some((index, batch)) = coming.pop_if(|(_, batch)| batch.from_us <= now) {
            open.push(Reverse((batch.to_us, index, batch.work_us)));
        }
        let Some(Reverse((deadline, index, left))) = open.pop() else { continue };
        let next_opens = coming.last().map(|(_, next)| next.from_us);
        let change = [next_opens, capacity.change_after(now)].into_iter().flatten().min();
        let parallel = capacity.at(now);
        let finish = now.saturating_add(capacity::time_for(parallel, left));
        match change {
            Some(change) if finish > change => {
                let done = capacity::work_in(parallel, change - now);
                open.push(Reverse((deadline, index, left.saturating_sub(done))));
                now = change;
            }
            // Nothing changes any more, and there is no capacity: neither this nor any other ends.
            None if parallel == 0.0 && left > 0 => return finishes,
            Some(_) | None => {
                if let Some(slot) = finishes.get_mut(index) {
                    *slot = Some(finish);
                }
                now = finish;
            }
        }
    }
}
