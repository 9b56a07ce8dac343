//! The recorder's text, put in order and in the table's units.

use super::table::{Kind, Metric};

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
                Some((series, value))
                    if kind == Some(Kind::CounterOfMillionths) && !line.starts_with('#') =>
                {
                    text.push_str(series);
                    text.push(' ');
                    text.push_str(&ones(value));
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

fn ones(millionths: &str) -> String {
    match millionths.parse::<u64>() {
        Ok(millionths) => format!("{}.{:06}", millionths / MILLION, millionths % MILLION),
        Err(_) => millionths.to_owned(),
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
        let recorded =
            format!("# HELP {name} Cost.\n# TYPE {name} counter\n{name}{{provider=\"a b\"}} 12000345\n\n");
        assert!(text(&recorded).ends_with(&format!("{name}{{provider=\"a b\"}} 12.000345\n")));
    }
}
