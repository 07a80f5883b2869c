//! The desk in front of the model: what was answered before costs nothing, what is over the budget is not asked, and every
//! call is booked.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};

use super::answer::Answer;
use super::ask::{Asker, Made};
use super::client::NoAnswer;
use super::compare::{self, Preference};
use super::prompt::{self, Sheet};
use crate::config::{ModelSettings, SendScope};
use crate::context::Context;
use crate::model::StoryId;
use crate::openai;
use crate::store::model_calls::{self, Call, Question, Spent};

/// What its calls are booked for.
const PURPOSE: &str = "judge";

/// The spans of the budgets.
const WEEK: Duration = Duration::days(7);
const MONTH: Duration = Duration::days(30);

/// So long a story rests, after so many answers that could not be used.
const REST: Duration = Duration::hours(24);
const TRIES_A_DAY: i64 = 2;

/// A model with its budget for this run.
pub struct Desk<'a> {
    ctx: &'a Context,
    asker: Asker<'a>,
    prompt_hash: String,
    run: Spent,
    week: Spent,
    month: Spent,
}

/// An accepted answer and what it cost.
#[derive(Debug)]
pub struct Answered {
    /// The answer.
    pub answer: Answer,
    /// Tokens paid now; 0 from the cache.
    pub tokens: u32,
    /// Whether it was paid for earlier.
    pub cached: bool,
}

/// For each story an answer, or why the model did not judge.
pub type Answers = BTreeMap<StoryId, Result<Answered, String>>;

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
        let asker = Asker::new(settings, &ctx.templates)?;
        let prompt_hash = prompt::hash([asker.hash()?.as_str(), scope(settings.send)]);
        let now = ctx.clock.now();
        // What embeddings cost is booked too, and is not the judge's budget.
        let week = model_calls::spent(&ctx.pool, PURPOSE, now - WEEK).await?;
        let month = model_calls::spent(&ctx.pool, PURPOSE, now - MONTH).await?;
        Ok(Some(Self { ctx, asker, prompt_hash, run: Spent::default(), week, month }))
    }

    /// Hash of the prompt, for the verdict's basis.
    pub fn prompt_hash(&self) -> &str {
        &self.prompt_hash
    }

    /// Asks about these stories in one question, but for those that were answered before.
    ///
    /// # Errors
    /// The database or the template fails.
    pub async fn ask(&mut self, sheets: &[Sheet]) -> anyhow::Result<Answers> {
        let (mut answers, mut open) = (Answers::new(), Vec::new());
        for sheet in sheets {
            match self.known(sheet).await? {
                Some(answer) => {
                    answers.insert(sheet.number, Ok(Answered { answer, tokens: 0, cached: true }));
                }
                None if self.is_hopeless(sheet).await? => {
                    let why = "its answers about it were of no use; it is asked again after a day";
                    answers.insert(sheet.number, Err(why.to_owned()));
                }
                None => open.push(sheet.clone()),
            }
        }
        if open.is_empty() {
            return Ok(answers);
        }
        let prompt = prompt::estimate(&prompt::question(&self.ctx.templates, &open)?);
        let estimate = self.price(prompt, prompt::ANSWER_TOKENS * open.len() as u32);
        if let Some(why) = self.asker.closed().map(str::to_owned).or_else(|| self.over_budget(estimate)) {
            answers.extend(open.iter().map(|sheet| (sheet.number, Err(why.clone()))));
            return Ok(answers);
        }
        let outcome = self.asker.ask(&open).await?;
        let mut tokens = BTreeMap::new();
        for call in &outcome.calls {
            self.book(call, &mut tokens).await?;
        }
        for sheet in &open {
            let Some(answer) = outcome.answers.get(&sheet.number) else { continue };
            if let Ok(answer) = answer {
                self.keep(sheet, answer).await?;
            }
            let paid = tokens.get(&sheet.number).copied().unwrap_or_default();
            let answered = answer.clone().map(|answer| Answered { answer, tokens: paid, cached: false });
            answers.insert(sheet.number, answered);
        }
        Ok(answers)
    }

    /// Which of two stories the model prefers in both orders, with its words; `None`: neither, or it was not asked.
    ///
    /// # Errors
    /// The database or the template fails.
    pub async fn prefer(&mut self, a: &Sheet, b: &Sheet) -> anyhow::Result<Option<Preference>> {
        let mut said = Vec::new();
        for pair in [[a.clone(), b.clone()], [b.clone(), a.clone()]] {
            match self.prefer_once(&pair).await? {
                Some(preference) => said.push(preference),
                None => return Ok(None),
            }
        }
        let agree = said[0].better == said[1].better && said[0].better != 0;
        Ok(said.into_iter().next().filter(|_| agree))
    }

    async fn prefer_once(&mut self, pair: &[Sheet]) -> anyhow::Result<Option<Preference>> {
        let input_hash =
            prompt::hash(pair.iter().map(Sheet::hash).collect::<Vec<_>>().iter().map(String::as_str));
        let prompt_hash =
            prompt::hash([compare::TEMPLATE, self.ctx.templates.source(compare::TEMPLATE)?.as_str()]);
        let name = self.ctx.settings.model.name.clone();
        let question = Question { input_hash: &input_hash, prompt_hash: &prompt_hash, model: &name };
        if let Some(known) = model_calls::known_answer(&self.ctx.pool, question).await? {
            return Ok(serde_json::from_value(known).ok());
        }
        let size = prompt::estimate(&prompt::comparison(&self.ctx.templates, pair)?);
        let is_over = self.over_budget(self.price(size, compare::ANSWER_TOKENS)).is_some();
        if is_over || self.asker.closed().is_some() {
            return Ok(None);
        }
        let mut calls = Vec::new();
        let preference = self.asker.prefer(pair, &mut calls).await?;
        for call in &calls {
            self.book(call, &mut BTreeMap::new()).await?;
        }
        if let Some(preference) = &preference {
            let value = serde_json::to_value(preference)?;
            model_calls::keep_answer(&self.ctx.pool, question, &value, self.ctx.clock.now()).await?;
        }
        Ok(preference)
    }

    /// A story whose answers were of no use is left alone for a day: it would be paid for at every run.
    async fn is_hopeless(&self, sheet: &Sheet) -> anyhow::Result<bool> {
        let since = self.ctx.clock.now() - REST;
        let n = model_calls::rubbish(&self.ctx.pool, sheet.number, &self.prompt_hash, since).await?;
        Ok(n >= TRIES_A_DAY)
    }

    async fn known(&self, sheet: &Sheet) -> anyhow::Result<Option<Answer>> {
        let (input_hash, model) = (sheet.hash(), self.ctx.settings.model.name.as_str());
        let question = Question { input_hash: &input_hash, prompt_hash: &self.prompt_hash, model };
        let known = model_calls::known_answer(&self.ctx.pool, question).await?;
        Ok(known.and_then(|value| serde_json::from_value(value).ok()))
    }

    async fn keep(&self, sheet: &Sheet, answer: &Answer) -> anyhow::Result<()> {
        let (input_hash, model) = (sheet.hash(), self.ctx.settings.model.name.as_str());
        let question = Question { input_hash: &input_hash, prompt_hash: &self.prompt_hash, model };
        let value = serde_json::to_value(answer)?;
        model_calls::keep_answer(&self.ctx.pool, question, &value, self.ctx.clock.now()).await?;
        Ok(())
    }

    /// Books a call, and adds each story's share of it to `tokens`.
    async fn book(&mut self, made: &Made, tokens: &mut BTreeMap<StoryId, u32>) -> anyhow::Result<()> {
        let settings = &self.ctx.settings.model;
        let paid = self.price(made.prompt_tokens, made.completion_tokens);
        for spent in [&mut self.run, &mut self.week, &mut self.month] {
            spent.tokens += paid.tokens;
            spent.cost_micros += paid.cost_micros;
        }
        let n_stories = made.stories.len();
        for story in &made.stories {
            *tokens.entry(*story).or_default() +=
                (made.prompt_tokens + made.completion_tokens) / u32::try_from(n_stories.max(1))?;
        }
        let call = Call {
            purpose: PURPOSE,
            model: &settings.name,
            host: openai::host(&settings.base_url),
            story_id: made.stories.first().copied().filter(|_| n_stories == 1),
            n_stories: i32::try_from(n_stories)?,
            sent: scope(settings.send),
            prompt_hash: &self.prompt_hash,
            prompt_tokens: i32::try_from(made.prompt_tokens).unwrap_or(i32::MAX),
            completion_tokens: i32::try_from(made.completion_tokens).unwrap_or(i32::MAX),
            cost_micros: paid.cost_micros,
            millis: i32::try_from(made.millis).unwrap_or(i32::MAX),
            outcome: made.error.as_ref().map_or("ok", NoAnswer::word),
            error: made.error.as_ref().map(NoAnswer::to_string),
        };
        model_calls::book(&self.ctx.pool, &call, self.now()).await?;
        Ok(())
    }

    fn price(&self, prompt_tokens: u32, completion_tokens: u32) -> Spent {
        price(&self.ctx.settings.model, prompt_tokens, completion_tokens)
    }

    /// Why a question at this price may not be asked.
    fn over_budget(&self, price: Spent) -> Option<String> {
        let settings = &self.ctx.settings.model;
        let limits = [
            ("per run", self.run, settings.tokens_per_run, settings.cost_per_run),
            ("in seven days", self.week, settings.tokens_per_week, settings.cost_per_week),
            ("in thirty days", self.month, settings.tokens_per_month, settings.cost_per_month),
        ];
        limits.into_iter().find_map(|(span, spent, tokens, cost)| {
            if u64::try_from(spent.tokens + price.tokens).unwrap_or_default() > tokens {
                return Some(format!("over budget: {tokens} tokens {span}"));
            }
            let money = (spent.cost_micros + price.cost_micros) as f64 / 1e6;
            (cost > 0.0 && money > cost).then(|| format!("over budget: {cost} of money {span}"))
        })
    }

    fn now(&self) -> DateTime<Utc> {
        self.ctx.clock.now()
    }
}

/// What so many tokens cost by the settings' prices.
pub fn price(settings: &ModelSettings, prompt_tokens: u32, completion_tokens: u32) -> Spent {
    let tokens = i64::from(prompt_tokens) + i64::from(completion_tokens);
    Spent { tokens, cost_micros: settings.cost_micros(prompt_tokens, completion_tokens) }
}

fn scope(send: SendScope) -> &'static str {
    match send {
        SendScope::Full => "full",
        SendScope::Extract => "extract",
        SendScope::Titles => "titles",
    }
}
