//! What a command tells whoever runs it: its answer on standard output, all else on standard error.
//!
//! `println!` panics where nobody reads; here a closed pipe, as with `| head`, is no failure.

use crate::failure::{Failure, Kind};
use std::{
    fmt,
    io::{self, Write},
};

/// The answer that was asked for, whole, and a line break.
pub fn answer(text: impl fmt::Display) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(cause) if cause.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(Kind::Other, format!("standard output cannot be written: {cause}")))
        }
        _ => Ok(()),
    }
}

/// One line for people.
pub fn note(text: impl fmt::Display) {
    // Without standard error there is nobody to tell that it cannot be written.
    let _ = writeln!(io::stderr(), "{}", OneLine(&text.to_string()));
}

/// Text without line breaks and without the control characters that would command a terminal.
#[derive(Clone, Copy, Debug)]
pub struct OneLine<'a>(pub &'a str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words = self.0.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty());
        f.write_str(words.next().unwrap_or_default())?;
        words.try_for_each(|word| write!(f, " {word}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line_and_commands_no_terminal() {
        let shown = OneLine("first\n  second\r\nthird \u{1b}[31mred\u{7}").to_string();
        assert_eq!(shown, "first second third [31mred");
    }
}
