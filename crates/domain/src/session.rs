//! How long a browser stays signed in, and when its cookie is replaced (OWASP ASVS 5.0 §7.3, NIST SP 800-63B-4
//! §5.2). A cookie that was copied is found out when its owner has been given the next one.

/// Microseconds since the epoch, or a span of them.
type Micros = i64;

const SECOND: Micros = 1_000_000;
const HOUR: Micros = 3_600 * SECOND;
const DAY: Micros = 24 * HOUR;

/// A cookie is replaced after so long.
pub const REPLACE_AFTER: Micros = DAY;
/// Requests that are under way while a cookie is replaced still carry the one before.
pub const GRACE: Micros = 60 * SECOND;

/// When a session ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Since it was last used.
    pub idle: Micros,
    /// Since it began, used or not.
    pub whole: Micros,
}

/// What a session has been through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Life {
    pub created_at: Micros,
    pub seen_at: Micros,
    /// When its cookie was last replaced.
    pub replaced_at: Micros,
    /// When the present cookie was first shown; an answer that carries a new one may get lost.
    pub confirmed_at: Option<Micros>,
}

/// Which of a session's cookies came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    Present,
    /// The one before.
    Previous,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Good,
    /// Good, and time for the next cookie.
    Replace,
    Over,
    /// Somebody still has a cookie whose owner has the next one: there are two of them.
    Copied,
}

impl Limits {
    pub const fn of_days(idle: u32, whole: u32) -> Self {
        Self { idle: idle as Micros * DAY, whole: whole as Micros * DAY }
    }

    pub fn judge(self, life: &Life, shown: Shown, now: Micros) -> Verdict {
        let is_over = now >= life.created_at.saturating_add(self.whole)
            || now >= life.seen_at.saturating_add(self.idle);
        if is_over {
            return Verdict::Over;
        }
        let since_replaced = now.saturating_sub(life.replaced_at);
        match (shown, life.confirmed_at) {
            (Shown::Present, _) if since_replaced >= REPLACE_AFTER => Verdict::Replace,
            (Shown::Present, _) => Verdict::Good,
            (Shown::Previous, Some(at)) if now.saturating_sub(at) > GRACE => Verdict::Copied,
            // The answer with the next cookie was lost: here is another.
            (Shown::Previous, None) if since_replaced > GRACE => Verdict::Replace,
            (Shown::Previous, _) => Verdict::Good,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LIMITS: Limits = Limits::of_days(14, 90);

    fn life(replaced_at: Micros, confirmed_at: Option<Micros>) -> Life {
        Life { created_at: 0, seen_at: replaced_at, replaced_at, confirmed_at }
    }

    #[test]
    fn a_session_ends_when_it_is_left_alone_and_when_it_is_old() {
        let life = |seen_at| Life { created_at: 0, seen_at, replaced_at: seen_at, confirmed_at: Some(0) };
        for (seen, now, verdict) in [
            (0, DAY - 1, Verdict::Good),
            (0, DAY, Verdict::Replace),
            (0, 14 * DAY - 1, Verdict::Replace),
            (0, 14 * DAY, Verdict::Over),
            (80 * DAY, 80 * DAY + HOUR, Verdict::Good),
            (89 * DAY + 23 * HOUR, 90 * DAY - 1, Verdict::Good),
            (89 * DAY + 23 * HOUR, 90 * DAY, Verdict::Over),
        ] {
            assert_eq!(LIMITS.judge(&life(seen), Shown::Present, now), verdict, "{seen} {now}");
        }
    }

    #[test]
    fn the_cookie_before_is_good_while_the_next_may_be_lost_and_betrays_a_copy_after() {
        let judge = |life, now| LIMITS.judge(&life, Shown::Previous, now);
        let lost = life(DAY, None);
        assert_eq!(judge(lost, DAY + GRACE), Verdict::Good);
        assert_eq!(judge(lost, DAY + GRACE + 1), Verdict::Replace);
        let arrived = life(DAY, Some(DAY + SECOND));
        assert_eq!(judge(arrived, DAY + SECOND + GRACE), Verdict::Good);
        assert_eq!(judge(arrived, DAY + SECOND + GRACE + 1), Verdict::Copied);
    }

    proptest! {
        #[test]
        fn whoever_has_the_present_cookie_is_never_taken_for_a_copy(
            replaced in 0..100 * DAY, confirmed in proptest::option::of(0..100 * DAY), now in 0..200 * DAY,
        ) {
            let verdict = LIMITS.judge(&life(replaced, confirmed), Shown::Present, now);
            prop_assert_ne!(verdict, Verdict::Copied);
        }
    }
}
