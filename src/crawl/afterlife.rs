//! Looks whether what followed stories link to is still there, as politely as pages are fetched: robots.txt, turns,
//! pauses and the address guard hold, and nothing of the body is read. What cannot be known is `unknown`, never `gone`.

use std::collections::HashMap;

use futures::StreamExt as _;
use url::Url;

use super::Run;
use super::answer::{Fetched, Trouble};
use super::fetch::Ask;
use super::guard;
use super::host::origin;
use super::robots::{FORBIDDEN, Permission};
use crate::context::Context;
use crate::hindsight::Artifact;
use crate::model::Report;
use crate::store::hindsight::{self, Look, Wanted};
use crate::store::{hosts, jobs};

/// Most links of one run; what is left waits for the next.
const LOOKS_PER_RUN: i64 = 200;

/// Looks on different days before a link that nobody can judge stays unknown.
const MAX_LOOKS: i64 = 3;

/// The advisory lock: one process looks at a time.
const LOCK: &str = "headsup looks";

/// Looks at the links that are due, each once.
///
/// # Errors
/// The database fails, or the TLS stack cannot be set up.
pub async fn look_after(ctx: &Context) -> anyhow::Result<Report> {
    let mut conn = ctx.pool.acquire().await?;
    if !jobs::try_lock(&mut conn, LOCK).await? {
        return Ok(Report::default());
    }
    let outcome = look_at_all(ctx).await;
    jobs::unlock(&mut conn, LOCK).await?;
    outcome
}

async fn look_at_all(ctx: &Context) -> anyhow::Result<Report> {
    let mut report = Report::default();
    let wanted = hindsight::wanted(&ctx.pool, LOOKS_PER_RUN, ctx.clock.now()).await?;
    if wanted.is_empty() {
        return Ok(report);
    }
    let run = Run::new(ctx)?;
    let paused = hosts::paused(&ctx.pool, ctx.clock.now()).await?;
    run.paused().extend(paused);
    let work = ctx.progress.start("looks", wanted.len());
    let mut looks = futures::stream::iter(by_link(wanted))
        .map(|(link, stories)| of_link(&run, link, stories))
        .buffer_unordered(ctx.settings.crawl.parallel);
    while let Some(state) = looks.next().await {
        work.step();
        if let Some(state) = state? {
            report.add(&format!("links_{state}"), 1);
        }
    }
    work.finish(&format!("{} links are gone", report.count("links_gone")));
    Ok(report)
}

/// Stories that link to the same are served by one look.
fn by_link(wanted: Vec<Wanted>) -> Vec<(String, Vec<Wanted>)> {
    let mut links: HashMap<String, Vec<Wanted>> = HashMap::new();
    let mut order = Vec::new();
    for story in wanted {
        let stories = links.entry(story.link.clone()).or_default();
        if stories.is_empty() {
            order.push(story.link.clone());
        }
        stories.push(story);
    }
    order.into_iter().filter_map(|link| links.remove_entry(&link)).collect()
}

/// `None`: the run ends, its links wait for the next.
async fn of_link(run: &Run<'_>, link: String, stories: Vec<Wanted>) -> sqlx::Result<Option<Artifact>> {
    let host = origin(&link);
    if run.ctx.cancel.is_cancelled() || run.paused().contains(&host) || run.is_silent(&host) {
        return Ok(None);
    }
    let (state, says, may_pass) = look(run, &link).await;
    for story in stories {
        let is_final = !may_pass || story.n_looks + 1 >= MAX_LOOKS;
        let look = Look { state, says: says.clone(), is_final };
        hindsight::looked(&run.ctx.pool, story.story_id, &look, run.ctx.clock.now()).await?;
    }
    Ok(Some(state))
}

/// What a link is, what its host said, and whether another day may tell more.
async fn look(run: &Run<'_>, link: &str) -> (Artifact, String, bool) {
    let open = run.ctx.settings.crawl.allow_private;
    if !open && Url::parse(link).is_ok_and(|url| !guard::allows(&url)) {
        return (Artifact::Unknown, guard::REFUSED.to_owned(), false);
    }
    let mut turn = run.hosts.turn(link).await;
    match run.may_ask(link, open, &mut turn).await {
        Permission::Given => {}
        Permission::Refused => return (Artifact::Unknown, FORBIDDEN.to_owned(), false),
        Permission::Unknown(why) => return (Artifact::Unknown, why, true),
    }
    let ask = Ask { url: link, open, only_head: true, ..Ask::default() };
    let fetched = run.visit(ask, turn, "").await;
    run.listen(&origin(link), fetched.as_ref().err());
    match fetched {
        Ok(Fetched::Body(body)) if is_front_page(link, &body.final_url) => {
            (Artifact::Unknown, "leads to the front page".to_owned(), false)
        }
        Ok(_) => (Artifact::Alive, "answers".to_owned(), false),
        Err(trouble) => {
            let _ = run.pause_host(Some(&trouble)).await;
            let (state, may_pass) = judge(&trouble);
            (state, trouble.to_string(), may_pass)
        }
    }
}

fn judge(trouble: &Trouble) -> (Artifact, bool) {
    match trouble {
        Trouble::Status { status: 404 | 410, .. } => (Artifact::Gone, false),
        Trouble::Status { status, .. } => (Artifact::Unknown, *status >= 500 || [408, 429].contains(status)),
        Trouble::Timeout(_) | Trouble::Connect(_) | Trouble::Other(_) | Trouble::Paused(_) => {
            (Artifact::Unknown, true)
        }
        Trouble::Private | Trouble::TooLarge(_) | Trouble::Redirects | Trouble::Forbidden => {
            (Artifact::Unknown, false)
        }
    }
}

/// Some hosts lead whoever asks for what is no more to their first page.
fn is_front_page(asked: &str, answered: &str) -> bool {
    let depth = |url: &str| Url::parse(url).map_or(0, |url| url.path().trim_matches('/').len());
    depth(asked) > 0 && depth(answered) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_host_can_say_that_something_is_gone() {
        let status = |status| Trouble::Status { status, retry_after: None, host: String::new() };
        assert_eq!([404, 410].map(|n| judge(&status(n)).0), [Artifact::Gone; 2]);
        for trouble in [
            status(500),
            status(403),
            status(429),
            Trouble::Timeout(1),
            Trouble::Connect("no route".into()),
            Trouble::Private,
            Trouble::Forbidden,
        ] {
            assert_eq!(judge(&trouble).0, Artifact::Unknown, "{trouble}");
        }
        assert!(judge(&Trouble::Timeout(1)).1 && !judge(&Trouble::Private).1 && !judge(&status(403)).1);
    }

    #[test]
    fn the_front_page_is_not_what_was_linked() {
        assert!(is_front_page("https://a.example/tern/3", "https://a.example/"));
        assert!(!is_front_page("https://a.example/tern/3", "https://a.example/tern-3"));
        assert!(!is_front_page("https://a.example", "https://a.example/"));
    }
}
