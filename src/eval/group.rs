//! How well the stage group finds events in a labelled set.

use std::io::BufRead;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::Scores;
use super::partition::compare;
use crate::group::Document;
use crate::model::{ItemId, Lane, Language, SourceId, SourceKind, Tier};

/// One line of a labelled set.
#[derive(Debug, Deserialize)]
struct Line {
    cluster: String,
    #[serde(default)]
    ignore: bool,
    #[serde(default)]
    title: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    url: String,
    #[serde(default)]
    source: String,
    published: Option<DateTime<Utc>>,
}

/// What was found in a labelled set.
#[derive(Debug)]
pub struct Outcome {
    /// How it compares with the labels.
    pub scores: Scores,
    /// For each wrong group: its titles with their labels.
    pub mistakes: Vec<Vec<(String, String)>>,
}

/// Groups the items of `gold` (JSON lines: `cluster`, `title`, `text`; optional `url`, `source`, `published`, `ignore`)
/// and compares the stories with the labels. Ignored items take part, and are not counted.
///
/// # Errors
/// A line cannot be read; the error names it.
pub fn evaluate(gold: impl BufRead) -> anyhow::Result<Outcome> {
    let mut lines = Vec::new();
    for (n, line) in gold.lines().enumerate() {
        let line = line.with_context(|| format!("line {} cannot be read", n + 1))?;
        if !line.trim().is_empty() {
            let line: Line = serde_json::from_str(&line).with_context(|| format!("line {}", n + 1))?;
            lines.push(line);
        }
    }
    let documents = lines.iter().enumerate().map(|(n, line)| document(n, line)).collect();
    let mut found = vec![0; lines.len()];
    for (group, items) in crate::group::events(documents).iter().enumerate() {
        for item in items {
            found[usize::try_from(item.0).unwrap_or_default()] = group;
        }
    }
    let counted: Vec<usize> = (0..lines.len()).filter(|n| !lines[*n].ignore).collect();
    let labels: Vec<String> = counted.iter().map(|n| lines[*n].cluster.clone()).collect();
    let groups: Vec<usize> = counted.iter().map(|n| found[*n]).collect();
    let scores = compare(&labels, &groups);
    let all: Vec<(&Line, usize)> = counted.iter().map(|n| (&lines[*n], found[*n])).collect();
    Ok(Outcome { scores, mistakes: mistakes(&all) })
}

/// Groups that hold items of two labels, then labels that stand in two groups.
fn mistakes(all: &[(&Line, usize)]) -> Vec<Vec<(String, String)>> {
    let titled = |part: &[&(&Line, usize)]| {
        let one = |(line, found): &&(&Line, usize)| (format!("{}/{found}", line.cluster), heading(line).0);
        part.iter().map(one).collect::<Vec<_>>()
    };
    let mut groups: Vec<usize> = all.iter().map(|(_, found)| *found).collect();
    groups.sort_unstable();
    groups.dedup();
    let mut labels: Vec<&str> = all.iter().map(|(line, _)| line.cluster.as_str()).collect();
    labels.sort_unstable();
    labels.dedup();
    let of_group = groups.iter().map(|group| all.iter().filter(|(_, found)| found == group).collect());
    let of_label = labels.iter().map(|label| all.iter().filter(|(line, _)| line.cluster == *label).collect());
    let mixed = of_group
        .filter(|part: &Vec<&(&Line, usize)>| part.iter().any(|(line, _)| line.cluster != part[0].0.cluster));
    let torn =
        of_label.filter(|part: &Vec<&(&Line, usize)>| part.iter().any(|(_, found)| *found != part[0].1));
    mixed.chain(torn).map(|part| titled(&part)).collect()
}

/// Sets without titles begin with their first sentence.
fn heading(line: &Line) -> (String, String) {
    if !line.title.is_empty() {
        return (line.title.clone(), line.text.clone());
    }
    let (first, rest) = line.text.split_once('\n').unwrap_or((&line.text, ""));
    (first.to_owned(), rest.to_owned())
}

fn document(n: usize, line: &Line) -> Document {
    let (title, text) = heading(line);
    let n_han = title.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).count();
    let source = line.source.bytes().fold(7_i64, |hash, byte| hash.wrapping_mul(31) + i64::from(byte));
    let id = i64::try_from(n).unwrap_or_default();
    Document {
        item_id: ItemId(id),
        // A set that names no sources has one each.
        source_id: SourceId(if line.source.is_empty() { -1 - id } else { source.abs() }),
        tier: Tier::Press,
        kind: SourceKind::Feed,
        lane: Lane::Industry,
        language: if n_han * 3 > title.chars().count() { Language::Zh } else { Language::En },
        link: line.url.clone(),
        title,
        text,
        complete: true,
        at: line.published.unwrap_or_default(),
        story_id: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_labelled_set_gives_its_figures_and_a_bad_line_its_number() {
        let gold = r#"{"cluster":"a","title":"Quokka raises $120 million Series B","text":"Quokka raised $120 million.","source":"X"}
{"cluster":"a","title":"Startup Quokka secures $120M in Series B","text":"Quokka secured $120 million.","source":"Y"}
{"cluster":"b","title":"Regulator opens inquiry into voice cloning","text":"It asks for records.","source":"X"}"#;
        let outcome = evaluate(gold.as_bytes()).unwrap();
        assert_eq!((outcome.scores.pair_f1, outcome.scores.items), (1.0, 3));
        assert!(outcome.mistakes.is_empty());
        let error = evaluate("{\"cluster\":\"a\"}\nrubbish".as_bytes()).unwrap_err();
        assert!(format!("{error:#}").contains("line 2"));
    }
}
