//! Fetches the items' own pages for extract, which has no network.

use chrono::Duration;
use futures::StreamExt as _;

use super::Run;
use super::answer::{Body, Fetched, Trouble};
use super::fetch::Ask;
use super::host::origin;
use super::robots::FORBIDDEN;
use crate::model::Report;
use crate::store::pages::{self, NewPage, Wanted};

/// A page is tried so often.
const MAX_ATTEMPTS: i32 = 3;

/// Fetches what is wanted, one request per host at a time.
///
/// # Errors
/// The database fails.
pub async fn run(run: &Run<'_>, report: &mut Report) -> anyhow::Result<()> {
    let ctx = run.ctx;
    let wanted = pages::wanted(&ctx.pool, ctx.settings.crawl.pages_per_run, ctx.clock.now()).await?;
    let n_wanted = wanted.len();
    let work = ctx.progress.start("pages", n_wanted);
    let mut fetched = futures::stream::iter(wanted)
        .map(|page| async {
            // A host that asked for a pause gets it: the page stays wanted.
            let waits = ctx.cancel.is_cancelled() || run.paused().contains(&origin(&page.link));
            let outcome = if waits { None } else { Some(one(run, &page).await) };
            (page, outcome)
        })
        .buffer_unordered(ctx.settings.crawl.parallel);
    while let Some((page, outcome)) = fetched.next().await {
        work.step();
        match outcome {
            None => {}
            Some(Ok(body)) => {
                let content_type = body.content_type.unwrap_or_default();
                let new =
                    NewPage { final_url: &body.final_url, content_type: &content_type, body: &body.bytes };
                pages::keep(&ctx.pool, page.item_id, &new, ctx.clock.now()).await?;
                report.add("pages", 1);
            }
            Some(Err(failure)) => {
                fail(run, &page, &failure).await?;
                report.add("pages_failed", 1);
            }
        }
    }
    work.finish(&format!("{} of {n_wanted} pages", report.count("pages")));
    Ok(())
}

/// Why there is no page.
struct NoPage {
    message: String,
    /// Whether trying again may help.
    passing: bool,
}

async fn one(run: &Run<'_>, page: &Wanted) -> Result<Body, NoPage> {
    let open = run.open(&page.source_slug);
    let mut turn = run.hosts.turn(&page.link).await;
    if !run.robots.allow(&run.fetcher, &page.link, open, &mut turn).await {
        return Err(NoPage { message: FORBIDDEN.to_owned(), passing: false });
    }
    let ask = Ask { url: &page.link, open, ..Ask::default() };
    match run.fetch(ask, turn, &page.source_slug).await {
        Ok(Fetched::Body(Body { broke_off: Some(why), .. })) => Err(NoPage { message: why, passing: true }),
        Ok(Fetched::Body(body)) if is_text(body.content_type.as_deref()) => Ok(body),
        Ok(Fetched::Body(body)) => {
            let kind = body.content_type.unwrap_or_default();
            Err(NoPage { message: format!("is {kind}, not a web page"), passing: false })
        }
        Ok(Fetched::NotModified(_)) => Err(NoPage { message: "HTTP 304".to_owned(), passing: false }),
        Err(trouble) => {
            let _ = run.pause_host(Some(&trouble)).await;
            Err(NoPage { passing: is_passing(&trouble), message: trouble.to_string() })
        }
    }
}

async fn fail(run: &Run<'_>, page: &Wanted, failure: &NoPage) -> sqlx::Result<()> {
    let again = failure.passing && page.attempts + 1 < MAX_ATTEMPTS;
    let wait = Duration::hours(1_i64 << page.attempts.clamp(0, 8));
    let next_at = again.then(|| run.ctx.clock.now() + wait);
    pages::fail(&run.ctx.pool, page.item_id, &failure.message, next_at).await
}

fn is_passing(trouble: &Trouble) -> bool {
    match trouble {
        Trouble::Status { status, .. } => *status >= 500 || *status == 429 || *status == 408,
        Trouble::Timeout(_) | Trouble::Connect(_) | Trouble::Other(_) | Trouble::Paused(_) => true,
        Trouble::Private | Trouble::TooLarge(_) | Trouble::Redirects => false,
    }
}

/// HTML, plain text, or nothing said.
fn is_text(content_type: Option<&str>) -> bool {
    content_type.is_none_or(|kind| {
        let kind = kind.to_lowercase();
        kind.is_empty() || kind.starts_with("text/") || kind.contains("html") || kind.contains("xml")
    })
}
