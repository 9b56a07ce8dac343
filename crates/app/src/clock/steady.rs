//! The clock of the service. It runs on by itself, and is set again and again by a truth: the database's clock where
//! nodes share one, else this machine's. A truth that jumps is not believed at once: until it has stood for a while,
//! the clock goes on as it went, and nothing is planned by it.

use super::{SystemClock, Time};
use queue::{Clock, Micros};
use std::{
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

const SECOND: Micros = 1_000_000;
/// More than this is no drift.
const JUMP: Micros = 60 * SECOND;
/// How long a truth that jumped has to stand until it is believed.
const STANDS: Duration = Duration::from_secs(60);

/// What the machine shows at one moment.
#[derive(Clone, Copy, Debug)]
struct Reading {
    /// How long it has been running: that never jumps, and goes on while it sleeps.
    running: Duration,
    wall: Micros,
}

/// What came of setting the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    Steady,
    /// The truth has jumped so far, and is not believed yet.
    Doubted(Micros),
    /// The truth that jumped so far has stood, and is believed now.
    Believed(Micros),
}

pub struct SteadyClock {
    read: Box<dyn Fn() -> Reading + Send + Sync>,
    lines: Mutex<Lines>,
}

#[derive(Clone, Copy)]
struct Lines {
    believed: Line,
    /// A truth that jumped, and since when it runs so.
    doubted: Option<(Line, Duration)>,
}

/// An instant for each moment of the machine.
#[derive(Clone, Copy)]
struct Line {
    running: Duration,
    at: Micros,
}

impl Line {
    fn at(self, running: Duration) -> Micros {
        let between = i128::try_from(running.as_micros()).unwrap_or(i128::MAX)
            - i128::try_from(self.running.as_micros()).unwrap_or(i128::MAX);
        self.at.saturating_add(Micros::try_from(between).unwrap_or(0))
    }
}

impl SteadyClock {
    /// Over this machine's clocks.
    pub fn of_system() -> Self {
        Self::over(|| Reading { running: running(), wall: SystemClock.micros() })
    }

    fn over(read: impl Fn() -> Reading + Send + Sync + 'static) -> Self {
        let Reading { running, wall } = read();
        let lines = Lines { believed: Line { running, at: wall }, doubted: None };
        Self { read: Box::new(read), lines: Mutex::new(lines) }
    }

    /// Before anything was done by it, it believes whatever it is told.
    pub fn begin_at(&self, truth: Micros) {
        let running = (self.read)().running;
        *self.lines() = Lines { believed: Line { running, at: truth }, doubted: None };
    }

    /// Sets the clock by what the truth shows now; without one, by this machine's clock.
    pub fn set_by(&self, truth: Option<Micros>) -> Setting {
        let Reading { running, wall } = (self.read)();
        let line = Line { running, at: truth.unwrap_or(wall) };
        let mut lines = self.lines();
        let jump = line.at.saturating_sub(lines.believed.at(running));
        let stands = |doubted: Line| line.at.saturating_sub(doubted.at(running)).abs() <= JUMP;
        let (next, setting) = match lines.doubted {
            _ if jump.abs() <= JUMP => (Lines { believed: line, doubted: None }, Setting::Steady),
            Some((doubted, since)) if stands(doubted) && running.saturating_sub(since) >= STANDS => {
                (Lines { believed: line, doubted: None }, Setting::Believed(jump))
            }
            Some((doubted, since)) if stands(doubted) => {
                (Lines { doubted: Some((line, since)), ..*lines }, Setting::Doubted(jump))
            }
            _ => (Lines { doubted: Some((line, running)), ..*lines }, Setting::Doubted(jump)),
        };
        *lines = next;
        setting
    }

    /// A panic while holding it leaves plain data, still good.
    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for SteadyClock {
    fn now(&self) -> Micros {
        let running = (self.read)().running;
        self.lines().believed.at(running)
    }
}

impl Time for SteadyClock {
    fn is_believed(&self) -> bool {
        self.lines().doubted.is_none()
    }
}

impl fmt::Debug for SteadyClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SteadyClock").field("now", &self.now()).finish_non_exhaustive()
    }
}

fn running() -> Duration {
    // What is monotonic elsewhere stands still on Linux while the machine sleeps.
    #[cfg(target_os = "linux")]
    let id = rustix::time::ClockId::Boottime;
    #[cfg(not(target_os = "linux"))]
    let id = rustix::time::ClockId::Monotonic;
    let time = rustix::time::clock_gettime(id);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    const HOUR: Micros = 3_600 * SECOND;
    const START: Micros = 1_800_000_000 * SECOND;

    /// A machine whose clocks are moved by hand.
    #[derive(Clone)]
    struct Machine(Arc<Mutex<Reading>>);

    impl Machine {
        fn new() -> (Self, SteadyClock) {
            let machine =
                Self(Arc::new(Mutex::new(Reading { running: Duration::from_secs(9), wall: START })));
            let read = machine.clone();
            (machine, SteadyClock::over(move || *read.0.lock().unwrap()))
        }

        fn pass(&self, seconds: u64) {
            let mut reading = self.0.lock().unwrap();
            reading.running += Duration::from_secs(seconds);
            reading.wall += seconds.cast_signed() * SECOND;
        }

        fn jump(&self, by: Micros) {
            self.0.lock().unwrap().wall += by;
        }
    }

    #[test]
    fn drift_is_followed_at_once() {
        let (machine, clock) = Machine::new();
        machine.pass(5);
        machine.jump(40 * SECOND);
        assert_eq!(clock.now(), START + 5 * SECOND, "until it is set");
        assert_eq!(clock.set_by(None), Setting::Steady);
        assert_eq!(clock.now(), START + 45 * SECOND);
        assert!(clock.is_believed());
    }

    #[test]
    fn a_jump_is_believed_when_it_has_stood() {
        for by in [HOUR, -HOUR] {
            let (machine, clock) = Machine::new();
            machine.jump(by);
            for passed in 0..60 {
                assert_eq!(clock.set_by(None), Setting::Doubted(by), "{passed} s");
                assert!(!clock.is_believed());
                assert_eq!(clock.now(), START + passed * SECOND, "it goes on as it went");
                machine.pass(1);
            }
            assert_eq!(clock.set_by(None), Setting::Believed(by));
            assert!(clock.is_believed());
            assert_eq!(clock.now(), START + 60 * SECOND + by);
            assert_eq!(clock.set_by(None), Setting::Steady);
        }
    }

    #[test]
    fn a_jump_that_is_taken_back_was_none() {
        let (machine, clock) = Machine::new();
        machine.jump(5 * HOUR);
        assert_eq!(clock.set_by(None), Setting::Doubted(5 * HOUR));
        machine.pass(30);
        machine.jump(-5 * HOUR);
        assert_eq!(clock.set_by(None), Setting::Steady);
        assert_eq!(clock.now(), START + 30 * SECOND);
    }

    #[test]
    fn a_truth_that_jumps_again_has_not_stood() {
        let (machine, clock) = Machine::new();
        machine.jump(HOUR);
        clock.set_by(None);
        machine.pass(50);
        machine.jump(HOUR);
        assert_eq!(clock.set_by(None), Setting::Doubted(2 * HOUR));
        machine.pass(59);
        assert_eq!(clock.set_by(None), Setting::Doubted(2 * HOUR));
        machine.pass(1);
        assert_eq!(clock.set_by(None), Setting::Believed(2 * HOUR));
    }

    #[test]
    fn where_a_database_tells_the_time_the_machine_may_jump() {
        let (machine, clock) = Machine::new();
        clock.begin_at(START + 10 * HOUR);
        machine.pass(5);
        machine.jump(HOUR);
        assert_eq!(clock.set_by(Some(START + 10 * HOUR + 6 * SECOND)), Setting::Steady);
        assert_eq!(clock.now(), START + 10 * HOUR + 6 * SECOND);
    }

    #[test]
    fn the_system_runs() {
        let clock = SteadyClock::of_system();
        let between = clock.now() - SystemClock.micros();
        assert!(between.abs() < SECOND, "{between}");
        assert_eq!(clock.set_by(None), Setting::Steady);
    }
}
