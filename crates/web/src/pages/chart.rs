//! Charts as pictures that need no script, each with the same numbers as a table for whoever cannot see them.

use askama::Template;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 160.0;
/// Around the bars, for what is written there.
const LEFT: f64 = 44.0;
const TOP: f64 = 8.0;
/// What bars stand on.
const FLOOR: f64 = HEIGHT - 24.0;
/// Of a bar's share of the width, its own.
const BAR: f64 = 0.72;

/// More rows than this nobody reads.
const MANY: usize = 100;

/// Bars over time, with a line that they should stay under.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/chart.html")]
pub struct Chart {
    /// Unique on its page.
    pub id: String,
    pub title: String,
    /// Headings of the table: what a bar stands for, and what it shows.
    pub heads: [String; 2],
    /// Says where the table is.
    pub table_label: String,
    bars: Vec<Bar>,
    most: f64,
    limit: Option<Limit>,
}

#[derive(Clone, Debug)]
struct Limit {
    value: f64,
    label: String,
}

#[derive(Clone, Debug)]
struct Bar {
    label: String,
    /// Written under the axis.
    tick: Option<String>,
    value: f64,
    shown: String,
    is_hot: bool,
}

/// A bar and where it stands.
#[derive(Clone, Copy, Debug)]
struct Drawn<'a> {
    of: &'a Bar,
    x: f64,
    middle: f64,
    width: f64,
    y: f64,
    tall: f64,
}

/// One value, as it comes in.
#[derive(Clone, Debug)]
pub struct Value {
    pub label: String,
    /// Whether its label stands under the axis.
    pub is_tick: bool,
    pub value: f64,
    /// As the table has it.
    pub shown: String,
    pub tone: Tone,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Plain,
    /// It asks for attention.
    Hot,
}

impl Chart {
    pub fn new(id: &str, title: String, heads: [String; 2], table_label: String, values: Vec<Value>) -> Self {
        let bars: Vec<Bar> = values
            .into_iter()
            .map(|one| Bar {
                tick: one.is_tick.then(|| one.label.clone()),
                label: one.label,
                value: one.value.max(0.0),
                shown: one.shown,
                is_hot: one.tone == Tone::Hot,
            })
            .collect();
        let most = bars.iter().map(|bar| bar.value).fold(0.0, f64::max);
        Self { id: id.to_owned(), title, heads, table_label, bars, most, limit: None }
    }

    #[must_use]
    pub fn with_limit(mut self, value: f64, label: String) -> Self {
        self.most = self.most.max(value);
        self.limit = Some(Limit { value, label });
        self
    }

    fn view(&self) -> String {
        format!("0 0 {WIDTH} {HEIGHT}")
    }

    fn y(&self, value: f64) -> f64 {
        let top = if self.most > 0.0 { self.most } else { 1.0 };
        round(TOP + (FLOOR - TOP) * (1.0 - value / top))
    }

    fn drawn(&self) -> Vec<Drawn<'_>> {
        let step = (WIDTH - LEFT) / (self.bars.len().max(1) as f64);
        let mut drawn = Vec::with_capacity(self.bars.len());
        for (index, of) in self.bars.iter().enumerate() {
            let left = LEFT + step * index as f64;
            let y = self.y(of.value);
            drawn.push(Drawn {
                of,
                x: round(left + step * (1.0 - BAR) / 2.0),
                middle: round(left + step / 2.0),
                width: round(step * BAR),
                y,
                tall: round(FLOOR - y),
            });
        }
        drawn
    }

    /// What the table has; of very many bars those that show something.
    fn rows(&self) -> impl Iterator<Item = &Bar> {
        let are_many = self.bars.len() > MANY;
        self.bars.iter().filter(move |bar| !are_many || bar.value > 0.0)
    }

    fn limit_y(&self) -> f64 {
        self.limit.as_ref().map_or(FLOOR, |limit| self.y(limit.value))
    }

    fn most_shown(&self) -> String {
        let is_whole = self.most >= 10.0 || self.most.fract() == 0.0;
        if is_whole { format!("{:.0}", self.most) } else { format!("{:.1}", self.most) }
    }
}

fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_stand_on_the_axis_and_the_largest_reaches_the_top() {
        let value = |label: &str, value: f64| Value {
            label: label.into(),
            is_tick: true,
            value,
            shown: value.to_string(),
            tone: Tone::Plain,
        };
        let heads = ["day".to_owned(), "minutes".to_owned()];
        let chart =
            Chart::new("c", "t".into(), heads, "table".into(), vec![value("<a>", 0.0), value("b", 5.0)]);
        assert_eq!((chart.y(0.0), chart.y(5.0)), (FLOOR, TOP));
        assert_eq!(chart.drawn()[0].tall, 0.0);
        let html = chart.clone().with_limit(10.0, "limit".into()).render().unwrap();
        assert!(html.contains("&#60;a&#62;") && !html.contains("<a>"), "{html}");
        assert!(html.contains("<table") && html.contains("limit"));
        let empty = Chart::new("c", "t".into(), ["a".into(), "b".into()], "x".into(), Vec::new());
        assert!(empty.render().is_ok(), "nothing to show is no fault");
    }
}
