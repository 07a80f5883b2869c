//! Confirmed errors as the pages show them: beside what they correct, and in the issue that told of them. Pure.

use serde_json::{Value, json};

use super::page::day;
use super::stories::link_language;
use super::words;
use crate::context::Context;
use crate::model::{Erratum, IssueKind, Language};
use crate::store::errata::Listed;

/// As they stand now, beside a story or an issue.
pub fn live(ctx: &Context, errata: &[Listed], language: Language) -> Vec<Value> {
    let line = |erratum: &Listed| {
        json!({ "day": day(ctx, erratum.noted_at), "text": erratum.text(language), "headline": erratum.title,
                "lang": link_language(&erratum.title),
                "url": format!("/{language}/story/{}", erratum.story_id) })
    };
    errata.iter().map(line).collect()
}

/// As an issue told them.
pub fn frozen(ctx: &Context, errata: &[Erratum], language: Language) -> Vec<Value> {
    let line = |erratum: &Erratum| {
        json!({ "day": day(ctx, erratum.noted_at), "text": erratum.text.get(&language), "headline": erratum.headline.get(&language),
                "url": format!("/{language}/story/{}", erratum.story_id),
                "issues": erratum.issues.iter().map(|issue| issue_link(*issue, language)).collect::<Vec<_>>() })
    };
    errata.iter().map(line).collect()
}

fn issue_link((kind, number): (IssueKind, i32), language: Language) -> Value {
    json!({ "url": format!("/{language}/issues/{kind}/{number}"),
            "name": format!("{} {number}", words::word(kind.as_str(), language)) })
}
