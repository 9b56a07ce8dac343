//! Weighted fairness among lanes: who gets the free slots of one claim.
//!
//! Stride scheduling (Waldspurger and Weihl, 1995): a lane's *pass* moves forward by its *stride*, the
//! inverse of its weight, with every job it was given; the lane that is furthest behind is served next.
//! So shares converge to the weights, a lane with little weight is slow but never starved, and what an
//! empty lane leaves goes to the others. The credit is a few numbers of one process: each process is
//! fair by itself, hence all together, and a new one starts even.

use crate::Lane;

/// The pass that one job costs a lane of weight 1: divisible by all weights up to 20.
const STRIDE_ONE: i64 = 232_792_560;

/// What one lane is offered in a claim of some free slots.
///
/// The store takes at most `quota` jobs of the lane in its order, gives the n-th of them (from 1) the turn
/// `pass + n × stride`, and of all lanes' jobs the free slots' number with the earliest turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    pub lane: Lane,
    pub pass: i64,
    pub stride: i64,
    pub quota: u32,
}

/// The lanes of one worker and how far each has been served.
#[derive(Clone, Debug)]
pub struct Lanes {
    lanes: Vec<Served>,
}

#[derive(Clone, Copy, Debug)]
struct Served {
    lane: Lane,
    pass: i64,
    stride: i64,
    /// Whether it may have work; it was found empty otherwise, and an empty lane saves no credit.
    hungry: bool,
}

impl Lanes {
    /// Lanes with their weights; a weight of 0 counts as the smallest, so that no lane starves.
    pub fn new(weights: impl IntoIterator<Item = (Lane, u32)>) -> Self {
        let served = |(lane, weight): (Lane, u32)| {
            let stride = (STRIDE_ONE / i64::from(weight.max(1))).max(1);
            Served { lane, pass: 0, stride, hungry: true }
        };
        let mut lanes: Vec<Served> = weights.into_iter().map(served).collect();
        lanes.sort_by_key(|served| served.lane);
        lanes.dedup_by_key(|served| served.lane);
        Self { lanes }
    }

    /// Offers for a claim of `free` slots. Their quotas add up to at least `free`: an empty lane is offered
    /// what it would get if work had arrived meanwhile, so that one claim is enough to find out.
    pub fn offers(&self, free: u32) -> Vec<Offer> {
        let hungry = self.shares(free, |served| served.hungry);
        let all = self.shares(free, |_| true);
        let quotas = hungry.into_iter().zip(all).map(|(hungry, all)| hungry.max(all).max(1));
        let offer = |(served, quota): (&Served, u32)| {
            let Served { lane, pass, stride, .. } = *served;
            Offer { lane, pass, stride, quota: quota.min(free) }
        };
        self.lanes.iter().zip(quotas).map(offer).collect()
    }

    /// Books what a claim of `free` slots brought: the lane of every job that was claimed.
    pub fn book(&mut self, free: u32, offers: &[Offer], claimed: impl IntoIterator<Item = Lane>) {
        let mut taken = vec![0_u32; self.lanes.len()];
        for lane in claimed {
            if let Ok(place) = self.lanes.binary_search_by_key(&lane, |served| served.lane) {
                taken[place] += 1;
            }
        }
        let total: u32 = taken.iter().sum();
        let turn = |served: &Served, n: u32| served.pass + i64::from(n) * served.stride;
        let served = || self.lanes.iter().zip(&taken);
        let last_turn = served().filter(|(_, n)| **n > 0).map(|(served, &n)| turn(served, n)).max();
        let offered = |lane| offers.iter().find(|offer| offer.lane == lane).map_or(0, |offer| offer.quota);
        for (served, &taken) in self.lanes.iter_mut().zip(&taken) {
            // Slots stayed free, or others were served after its turn: it had no more. A lane whose turn
            // has not come may still have some, and keeps its place until it comes.
            let passed_over = total < free || last_turn.is_some_and(|last| turn(served, taken + 1) < last);
            served.hungry = !(passed_over && taken < offered(served.lane));
            served.pass = turn(served, taken);
        }
        self.level();
    }

    /// The slots each lane would get if those that `takes_part` had work without end.
    fn shares(&self, free: u32, takes_part: impl Fn(&Served) -> bool) -> Vec<u32> {
        let mut shares = vec![0_u32; self.lanes.len()];
        for _ in 0..free {
            let turn = |(place, served): &(usize, &Served)| {
                served.pass + (i64::from(shares[*place]) + 1) * served.stride
            };
            let next =
                self.lanes.iter().enumerate().filter(|(_, served)| takes_part(served)).min_by_key(turn);
            let Some((place, _)) = next else { break };
            shares[place] += 1;
        }
        shares
    }

    /// Brings empty lanes up to the furthest behind of the others, forgives what was taken while others
    /// left their share, and keeps the numbers small.
    fn level(&mut self) {
        let hungry = || self.lanes.iter().filter(|served| served.hungry);
        let floor = hungry().map(|served| served.pass).min();
        let floor = floor.or_else(|| self.lanes.iter().map(|served| served.pass).max()).unwrap_or(0);
        // Turn by turn nobody gets further ahead than the next turn of all; only spare slots lead there.
        let ceiling = hungry().map(|served| served.pass + served.stride).min().unwrap_or(floor);
        for served in &mut self.lanes {
            if !served.hungry {
                served.pass = served.pass.max(floor);
            }
            served.pass = served.pass.min(ceiling) - floor;
        }
    }
}

#[cfg(test)]
mod tests;
