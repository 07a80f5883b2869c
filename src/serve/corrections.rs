//! Confirmed errors as the pages show them: beside what they correct. Pure.

use serde_json::{Value, json};

use super::page::day;
use super::stories::link_language;
use crate::context::Context;
use crate::model::Language;
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
