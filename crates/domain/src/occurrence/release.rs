//! When an occurrence leaves the barrier of its batch: at once when nothing it needs is being made
//! any more, and at the cut-off with what there is.

use crate::artifact::ArtifactKey;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashSet;

/// Assembly is given at least this long, however little it has taken so far.
pub const MIN_ASSEMBLY_MARGIN: SignedDuration = SignedDuration::from_secs(10);

/// What the sweep does with a waiting occurrence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Release {
    /// Something it needs is still being made, and there is time.
    Wait,
    /// All it needs is made or given up.
    Settled,
    /// Out of time: assemble what there is.
    CutOff,
}

/// Judges one waiting occurrence. `unsettled` are the batch's keys still being made: few, so they
/// are read once for a whole chunk of occurrences.
pub fn release<'a>(
    needs: impl IntoIterator<Item = &'a ArtifactKey>,
    unsettled: &HashSet<ArtifactKey>,
    cut_off: Timestamp,
    now: Timestamp,
) -> Release {
    if !needs.into_iter().any(|key| unsettled.contains(key)) {
        Release::Settled
    } else if now >= cut_off {
        Release::CutOff
    } else {
        Release::Wait
    }
}

/// When waiting ends: what is left until `due_at` belongs to assembly. Never before the occurrence
/// was half-way there, so that a batch of one made on demand is not cut off as it begins.
pub fn cut_off(opened_at: Timestamp, due_at: Timestamp, margin: SignedDuration) -> Timestamp {
    let half_way = opened_at.saturating_add(due_at.duration_since(opened_at) / 2).unwrap_or(due_at);
    let with_margin = due_at.saturating_sub(margin).unwrap_or(half_way);
    with_margin.max(half_way).min(due_at)
}

/// Time to assemble a batch: the learned seconds of one occurrence for all of them, shared by
/// `parallel` slots, and never under [`MIN_ASSEMBLY_MARGIN`].
pub fn assembly_margin(occurrences: u64, seconds_each: f64, parallel: f64) -> SignedDuration {
    // The cast saturates, and takes NaN for 0.
    let micros = (occurrences as f64 * seconds_each.max(0.0) / parallel.max(1.0) * 1e6) as i64;
    SignedDuration::from_micros(micros).max(MIN_ASSEMBLY_MARGIN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::{ArtifactKind, KeyBuilder, Scope};

    fn key(name: &str) -> ArtifactKey {
        KeyBuilder::new(ArtifactKind::Segment, Scope::Shared).field("name", name).finish()
    }

    fn at(time: &str) -> Timestamp {
        format!("2026-08-10T{time}Z").parse().unwrap()
    }

    #[test]
    fn waits_only_for_what_is_still_being_made_and_only_until_the_cut_off() {
        let cut_off = at("06:58:00");
        let made = [key("a"), key("b")];
        let waiting = [key("a"), key("c")];
        let unsettled = HashSet::from([key("c"), key("d")]);
        assert_eq!(release(&made, &unsettled, cut_off, at("06:30:00")), Release::Settled);
        assert_eq!(release(&waiting, &unsettled, cut_off, at("06:57:59")), Release::Wait);
        assert_eq!(release(&waiting, &unsettled, cut_off, at("06:58:00")), Release::CutOff);
        assert_eq!(release(&waiting, &HashSet::new(), cut_off, at("06:30:00")), Release::Settled);
        assert_eq!(release(&made, &unsettled, cut_off, at("07:30:00")), Release::Settled);
    }

    #[test]
    fn the_cut_off_leaves_assembly_its_margin_but_never_more_than_half() {
        let margin = SignedDuration::from_mins(2);
        for (opened_at, due_at, expected) in [
            ("06:00:00", "07:00:00", "06:58:00"),
            // Made on demand within a minute and a half.
            ("07:00:00", "07:01:30", "07:00:45"),
            ("07:00:00", "07:00:00", "07:00:00"),
        ] {
            assert_eq!(cut_off(at(opened_at), at(due_at), margin), at(expected), "{opened_at} {due_at}");
        }
        assert_eq!(cut_off(at("07:10:00"), at("07:00:00"), margin), at("07:00:00"));
    }

    #[test]
    fn the_margin_grows_with_the_batch() {
        assert_eq!(assembly_margin(1, 0.05, 2.0), MIN_ASSEMBLY_MARGIN);
        assert_eq!(assembly_margin(100_000, 0.005, 4.0), SignedDuration::from_secs(125));
        assert_eq!(assembly_margin(100, f64::NAN, 0.0), MIN_ASSEMBLY_MARGIN);
    }
}
