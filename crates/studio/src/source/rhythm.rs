//! How long a source is left alone. Pure: whoever polls asks here.
//!
//! The server's wish comes first, also where it says no: `Retry-After`, `max-age`, `Expires`, the
//! feed's `ttl`. Then the rhythm of its entries, then the count of failures.

use std::time::Duration;

/// How the last poll ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Polled {
    /// 200 or 304. `weekly` counts the entries of the last seven days; `None` where they have no dates.
    Answered { weekly: Option<u32> },
    /// For the n-th time in a row, from 1.
    Failed { times: u32 },
}

const DAY: Duration = Duration::from_secs(86_400);
const WEEK: Duration = Duration::from_secs(7 * 86_400);
const LEAST: Duration = Duration::from_secs(5 * 60);
const UNDATED: Duration = Duration::from_secs(60 * 60);

/// The delay to the next poll, 5 minutes to 24 hours. `wish` is the longest time the server asked
/// for (`Feed::poll_after`, `SourceError::wait`).
pub fn next_poll(polled: Polled, wish: Option<Duration>) -> Duration {
    let own = match polled {
        Polled::Answered { weekly: Some(0) } => DAY,
        Polled::Answered { weekly: Some(entries) } => WEEK / entries,
        Polled::Answered { weekly: None } => UNDATED,
        // Doubles from 5 minutes; nine doublings pass a day.
        Polled::Failed { times } => LEAST * 2_u32.pow(times.saturating_sub(1).min(9)),
    };
    own.max(wish.unwrap_or_default()).clamp(LEAST, DAY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const fn minutes(minutes: u64) -> Duration {
        Duration::from_secs(minutes * 60)
    }

    #[test]
    fn entries_set_the_rhythm() {
        let answered = |weekly| next_poll(Polled::Answered { weekly }, None);
        assert_eq!(answered(Some(0)), DAY);
        assert_eq!(answered(Some(7)), DAY);
        assert_eq!(answered(Some(168)), minutes(60));
        assert_eq!(answered(Some(100_000)), minutes(5));
        assert_eq!(answered(None), minutes(60));
    }

    #[test]
    fn the_servers_wish_is_obeyed_up_to_a_day() {
        let polled = Polled::Answered { weekly: Some(168) };
        assert_eq!(next_poll(polled, Some(minutes(90))), minutes(90));
        assert_eq!(next_poll(polled, Some(minutes(0))), minutes(60));
        assert_eq!(next_poll(polled, Some(DAY * 30)), DAY);
        assert_eq!(next_poll(Polled::Failed { times: 1 }, Some(minutes(30))), minutes(30));
    }

    #[test]
    fn failures_double_up_to_a_day() {
        let failed = |times| next_poll(Polled::Failed { times }, None);
        assert_eq!(
            [1, 2, 3, 9, 10, u32::MAX].map(failed),
            [minutes(5), minutes(10), minutes(20), minutes(1_280), DAY, DAY]
        );
    }

    proptest! {
        #[test]
        fn never_too_soon_and_never_given_up(weekly: Option<u32>, times: u32, wish in prop::option::of(0_u64..10_000_000)) {
            let wish = wish.map(Duration::from_secs);
            for polled in [Polled::Answered { weekly }, Polled::Failed { times }] {
                let delay = next_poll(polled, wish);
                prop_assert!((LEAST..=DAY).contains(&delay));
                prop_assert!(delay >= wish.unwrap_or_default().min(DAY));
            }
        }
    }
}
