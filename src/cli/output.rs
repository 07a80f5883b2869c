//! Tables and JSON on standard output.

use std::io::Write as _;

use chrono::{DateTime, Utc};
use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

use crate::model::Report;

/// Prints a value as one JSON document.
///
/// # Errors
/// Standard output is closed.
pub fn json(value: &impl Serialize) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(value)?;
    line(&text)
}

/// Prints one line.
///
/// # Errors
/// Standard output is closed.
pub fn line(text: &str) -> anyhow::Result<()> {
    writeln!(std::io::stdout().lock(), "{text}")?;
    Ok(())
}

/// An empty table that fits the terminal.
pub fn table(heads: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_BORDERS_ONLY);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(heads);
    table
}

/// The reports of stages: a table, or JSON.
///
/// # Errors
/// Standard output is closed.
pub fn reports(reports: &[(String, Report)], as_json: bool) -> anyhow::Result<()> {
    if as_json {
        let rows = reports.iter().map(|(stage, report)| {
            serde_json::json!({ "stage": stage, "counts": report.counts, "warnings": report.warnings })
        });
        return json(&rows.collect::<Vec<_>>());
    }
    let mut rows = table(&["stage", "did"]);
    for (stage, report) in reports {
        rows.add_row([stage.as_str(), &counts(report)]);
    }
    line(&rows.to_string())?;
    for (stage, report) in reports {
        for warning in &report.warnings {
            line(&format!("{stage}: {warning}"))?;
        }
    }
    Ok(())
}

/// "3 items, 1 failed"; "nothing to do" if all is zero.
pub fn counts(report: &Report) -> String {
    let parts: Vec<String> = report
        .counts
        .iter()
        .filter(|(_, n)| **n > 0)
        .map(|(name, n)| format!("{n} {}", name.replace('_', " ")))
        .collect();
    if parts.is_empty() { "nothing to do".to_owned() } else { parts.join(", ") }
}

/// "2026-11-24 07:15" in UTC, or a dash.
pub fn time(at: Option<DateTime<Utc>>) -> String {
    at.map_or_else(|| "–".to_owned(), |at| at.format("%Y-%m-%d %H:%M").to_string())
}
