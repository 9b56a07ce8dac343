//! A time of day by the listener's clock, to the minute, shown as they wrote it.

use jiff::civil::Time;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// `HH:MM` or `H:MM`, 00:00 to 23:59.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LocalTime {
    hour: i8,
    minute: i8,
    written: HourStyle,
}

/// Whether a single-digit hour was written with its zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum HourStyle {
    Padded,
    Bare,
}

impl LocalTime {
    pub const fn time(self) -> Time {
        Time::constant(self.hour, self.minute, 0, 0)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no time of day; write it as HH:MM, such as \"07:00\"")]
pub struct BadLocalTime(String);

impl FromStr for LocalTime {
    type Err = BadLocalTime;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).ok_or_else(|| BadLocalTime(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<LocalTime> {
    let (hour, minute) = text.split_once(':')?;
    let written = match hour.len() {
        1 => HourStyle::Bare,
        2 => HourStyle::Padded,
        _ => return None,
    };
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if minute.len() != 2 || !digits(hour) || !digits(minute) {
        return None;
    }
    let (hour, minute) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour < 24 && minute < 60).then_some(LocalTime { hour, minute, written })
}

impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { hour, minute, written } = self;
        match written {
            HourStyle::Padded => write!(f, "{hour:02}:{minute:02}"),
            HourStyle::Bare => write!(f, "{hour}:{minute:02}"),
        }
    }
}

impl TryFrom<String> for LocalTime {
    type Error = BadLocalTime;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<LocalTime> for String {
    fn from(time: LocalTime) -> Self {
        time.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_was_written() {
        for text in ["07:00", "7:00", "00:00", "0:05", "23:59"] {
            assert_eq!(text.parse::<LocalTime>().map(|time| time.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn refuses_what_no_clock_shows() {
        for text in
            ["", "7", "24:00", "07:60", "007:00", "07:0", "+7:00", "07:-1", "07:00:00", " 7:00", "７:00"]
        {
            assert_eq!(text.parse::<LocalTime>(), Err(BadLocalTime(text.to_owned())), "{text}");
        }
    }
}
