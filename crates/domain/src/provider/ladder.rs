//! Something good beats nothing: what a program is made with when time, money or a provider run out.

use super::Why;

/// How a program goes on, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rung {
    /// Writer and voice as configured, for all that is missing.
    Configured,
    /// The same, but only for so many more articles.
    Fewer(u32),
    /// Only what has been made already, for whomever.
    Cached,
    /// So many articles by the extractive writer and the embedded voice, which need nobody.
    Offline(u32),
}

/// What a program has and lacks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plight {
    /// Until the cut-off: what is not made by then is left out.
    pub left_s: f64,
    /// Articles that are still to be made.
    pub missing: u32,
    /// Articles that could be used and are made already.
    pub cached: u32,
    /// From one article to the next by the configured writer and voice, as learned.
    pub each_s: f64,
    /// The same by the extractive writer and the embedded voice.
    pub offline_each_s: f64,
    pub refused: Option<Refused>,
}

/// A call was not let through.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Refused {
    pub why: Why,
    /// Until it may be; `None` when nobody can know.
    pub wait_s: Option<f64>,
}

impl Rung {
    /// The best way that still ends in time.
    pub fn of(plight: &Plight) -> Self {
        let Plight { left_s, missing, cached, each_s, offline_each_s, refused } = *plight;
        let wait_s = refused.map_or(0.0, Refused::wait_s);
        match fit(left_s - wait_s, each_s).min(missing) {
            all if all == missing => Self::Configured,
            0 if cached > 0 => Self::Cached,
            // Late by one short article rather than empty.
            0 => Self::Offline(fit(left_s, offline_each_s).clamp(1, missing)),
            some => Self::Fewer(some),
        }
    }

    /// Steps below the best.
    pub const fn depth(self) -> u8 {
        match self {
            Self::Configured => 0,
            Self::Fewer(_) => 1,
            Self::Cached => 2,
            Self::Offline(_) => 3,
        }
    }
}

impl Refused {
    /// Infinite when there is nothing to wait for.
    fn wait_s(self) -> f64 {
        let known = self.wait_s.map(|wait_s| wait_s.max(0.0));
        match self.why {
            Why::Killed | Why::PaidTwice => f64::INFINITY,
            Why::Broken | Why::Paused | Why::Budget(_) => known.unwrap_or(f64::INFINITY),
            // Others are being served, and their calls end; a database comes back.
            Why::Parallel | Why::Rate | Why::Unrecorded => known.unwrap_or(0.0),
        }
    }
}

/// How many of `each_s` fit in `left_s`.
fn fit(left_s: f64, each_s: f64) -> u32 {
    if left_s.is_nan() || left_s < 0.0 {
        return 0;
    }
    // The cast saturates; what takes no time always fits.
    if each_s > 0.0 { (left_s / each_s) as u32 } else { u32::MAX }
}
