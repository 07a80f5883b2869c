//! Which of two papers a model prefers: each pair of the shortlist is asked about in both orders, since models prefer what
//! they read first; only an answer that stays the same and quotes the paper counts. Without a model, or where it cannot
//! tell, the rules of [`crate::paper::choose`] decide.

use chrono::Duration;
use serde::Deserialize;
use serde_json::json;

use crate::context::Context;
use crate::openai::{self, Completion, Fault, Server, Usage};
use crate::paper::signals::Paper;
use crate::store::model_calls::{self, Call};

/// The template of the question.
const TEMPLATE: &str = "prompts/paper.j2";
/// Most tokens of the answer.
const ANSWER_TOKENS: u32 = 160;
/// Characters of an abstract that are sent.
const ABSTRACT: usize = 1800;
/// After so many failures in a row the rules decide the rest.
const PATIENCE: usize = 2;

#[derive(Deserialize)]
struct Preference {
    better: i64,
    #[serde(default)]
    quote: String,
}

/// Two places on the shortlist and the winner's, for each pair that the model could tell apart; empty without a model.
///
/// # Errors
/// The template or the database fails; a failing server is no error.
pub async fn compare(ctx: &Context, papers: &[Paper]) -> anyhow::Result<Vec<(usize, usize, usize)>> {
    let mut answers = Vec::new();
    let model = &ctx.settings.model;
    if model.base_url.is_empty() || is_spent(ctx).await? {
        return Ok(answers);
    }
    let server = Server::new(&model.base_url, model.api_key.as_ref(), model.timeout_seconds)?;
    let pairs = (0..papers.len()).flat_map(|a| (a + 1..papers.len()).map(move |b| (a, b)));
    let mut n_failed = 0;
    for (a, b) in pairs {
        let pair = (&papers[a], &papers[b]);
        let first = one(ctx, &server, pair).await?;
        let second = match first {
            Some(_) => one(ctx, &server, (pair.1, pair.0)).await?,
            None => None,
        };
        n_failed = if first.is_none() || second.is_none() { n_failed + 1 } else { 0 };
        match (first, second) {
            (Some(1), Some(2)) => answers.push((a, b, a)),
            (Some(2), Some(1)) => answers.push((a, b, b)),
            _ => {}
        }
        if n_failed >= PATIENCE || ctx.cancel.is_cancelled() {
            break;
        }
    }
    Ok(answers)
}

/// Whether the month's tokens or money are used up.
async fn is_spent(ctx: &Context) -> anyhow::Result<bool> {
    let model = &ctx.settings.model;
    let spent = model_calls::totals(&ctx.pool, ctx.clock.now() - Duration::days(30)).await?;
    let tokens = u64::try_from(spent.prompt_tokens + spent.completion_tokens).unwrap_or_default();
    let money = spent.cost_micros as f64 / 1e6;
    Ok(tokens >= model.tokens_per_month || model.cost_per_month > 0.0 && money >= model.cost_per_month)
}

/// 1 or 2: the better of the two as they were shown; 0: it cannot tell; `None`: no answer.
async fn one(ctx: &Context, server: &Server, (a, b): (&Paper, &Paper)) -> anyhow::Result<Option<i64>> {
    let shown = |paper: &Paper| {
        let text: String = paper.text.chars().take(ABSTRACT).collect();
        json!({ "title": fenced(&paper.title), "text": fenced(&text) })
    };
    let question = ctx.templates.render(TEMPLATE, json!({ "papers": [shown(a), shown(b)] }))?;
    let model = &ctx.settings.model;
    let request = json!({
        "model": model.name,
        "messages": [{ "role": "user", "content": question }],
        "temperature": 0,
        "max_tokens": ANSWER_TOKENS,
    });
    let began = ctx.clock.now();
    let answer = server.chat::<Completion>(request).await;
    let usage = answer.as_ref().ok().and_then(|answer| answer.usage).unwrap_or_default();
    let said = answer.as_ref().ok().and_then(|answer| answer.choices.first()?.message.content.clone());
    let preference = said.as_deref().and_then(openai::first_json);
    let (outcome, error) = match (&answer, &preference) {
        (Err(fault), _) => ("failed", Some(told(fault))),
        (Ok(_), None) => ("rubbish", Some("no JSON with \"better\"".to_owned())),
        (Ok(_), Some(_)) => ("ok", None),
    };
    let Usage { prompt_tokens, completion_tokens } = usage;
    let call = Call {
        purpose: "paper",
        model: &model.name,
        host: openai::host(&model.base_url),
        n_stories: 2,
        sent: "extract",
        prompt_tokens: i32::try_from(prompt_tokens).unwrap_or(i32::MAX),
        completion_tokens: i32::try_from(completion_tokens).unwrap_or(i32::MAX),
        cost_micros: model.cost_micros(prompt_tokens, completion_tokens),
        millis: i32::try_from((ctx.clock.now() - began).num_milliseconds()).unwrap_or(i32::MAX),
        outcome,
        error,
        ..Call::default()
    };
    model_calls::book(&ctx.pool, &call, ctx.clock.now()).await?;
    Ok(preference.map(|preference| grounded(&preference, a, b)))
}

/// What it says counts if it quotes the paper that it prefers.
fn grounded(preference: &Preference, a: &Paper, b: &Paper) -> i64 {
    let plain = |text: &str| fenced(text).split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let chosen = match preference.better {
        1 => a,
        2 => b,
        _ => return 0,
    };
    let quote = plain(&preference.quote);
    let own = plain(&format!("{} {}", chosen.title, chosen.text));
    if quote.len() >= 8 && own.contains(quote.trim_end_matches('.')) { preference.better } else { 0 }
}

/// No text can close the fence that it stands in.
fn fenced(text: &str) -> String {
    text.replace(['<', '>'], " ")
}

fn told(fault: &Fault) -> String {
    match fault {
        Fault::NoConnection => "it does not accept connections".to_owned(),
        Fault::Broken => "the connection broke".to_owned(),
        Fault::Timeout(seconds) => format!("no answer within {seconds} s"),
        Fault::Status(status, _) => format!("HTTP {status}"),
        Fault::Refused | Fault::Unreadable => "not the shape of a completion".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preference_without_a_quote_of_the_paper_does_not_count() {
        let paper = |title: &str| Paper {
            title: title.into(),
            text: "It runs on a laptop.".into(),
            ..Paper::default()
        };
        let (a, b) = (paper("A"), paper("B"));
        let says =
            |text: &str| openai::first_json(text).map(|preference: Preference| grounded(&preference, &a, &b));
        assert_eq!(
            says("<think>{}</think>```json\n{\"better\": 2, \"quote\": \"runs on  a Laptop.\"}```"),
            Some(2)
        );
        assert_eq!(says("{\"better\": 1, \"quote\": \"changes everything\"}"), Some(0));
        assert_eq!(says("{\"better\": 0}"), Some(0));
        assert_eq!(says("the first"), None);
    }
}
