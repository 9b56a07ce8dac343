//! Time zones by city, as people search for them.

use super::{Pages, Words};
use axum::{Json, extract::State, http::Uri, response::IntoResponse};
use domain::{Language, schedule::Zone};
use jiff::{Timestamp, tz::TimeZoneDatabase};
use serde::Serialize;
use std::sync::LazyLock;

/// Cities that a Japanese reader calls otherwise, and what they are found by.
const JAPANESE: &str = include_str!("zones/ja.tsv");
const MOST: usize = 12;

#[derive(Debug)]
struct Known {
    zone: String,
    city: String,
    japanese: String,
}

static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(|| {
    let named: Vec<(&str, &str)> = JAPANESE.lines().filter_map(|line| line.split_once('\t')).collect();
    let names = TimeZoneDatabase::bundled();
    let zones = names.available().map(|name| name.to_string()).filter(|name| is_place(name));
    let known = zones.map(|zone| Known {
        city: city_of(&zone),
        japanese: named
            .iter()
            .find(|(name, _)| *name == zone)
            .map_or_else(String::new, |(_, city)| (*city).into()),
        zone,
    });
    known.collect()
});

/// One zone that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Found {
    pub zone: String,
    pub city: String,
    /// In force now: `UTC+9`.
    pub offset: String,
}

pub async fn search(State(pages): State<Pages>, visitor: super::Visitor, uri: Uri) -> impl IntoResponse {
    let fields = super::Fields::read(uri.query().unwrap_or_default().as_bytes());
    Json(found(visitor.words, fields.get("q"), crate::api::at(pages.now())))
}

/// Those whose city begins so, then those with the text in them.
pub fn found(t: Words, text: &str, now: Timestamp) -> Vec<Found> {
    let text = fold(text);
    let rank = |known: &Known| {
        let (city, zone) = (fold(&known.city), fold(&known.zone));
        match &text {
            text if city == *text || zone == *text || known.japanese == *text => Some(0),
            text if city.starts_with(text)
                || (!known.japanese.is_empty() && known.japanese.starts_with(text)) =>
            {
                Some(1)
            }
            text if zone.contains(text) || known.japanese.contains(text) => Some(2),
            _ => None,
        }
    };
    let mut ranked: Vec<(u8, &Known)> =
        KNOWN.iter().filter_map(|known| Some((rank(known)?, known))).collect();
    // Where people are many, first: those that have a name in Japanese are such.
    ranked.sort_by_key(|(rank, known)| (*rank, known.japanese.is_empty()));
    ranked.into_iter().take(MOST).filter_map(|(_, known)| show(t, known, now)).collect()
}

fn show(t: Words, known: &Known, now: Timestamp) -> Option<Found> {
    let zone: Zone = known.zone.parse().ok()?;
    let city = match (t.0, known.japanese.as_str()) {
        (Language::Ja, city) if !city.is_empty() => city.to_owned(),
        _ => known.city.clone(),
    };
    Some(Found { zone: known.zone.clone(), city, offset: offset(&zone, now) })
}

/// `UTC+9`, `UTC−3:30`.
pub fn offset(zone: &Zone, at: Timestamp) -> String {
    let seconds = zone.rules().to_offset(at).seconds();
    let (sign, minutes) = (if seconds < 0 { '−' } else { '+' }, seconds.abs() / 60);
    match minutes % 60 {
        0 => format!("UTC{sign}{}", minutes / 60),
        rest => format!("UTC{sign}{}:{rest:02}", minutes / 60),
    }
}

/// The city a listener reads, of a zone they have.
pub fn city(t: Words, zone: &Zone) -> String {
    let known = KNOWN.iter().find(|known| known.zone == zone.iana_name());
    match known {
        Some(known) if t.0 == Language::Ja && !known.japanese.is_empty() => known.japanese.clone(),
        Some(known) => known.city.clone(),
        None => zone.as_written().to_owned(),
    }
}

/// Names of places; the rest are names of rules.
fn is_place(name: &str) -> bool {
    let regions = [
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    ];
    name == "Etc/UTC" || name.split_once('/').is_some_and(|(region, _)| regions.contains(&region))
}

fn city_of(zone: &str) -> String {
    zone.rsplit('/').next().unwrap_or(zone).replace('_', " ")
}

fn fold(text: &str) -> String {
    text.trim().to_lowercase().replace(['_', '-'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_city_is_found_in_both_languages() {
        let now = "2027-03-26T21:40:00Z".parse().unwrap();
        let of = |language, text| found(Words(language), text, now);
        let first = |language, text| of(language, text).into_iter().next().unwrap();
        assert_eq!(first(Language::Ja, "東京").zone, "Asia/Tokyo");
        assert_eq!(first(Language::En, "tok").zone, "Asia/Tokyo");
        assert_eq!(
            first(Language::En, "new york"),
            Found { zone: "America/New_York".into(), city: "New York".into(), offset: "UTC−4".into() }
        );
        assert_eq!(first(Language::Ja, "ニューヨ").city, "ニューヨーク");
        assert_eq!(first(Language::En, "Europe/Berlin").offset, "UTC+1");
        assert_eq!(first(Language::En, "St Johns").offset, "UTC−2:30");
        assert!(of(Language::En, "nowhere at all").is_empty());
        assert_eq!(of(Language::En, "").len(), MOST);
    }

    #[test]
    fn every_japanese_name_is_of_a_zone_there_is() {
        for line in JAPANESE.lines() {
            let (zone, _) = line.split_once('\t').unwrap();
            assert!(KNOWN.iter().any(|known| known.zone == zone), "{zone}");
        }
    }
}
