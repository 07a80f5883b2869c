//! One question to the model about one story: cut to the context, budgeted, cached, booked, checked.

use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use super::answer::{self, Answer};
use super::client::{MAX_ANSWER_TOKENS, Model, NoAnswer};
use crate::config::{ModelSettings, SendScope, schema_of};
use crate::context::Context;
use crate::model::{Story, Verdict};
use crate::store::model_calls::{self, Call, Question};

/// The template of the question.
const PROMPT: &str = "prompts/judge.j2";
/// What its calls are booked for.
const PURPOSE: &str = "judge";
/// Most articles of a story that are sent.
const MAX_ITEMS: usize = 3;
/// Over so many days the weekly budget counts.
const WEEK: Duration = Duration::days(7);

/// A model with its budget for this run.
pub struct Desk<'a> {
    ctx: &'a Context,
    model: Model,
    prompt_hash: String,
    schema: Value,
    /// Tokens paid in this run.
    spent: u64,
    /// Tokens paid in the week before it.
    spent_before: u64,
    /// Why it is not asked any more in this run.
    closed: Option<String>,
}

/// An accepted answer and what it cost.
pub struct Answered {
    /// The answer.
    pub answer: Answer,
    /// Tokens paid now; 0 from the cache.
    pub tokens: u32,
    /// Whether it was paid for earlier.
    pub cached: bool,
}

#[derive(Serialize)]
struct Data<'a> {
    story: i64,
    items: Vec<Piece<'a>>,
}

#[derive(Serialize)]
struct Piece<'a> {
    source: &'a str,
    language: &'a str,
    title: String,
    text: String,
}

impl<'a> Desk<'a> {
    /// The configured model, or `None` if there is none.
    ///
    /// # Errors
    /// The prompt's template is missing, or the database fails.
    pub async fn open(ctx: &'a Context) -> anyhow::Result<Option<Self>> {
        let settings = &ctx.settings.model;
        if settings.base_url.is_empty() {
            return Ok(None);
        }
        let schema = schema_of::<Answer>();
        let prompt_hash =
            hash([ctx.templates.source(PROMPT)?.as_str(), &schema.to_string(), scope(settings.send)]);
        // What embeddings cost is booked too, and is not the judge's budget.
        let week = model_calls::tokens_for(&ctx.pool, PURPOSE, ctx.clock.now() - WEEK).await?;
        let spent_before = u64::try_from(week).unwrap_or_default();
        let model = Model::new(settings)?;
        Ok(Some(Self { ctx, model, prompt_hash, schema, spent: 0, spent_before, closed: None }))
    }

    /// Hash of the prompt, for the verdict's basis.
    pub fn prompt_hash(&self) -> &str {
        &self.prompt_hash
    }

    /// Asks about a story; `rules` is its verdict by rules. `Err` is why the model did not judge.
    ///
    /// # Errors
    /// The outer one: the database fails.
    pub async fn ask(
        &mut self,
        story: &Story,
        rules: &Verdict,
        input_hash: &str,
    ) -> anyhow::Result<Result<Answered, String>> {
        let name = self.ctx.settings.model.name.clone();
        let prompt_hash = self.prompt_hash.clone();
        let question = Question { input_hash, prompt_hash: &prompt_hash, model: &name };
        if let Some(known) = model_calls::known_answer(&self.ctx.pool, question).await?
            && let Ok(answer) = answer::read(&known.to_string(), story.id.0)
        {
            return Ok(Ok(Answered { answer, tokens: 0, cached: true }));
        }
        if let Some(why) = &self.closed {
            return Ok(Err(why.clone()));
        }
        let data = Data { story: story.id.0, items: pieces(&self.ctx.settings.model, story, rules) };
        let prompt = self.ctx.templates.render(PROMPT, data)?;
        let estimate = u64::from(estimate(&prompt)) + u64::from(MAX_ANSWER_TOKENS);
        if let Some(why) = self.over_budget(estimate) {
            return Ok(Err(why));
        }
        let outcome = self.ask_twice(story, &prompt).await?;
        if let Ok(answered) = &outcome {
            let value = serde_json::to_value(&answered.answer)?;
            model_calls::keep_answer(&self.ctx.pool, question, &value, self.ctx.clock.now()).await?;
        }
        Ok(outcome)
    }

    /// Rubbish is asked for once more, with the reason; everything else is final.
    async fn ask_twice(&mut self, story: &Story, prompt: &str) -> anyhow::Result<Result<Answered, String>> {
        let (mut prompt, mut tokens) = (prompt.to_owned(), 0);
        for attempt in 0..2 {
            let (outcome, paid) = self.ask_once(story, &prompt).await?;
            tokens += paid;
            match outcome {
                Ok(answer) => return Ok(Ok(Answered { answer, tokens, cached: false })),
                Err(NoAnswer::Rubbish(why)) if attempt == 0 => {
                    prompt.push_str(&format!("\nYour last answer could not be used: {why}. Answer again, with the JSON object alone.\n"));
                }
                Err(no) => {
                    if no.stops_the_run() {
                        self.closed = Some(no.to_string());
                    }
                    return Ok(Err(no.to_string()));
                }
            }
        }
        Ok(Err("the model gave no usable answer".to_owned()))
    }

    async fn ask_once(
        &mut self,
        story: &Story,
        prompt: &str,
    ) -> anyhow::Result<(Result<Answer, NoAnswer>, u32)> {
        let began = Instant::now();
        let said = self.model.ask(prompt, &self.schema).await;
        let millis = i32::try_from(began.elapsed().as_millis()).unwrap_or(i32::MAX);
        let (prompt_tokens, completion_tokens) =
            said.as_ref().map(|said| (said.prompt_tokens, said.completion_tokens)).unwrap_or_default();
        let paid = prompt_tokens + completion_tokens;
        self.spent += u64::from(paid);
        let outcome = said.and_then(|said| {
            // Some servers cut a long prompt at its beginning without a word.
            if said.prompt_tokens > 0 && said.prompt_tokens * 3 < estimate(prompt) {
                return Err(NoAnswer::Failed(
                    "it read only a part of the prompt: raise its context, or lower context_tokens"
                        .to_owned(),
                ));
            }
            answer::read(&said.text, story.id.0).map_err(NoAnswer::Rubbish)
        });
        let settings = &self.ctx.settings.model;
        let cost = f64::from(prompt_tokens) * settings.price_prompt
            + f64::from(completion_tokens) * settings.price_completion;
        let call = Call {
            purpose: PURPOSE,
            model: &settings.name,
            host: host(&settings.base_url),
            story_id: Some(story.id),
            prompt_hash: &self.prompt_hash,
            prompt_tokens: i32::try_from(prompt_tokens).unwrap_or(i32::MAX),
            completion_tokens: i32::try_from(completion_tokens).unwrap_or(i32::MAX),
            cost_micros: cost.round() as i64,
            millis,
            outcome: outcome.as_ref().err().map_or("ok", NoAnswer::word),
            error: outcome.as_ref().err().map(NoAnswer::to_string),
        };
        model_calls::book(&self.ctx.pool, &call, self.now()).await?;
        Ok((outcome, paid))
    }

    /// Why a question of `tokens` may not be asked.
    fn over_budget(&self, tokens: u64) -> Option<String> {
        let settings = &self.ctx.settings.model;
        if self.spent + tokens > settings.tokens_per_run {
            return Some(format!("over budget: {} tokens per run", settings.tokens_per_run));
        }
        if self.spent_before + self.spent + tokens > settings.tokens_per_week {
            return Some(format!("over budget: {} tokens in seven days", settings.tokens_per_week));
        }
        None
    }

    fn now(&self) -> DateTime<Utc> {
        self.ctx.clock.now()
    }
}

/// Hash of what a story says, for caching and for knowing whether a verdict is of this text.
pub fn input_hash(story: &Story) -> String {
    let id = story.id.to_string();
    let mut parts = vec![id.as_str()];
    parts.extend(story.items.iter().flat_map(|item| [item.title.as_str(), item.text.as_str()]));
    hash(parts)
}

/// What of a story may be sent, cut so that it fits the context.
fn pieces<'a>(settings: &ModelSettings, story: &'a Story, rules: &Verdict) -> Vec<Piece<'a>> {
    let items = &story.items[..story.items.len().min(MAX_ITEMS)];
    let room = settings.context_tokens.saturating_sub(MAX_ANSWER_TOKENS + 900)
        / u32::try_from(items.len().max(1)).unwrap_or(1);
    let extract = || rules.summary.values().next().map(|summary| summary.long.clone()).unwrap_or_default();
    let pieces = items.iter().enumerate().map(|(index, item)| Piece {
        source: &item.source,
        language: item.language.as_str(),
        title: unfence(&item.title),
        text: match settings.send {
            SendScope::Full => fit(&unfence(&item.text), room),
            SendScope::Extract if index == 0 => fit(&unfence(&extract()), room),
            SendScope::Extract | SendScope::Titles => String::new(),
        },
    });
    pieces.collect()
}

/// Fetched text cannot close the fence that it stands in.
fn unfence(text: &str) -> String {
    text.replace("<article", "(article").replace("</article", "(/article")
}

fn fit(text: &str, tokens: u32) -> String {
    let mut left = f64::from(tokens);
    text.chars()
        .take_while(|c| {
            left -= weight(*c);
            left > 0.0
        })
        .collect()
}

/// Tokens of a text, roughly: four Latin letters or one Chinese character.
fn estimate(text: &str) -> u32 {
    text.chars().map(weight).sum::<f64>() as u32
}

fn weight(c: char) -> f64 {
    if c.is_ascii() { 0.28 } else { 1.0 }
}

fn scope(send: SendScope) -> &'static str {
    match send {
        SendScope::Full => "full",
        SendScope::Extract => "extract",
        SendScope::Titles => "titles",
    }
}

fn host(base_url: &str) -> &str {
    let rest = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest).rsplit('@').next().unwrap_or(rest)
}

fn hash<'t>(parts: impl IntoIterator<Item = &'t str>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
