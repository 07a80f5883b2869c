//! Stage crawl.

mod arxiv;
mod date;
mod decode;
mod feed;
mod json;
mod link;
mod page;
mod repair;
mod soup;
mod text;

use crate::context::Context;
use crate::model::Report;

/// Runs the stage once.
///
/// # Errors
/// Only what stops the whole stage: a single bad source, story or reader fails alone, on its row.
pub async fn run(_ctx: &Context) -> anyhow::Result<Report> {
    Ok(Report::default())
}
