//! The recorder's text, put in order and in the table's units.

use super::table::{Kind, Metric};
use std::borrow::Cow;

const MILLION: u64 = 1_000_000;

/// Families by name, and their series in an order that stays from one scrape to the next; counters of
/// millionths in ones.
pub fn text(recorded: &str) -> String {
    let mut families: Vec<(&str, Vec<&str>)> = recorded.split("\n\n").filter_map(family).collect();
    families.sort_unstable();
    let mut text = String::with_capacity(recorded.len());
    for (name, mut lines) in families {
        let kind = Metric::named(name).map(|metric| metric.kind);
        // The lines of a histogram's series have an order of their own, and the recorder keeps it.
        if !matches!(kind, Some(Kind::Histogram(_))) {
            lines.sort_unstable();
        }
        for line in lines {
            match line.rsplit_once(' ') {
                Some((series, value)) if !line.starts_with('#') => {
                    text.push_str(series);
                    text.push(' ');
                    text.push_str(&shown(value, kind));
                }
                _ => text.push_str(line),
            }
            text.push('\n');
        }
    }
    text
}

/// Its name and its lines, which begin with "# HELP" and "# TYPE".
fn family(text: &str) -> Option<(&str, Vec<&str>)> {
    let lines: Vec<&str> = text.lines().collect();
    let name = lines.first()?.split(' ').nth(2)?;
    Some((name, lines))
}

/// A value as the format writes it, in ones.
fn shown(value: &str, kind: Option<Kind>) -> Cow<'_, str> {
    match (kind, value.parse::<u64>()) {
        (Some(Kind::CounterOfMillionths), Ok(millionths)) => {
            let ones = format!("{}.{:06}", millionths / MILLION, millionths % MILLION);
            ones.trim_end_matches('0').trim_end_matches('.').to_owned().into()
        }
        _ if value == "inf" => "+Inf".into(),
        _ => value.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_and_series_stay_in_their_order() {
        let recorded = "# HELP b B.\n# TYPE b gauge\nb{x=\"2\"} 1\nb{x=\"1\"} 0\n\n# HELP a A.\n# TYPE a counter\na 3\n\n";
        let ordered =
            "# HELP a A.\n# TYPE a counter\na 3\n# HELP b B.\n# TYPE b gauge\nb{x=\"1\"} 0\nb{x=\"2\"} 1\n";
        assert_eq!(text(recorded), ordered);
    }

    #[test]
    fn money_is_shown_in_dollars() {
        let name = "mimiyori_provider_cost_usd_total";
        let ones = |millionths: u64| {
            let series = format!("{name}{{provider=\"a b\"}}");
            let head = format!("# HELP {name} Cost.\n# TYPE {name} counter\n");
            let text = text(&format!("{head}{series} {millionths}\n\n"));
            text.strip_prefix(&format!("{head}{series} ")).unwrap().trim_end().to_owned()
        };
        assert_eq!(
            [0, 1, 100_000, 10_000_000, 12_000_345].map(ones),
            ["0", "0.000001", "0.1", "10", "12.000345"]
        );
    }

    #[test]
    fn no_limit_is_written_as_the_format_wants_it() {
        assert_eq!(text("# HELP a A.\n# TYPE a gauge\na inf\n\n"), "# HELP a A.\n# TYPE a gauge\na +Inf\n");
    }
}
