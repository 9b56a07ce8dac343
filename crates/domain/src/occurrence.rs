//! One feed's slot on one local date, or one request: the states it passes through, when it is due,
//! and when its program is let go. Pure rules; the database records what they say, and whoever
//! moves an occurrence asks here first.

mod release;

pub use release::{MIN_ASSEMBLY_MARGIN, Release, assembly_margin, cut_off, release};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Slots whose ready-by is past by no more than this are still made, by default.
pub const CATCH_UP: SignedDuration = SignedDuration::from_hours(3);

/// Where an occurrence stands. The names are a contract: the database, the API and the metrics
/// carry them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Planned; nothing chosen yet, so it may still move or vanish with its schedule.
    Open,
    /// Its articles are chosen and its artifacts demanded.
    Selected,
    /// The listener has it.
    Published,
    /// No program on purpose: nothing to say, not entitled, paused. A good end.
    Skipped,
    /// Its time had passed by more than the catch-up when the planner came to it.
    Missed,
    /// Production gave up.
    Failed,
    /// The listener or the operator called it off.
    Cancelled,
}

/// What can happen to an occurrence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    Select,
    Publish,
    Skip,
    Miss,
    Fail,
    Cancel,
    /// Backfill or redrive: once more from the start.
    Reopen,
    /// Redrive of a dead job behind selection: go on with the articles chosen.
    Resume,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("occurrence is {state}, so it cannot become {}; read it again before deciding", event.target())]
pub struct Refused {
    pub state: State,
    pub event: Event,
}

impl Refused {
    /// The event had already happened: a message delivered twice, not a contradiction.
    pub fn is_repetition(self) -> bool {
        self.event.target() == self.state
    }
}

/// The state after an event, or why it cannot be.
pub fn next(state: State, event: Event) -> Result<State, Refused> {
    use Event::{Cancel, Fail, Miss, Publish, Reopen, Resume, Select, Skip};
    let allowed = match state {
        State::Open => matches!(event, Select | Skip | Miss | Fail | Cancel),
        State::Selected => matches!(event, Publish | Skip | Miss | Fail | Cancel),
        State::Missed => matches!(event, Reopen),
        State::Failed => matches!(event, Reopen | Resume | Cancel),
        // What was heard, or decided by a person, is not undone: ask for a new program instead.
        State::Published | State::Skipped | State::Cancelled => false,
    };
    if allowed { Ok(event.target()) } else { Err(Refused { state, event }) }
}

impl Event {
    const fn target(self) -> State {
        match self {
            Self::Reopen => State::Open,
            Self::Select | Self::Resume => State::Selected,
            Self::Publish => State::Published,
            Self::Skip => State::Skipped,
            Self::Miss => State::Missed,
            Self::Fail => State::Failed,
            Self::Cancel => State::Cancelled,
        }
    }
}

impl State {
    pub const ALL: [Self; 7] = [
        Self::Open,
        Self::Selected,
        Self::Published,
        Self::Skipped,
        Self::Missed,
        Self::Failed,
        Self::Cancelled,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Selected => "selected",
            Self::Published => "published",
            Self::Skipped => "skipped",
            Self::Missed => "missed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether production has work left for it.
    pub const fn is_unfinished(self) -> bool {
        matches!(self, Self::Open | Self::Selected)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown occurrence state {0:?}; run the release that wrote it, or `mimiyori admin check`")]
pub struct UnknownState(String);

impl FromStr for State {
    type Err = UnknownState;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|state| state.name() == name).ok_or_else(|| UnknownState(name.to_owned()))
    }
}

/// When production of an occurrence has to end: its ready-by, or, when it was opened too late for
/// that (on demand, catching up), half as long again as it is predicted to take.
///
/// A prediction that is not a number counts as none.
pub fn due_at(ready_by: Timestamp, opened_at: Timestamp, predicted_s: f64) -> Timestamp {
    // The cast saturates, and takes NaN for 0.
    let allowed = SignedDuration::from_micros((predicted_s.max(0.0) * 1.5e6) as i64);
    ready_by.max(opened_at.saturating_add(allowed).unwrap_or(Timestamp::MAX))
}

/// How the planner treats a slot that it comes to at some moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Timeliness {
    OnTime,
    /// Past, but worth making at once; marked late.
    Late,
    /// Not made: recorded as missed, with the reason.
    Missed,
}

impl Timeliness {
    pub fn of(ready_by: Timestamp, now: Timestamp, catch_up: SignedDuration) -> Self {
        let late = lateness(ready_by, now);
        if late.is_zero() {
            Self::OnTime
        } else if late <= catch_up {
            Self::Late
        } else {
            Self::Missed
        }
    }
}

/// How long after its ready-by something happened; zero when in time. Never counted from `due_at`:
/// the listener was promised the ready-by.
pub fn lateness(ready_by: Timestamp, happened_at: Timestamp) -> SignedDuration {
    happened_at.duration_since(ready_by).max(SignedDuration::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// The whole table: every state with the events it accepts.
    #[test]
    fn states_move_only_along_the_drawn_lines() {
        use Event::*;
        let events = [Select, Publish, Skip, Miss, Fail, Cancel, Reopen, Resume];
        let drawn: [(State, &[(Event, State)]); 7] = [
            (
                State::Open,
                &[
                    (Select, State::Selected),
                    (Skip, State::Skipped),
                    (Miss, State::Missed),
                    (Fail, State::Failed),
                    (Cancel, State::Cancelled),
                ],
            ),
            (
                State::Selected,
                &[
                    (Publish, State::Published),
                    (Skip, State::Skipped),
                    (Miss, State::Missed),
                    (Fail, State::Failed),
                    (Cancel, State::Cancelled),
                ],
            ),
            (State::Missed, &[(Reopen, State::Open)]),
            (State::Failed, &[(Reopen, State::Open), (Resume, State::Selected), (Cancel, State::Cancelled)]),
            (State::Published, &[]),
            (State::Skipped, &[]),
            (State::Cancelled, &[]),
        ];
        for (state, lines) in drawn {
            for event in events {
                let line = lines.iter().find(|(accepted, _)| *accepted == event);
                let expected = line.map(|(_, target)| *target).ok_or(Refused { state, event });
                assert_eq!(next(state, event), expected, "{state} {event:?}");
            }
        }
    }

    #[test]
    fn a_message_delivered_twice_is_told_from_a_contradiction() {
        let again = next(State::Published, Event::Publish).unwrap_err();
        assert!(again.is_repetition());
        let wrong = next(State::Cancelled, Event::Publish).unwrap_err();
        assert!(!wrong.is_repetition());
        assert_eq!(
            wrong.to_string(),
            "occurrence is cancelled, so it cannot become published; read it again before deciding"
        );
    }

    #[test]
    fn names_read_back() {
        for state in State::ALL {
            assert_eq!(state.name().parse(), Ok(state));
            assert_eq!(serde_json::to_string(&state).unwrap(), format!("{:?}", state.name()));
        }
        assert!("done".parse::<State>().is_err());
    }

    #[test]
    fn due_is_ready_by_unless_opened_too_late_for_it() {
        let ready_by = at("2026-08-10T07:00:00Z");
        let cases = [
            ("2026-08-10T06:00:00Z", 1_800.0, "2026-08-10T07:00:00Z"),
            ("2026-08-10T06:50:00Z", 600.0, "2026-08-10T07:05:00Z"),
            ("2026-08-10T08:00:00Z", 600.0, "2026-08-10T08:15:00Z"),
            ("2026-08-10T08:00:00Z", f64::NAN, "2026-08-10T08:00:00Z"),
            ("2026-08-10T08:00:00Z", -5.0, "2026-08-10T08:00:00Z"),
        ];
        for (opened_at, predicted_s, due) in cases {
            assert_eq!(due_at(ready_by, at(opened_at), predicted_s), at(due), "{opened_at} {predicted_s}");
        }
        assert_eq!(due_at(ready_by, ready_by, f64::INFINITY), Timestamp::MAX);
    }

    #[test]
    fn catch_up_has_an_end() {
        let ready_by = at("2026-08-10T07:00:00Z");
        for (now, expected) in [
            ("2026-08-10T01:00:00Z", Timeliness::OnTime),
            ("2026-08-10T07:00:00Z", Timeliness::OnTime),
            ("2026-08-10T07:00:00.000001Z", Timeliness::Late),
            ("2026-08-10T10:00:00Z", Timeliness::Late),
            ("2026-08-10T10:00:00.000001Z", Timeliness::Missed),
        ] {
            assert_eq!(Timeliness::of(ready_by, at(now), CATCH_UP), expected, "{now}");
        }
    }

    #[test]
    fn lateness_counts_from_ready_by() {
        let ready_by = at("2026-08-10T07:00:00Z");
        assert_eq!(lateness(ready_by, at("2026-08-10T06:00:00Z")), SignedDuration::ZERO);
        assert_eq!(lateness(ready_by, at("2026-08-10T07:02:00Z")), SignedDuration::from_mins(2));
    }
}
