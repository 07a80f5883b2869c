//! Fetches the items' own pages for extract, which has no network.

use std::collections::HashMap;

use chrono::Duration;
use futures::StreamExt as _;
use tokio::sync::Mutex;

use super::answer::{Body, Fetched, Trouble};
use super::fetch::Ask;
use super::host::origin;
use super::robots::{FORBIDDEN, Permission};
use super::{Run, arxiv};
use crate::model::{ItemId, Report, SourceKind};
use crate::store::leases::Holder;
use crate::store::pages::{self, NewPage, Wanted};

/// A page is tried so often.
const MAX_ATTEMPTS: i32 = 3;

/// Papers that are read as a whole, of those that may become the paper of the month.
const PAPERS: i64 = 10;

/// The pick of a month is made soon after it.
const PAPER_AGE: Duration = Duration::days(40);

/// Fetches what is wanted: the hosts side by side, the pages of one host one after the other.
///
/// # Errors
/// The database fails.
pub async fn run(run: &Run<'_>, holder: Holder, report: &mut Report) -> anyhow::Result<Holder> {
    let ctx = run.ctx;
    let now = ctx.clock.now();
    pages::want_papers(&ctx.pool, PAPERS, now - PAPER_AGE, now).await?;
    let wanted = pages::wanted(&ctx.pool, ctx.settings.crawl.pages_per_run, now).await?;
    let n_wanted = wanted.len();
    let work = ctx.progress.start("pages", n_wanted);
    let holder = Mutex::new(holder);
    let mut hosts = futures::stream::iter(by_host(wanted))
        .map(|(host, pages)| of_host(run, &holder, host, pages))
        .buffer_unordered(ctx.settings.crawl.parallel);
    while let Some(fetched) = hosts.next().await {
        let fetched = fetched?;
        fetched.iter().for_each(|_| work.step());
        let n_pages = fetched.iter().filter(|is_there| **is_there).count();
        for (word, n) in [("pages", n_pages), ("pages_failed", fetched.len() - n_pages)] {
            if n > 0 {
                report.add(word, n as u64);
            }
        }
    }
    drop(hosts);
    work.finish(&format!("{} of {n_wanted} pages", report.count("pages")));
    Ok(holder.into_inner())
}

/// In the order of the first page of each.
fn by_host(wanted: Vec<Wanted>) -> Vec<(String, Vec<Wanted>)> {
    let mut hosts: Vec<(String, Vec<Wanted>)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for page in wanted {
        let host = origin(&page.link);
        let place = *places.entry(host.clone()).or_insert(hosts.len());
        if place == hosts.len() {
            hosts.push((host, Vec::new()));
        }
        hosts[place].1.push(page);
    }
    hosts
}

/// For each page that was asked for, whether it came. A host whose pages another process fetches is left to that one;
/// one that asked for a pause, or does not answer, keeps its pages for the next run.
async fn of_host(
    run: &Run<'_>,
    holder: &Mutex<Holder>,
    host: String,
    pages: Vec<Wanted>,
) -> anyhow::Result<Vec<bool>> {
    if !holder.lock().await.take_host(&host).await? {
        return Ok(Vec::new());
    }
    let ids: Vec<ItemId> = pages.iter().map(|page| page.item_id).collect();
    let still = pages::still_wanted(&run.ctx.pool, &ids, run.ctx.clock.now()).await?;
    let mut came = Vec::new();
    for page in pages.iter().filter(|page| still.contains(&page.item_id.0)) {
        if run.ctx.cancel.is_cancelled() || run.paused().contains(&host) || run.is_silent(&host) {
            break;
        }
        let outcome = one(run, page).await;
        match &outcome {
            Ok(body) => {
                let content_type = body.content_type.as_deref().unwrap_or_default();
                let new = NewPage { final_url: &body.final_url, content_type, body: &body.bytes };
                pages::keep(&run.ctx.pool, page.item_id, &new, run.ctx.clock.now()).await?;
            }
            Err(failure) => fail(run, page, failure).await?,
        }
        came.push(outcome.is_ok());
    }
    holder.lock().await.leave_host(&host).await?;
    Ok(came)
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
    let failed = |message: String, passing: bool| NoPage { message, passing, gone: false };
    let mut turn = run.hosts.turn(url).await;
    match run.may_ask(url, open, &mut turn).await {
        Permission::Given => {}
        Permission::Refused => return Err(failed(FORBIDDEN.to_owned(), false)),
        Permission::Unknown(message) => return Err(failed(message, true)),
    }
    let ask = Ask { url, open, ..Ask::default() };
    let fetched = run.visit(ask, turn, &page.source_slug).await;
    run.listen(&origin(url), fetched.as_ref().err());
    match fetched {
        Ok(Fetched::Body(Body { broke_off: Some(why), .. })) => Err(failed(why, true)),
        Ok(Fetched::Body(body)) if fits(body.content_type.as_deref()) => Ok(body),
        Ok(Fetched::Body(body)) => {
            let kind = body.content_type.unwrap_or_default();
            Err(failed(format!("is {kind}, not a web page"), false))
        }
        Ok(Fetched::NotModified(_)) => Err(failed("HTTP 304".to_owned(), false)),
        Err(trouble) => {
            let _ = run.pause_host(Some(&trouble)).await;
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
        Trouble::Timeout(_) | Trouble::Connect(_) | Trouble::Other(_) | Trouble::Paused(_) => true,
        Trouble::Private | Trouble::TooLarge(_) | Trouble::Redirects | Trouble::Forbidden => false,
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
