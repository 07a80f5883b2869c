//! Summary sentences with planted errors: how many are caught, and how many true ones are withheld.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::gold::Sound;
use super::plant;
use crate::judge::facts::is_han;
use crate::judge::ground::Sources;
use crate::model::Language;

/// An article of the corpus; both of its languages may stand in one line.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Article {
    /// Its link.
    #[serde(default)]
    pub url: String,
    /// As published.
    #[serde(default)]
    pub title: String,
    /// What is behind the title.
    #[serde(default, alias = "summary", alias = "content")]
    pub text: Option<String>,
    /// The text in English.
    pub text_en: Option<String>,
    /// The text in Chinese.
    pub text_zh: Option<String>,
    /// When; a day or a time.
    #[serde(default, alias = "date")]
    pub published: Option<String>,
}

/// A sentence about articles, true or with a planted error.
#[derive(Clone, Debug, Deserialize)]
pub struct Line {
    /// The article.
    #[serde(default)]
    pub url: String,
    /// The articles, if several.
    #[serde(default)]
    pub urls: Vec<String>,
    /// Language of the article's text, where the corpus has it in both.
    pub article: Option<Language>,
    /// Title of the article, if it stands in the set itself.
    #[serde(default)]
    pub title: String,
    /// Text of the article, if it stands in the set itself.
    #[serde(default)]
    pub text: String,
    /// When it was published, if it stands in the set itself.
    #[serde(default, alias = "date", alias = "day")]
    pub published: Option<String>,
    /// The sentence.
    pub sentence: String,
    /// Of the sentence.
    pub language: Language,
    /// The kind of the planted error; null for a true sentence.
    #[serde(default)]
    pub planted: Value,
}

impl Sound for Article {
    fn flaw(&self) -> Option<&'static str> {
        let texts = [&self.text, &self.text_en, &self.text_zh].into_iter().flatten();
        let is_empty = self.title.trim().is_empty() && texts.into_iter().all(|text| text.trim().is_empty());
        is_empty.then_some("neither title nor text")
    }
}

impl Sound for Line {
    fn flaw(&self) -> Option<&'static str> {
        let names_article = !self.url.is_empty() || !self.urls.is_empty() || !self.text.is_empty();
        match () {
            () if self.sentence.trim().is_empty() => Some("no sentence"),
            () if !names_article => Some("no article: neither url nor urls nor text"),
            () => None,
        }
    }
}

/// How a group of sentences did.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Count {
    /// Sentences with a planted error.
    pub plants: usize,
    /// Of them withheld.
    pub caught: usize,
    /// True sentences.
    pub truths: usize,
    /// Of them withheld all the same.
    pub withheld: usize,
}

/// What was decided about one sentence.
#[derive(Clone, Debug, Serialize)]
pub struct Decision {
    /// The article.
    pub url: String,
    /// The sentence.
    pub sentence: String,
    /// Kind of the planted error.
    pub planted: Option<String>,
    /// Whether it is withheld.
    pub withheld: bool,
    /// What stands in no article.
    pub missing: Vec<String>,
}

/// The figures.
#[derive(Debug, Default, Serialize)]
pub struct Outcome {
    /// Of all sentences.
    pub all: Count,
    /// By kind of the planted error.
    pub kinds: BTreeMap<String, Count>,
    /// By language of article and sentence.
    pub directions: BTreeMap<String, Count>,
    /// Sentences whose article the corpus lacks.
    pub lacking: usize,
    /// Each sentence.
    #[serde(skip)]
    pub decisions: Vec<Decision>,
}

impl Line {
    fn kind(&self) -> Option<String> {
        match &self.planted {
            Value::Null | Value::Bool(false) => None,
            Value::String(kind) if kind.is_empty() || kind == "none" => None,
            Value::String(kind) => Some(kind.clone()),
            _ => Some("planted".to_owned()),
        }
    }
}

impl Outcome {
    fn add(&mut self, direction: &str, decision: Decision) {
        let mut groups = vec![&mut self.all, self.directions.entry(direction.to_owned()).or_default()];
        if let Some(kind) = &decision.planted {
            groups.push(self.kinds.entry(kind.clone()).or_default());
        }
        for count in groups {
            let (n, hits) = match decision.planted {
                Some(_) => (&mut count.plants, &mut count.caught),
                None => (&mut count.truths, &mut count.withheld),
            };
            *n += 1;
            *hits += usize::from(decision.withheld);
        }
        self.decisions.push(decision);
    }
}

/// Holds the labelled sentences against their articles.
pub fn evaluate(lines: &[Line], corpus: &[Article]) -> Outcome {
    run(lines, corpus, |line, _| vec![(line.sentence.clone(), line.kind())])
}

/// Plants errors of every kind into the true sentences, and holds both against the articles.
pub fn evaluate_planted(lines: &[Line], corpus: &[Article]) -> Outcome {
    let truths: Vec<Line> = lines.iter().filter(|line| line.kind().is_none()).cloned().collect();
    run(&truths, corpus, |line, text| {
        let plants = plant::plants(&line.sentence, text).into_iter();
        let plants = plants.map(|(kind, sentence)| (sentence, Some(kind.to_owned())));
        std::iter::once((line.sentence.clone(), None)).chain(plants).collect()
    })
}

fn run(
    lines: &[Line],
    corpus: &[Article],
    sentences: impl Fn(&Line, &str) -> Vec<(String, Option<String>)>,
) -> Outcome {
    let by_link = by_link(corpus);
    let mut outcome = Outcome::default();
    for line in lines {
        let texts = texts(line, &by_link);
        if texts.is_empty() {
            outcome.lacking += 1;
            continue;
        }
        let whole: String = texts.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>().join("\n");
        let direction = format!("{} → {}", line.article.unwrap_or_else(|| language(&whole)), line.language);
        let sources = Sources::new(texts.iter().map(|(text, day)| (text.as_str(), *day)));
        for (sentence, planted) in sentences(line, &whole) {
            let facts = sources.facts(&sentence);
            let missing: Vec<String> = facts
                .into_iter()
                .filter(|fact| !fact.stands)
                .map(|fact| format!("{} {}", fact.kind, fact.text))
                .collect();
            let withheld = !missing.is_empty();
            outcome.add(&direction, Decision { url: line.url.clone(), sentence, planted, withheld, missing });
        }
    }
    outcome
}

/// The texts behind a link: language, title and text, time.
type ByLink<'a> = HashMap<&'a str, Vec<(Language, String, Option<DateTime<Utc>>)>>;
type Texts = Vec<(String, Option<DateTime<Utc>>)>;

fn by_link(corpus: &[Article]) -> ByLink<'_> {
    let mut by_link: ByLink<'_> = HashMap::new();
    for article in corpus {
        let day = article.published.as_deref().and_then(time);
        let texts = [
            (None, &article.text),
            (Some(Language::En), &article.text_en),
            (Some(Language::Zh), &article.text_zh),
        ];
        for (known, text) in texts {
            let Some(text) = text else { continue };
            let whole = format!("{}\n{text}", article.title);
            by_link.entry(&article.url).or_default().push((
                known.unwrap_or_else(|| language(text)),
                whole,
                day,
            ));
        }
    }
    by_link
}

/// The articles that a sentence is about.
fn texts(line: &Line, by_link: &ByLink<'_>) -> Texts {
    if !line.text.is_empty() {
        let day = line.published.as_deref().and_then(time);
        return vec![(format!("{}\n{}", line.title, line.text), day)];
    }
    let links = line.urls.iter().chain([&line.url]);
    let articles = links.filter_map(|link| by_link.get(link.as_str())).flatten();
    articles
        .filter(|(language, ..)| line.article.is_none_or(|wanted| wanted == *language))
        .map(|(_, text, day)| (text.clone(), *day))
        .collect()
}

fn time(text: &str) -> Option<DateTime<Utc>> {
    let full = DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc());
    full.or_else(|| {
        text.get(..10)?.parse::<NaiveDate>().ok()?.and_hms_opt(12, 0, 0).map(|time| time.and_utc())
    })
}

fn language(text: &str) -> Language {
    let n_han = text.chars().filter(|c| is_han(*c)).count();
    let n_latin = text.chars().filter(char::is_ascii_alphabetic).count();
    if 2 * n_han > n_latin { Language::Zh } else { Language::En }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(json: &str) -> Line {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn plants_are_caught_and_truths_kept() {
        let corpus: Vec<Article> = vec![serde_json::from_str(
            r#"{"url": "https://a.example/1", "title": "Acme raises $5 million", "text": "The round was led by Northgate.", "published": "2026-06-01"}"#,
        )
        .unwrap()];
        let lines = [
            line(
                r#"{"url": "https://a.example/1", "sentence": "Acme 融资500万美元。", "language": "zh", "planted": null}"#,
            ),
            line(
                r#"{"url": "https://a.example/1", "sentence": "Acme 融资5000万美元。", "language": "zh", "planted": "amount"}"#,
            ),
            line(r#"{"url": "https://a.example/2", "sentence": "Nobody knows.", "language": "en"}"#),
        ];
        let outcome = evaluate(&lines, &corpus);
        assert_eq!((outcome.all.plants, outcome.all.caught), (1, 1));
        assert_eq!((outcome.all.truths, outcome.all.withheld, outcome.lacking), (1, 0, 1));
        assert_eq!(outcome.directions.keys().collect::<Vec<_>>(), ["en → zh"]);
        let planted = evaluate_planted(&lines, &corpus);
        assert!(planted.all.plants >= 3 && planted.all.caught == planted.all.plants, "{planted:?}");
    }
}
