//! Fetches the items' own pages for extract, which has no network.

use chrono::Duration;
use futures::StreamExt as _;

use super::fetch::{Ask, Body, Fetched, Trouble};
use super::host::origin;
use super::robots::FORBIDDEN;
use super::{Run, arxiv};
use crate::model::{Report, SourceKind};
use crate::store::hosts;
use crate::store::pages::{self, NewPage, Wanted};

/// A page is tried so often.
const MAX_ATTEMPTS: i32 = 3;

/// Papers that are read as a whole, of those that may become the paper of the month.
const PAPERS: i64 = 10;

/// The pick of a month is made soon after it.
const PAPER_AGE: Duration = Duration::days(40);

/// Fetches what is wanted, one request per host at a time.
///
/// # Errors
/// The database fails.
pub async fn run(run: &Run<'_>, report: &mut Report) -> anyhow::Result<()> {
    let ctx = run.ctx;
    let now = ctx.clock.now();
    report.add("papers_wanted", pages::want_papers(&ctx.pool, PAPERS, now - PAPER_AGE, now).await?);
    let wanted = pages::wanted(&ctx.pool, ctx.settings.crawl.pages_per_run, now).await?;
    let paused = hosts::paused(&ctx.pool, ctx.clock.now()).await?;
    run.paused().extend(paused);
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
    /// Whether the host says that it is not there.
    gone: bool,
}

/// A paper's HTML version, or where there is none its PDF; of other items the page itself.
async fn one(run: &Run<'_>, page: &Wanted) -> Result<Body, NoPage> {
    let is_paper = page.source_kind == SourceKind::Arxiv.as_str();
    let Some([html, pdf]) = arxiv::versions(&page.link).filter(|_| is_paper) else {
        return get(run, page, &page.link, is_text).await;
    };
    match get(run, page, &html, is_text).await {
        Err(failure) if failure.gone => get(run, page, &pdf, is_pdf).await,
        outcome => outcome,
    }
}

async fn get(
    run: &Run<'_>,
    page: &Wanted,
    url: &str,
    fits: fn(Option<&str>) -> bool,
) -> Result<Body, NoPage> {
    let open = run.open(&page.source_slug);
    let mut turn = run.hosts.turn(url).await;
    let failed = |message: String| NoPage { message, passing: false, gone: false };
    if !run.robots.allow(&run.fetcher, url, open, &mut turn).await {
        return Err(failed(FORBIDDEN.to_owned()));
    }
    let fetched = run.fetcher.get(Ask { url, open, ..Ask::default() }).await;
    drop(turn);
    match fetched {
        Ok(Fetched::Body(body)) if fits(body.content_type.as_deref()) => Ok(body),
        Ok(Fetched::Body(body)) => {
            let kind = body.content_type.unwrap_or_default();
            Err(failed(format!("is {kind}, not a web page")))
        }
        Ok(Fetched::NotModified(_)) => Err(failed("HTTP 304".to_owned())),
        Err(trouble) => {
            let _ = run.pause_host(origin(url), Some(&trouble)).await;
            let gone = matches!(trouble, Trouble::Status { status: 404 | 410, .. });
            Err(NoPage { passing: is_passing(&trouble), gone, message: trouble.to_string() })
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
        Trouble::Timeout(_) | Trouble::Connect(_) | Trouble::Other(_) => true,
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

fn is_pdf(content_type: Option<&str>) -> bool {
    content_type.is_some_and(|kind| kind.to_lowercase().starts_with("application/pdf"))
}
