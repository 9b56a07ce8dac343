//! A panic is a bug of ours; even so, people get one line that says what to do, and exit code 1.

use crate::failure::{Failure, Kind};
use std::{
    panic::{self, PanicHookInfo},
    sync::{Mutex, PoisonError},
};

/// The first bug met. The line is written once, at the end, by whoever ends the program.
static FIRST: Mutex<Option<String>> = Mutex::new(None);

/// Runs to the end whatever happens.
pub fn survive<T>(run: impl FnOnce() -> Result<T, Failure> + panic::UnwindSafe) -> Result<T, Failure> {
    panic::set_hook(Box::new(remember));
    let ended = panic::catch_unwind(run);
    drop(panic::take_hook());
    let bug = FIRST.lock().unwrap_or_else(PoisonError::into_inner).take();
    match (ended, bug) {
        (Ok(Ok(done)), bug) => {
            // It cost a part that could be done without.
            bug.into_iter().for_each(|bug| crate::terminal::note(format_args!("warning: {bug}")));
            Ok(done)
        }
        (Ok(Err(failure)), None) => Err(failure),
        (_, bug) => Err(Failure::new(Kind::Other, bug.unwrap_or_else(|| "a bug in mimiyori".to_owned()))),
    }
}

fn remember(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let what = panic.payload_as_str().unwrap_or("unknown");
    let bug = format!("a bug in mimiyori at {place}: {what}; please report it with the command you ran");
    FIRST.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(bug);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_failure_with_its_place() {
        let failure = survive::<()>(|| panic!("the unthinkable")).unwrap_err();
        assert_eq!(failure.kind, Kind::Other);
        let line = failure.to_string();
        assert!(line.contains("bug.rs") && line.contains("the unthinkable"), "{line}");
    }
}
