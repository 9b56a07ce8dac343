//! Days of the week as a set that is never empty: a schedule without days would be a pause.

use jiff::civil::Weekday;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

const WEEK: [(Weekday, &str); 7] = [
    (Weekday::Monday, "mon"),
    (Weekday::Tuesday, "tue"),
    (Weekday::Wednesday, "wed"),
    (Weekday::Thursday, "thu"),
    (Weekday::Friday, "fri"),
    (Weekday::Saturday, "sat"),
    (Weekday::Sunday, "sun"),
];

/// The days a program is wished on. Text form: `daily`, `weekdays`, `weekends`, or a list such as
/// `mon,wed,fri`; a list that equals one of the words is written as that word.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Days(u8);

impl Days {
    pub const DAILY: Self = Self(0b111_1111);
    pub const WEEKDAYS: Self = Self(0b001_1111);
    pub const WEEKENDS: Self = Self(0b110_0000);

    pub const fn contains(self, day: Weekday) -> bool {
        self.0 & bit(day) != 0
    }

    /// Monday first.
    pub fn iter(self) -> impl Iterator<Item = Weekday> {
        WEEK.into_iter().map(|(day, _)| day).filter(move |day| self.contains(*day))
    }

    /// From 1 to 7.
    pub const fn count(self) -> u32 {
        self.0.count_ones()
    }

    /// At most so many of these days, spread over the week and beginning with its first; none of none.
    pub fn spread(self, most: u32) -> Option<Self> {
        let days: Vec<Weekday> = self.iter().collect();
        let kept = days.len().min(most as usize);
        let bits = (0..kept).map(|place| bit(days[place * days.len() / kept])).fold(0, |set, day| set | day);
        (bits != 0).then_some(Self(bits))
    }
}

const fn bit(day: Weekday) -> u8 {
    1 << day.to_monday_zero_offset()
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown days {0:?}; use \"daily\", \"weekdays\", \"weekends\" or a list such as \"mon,wed,fri\"")]
pub struct UnknownDays(String);

impl FromStr for Days {
    type Err = UnknownDays;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut days = 0;
        for word in text.split(',') {
            days |= set_named(word.trim()).ok_or_else(|| UnknownDays(text.to_owned()))?;
        }
        Ok(Self(days))
    }
}

fn set_named(word: &str) -> Option<u8> {
    let word = word.to_ascii_lowercase();
    match word.as_str() {
        "daily" => Some(Days::DAILY.0),
        "weekdays" => Some(Days::WEEKDAYS.0),
        "weekends" => Some(Days::WEEKENDS.0),
        day => WEEK.iter().find(|(_, name)| *name == day).map(|(day, _)| bit(*day)),
    }
}

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::DAILY => f.write_str("daily"),
            Self::WEEKDAYS => f.write_str("weekdays"),
            Self::WEEKENDS => f.write_str("weekends"),
            days => {
                let named = WEEK.iter().filter(|(day, _)| days.contains(*day));
                for (place, (_, name)) in named.enumerate() {
                    f.write_str(if place == 0 { "" } else { "," })?;
                    f.write_str(name)?;
                }
                Ok(())
            }
        }
    }
}

impl fmt::Debug for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Days({self})")
    }
}

impl TryFrom<String> for Days {
    type Error = UnknownDays;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Days> for String {
    fn from(days: Days) -> Self {
        days.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_words_and_lists() {
        for (text, written) in [
            ("daily", "daily"),
            ("Mon, tue", "mon,tue"),
            ("sun,mon", "mon,sun"),
            ("weekends", "weekends"),
            ("sat,sun", "weekends"),
            ("weekdays,sat,sun", "daily"),
        ] {
            assert_eq!(text.parse::<Days>().map(|days| days.to_string()), Ok(written.to_owned()), "{text}");
        }
    }

    #[test]
    fn fewer_days_are_spread_over_the_week() {
        for (days, most, kept) in [
            ("daily", 1, Some("mon")),
            ("daily", 2, Some("mon,thu")),
            ("daily", 3, Some("mon,wed,fri")),
            ("daily", 7, Some("daily")),
            ("daily", 9, Some("daily")),
            ("weekdays", 2, Some("mon,wed")),
            ("weekends", 1, Some("sat")),
            ("tue,thu", 2, Some("tue,thu")),
            ("sun", 1, Some("sun")),
            ("sun", 0, None),
        ] {
            let spread = days.parse::<Days>().unwrap().spread(most);
            assert_eq!(spread.map(|days| days.to_string()).as_deref(), kept, "{days} {most}");
        }
    }

    #[test]
    fn a_spread_has_as_many_days_as_it_may() {
        for set in 1..=Days::DAILY.0 {
            for most in 0..9 {
                let days = Days(set).spread(most);
                assert_eq!(days.map_or(0, Days::count), most.min(Days(set).count()), "{set} {most}");
                assert!(days.is_none_or(|days| days.iter().all(|day| Days(set).contains(day))));
            }
        }
    }

    #[test]
    fn refuses_what_is_no_day() {
        for text in ["", ",", "mon,", "monday", "everyday", "mon;tue"] {
            assert_eq!(text.parse::<Days>(), Err(UnknownDays(text.to_owned())), "{text}");
        }
    }
}
