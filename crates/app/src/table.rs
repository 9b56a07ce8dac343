//! Answers for people's eyes: columns as wide as what is in them, on terminals that show some characters wide.

use crate::{clock::timestamp, terminal::OneLine};
use queue::Micros;
use std::fmt;
use unicode_width::UnicodeWidthStr;

/// Its last column may be of any width.
#[derive(Clone, Debug)]
pub struct Table<const N: usize> {
    head: [&'static str; N],
    rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    pub fn new(head: [&'static str; N], rows: impl IntoIterator<Item = [String; N]>) -> Self {
        let clean = |row: [String; N]| row.map(|cell| OneLine(&cell).to_string());
        Self { head, rows: rows.into_iter().map(clean).collect() }
    }
}

impl<const N: usize> fmt::Display for Table<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = self.head.map(str::to_owned);
        let lines = || std::iter::once(&head).chain(&self.rows);
        let widths: [usize; N] =
            std::array::from_fn(|at| lines().map(|row| row[at].width()).max().unwrap_or_default());
        let numeric: [bool; N] = std::array::from_fn(|at| {
            !self.rows.is_empty() && self.rows.iter().all(|row| is_number(&row[at]))
        });
        for (place, row) in lines().enumerate() {
            if place > 0 {
                writeln!(f)?;
            }
            let mut line = String::new();
            for at in 0..N {
                let pad = " ".repeat(widths[at] - row[at].width());
                let gap = if at > 0 { "  " } else { "" };
                let cell = if numeric[at] {
                    format!("{gap}{pad}{}", row[at])
                } else {
                    format!("{gap}{}{pad}", row[at])
                };
                line.push_str(&cell);
            }
            f.write_str(line.trim_end())?;
        }
        Ok(())
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// What is said of one thing, line by line.
#[derive(Clone, Debug, Default)]
pub struct Sheet(Vec<(&'static str, String)>);

impl Sheet {
    pub fn line(&mut self, name: &'static str, value: impl fmt::Display) {
        self.0.push((name, value.to_string()));
    }

    /// Nothing is said of what there is not.
    pub fn maybe(&mut self, name: &'static str, value: Option<impl fmt::Display>) {
        if let Some(value) = value {
            self.line(name, value);
        }
    }
}

impl fmt::Display for Sheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.0.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
        for (place, (name, value)) in self.0.iter().enumerate() {
            let end = if place > 0 { "\n" } else { "" };
            write!(f, "{end}{name:<width$}  {}", OneLine(value))?;
        }
        Ok(())
    }
}

/// An instant, to the second, UTC.
pub fn when(at: Micros) -> String {
    timestamp(at).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A time in the largest unit that it fills: "90 s" is "1 min".
pub fn lasting(micros: Micros) -> String {
    let seconds = micros.max(0) as f64 / 1e6;
    match seconds {
        ..10.0 => format!("{seconds:.1} s"),
        ..60.0 => format!("{seconds:.0} s"),
        ..3_600.0 => format!("{:.0} min", (seconds / 60.0).floor()),
        ..172_800.0 => format!("{:.1} h", seconds / 3_600.0),
        _ => format!("{:.0} d", (seconds / 86_400.0).floor()),
    }
}

/// "$1.25" of millionths of a dollar; below ten cents every digit there is.
pub fn usd(micro_usd: u64) -> String {
    let dollars = micro_usd as f64 / 1e6;
    if micro_usd >= 100_000 {
        return format!("${dollars:.2}");
    }
    let all = format!("${dollars:.6}");
    let cents = "$0.00".len();
    let needed = all.trim_end_matches('0').len().max(cents);
    all[..needed].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_below_each_other_whatever_is_in_them() {
        let rows = [["1", "早起き", "a\nb"], ["20", "news", ""]];
        let shown = Table::new(["id", "name", "note"], rows.map(|row| row.map(str::to_owned))).to_string();
        assert_eq!(shown, "id  name    note\n 1  早起き  a b\n20  news");
        assert_eq!(Table::new(["id", "name"], []).to_string(), "id  name");
    }

    #[test]
    fn a_sheet_says_nothing_of_what_there_is_not() {
        let mut sheet = Sheet::default();
        sheet.line("id", 7);
        sheet.maybe("owner", None::<String>);
        sheet.maybe("message", Some("all\nwell"));
        assert_eq!(sheet.to_string(), "id       7\nmessage  all well");
    }

    #[test]
    fn times_are_shown_in_the_unit_they_fill() {
        let second = 1_000_000;
        for (seconds, shown) in
            [(0, "0.0 s"), (59, "59 s"), (90, "1 min"), (7_200, "2.0 h"), (200_000, "2 d")]
        {
            assert_eq!(lasting(seconds * second), shown);
        }
        assert_eq!(lasting(-5), "0.0 s");
        for (micro_usd, shown) in [
            (1_234_567, "$1.23"),
            (0, "$0.00"),
            (1, "$0.000001"),
            (5_340, "$0.00534"),
            (50_000, "$0.05"),
            (100_000, "$0.10"),
        ] {
            assert_eq!(usd(micro_usd), shown);
        }
        assert_eq!(when(1_800_000_000_999_999), "2027-01-15T08:00:00Z");
    }
}
