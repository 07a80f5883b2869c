//! `headsup eval judge`: what the cascade costs on a corpus, and how the configured model answers.

use super::open::Surroundings;
use super::{UsageError, output};
use crate::eval::gold::Line;
use crate::eval::judge::{Answered, Corpus, Cost};
use crate::render::Templates;

/// Prints the cost; with `limit` also how the configured model answers about so many stories.
pub async fn run(around: &Surroundings, lines: &[Line], limit: Option<usize>) -> anyhow::Result<()> {
    if lines.is_empty() {
        return Err(UsageError("the corpus holds no item".into()).into());
    }
    let settings = around.settings()?.settings;
    if limit.is_some() && settings.model.base_url.is_empty() {
        return Err(UsageError("no model is configured: set [model] base_url and name, or HEADSUP_MODEL_BASE_URL and HEADSUP_MODEL_NAME".into()).into());
    }
    let templates = Templates::load(around.global.templates.as_deref())?;
    let corpus = Corpus::new(lines, &settings);
    let cost = corpus.cost(&settings, &templates)?;
    let answered = match limit {
        Some(limit) => Some(corpus.ask(&settings, &templates, limit).await?),
        None => None,
    };
    if around.global.json {
        return output::json(&serde_json::json!({ "cost": cost, "answers": answered }));
    }
    show_cost(&cost)?;
    answered.as_ref().map_or(Ok(()), show_answers)
}

fn show_cost(cost: &Cost) -> anyhow::Result<()> {
    let mut table = output::table(&["", "read by the model", "tokens"]);
    table.add_row([
        "every item once".to_owned(),
        format!("{} items", cost.items),
        cost.tokens_of_all.to_string(),
    ]);
    table.add_row([
        "the cascade".to_owned(),
        format!("{} of {} stories", cost.read, cost.stories),
        cost.tokens.to_string(),
    ]);
    table.add_row(["share".to_owned(), String::new(), format!("{:.1} %", 100.0 * cost.share)]);
    output::line(&table.to_string())?;
    let all_read = cost.in_issues == cost.in_issues_read;
    output::line(&format!(
        "of the {} stories that the weekly issues would tell, the model has read {}{}",
        cost.in_issues,
        cost.in_issues_read,
        if all_read {
            ": the issues are what they were if it had read everything that the rules let in"
        } else {
            ""
        }
    ))
}

fn show_answers(answered: &Answered) -> anyhow::Result<()> {
    let mut table = output::table(&[
        "asked",
        "valid",
        "unscored",
        "yes said",
        "with a true quote",
        "false quotes kept",
        "sentences withheld",
        "tokens",
        "seconds",
    ]);
    let n_unscored: usize = answered.unscored.values().sum();
    table.add_row([
        answered.asked.to_string(),
        answered.valid.to_string(),
        n_unscored.to_string(),
        answered.said.to_string(),
        answered.verified.to_string(),
        answered.unverified_in_verdicts.to_string(),
        answered.withheld.to_string(),
        answered.tokens.to_string(),
        format!("{:.0}", answered.seconds),
    ]);
    output::line(&table.to_string())?;
    for (why, n) in &answered.unscored {
        output::line(&format!("unscored, {n}: {why}"))?;
    }
    Ok(())
}
