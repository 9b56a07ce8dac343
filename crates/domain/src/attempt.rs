//! How often somebody may try: so many at once, then one each so often (a leaky bucket, as GCRA of ITU-T I.371
//! counts it). What is kept of a bucket is one instant: when it will be empty.

/// Microseconds since the epoch, or a span of them.
type Micros = i64;

const SECOND: Micros = 1_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    pub at_once: u32,
    pub then_every: Micros,
}

impl Limit {
    /// Passwords tried on one account, whether it is there or not: with one in three minutes the hundred thousand
    /// most used take half a year.
    pub const ACCOUNT: Self = Self { at_once: 5, then_every: 180 * SECOND };
    /// From one address of the network, behind which may be a school.
    pub const ADDRESS: Self = Self { at_once: 30, then_every: 10 * SECOND };
    /// Mails to one address that somebody else may ask for.
    pub const MAIL: Self = Self { at_once: 3, then_every: 600 * SECOND };

    /// How far ahead a full bucket is.
    pub const fn span(self) -> Micros {
        self.then_every * self.at_once as Micros
    }

    /// Until the next try, of a bucket that takes no more.
    pub const fn wait(self, empty_at: Micros, now: Micros) -> Micros {
        let wait = empty_at.saturating_add(self.then_every).saturating_sub(now.saturating_add(self.span()));
        if wait < 1 { 1 } else { wait }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_bucket_opens_when_one_has_leaked_out() {
        let limit = Limit { at_once: 5, then_every: 180 * SECOND };
        let full_at = 1_000 * SECOND + limit.span();
        assert_eq!(limit.wait(full_at, 1_000 * SECOND), 180 * SECOND);
        assert_eq!(limit.wait(full_at, 1_100 * SECOND), 80 * SECOND);
        assert_eq!(limit.wait(full_at, 1_180 * SECOND), 1, "at once, as good as");
        assert_eq!(limit.wait(Micros::MAX, 0), Micros::MAX - limit.span());
    }
}
