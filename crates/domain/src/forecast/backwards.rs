//! Lays work out as late as its deadlines allow.
//!
//! Seen from the end of time, a batch's deadline is its release and its earliest instant is its
//! deadline, so earliest-deadline-first in that direction means: of the batches whose deadline is
//! not passed yet, the one that may open latest goes first. As forwards, that meets every deadline
//! whenever any plan does, and loses the least work when none does (Horn 1974; for unit slots
//! Glover 1967). Time is cut where anything changes, so nothing is lost to the buckets' grid.

use super::{BUCKET, Bucket, Capacity, Share, Stretch, capacity, instant, seconds};
use jiff::Timestamp;
use std::{cmp::Reverse, collections::BinaryHeap};

const BUCKET_US: i64 = BUCKET.as_micros() as i64;

/// Where one batch's work came to lie.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed {
    /// Its first moment of work; its deadline when there is none.
    pub start_us: i64,
    /// Work that did not fit.
    pub left_us: u64,
}

/// Work of one batch within one cut of time.
#[derive(Clone, Copy, Debug)]
struct Piece {
    batch: usize,
    from_us: i64,
    to_us: i64,
    work_us: u64,
}

#[derive(Debug)]
pub(super) struct Layout {
    pub placed: Vec<Placed>,
    /// Latest first.
    pieces: Vec<Piece>,
}

pub(super) fn lay_out(batches: &[Stretch], capacity: &Capacity) -> Layout {
    let placed =
        batches.iter().map(|batch| Placed { start_us: batch.to_us, left_us: batch.work_us }).collect();
    let mut layout = Layout { placed, pieces: Vec::new() };
    let mut queue: Vec<(usize, &Stretch)> = batches.iter().enumerate().collect();
    // The latest deadline is popped first.
    queue.sort_by_key(|(index, batch)| (batch.to_us, Reverse(*index)));
    let mut open: BinaryHeap<(i64, Reverse<usize>)> = BinaryHeap::new();
    let mut until = i64::MAX;
    loop {
        if open.is_empty() {
            match queue.last() {
                Some((_, next)) => until = until.min(next.to_us),
                None => return layout,
            }
        }
        while let Some((index, batch)) = queue.pop_if(|(_, batch)| batch.to_us >= until) {
            open.push((batch.from_us, Reverse(index)));
        }
        // What may not open before `until` keeps what is left as its shortfall.
        while open.peek().is_some_and(|(from, _)| *from >= until) {
            open.pop();
        }
        let Some((opens, _)) = open.peek() else { continue };
        let cuts = [
            Some(*opens),
            Some((until - 1).div_euclid(BUCKET_US) * BUCKET_US),
            queue.last().map(|(_, next)| next.to_us),
            capacity.change_before(until),
        ];
        let from = cuts.into_iter().flatten().fold(i64::MIN, i64::max);
        layout.fill(&mut open, capacity.at(from), from, until);
        until = from;
    }
}

impl Layout {
    /// Fills a time in which nothing changes, from its end.
    fn fill(
        &mut self,
        open: &mut BinaryHeap<(i64, Reverse<usize>)>,
        parallel: f64,
        from_us: i64,
        to_us: i64,
    ) {
        let available = capacity::work_in(parallel, to_us - from_us);
        let mut used = 0;
        while let Some((_, Reverse(batch))) = open.peek() {
            let batch = *batch;
            let Some(placed) = self.placed.get_mut(batch) else { return };
            let work_us = placed.left_us.min(available - used);
            if work_us > 0 {
                used += work_us;
                placed.left_us -= work_us;
                placed.start_us = (to_us - capacity::time_for(parallel, used)).max(from_us);
                self.pieces.push(Piece { batch, from_us, to_us, work_us });
            }
            if placed.left_us > 0 {
                return;
            }
            open.pop();
        }
    }

    /// The load by buckets, earliest first.
    pub(super) fn buckets(&self, capacity: &Capacity, now: Timestamp) -> Vec<Bucket> {
        let mut buckets: Vec<Bucket> = Vec::new();
        for piece in self.pieces.iter().rev() {
            let start_us = piece.from_us.div_euclid(BUCKET_US) * BUCKET_US;
            let start = instant(start_us);
            match buckets.last_mut().filter(|bucket| bucket.start == start) {
                Some(bucket) => bucket.planned_s += seconds(piece.work_us),
                None => {
                    let open_us = start_us.max(now.as_microsecond());
                    let capacity_s = seconds(capacity.between(open_us, start_us + BUCKET_US));
                    buckets.push(Bucket { start, capacity_s, planned_s: seconds(piece.work_us) });
                }
            }
        }
        buckets
    }

    /// Who works when, earliest first.
    pub(super) fn shares(&self) -> Vec<Share> {
        let share = |piece: &Piece| Share {
            demand: piece.batch,
            from: instant(piece.from_us),
            to: instant(piece.to_us),
            work_s: seconds(piece.work_us),
        };
        self.pieces.iter().rev().map(share).collect()
    }
}
