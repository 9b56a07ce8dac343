//! Why a local date has no program, as a value and as a sentence for the listener.

use super::{Vacation, Zone};
use crate::language::Language;
use jiff::civil::{Date, Weekday};

/// The first of these that holds, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The zone's calendar jumped over it.
    NoSuchDate {
        date: Date,
        zone: Zone,
    },
    /// The feed is paused; `since` is the listener's local date then.
    Paused {
        since: Date,
    },
    Vacation(Vacation),
    /// Left out on request.
    Skipped,
    /// The schedule names other days of the week.
    OtherDays {
        weekday: Weekday,
    },
}

impl Reason {
    pub fn sentence(&self, language: Language) -> String {
        match language {
            Language::Ja => self.in_japanese(),
            Language::En => self.in_english(),
        }
    }

    fn in_japanese(&self) -> String {
        match self {
            Self::NoSuchDate { date, zone } => {
                format!("{zone}の暦には{}がありません。", japanese_date(*date))
            }
            Self::Paused { since } => format!("{}から一時停止中です。", japanese_date(*since)),
            Self::Vacation(vacation) if vacation.from() == vacation.to() => {
                format!("{}はお休みです。", japanese_date(vacation.from()))
            }
            Self::Vacation(vacation) => format!(
                "{}から{}まではお休みです。",
                japanese_date(vacation.from()),
                japanese_date(vacation.to())
            ),
            Self::Skipped => "この日の配信は、ご希望により休みます。".to_owned(),
            Self::OtherDays { weekday } => format!("{}は配信日ではありません。", japanese_day(*weekday)),
        }
    }

    fn in_english(&self) -> String {
        match self {
            Self::NoSuchDate { date, zone } => {
                format!("The calendar of {zone} has no {}.", english_date(*date))
            }
            Self::Paused { since } => format!("Paused since {}.", english_date(*since)),
            Self::Vacation(vacation) if vacation.from() == vacation.to() => {
                format!("On vacation on {}.", english_date(vacation.from()))
            }
            Self::Vacation(vacation) => format!(
                "On vacation from {} to {}.",
                english_date(vacation.from()),
                english_date(vacation.to())
            ),
            Self::Skipped => "This day's program was skipped on request.".to_owned(),
            Self::OtherDays { weekday } => format!("{weekday:?} is not one of the program's days."),
        }
    }
}

/// A date in a sentence.
pub(crate) fn written_date(date: Date, language: Language) -> String {
    match language {
        Language::Ja => japanese_date(date),
        Language::En => english_date(date),
    }
}

/// A day of the week in a sentence.
pub(crate) fn written_day(weekday: Weekday, language: Language) -> String {
    match language {
        Language::Ja => japanese_day(weekday).to_owned(),
        Language::En => format!("{weekday:?}"),
    }
}

fn japanese_date(date: Date) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

fn english_date(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

const fn japanese_day(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Monday => "月曜日",
        Weekday::Tuesday => "火曜日",
        Weekday::Wednesday => "水曜日",
        Weekday::Thursday => "木曜日",
        Weekday::Friday => "金曜日",
        Weekday::Saturday => "土曜日",
        Weekday::Sunday => "日曜日",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn says_why_in_both_languages() {
        let summer = Vacation::new(date(2026, 8, 10), date(2026, 8, 16)).unwrap();
        let samoa = "Pacific/Apia".parse().unwrap();
        for (reason, ja, en) in [
            (
                Reason::NoSuchDate { date: date(2011, 12, 30), zone: samoa },
                "Pacific/Apiaの暦には2011年12月30日がありません。",
                "The calendar of Pacific/Apia has no 30 December 2011.",
            ),
            (
                Reason::Paused { since: date(2026, 8, 1) },
                "2026年8月1日から一時停止中です。",
                "Paused since 1 August 2026.",
            ),
            (
                Reason::Vacation(summer),
                "2026年8月10日から2026年8月16日まではお休みです。",
                "On vacation from 10 August 2026 to 16 August 2026.",
            ),
            (
                Reason::Skipped,
                "この日の配信は、ご希望により休みます。",
                "This day's program was skipped on request.",
            ),
            (
                Reason::OtherDays { weekday: Weekday::Sunday },
                "日曜日は配信日ではありません。",
                "Sunday is not one of the program's days.",
            ),
        ] {
            assert_eq!(reason.sentence(Language::Ja), ja);
            assert_eq!(reason.sentence(Language::En), en);
        }
    }
}
