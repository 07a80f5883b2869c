//! Stage extract: makes the readable text of every item from its page, else from what its feed said.

pub mod inspect;

mod author;
mod body;
mod choose;
mod clean;
mod date;
mod day;
mod decode;
mod elsewhere;
mod furniture;
mod jsonld;
mod links;
mod lists;
mod merge;
mod meta;
mod names;
mod page;
mod paper;
pub mod pdf;
mod pdf_fonts;
mod picture;
mod render;
mod sniff;
mod title;
mod tongue;
mod tree;
mod wall;

#[cfg(test)]
mod tests;

use anyhow::Context as _;
use chrono::{DateTime, Duration, TimeDelta, Utc};
use futures::{StreamExt as _, stream};

use crate::config::ArticleRules;
use crate::context::Context;
use crate::deadline;
use crate::model::{Article, ItemId, Language, Origin, Report, SourceKind};
use crate::progress::Work;
use crate::store::articles::{self, Unread};

/// Items taken from the database at once.
const BATCH: i64 = 100;

/// Pages read at the same time.
const PARALLEL: usize = 2;

/// An item whose page has not come for this long is read from its feed meanwhile.
const PATIENCE: TimeDelta = TimeDelta::hours(6);

/// Makes an article of each item that has none, or an old one, and forgets pages that were read long ago.
///
/// # Errors
/// The database fails. A page that cannot be read only leaves a note on its article.
pub async fn run(ctx: &Context) -> anyhow::Result<Report> {
    let mut report = Report::default();
    let waited_since = ctx.clock.now() - PATIENCE;
    let n = articles::count_unread(&ctx.pool, waited_since).await.context("cannot count unread items")?;
    let work = ctx.progress.start("extract", usize::try_from(n).unwrap_or_default());
    let mut last = 0;
    while !ctx.cancel.is_cancelled() {
        let batch = articles::unread(&ctx.pool, waited_since, last, BATCH).await?;
        let Some(newest) = batch.last() else { break };
        last = newest.item_id;
        read_batch(ctx, batch, &work, &mut report).await?;
    }
    let limit = ctx.clock.now() - Duration::days(ctx.settings.retention.pages_days.max(0));
    articles::forget_read_pages(&ctx.pool, limit).await.context("cannot forget old pages")?;
    work.finish(&format!(
        "{} articles, {} of them from their pages",
        report.count("articles"),
        report.count("from_page")
    ));
    Ok(report)
}

async fn read_batch(
    ctx: &Context,
    batch: Vec<Unread>,
    work: &Work,
    report: &mut Report,
) -> anyhow::Result<()> {
    let mut readings = stream::iter(batch).map(|item| read(ctx, item)).buffer_unordered(PARALLEL);
    while let Some(reading) = readings.next().await {
        let (item_id, choice) = reading?;
        let now = ctx.clock.now();
        articles::save(&ctx.pool, item_id, &choice.article, choice.note.as_deref(), now)
            .await
            .with_context(|| format!("cannot store the article of item {item_id}"))?;
        report.add("articles", 1);
        report.add(&format!("from_{}", choice.article.how), 1);
        report.add("rejected_pages", u64::from(choice.page_rejected));
        work.step();
    }
    Ok(())
}

async fn read(ctx: &Context, item: Unread) -> anyhow::Result<(ItemId, choose::Choice)> {
    let item_id = ItemId(item.item_id);
    let page = articles::page(&ctx.pool, item_id).await.context("cannot load a page")?;
    let title = item.title.clone();
    let language = item.language.parse().unwrap_or(Language::En);
    let config = ctx.feeds.sources.iter().find(|source| source.slug == item.source_slug);
    let rules = config.and_then(|source| source.article.clone()).unwrap_or_default();
    let mut material = material(item, page, rules, ctx.clock.now());
    if let Some(bytes) = choose::paper_as_pdf(&material) {
        let program = std::env::current_exe().context("cannot find headsup itself")?;
        material.pdf_text = Some(pdf::text(&program, bytes).await);
    }
    let choice = deadline::within(move || choose::choose(&material)).await;
    Ok((item_id, choice.unwrap_or_else(|overrun| title_only(&title, language, &overrun.to_string()))))
}

fn material(
    item: Unread,
    page: Option<articles::StoredPage>,
    rules: ArticleRules,
    now: DateTime<Utc>,
) -> choose::Material {
    choose::Material {
        kind: item.kind.parse().unwrap_or(SourceKind::Feed),
        link: item.link,
        title: item.title,
        summary: item.summary,
        content: item.content,
        links: item.links.0,
        author: item.authors.into_iter().next(),
        language: item.language.parse().unwrap_or(Language::En),
        published_at: item.published_at,
        now,
        rules,
        pdf_text: None,
        page: page.map(|page| choose::Page {
            url: page.final_url,
            content_type: page.content_type,
            bytes: page.body,
        }),
    }
}

/// What is left of an item whose text made our own reading fail. `why` says how.
fn title_only(title: &str, language: Language, why: &str) -> choose::Choice {
    let text = clean::title(title);
    let article = Article::of_text(text.clone(), text, language.into(), Origin::Title);
    choose::Choice { article, note: Some(why.to_owned()), page_rejected: true }
}
