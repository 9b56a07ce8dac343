//! What a podcast says besides what its programs are made of, in both languages.

use domain::{Edition, Language, Schedule, schedule::Days};
use jiff::civil::Weekday;

/// Of the podcast of all feeds of a listener.
pub(super) const fn all_feeds(language: Language) -> &'static str {
    match language {
        Language::Ja => "Mimiyori（すべての番組）",
        Language::En => "Mimiyori (all programs)",
    }
}

pub(super) fn description(language: Language, name: &str) -> String {
    match language {
        Language::Ja => {
            format!(
                "{name}：フォローしている情報源の記事からつくる、あなただけの音声番組です。このフィードのアドレスはほかの人に教えないでください。"
            )
        }
        Language::En => format!(
            "{name}: your own audio program, made from the sources you follow. Keep the address of this feed to yourself."
        ),
    }
}

pub(super) const fn sources(language: Language) -> &'static str {
    match language {
        Language::Ja => "取り上げた記事",
        Language::En => "In this program",
    }
}

pub(super) const fn edition(language: Language, edition: Edition) -> &'static str {
    match (language, edition) {
        (_, Edition::Full) => "",
        (Language::Ja, Edition::Shortened) => "短縮版",
        (Language::Ja, Edition::Brief) => "簡易版",
        (Language::En, Edition::Shortened) => "Shortened edition",
        (Language::En, Edition::Brief) => "Brief edition",
    }
}

/// A label and what it labels.
pub(super) fn labelled(language: Language, label: &str, text: &str) -> String {
    match language {
        Language::Ja => format!("{label}：{text}"),
        Language::En => format!("{label}: {text}"),
    }
}

/// A host who is no person must not pass for one.
pub(super) fn synthetic(language: Language, host: &str) -> String {
    match language {
        Language::Ja => format!("{host}（合成音声）"),
        Language::En => format!("{host} (synthetic voice)"),
    }
}

/// When programs come: for people, and as a recurrence rule (RFC 5545 §3.3.10).
pub(super) fn frequency(language: Language, schedule: &Schedule) -> (String, String) {
    let days = schedule.days;
    let names: Vec<&str> = days.iter().map(|day| day_name(language, day)).collect();
    let codes: Vec<&str> = days.iter().map(code).collect();
    if days == Days::DAILY {
        let every_day = match language {
            Language::Ja => "毎日",
            Language::En => "Daily",
        };
        return (every_day.to_owned(), "FREQ=DAILY".to_owned());
    }
    let every_week = match language {
        Language::Ja => format!("毎週{}", names.join("・")),
        Language::En => format!("Every {}", names.join(", ")),
    };
    (every_week, format!("FREQ=WEEKLY;BYDAY={}", codes.join(",")))
}

const fn day_name(language: Language, day: Weekday) -> &'static str {
    match (language, day) {
        (Language::Ja, Weekday::Monday) => "月",
        (Language::Ja, Weekday::Tuesday) => "火",
        (Language::Ja, Weekday::Wednesday) => "水",
        (Language::Ja, Weekday::Thursday) => "木",
        (Language::Ja, Weekday::Friday) => "金",
        (Language::Ja, Weekday::Saturday) => "土",
        (Language::Ja, Weekday::Sunday) => "日",
        (Language::En, Weekday::Monday) => "Monday",
        (Language::En, Weekday::Tuesday) => "Tuesday",
        (Language::En, Weekday::Wednesday) => "Wednesday",
        (Language::En, Weekday::Thursday) => "Thursday",
        (Language::En, Weekday::Friday) => "Friday",
        (Language::En, Weekday::Saturday) => "Saturday",
        (Language::En, Weekday::Sunday) => "Sunday",
    }
}

const fn code(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "MO",
        Weekday::Tuesday => "TU",
        Weekday::Wednesday => "WE",
        Weekday::Thursday => "TH",
        Weekday::Friday => "FR",
        Weekday::Saturday => "SA",
        Weekday::Sunday => "SU",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_often_programs_come() {
        let schedule = |days: &str| {
            Schedule::new(days.parse().unwrap(), "07:00".parse().unwrap(), "Asia/Tokyo".parse().unwrap())
        };
        for (days, language, people, rule) in [
            ("daily", Language::Ja, "毎日", "FREQ=DAILY"),
            ("mon,thu", Language::Ja, "毎週月・木", "FREQ=WEEKLY;BYDAY=MO,TH"),
            ("weekends", Language::En, "Every Saturday, Sunday", "FREQ=WEEKLY;BYDAY=SA,SU"),
        ] {
            assert_eq!(frequency(language, &schedule(days)), (people.to_owned(), rule.to_owned()));
        }
    }
}
