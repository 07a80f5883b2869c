//! Labelled sets as files: items with their texts, or labels alone beside a corpus that the operator has.

use std::collections::HashMap;
use std::io::BufRead;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::group::{Document, embed};
use crate::model::{ItemId, Lane, Language, SourceId, SourceKind, Tier};

/// One item of a set or a corpus.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Line {
    /// Its label, in a labelled set.
    #[serde(default)]
    pub cluster: String,
    /// Takes part, and is not counted.
    #[serde(default)]
    pub ignore: bool,
    /// As published; sets without titles begin with their first sentence.
    #[serde(default)]
    pub title: String,
    /// What is behind the title.
    #[serde(default, alias = "text_en", alias = "summary")]
    pub text: String,
    /// Its link.
    #[serde(default)]
    pub url: String,
    /// Its outlet; without one it is of an outlet of its own.
    #[serde(default, alias = "host")]
    pub source: String,
    /// "en" or "zh"; by default as the title looks.
    pub language: Option<Language>,
    /// When.
    #[serde(alias = "date")]
    pub published: Option<DateTime<Utc>>,
}

/// A line of a set that may have the right shape and still say nothing: figures of it would mislead.
pub trait Sound {
    /// What is wrong with it.
    fn flaw(&self) -> Option<&'static str>;
}

impl Sound for Line {
    fn flaw(&self) -> Option<&'static str> {
        let is_empty = [&self.title, &self.text, &self.url].iter().all(|word| word.trim().is_empty());
        is_empty.then_some("neither title nor text nor url")
    }
}

/// An item of a corpus: one without a text is none.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct Told(pub Line);

impl Sound for Told {
    fn flaw(&self) -> Option<&'static str> {
        let Self(line) = self;
        let is_empty = [&line.title, &line.text].iter().all(|word| word.trim().is_empty());
        is_empty.then_some("neither title nor text")
    }
}

/// Reads JSON lines.
///
/// # Errors
/// A line cannot be read, or says nothing; the error names it.
pub fn lines<T: DeserializeOwned + Sound>(file: impl BufRead) -> anyhow::Result<Vec<T>> {
    let one = |line: &str| -> anyhow::Result<T> {
        let one: T = serde_json::from_str(line)?;
        one.flaw().map_or(Ok(one), |flaw| Err(anyhow::anyhow!(flaw)))
    };
    each_line(file, one)
}

/// Reads lines by `one`; empty ones are left out.
///
/// # Errors
/// A line cannot be read; the error names it.
pub fn each_line<T>(file: impl BufRead, one: impl Fn(&str) -> anyhow::Result<T>) -> anyhow::Result<Vec<T>> {
    let mut lines = Vec::new();
    for (n, line) in file.lines().enumerate() {
        let line = line.with_context(|| format!("line {} cannot be read", n + 1))?;
        if !line.trim().is_empty() {
            lines.push(one(&line).with_context(|| format!("line {}", n + 1))?);
        }
    }
    Ok(lines)
}

/// The items of a set: those that hold a text, and those of `corpus`, which take the label of their link.
pub fn joined(labels: Vec<Line>, corpus: Vec<Line>) -> Vec<Line> {
    let (mut items, bare): (Vec<Line>, Vec<Line>) =
        labels.into_iter().partition(|line| !line.title.is_empty() || !line.text.is_empty());
    let of_link: HashMap<String, Line> = bare.into_iter().map(|line| (line.url.clone(), line)).collect();
    // Of a corpus only what is labelled takes part: the rest may hold items of the same events.
    let labelled = corpus.into_iter().filter_map(|line| {
        let label = of_link.get(&line.url)?;
        Some(Line { cluster: label.cluster.clone(), ignore: label.ignore, ..line })
    });
    items.extend(labelled);
    items
}

/// The items as the stage takes them, numbered by their place.
pub fn documents(lines: &[Line]) -> Vec<Document> {
    lines.iter().enumerate().map(|(n, line)| document(n, line)).collect()
}

/// What a server of embeddings is given for each of `documents`.
pub fn passages(documents: &[Document]) -> Vec<String> {
    documents.iter().map(|one| embed::passage(&one.title, &one.text, &one.language)).collect()
}

/// Title and text.
pub fn heading(line: &Line) -> (String, String) {
    if !line.title.is_empty() {
        return (line.title.clone(), line.text.clone());
    }
    let (first, rest) = line.text.split_once('\n').unwrap_or((&line.text, ""));
    (first.to_owned(), rest.to_owned())
}

fn document(n: usize, line: &Line) -> Document {
    let (title, text) = heading(line);
    let n_han = title.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).count();
    let guess = if n_han * 4 > title.chars().count() { Language::Zh } else { Language::En };
    let source = line.source.bytes().fold(7_i64, |hash, byte| hash.wrapping_mul(31) + i64::from(byte));
    let id = i64::try_from(n).unwrap_or_default();
    Document {
        item_id: ItemId(id),
        source_id: SourceId(if line.source.is_empty() { -1 - id } else { source.abs() }),
        tier: Tier::Press,
        kind: SourceKind::Feed,
        lane: Lane::Industry,
        language: line.language.unwrap_or(guess).into(),
        link: line.url.clone(),
        title,
        text,
        complete: true,
        at: line.published.unwrap_or_default(),
        story_id: None,
    }
}
