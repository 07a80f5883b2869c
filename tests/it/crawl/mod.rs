//! The crawl against a fake internet that is slow, broken, moved, hostile, or simply well.

mod arxiv;
mod asking;
mod items;
mod manners;
mod maps;
mod pages;
pub mod web;

use headsup::config::{Feeds, SourceConfig};
use headsup::crawl;
use headsup::model::{Lane, Language, Report, SourceKind, Tier};
use headsup::store::sources::{self, SourceRow};

use crate::app::TestApp;

/// A source at an address, without pages.
fn source(slug: &str, url: impl Into<String>) -> SourceConfig {
    SourceConfig {
        slug: slug.to_owned(),
        name: slug.to_uppercase(),
        kind: SourceKind::Feed,
        url: url.into(),
        lane: Lane::Company,
        language: Language::En,
        tier: Tier::Press,
        owner: slug.to_owned(),
        every_minutes: 60,
        longest_minutes: 1440,
        heed_host_pause: true,
        max_items: 200,
        fetch_pages: false,
        allow_private: true,
        enabled: true,
        path_prefix: None,
        block: Vec::new(),
        keep: Vec::new(),
        page: None,
        article: None,
    }
}

/// An RSS feed of `(path of the entry, title)`, newest first, an hour apart, the newest an hour old.
fn rss(entries: &[(&str, &str)]) -> String {
    let item = |(n, (link, title)): (usize, &(&str, &str))| {
        format!(
            "<item><title>{title}</title><link>{link}</link><guid isPermaLink=\"false\">{link}</guid>\
             <pubDate>Wed, 06 May 2026 {:02}:00:00 GMT</pubDate><description>About {title}.</description></item>",
            7 - n
        )
    };
    let items: String = entries.iter().enumerate().map(item).collect();
    format!("<rss version=\"2.0\"><channel><title>Some feed</title>{items}</channel></rss>")
}

/// An app that reads these sources.
async fn reading(sources: Vec<SourceConfig>) -> TestApp {
    let mut app = TestApp::start().await;
    app.read(Feeds { block: Vec::new(), keep: Vec::new(), sources });
    app
}

async fn crawl(app: &TestApp) -> Report {
    crawl::run(&app.ctx).await.unwrap()
}

/// The same, when everything that may be due is due.
async fn crawl_later(app: &TestApp, hours: i64) -> Report {
    app.ctx.clock.set(app.ctx.clock.now() + chrono::TimeDelta::hours(hours));
    crawl(app).await
}

async fn row(app: &TestApp, slug: &str) -> SourceRow {
    let rows = sources::list(&app.ctx.pool).await.unwrap();
    rows.into_iter().find(|row| row.slug == slug).unwrap()
}

/// State and complaint of a source.
async fn state(app: &TestApp, slug: &str) -> (String, String) {
    let row = row(app, slug).await;
    (row.state, row.last_error.unwrap_or_default())
}

/// Minutes until a source is asked again.
async fn minutes_to_next(app: &TestApp, slug: &str) -> i64 {
    (row(app, slug).await.next_at - app.ctx.clock.now()).num_minutes()
}

/// One column of text over all items, sorted.
async fn column(app: &TestApp, sql: &'static str) -> Vec<String> {
    sqlx::query_scalar(sql).fetch_all(&app.ctx.pool).await.unwrap()
}

async fn titles(app: &TestApp) -> Vec<String> {
    column(app, "SELECT title FROM items ORDER BY title").await
}
