//! Small charts as SVG, drawn here: no script, no library, colours from the stylesheet's classes.

use std::fmt::Write as _;

/// One column of [`columns`].
pub struct Column {
    /// Under it.
    pub label: String,
    /// Lower part.
    pub kept: usize,
    /// Upper part.
    pub dropped: usize,
}

const COLUMN: usize = 56;
const HEIGHT: usize = 140;

/// Stacked columns with their numbers.
pub fn columns(title: &str, columns: &[Column]) -> String {
    let most = columns.iter().map(|column| column.kept + column.dropped).max().unwrap_or_default().max(1);
    let width = columns.len().max(1) * COLUMN;
    let mut svg = open(title, width, HEIGHT + 40, "chart");
    for (index, column) in columns.iter().enumerate() {
        let (x, scale) = (index * COLUMN + 10, |n: usize| n * HEIGHT / most);
        let (kept, dropped) = (scale(column.kept), scale(column.dropped));
        let (base, middle) = (HEIGHT + 16, x + (COLUMN - 20) / 2);
        let top = base - kept - dropped;
        let _ = write!(
            svg,
            "<rect class=\"kept\" x=\"{x}\" y=\"{}\" width=\"{w}\" height=\"{kept}\"/><rect class=\"dropped\" x=\"{x}\" y=\"{top}\" width=\"{w}\" height=\"{dropped}\"/>\
             <text x=\"{middle}\" y=\"{}\">{} + {}</text><text x=\"{middle}\" y=\"{}\">{}</text>",
            base - kept,
            top.saturating_sub(4).max(10),
            column.kept,
            column.dropped,
            HEIGHT + 34,
            escape(&column.label),
            w = COLUMN - 20,
        );
    }
    svg + "</svg>"
}

/// Horizontal bars around zero: label and points.
pub fn bars(title: &str, rows: &[(String, f32)]) -> String {
    const ROW: usize = 24;
    const MIDDLE: f32 = 330.0;
    let most = rows.iter().map(|(_, points)| points.abs()).fold(1.0, f32::max);
    let mut svg = open(title, 480, rows.len() * ROW + 4, "bars");
    for (index, (label, points)) in rows.iter().enumerate() {
        let width = points.abs() / most * 110.0;
        let x = if *points < 0.0 { MIDDLE - width } else { MIDDLE };
        let class = if *points < 0.0 { "dropped" } else { "kept" };
        let y = index * ROW + 4;
        let text_x = if *points < 0.0 { x - 6.0 } else { x + width + 6.0 };
        let anchor = if *points < 0.0 { "end" } else { "start" };
        let _ = write!(
            svg,
            "<text x=\"0\" y=\"{base}\">{}</text><rect class=\"{class}\" x=\"{x:.0}\" y=\"{y}\" width=\"{width:.0}\" height=\"16\"/><text x=\"{text_x:.0}\" y=\"{base}\" text-anchor=\"{anchor}\">{points:+.1}</text>",
            escape(&short(label)),
            base = y + 13
        );
    }
    svg + "</svg>"
}

/// A part of a whole, for [`shares`].
pub struct Share {
    /// Under it.
    pub label: String,
    /// How many.
    pub part: usize,
    /// Of how many.
    pub of: usize,
}

/// Columns of equal height, filled from below by the part's share; over each its percentage and of how many.
pub fn shares(title: &str, shares: &[Share]) -> String {
    const WIDE: usize = 84;
    let mut svg = open(title, shares.len().max(1) * WIDE, HEIGHT + 40, "chart");
    for (index, share) in shares.iter().enumerate() {
        let (x, base, width) = (index * WIDE + 14, HEIGHT + 20, WIDE - 28);
        let filled = (share.part * HEIGHT).checked_div(share.of);
        let over = match filled {
            Some(_) => format!("{} % / {}", (share.part * 100 + share.of / 2) / share.of, share.of),
            None => "–".to_owned(),
        };
        if let Some(filled) = filled {
            let _ = write!(
                svg,
                "<rect class=\"dropped\" x=\"{x}\" y=\"20\" width=\"{width}\" height=\"{}\"/>\
                 <rect class=\"kept\" x=\"{x}\" y=\"{}\" width=\"{width}\" height=\"{filled}\"/>",
                HEIGHT - filled,
                base - filled
            );
        }
        let middle = x + width / 2;
        let _ = write!(
            svg,
            "<text x=\"{middle}\" y=\"14\">{over}</text><text x=\"{middle}\" y=\"{}\">{}</text>",
            base + 15,
            escape(&share.label)
        );
    }
    svg + "</svg>"
}

/// A line of small columns.
pub fn sparkline(title: &str, values: &[i64]) -> String {
    let most = values.iter().copied().max().unwrap_or_default().max(1);
    let mut svg = open(title, values.len() * 8, 20, "spark");
    for (index, value) in values.iter().enumerate() {
        let height = value * 18 / most + 1;
        let _ = write!(
            svg,
            "<rect class=\"kept\" x=\"{}\" y=\"{}\" width=\"6\" height=\"{height}\"/>",
            index * 8,
            20 - height
        );
    }
    svg + "</svg>"
}

/// As much of a label as fits beside its bar: Chinese characters are twice as wide.
fn short(label: &str) -> String {
    let mut room = 34;
    let kept: String = label
        .chars()
        .take_while(|c| {
            room -= if c.is_ascii() { 1 } else { 2 };
            room > 0
        })
        .collect();
    if kept.len() < label.len() { format!("{kept}…") } else { kept }
}

fn open(title: &str, width: usize, height: usize, class: &str) -> String {
    let title = escape(title);
    format!(
        "<svg class=\"{class}\" role=\"img\" aria-label=\"{title}\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\"><title>{title}</title>"
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charts_escape_and_survive_nothing() {
        let chart = columns("a<b", &[Column { label: "<x>".into(), kept: 3, dropped: 1 }]);
        assert!(chart.contains("a&lt;b") && chart.contains("&lt;x&gt;") && !chart.contains("<x>"));
        assert!(columns("", &[]).ends_with("</svg>"));
        let part = |part, of| Share { label: "< 0".into(), part, of };
        let chart = shares("s", &[part(1, 3), part(0, 0)]);
        assert!(chart.contains("33 % / 3") && chart.contains("–") && chart.contains("&lt; 0"));
        assert!(sparkline("", &[0, 0]).contains("height=\"1\""));
        assert!(bars("", &[("a".into(), -3.0), ("b".into(), 2.0)]).contains("-3.0"));
    }
}
