//! The table and `target/bench/report.json`.

use std::fs;

use anyhow::Result;
use serde::Serialize;

use crate::{step, tools};

/// One thing measured.
#[derive(Serialize)]
pub(super) struct Row {
    id: &'static str,
    what: &'static str,
    value: f64,
    unit: &'static str,
    baseline: f64,
    ratio: f64,
    /// What is aimed at, where something is.
    target: Option<String>,
    /// Whether that is reached; true where nothing is aimed at.
    pub(super) holds: bool,
}

impl Row {
    /// A row that compares the app with the bare window.
    pub(super) fn against_bare(
        id: &'static str,
        what: &'static str,
        value: f64,
        unit: &'static str,
        baseline: f64,
        limit: Option<f64>,
    ) -> Self {
        let ratio = value / baseline;
        let target = limit.map(|limit| format!("ratio <= {limit}"));
        let holds = limit.is_none_or(|limit| ratio <= limit);
        Self { id, what, value, unit, baseline, ratio, target, holds }.rounded()
    }

    /// A row that must be one number and no other.
    pub(super) fn exactly(id: &'static str, what: &'static str, value: f64, wanted: f64) -> Self {
        let holds = (value - wanted).abs() < f64::EPSILON;
        let target = Some(format!("value = {wanted}"));
        Self { id, what, value, unit: "requests", baseline: wanted, ratio: value / wanted, target, holds }
            .rounded()
    }

    /// A row in which more is better, and so many times what others do is aimed at.
    pub(super) fn faster(
        id: &'static str,
        what: &'static str,
        value: f64,
        unit: &'static str,
        baseline: f64,
        times: f64,
    ) -> Self {
        let ratio = value / baseline;
        let target = Some(format!("ratio >= {times}"));
        Self { id, what, value, unit, baseline, ratio, target, holds: ratio >= times }.rounded()
    }

    /// The same row, whose value must not be below a number, whatever the ratio.
    pub(super) fn and_at_least(mut self, least: f64) -> Self {
        self.holds &= self.value >= least;
        self.target = self.target.map(|target| format!("{target}, value >= {least}"));
        self
    }

    /// The same row, whose value must not be above a number, whatever the ratio.
    pub(super) fn and_at_most(mut self, most: f64) -> Self {
        self.holds &= self.value <= most;
        self.target = self.target.map(|target| format!("{target}, value <= {most}"));
        self
    }

    /// A row that may be up to a limit.
    pub(super) fn within(
        id: &'static str,
        what: &'static str,
        value: f64,
        unit: &'static str,
        limit: f64,
    ) -> Self {
        let target = Some(format!("value <= {limit}"));
        let (ratio, holds) = (value / limit, value <= limit);
        Self { id, what, value, unit, baseline: limit, ratio, target, holds }.rounded()
    }

    /// More digits than the measurement has would be invented.
    fn rounded(self) -> Self {
        let round = |value: f64, digits: f64| (value * digits).round() / digits;
        Self {
            value: round(self.value, 10.0),
            baseline: round(self.baseline, 10.0),
            ratio: round(self.ratio, 1000.0),
            ..self
        }
    }
}

/// Prints the table and writes the file.
pub(super) fn write(rows: &[Row]) -> Result<()> {
    println!("\n  {:<18} {:>9} {:>9} {:>7}  {:<15}", "", "app", "baseline", "ratio", "target");
    for row in rows {
        let mark = if row.holds { step::CHECK } else { step::CROSS };
        println!(
            "{mark} {:<18} {:>9} {:>9} {:>7.2}  {:<15} {}, {}",
            row.id,
            row.value,
            row.baseline,
            row.ratio,
            row.target.as_deref().unwrap_or("-"),
            row.unit,
            row.what,
        );
    }
    let path = tools::target().join("bench/report.json");
    fs::create_dir_all(path.with_file_name(""))?;
    fs::write(&path, serde_json::to_string_pretty(rows)? + "\n")?;
    println!("\n{}", path.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_holds_or_does_not() {
        let row = |value| Row::against_bare("start", "", value, "ms", 400.0, Some(1.3));
        assert!(row(520.0).holds, "the limit itself is allowed");
        assert!(!row(530.0).holds, "beyond it the row fails");
        assert!(!Row::exactly("requests_per_page", "", 2.0, 1.0).holds, "two requests are one too many");
        let faster = |value| Row::faster("adf_markdown", "", value, "MB/s", 5.0, 20.0);
        assert!(faster(100.0).holds, "twenty times is what is aimed at");
        assert!(!faster(99.0).holds, "less is not enough");
        let within = |value| Row::within("typing", "", value, "ms", 16.0);
        assert!(within(16.0).holds && !within(16.1).holds, "a limit is a limit");
    }

    #[test]
    fn the_report_has_the_agreed_names() {
        let row = serde_json::to_value(Row::exactly("requests_per_page", "w", 1.0, 1.0)).unwrap();
        let names: Vec<&str> = row.as_object().unwrap().keys().map(String::as_str).collect();
        let mut agreed = ["id", "what", "value", "unit", "baseline", "ratio", "target", "holds"];
        agreed.sort_unstable();
        let mut found = names.clone();
        found.sort_unstable();
        assert_eq!(found, agreed, "others read the report by these names");
    }
}
