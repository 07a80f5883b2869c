//! What texts mean, by any OpenAI-compatible server of embeddings. A server that fails leaves grouping to the words alone,
//! and the operator reads why.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;
use tokio::time::Instant;

use super::similarity::WINDOW;
use crate::config::EmbeddingSettings;
use crate::context::Context;
use crate::model::{ItemId, Report, Tongue};
use crate::openai::{Fault, Server, Usage};
use crate::store::embeddings::{self, Unread};
use crate::store::model_calls::{self, Call};

/// Characters of the text behind the title: news says what happened first. Chinese says more in fewer.
const LEAD: (usize, usize) = (240, 100);

/// A cosine from which on two vectors are one.
const SAME_VECTOR: f32 = 0.9999;

/// Longest title in characters.
const TITLE: usize = 300;

/// Characters of a text that are loaded to be read.
const MOST_READ: i32 = 1000;

/// Batches of one run that were grouped without a meaning and are read after all.
const MISSED_BATCHES: usize = 8;

/// A client of one server.
pub struct Embedder {
    server: Server,
    model: String,
}

/// Only what is read: unknown words of good answers must not break it.
#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    data: Vec<Row>,
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Row {
    index: usize,
    embedding: Vec<f32>,
}

/// Vectors of length 1 in the order of the texts, and the tokens that they cost.
pub struct Vectors {
    /// One for each text.
    pub vectors: Vec<Vec<f32>>,
    /// As the server counted; 0 if it does not say.
    pub tokens: u32,
}

impl Embedder {
    /// The configured one, or `None` if there is none.
    ///
    /// # Errors
    /// The TLS stack cannot be set up.
    pub fn new(settings: &EmbeddingSettings) -> anyhow::Result<Option<Self>> {
        if settings.base_url.is_empty() {
            return Ok(None);
        }
        let server = Server::new(&settings.base_url, settings.api_key.as_ref(), settings.timeout_seconds)?;
        Ok(Some(Self { server, model: settings.model.clone() }))
    }

    /// What each of `texts` means.
    ///
    /// # Errors
    /// In words for the operator, without any fetched text: nobody answers, or not what was asked.
    pub async fn embed(&self, texts: &[String]) -> Result<Vectors, String> {
        let request = json!({ "model": self.model, "input": texts, "encoding_format": "float" });
        let answer = self.server.embeddings::<Answer>(request).await.map_err(in_words)?;
        told_apart(texts, read(answer, texts.len())?)
    }
}

fn in_words(fault: Fault) -> String {
    match fault {
        Fault::Timeout(seconds) => format!("no answer within {seconds} s"),
        Fault::NoConnection => "it does not accept connections".to_owned(),
        Fault::Broken => "the connection broke".to_owned(),
        Fault::Status(429, _) => "HTTP 429: quota or rate limit".to_owned(),
        Fault::Status(status @ (401 | 403), _) => format!("HTTP {status}: check the key"),
        Fault::Status(404, _) => "HTTP 404: check base_url and the model's name".to_owned(),
        Fault::Status(status, _) => format!("HTTP {status}"),
        Fault::Refused => "it refuses without a word: a rate limit or a wrong key".to_owned(),
        Fault::Unreadable => "its answer is no list of vectors".to_owned(),
    }
}

/// By the index that the server gives, never by position; each text once, all of one dimension.
fn read(answer: Answer, n: usize) -> Result<Vectors, String> {
    let mut vectors: Vec<Option<Vec<f32>>> = vec![None; n];
    for row in answer.data {
        let place = vectors.get_mut(row.index).ok_or("a vector for a text that was not sent")?;
        if place.replace(unit(row.embedding)?).is_some() {
            return Err("two vectors for one text".to_owned());
        }
    }
    let vectors: Option<Vec<Vec<f32>>> = vectors.into_iter().collect();
    let vectors = vectors.ok_or("fewer vectors than texts")?;
    if vectors.windows(2).any(|pair| pair[0].len() != pair[1].len()) {
        return Err("vectors of different lengths".to_owned());
    }
    Ok(Vectors { vectors, tokens: answer.usage.map_or(0, |usage| usage.prompt_tokens) })
}

/// A server that has one vector for everything would make one event of everything.
fn told_apart(texts: &[String], read: Vectors) -> Result<Vectors, String> {
    let first = texts.first().zip(read.vectors.first());
    let is_same = |vector: &[f32], other: &[f32]| {
        vector.iter().zip(other).map(|(x, y)| x * y).sum::<f32>() >= SAME_VECTOR
    };
    let others =
        texts.iter().zip(&read.vectors).filter(|(text, _)| first.is_some_and(|(one, _)| one != *text));
    let mut others = others.peekable();
    let has_others = others.peek().is_some();
    if has_others && others.all(|(_, vector)| first.is_some_and(|(_, one)| is_same(one, vector))) {
        return Err("the same vector for different texts".to_owned());
    }
    Ok(read)
}

fn unit(mut vector: Vec<f32>) -> Result<Vec<f32>, String> {
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    if !length.is_normal() {
        return Err("a vector without a direction".to_owned());
    }
    vector.iter_mut().for_each(|x| *x /= length);
    Ok(vector)
}

/// What of an item is read: its title and the first words of its text.
pub fn passage(title: &str, text: &str, language: &Tongue) -> String {
    let text = text.trim_start().strip_prefix(title.trim()).unwrap_or(text);
    let n = if language.is_unspaced() { LEAD.1 } else { LEAD.0 };
    let title: String = title.chars().take(TITLE).collect();
    let lead: String = text.trim_start().chars().take(n).collect();
    format!("{title}\n{lead}").trim().to_owned()
}

/// What the server did in one run.
#[derive(Default)]
struct Course {
    /// Of the vectors that it gave.
    dimension: Option<i32>,
    /// It was asked and gave none.
    has_failed: bool,
}

/// Reads all items that wait for their story, and some that found theirs while the server failed, so that later ones can
/// be compared with them. What cannot be read is grouped by its words, and the report says so until the server answers.
///
/// # Errors
/// The database fails.
pub async fn read_new(ctx: &Context, report: &mut Report) -> anyhow::Result<()> {
    let settings = &ctx.settings.embeddings;
    let Some(embedder) = Embedder::new(settings)? else { return Ok(()) };
    let n = i64::try_from(settings.batch).unwrap_or(i64::MAX);
    let mut course = Course::default();
    while !ctx.cancel.is_cancelled() && !course.has_failed {
        let unread = embeddings::unread(&ctx.pool, &settings.model, n, MOST_READ).await?;
        if unread.is_empty() {
            break;
        }
        let before = earlier_dimension(ctx, &unread).await?;
        read_batch(ctx, &embedder, &unread, (&mut course, report)).await?;
        if let (Some(old), Some(new)) = (before, course.dimension)
            && old != new
        {
            report.warnings.push(format!(
                "the embedding model {} gives {new} numbers for a text now and gave {old} before: what it read until then is compared by words alone",
                settings.model
            ));
        }
    }
    let since = ctx.clock.now() - WINDOW;
    for _ in 0..MISSED_BATCHES {
        if ctx.cancel.is_cancelled() || course.has_failed {
            break;
        }
        let asked = (settings.model.as_str(), course.dimension);
        let missed = embeddings::missed(&ctx.pool, asked, since, (n, MOST_READ)).await?;
        if missed.is_empty() {
            break;
        }
        read_batch(ctx, &embedder, &missed, (&mut course, report)).await?;
    }
    let is_untried = !course.has_failed && course.dimension.is_none();
    if is_untried && let Some(why) = model_calls::standing_failure(&ctx.pool, "embed").await? {
        report.warnings.push(failed(&why));
    }
    Ok(())
}

fn failed(why: &str) -> String {
    format!("grouped by words alone, the embedding server failed: {why}")
}

/// That of the vector which stands next before these items.
async fn earlier_dimension(ctx: &Context, unread: &[Unread]) -> sqlx::Result<Option<i32>> {
    let first = unread.iter().map(|one| one.item_id).min().unwrap_or_default();
    embeddings::dimension_before(&ctx.pool, &ctx.settings.embeddings.model, first).await
}

async fn read_batch(
    ctx: &Context,
    embedder: &Embedder,
    unread: &[Unread],
    (course, report): (&mut Course, &mut Report),
) -> anyhow::Result<()> {
    let texts: Vec<String> = unread.iter().map(text_of).collect();
    let began = Instant::now();
    let outcome = embedder.embed(&texts).await;
    let millis = i32::try_from(began.elapsed().as_millis()).unwrap_or(i32::MAX);
    let now = ctx.clock.now();
    book(ctx, &outcome, millis, now).await?;
    match outcome {
        Ok(vectors) => {
            for (one, vector) in unread.iter().zip(&vectors.vectors) {
                let key = (ItemId(one.item_id), embedder.model.as_str());
                embeddings::save(&ctx.pool, key, vector, now).await?;
                course.dimension = i32::try_from(vector.len()).ok();
            }
            report.add("embedded", unread.len() as u64);
        }
        Err(why) => {
            report.warnings.push(failed(&why));
            course.has_failed = true;
        }
    }
    Ok(())
}

fn text_of(one: &Unread) -> String {
    let passage = passage(&one.title, &one.text, &Tongue::new(&one.language));
    // An empty text has a vector too, which is near to anything.
    if passage.is_empty() { "-".to_owned() } else { passage }
}

async fn book(
    ctx: &Context,
    outcome: &Result<Vectors, String>,
    millis: i32,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let settings = &ctx.settings.embeddings;
    let host = url::Url::parse(&settings.base_url).ok();
    let call = Call {
        purpose: "embed",
        model: &settings.model,
        host: host.as_ref().and_then(|url| url.host_str()).unwrap_or_default(),
        prompt_tokens: outcome
            .as_ref()
            .map_or(0, |vectors| i32::try_from(vectors.tokens).unwrap_or(i32::MAX)),
        millis,
        outcome: if outcome.is_ok() { "ok" } else { "failed" },
        error: outcome.as_ref().err().cloned(),
        ..Call::default()
    };
    model_calls::book(&ctx.pool, &call, now).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(index: usize, embedding: &[f32]) -> Row {
        Row { index, embedding: embedding.to_vec() }
    }

    fn answered(data: Vec<Row>, n: usize) -> Result<Vec<Vec<f32>>, String> {
        read(Answer { data, usage: None }, n).map(|vectors| vectors.vectors)
    }

    #[test]
    fn vectors_are_taken_by_their_index_and_have_length_one() {
        let vectors = answered(vec![row(1, &[0.0, 2.0]), row(0, &[3.0, 0.0])], 2).unwrap();
        assert_eq!(vectors, [[1.0, 0.0], [0.0, 1.0]]);
    }

    #[test]
    fn what_was_not_asked_or_is_missing_is_no_answer() {
        assert!(answered(vec![row(0, &[1.0])], 2).is_err());
        assert!(answered(vec![row(7, &[1.0])], 1).is_err());
        assert!(answered(vec![row(0, &[1.0]), row(0, &[1.0])], 1).is_err());
        assert!(answered(vec![row(0, &[1.0]), row(1, &[1.0, 1.0])], 2).is_err());
        assert!(answered(vec![row(0, &[0.0])], 1).is_err());
        assert!(answered(vec![row(0, &[f32::NAN])], 1).is_err());
    }

    #[test]
    fn a_passage_is_the_title_and_what_comes_first() {
        let text = format!("Lumen opens a model\nIt has {}", "many words ".repeat(60));
        let passage = passage("Lumen opens a model", &text, &Tongue::new("en"));
        assert!(passage.starts_with("Lumen opens a model\nIt has many words"));
        assert!(passage.chars().count() < 270);
    }
}
