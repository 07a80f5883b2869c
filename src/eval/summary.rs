//! How near the summaries of papers come to those that people wrote.

use std::io::BufRead;

use serde::{Deserialize, Serialize};

use super::fit::{self, Examples};
use super::gold;
use super::rouge::{self, Rouge};
use crate::judge::{gist, summary};

/// An abstract and what people made of it.
#[derive(Clone, Debug)]
pub struct Paper {
    /// Empty where it is the summary that is looked for.
    pub title: String,
    /// A sentence a line, where the set splits it.
    pub text: String,
    /// The summaries of people.
    pub references: Vec<String>,
    /// Whether characters are compared instead of words.
    pub by_character: bool,
}

/// The figures of a set, in percent.
#[derive(Debug, Default, Serialize)]
pub struct Outcome {
    /// Abstracts.
    pub papers: usize,
    /// Shared words, or characters.
    pub rouge_1: f64,
    /// Shared pairs.
    pub rouge_2: f64,
    /// Shared in order.
    pub rouge_l: f64,
    /// Words, or characters, of a summary.
    pub mean_length: f64,
    /// The summaries, in the order of the set.
    #[serde(skip)]
    pub summaries: Vec<String>,
}

/// Weights learned from a set.
#[derive(Debug, Serialize)]
pub struct Fitted {
    /// Name and weight of each sign.
    pub weights: Vec<(&'static str, f64)>,
    /// The figures of each half with the weights of the other.
    pub held_out: Vec<Outcome>,
}

/// A line of a set in JSON.
#[derive(Deserialize)]
struct Line {
    source: Vec<String>,
    target: Vec<String>,
    #[serde(default)]
    title: String,
}

/// Reads a set: JSON lines with `source` (sentences), `target` (summaries) and perhaps `title`; or lines of id, abstract
/// and summary with tabs between them, which are compared by character.
///
/// # Errors
/// A line cannot be read; the error names it.
pub fn read(file: impl BufRead) -> anyhow::Result<Vec<Paper>> {
    gold::each_line(file, paper)
}

fn paper(line: &str) -> anyhow::Result<Paper> {
    if line.starts_with(['{', '[']) {
        let line: Line = serde_json::from_str(line)?;
        let is_blank = |texts: &[String]| texts.iter().all(|text| text.trim().is_empty());
        anyhow::ensure!(!is_blank(&line.source) && !is_blank(&line.target), "no abstract or no summary");
        let squeeze = |text: &String| text.split_whitespace().collect::<Vec<_>>().join(" ");
        return Ok(Paper {
            title: line.title,
            text: line.source.iter().map(squeeze).collect::<Vec<_>>().join("\n"),
            by_character: line.target.iter().any(|target| gist::is_chinese(target)),
            references: line.target,
        });
    }
    let columns: Vec<&str> = line.split('\t').collect();
    let [_, text, reference] = columns[..] else {
        anyhow::bail!("{} columns instead of three: id, abstract, summary", columns.len());
    };
    anyhow::ensure!(!text.trim().is_empty() && !reference.trim().is_empty(), "no abstract or no summary");
    Ok(Paper {
        title: String::new(),
        text: text.to_owned(),
        references: vec![reference.to_owned()],
        by_character: true,
    })
}

/// Compares the summaries that verdicts hold.
pub fn evaluate(papers: &[Paper]) -> Outcome {
    figures(papers, |paper| summary::of_paper(&paper.title, &paper.text).short)
}

fn figures(papers: &[Paper], summarise: impl Fn(&Paper) -> String) -> Outcome {
    let summaries: Vec<String> = papers.iter().map(summarise).collect();
    let mut outcome = Outcome { papers: papers.len(), ..Outcome::default() };
    let share = 100.0 / papers.len().max(1) as f64;
    for (paper, summary) in papers.iter().zip(&summaries) {
        let [one, two, order] = compare(paper, summary);
        outcome.rouge_1 += one * share;
        outcome.rouge_2 += two * share;
        outcome.rouge_l += order * share;
        let length =
            if paper.by_character { summary.chars().count() } else { summary.split_whitespace().count() };
        outcome.mean_length += length as f64 / papers.len() as f64;
    }
    Outcome { summaries, ..outcome }
}

fn compare(paper: &Paper, summary: &str) -> Rouge {
    let split = if paper.by_character { rouge::characters } else { rouge::words };
    let references: Vec<_> = paper.references.iter().map(|reference| split(reference)).collect();
    rouge::best(&split(summary), &references)
}

/// Learns the weights of the summary's signs anew; all papers must be of one language.
pub fn fit(papers: &[Paper]) -> Fitted {
    let examples: Vec<Examples> = papers.iter().map(examples).collect();
    let names = papers.iter().map(|paper| gist::names(&paper.text)).max_by_key(Vec::len).unwrap_or_default();
    let half = |parity: usize| {
        let other: Vec<Examples> = examples.iter().skip(1 - parity).step_by(2).cloned().collect();
        let weights = fit::fit(&other);
        let own: Vec<&Paper> = papers.iter().skip(parity).step_by(2).collect();
        figures_of(&own, &weights)
    };
    let held_out = vec![half(0), half(1)];
    Fitted { weights: names.into_iter().zip(fit::fit(&examples)).collect(), held_out }
}

fn figures_of(papers: &[&Paper], weights: &[f64]) -> Outcome {
    let owned: Vec<Paper> = papers.iter().map(|paper| (*paper).clone()).collect();
    figures(&owned, |paper| {
        let candidates = gist::candidates(&paper.title, &paper.text);
        gist::choose_by(weights, candidates)
            .unwrap_or_else(|| summary::of_paper(&paper.title, &paper.text).short)
    })
}

fn examples(paper: &Paper) -> Examples {
    let candidates = gist::candidates(&paper.title, &paper.text);
    candidates
        .into_iter()
        .map(|one| {
            let good = compare(paper, &one.text).iter().sum();
            (one.signs, good)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_formats_are_read_and_measured() {
        let set = "{\"source\": [\"Memory is dear.\", \"We propose a new\\n method that halves the memory of training.\"], \"target\": [\"We propose a new method that halves the memory of training.\"]}\n\
            7\t本文提出一种缓存压缩方法，降低了内存占用。\t一种缓存压缩方法\n";
        let papers = read(set.as_bytes()).unwrap();
        assert_eq!(papers.len(), 2);
        let english = evaluate(&papers[..1]);
        assert_eq!(english.summaries, ["We propose a new method that halves the memory of training."]);
        assert!((english.rouge_l - 100.0).abs() < 1e-9 && (english.mean_length - 11.0).abs() < 1e-9);
        let chinese = evaluate(&papers[1..]);
        assert_eq!(chinese.summaries, ["提出一种缓存压缩方法"]);
        for bad in [
            "{\"source\": 3}",
            "no columns",
            "a\tb\tc\td",
            "7\t \tx",
            "[1,2",
            "{\"source\": [], \"target\": [\"x\"]}",
        ] {
            let error = read(format!("7\tabstract\tsummary\n{bad}\n").as_bytes()).unwrap_err();
            assert!(format!("{error:#}").contains("line 2"), "{bad}: {error:#}");
        }
    }
}
