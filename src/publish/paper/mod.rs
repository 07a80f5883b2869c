//! The paper of the month: asks the database for candidates, lets the rules of [`crate::paper`] weigh, compare and explain
//! them, and freezes the one that wins with its guide.

mod ask;

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};

use super::{Series, last_period};
use crate::context::Context;
use crate::edition::{self, Inputs, Period};
use crate::model::{IssueContent, IssueKind, IssueStory, StoryId};
use crate::paper::choose;
use crate::paper::guide::Told;
use crate::paper::inputs::{self, PaperInputs};
use crate::paper::signals::{self, Paper};
use crate::paper::{taste, terms};
use crate::press;
use crate::store;
use crate::store::papers::Found;

/// Papers of this age, in days, can be chosen: younger ones have not been seen yet, older ones are no news.
const AGE: (i64, i64) = (10, 45);

/// A month that is composed later than this after its end is composed as of its end.
const LATE: Duration = Duration::days(31);

/// Before the end of a month the texts of the best papers are fetched.
const AHEAD: Duration = Duration::days(4);

/// What became of the operator's wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pin {
    /// It is kept for this month.
    Kept(String),
    /// It cannot be; why, in words.
    Refused(String),
}

/// What the issue says and from what; `None`: there is no paper to choose from.
///
/// # Errors
/// The database or the template of the question fails.
pub async fn issue(ctx: &Context, mut inputs: Inputs) -> anyhow::Result<Option<(Inputs, IssueContent)>> {
    let at = time_of_choice(&inputs.period, ctx.clock.now());
    let own = gather_own(ctx, at, &inputs.period.name).await?;
    inputs.stories = stories(ctx, &own.papers).await?;
    // What was chosen from stands in inputs of its own.
    inputs.candidates.clear();
    inputs.paper = Some(Box::new(own));
    Ok(edition::paper(&inputs).map(|content| (inputs, content)))
}

/// Keeps the operator's wish for the month of `period`.
///
/// # Errors
/// The database fails.
pub async fn pin(ctx: &Context, period: &Period, wish: &str) -> anyhow::Result<Pin> {
    let mut conn = ctx.pool.acquire().await?;
    let issue = store::issues::by_period(&mut conn, IssueKind::Paper, &period.name).await?;
    drop(conn);
    if issue.is_some() {
        return Ok(Pin::Refused(format!("the paper of {} was published before: it stays", period.name)));
    }
    let key = store::papers::key(wish);
    // No paper is announced between two equal times: only the wished one is found.
    let found = store::papers::found(&ctx.pool, (period.ends_at, period.ends_at), Some(&key)).await?;
    let Some(paper) = found.into_iter().map(|one| one.paper).find(|paper| paper.key == key) else {
        return Ok(Pin::Refused(format!(
            "no source has told of the paper {wish:?}: pin one of the archive by its arXiv id, such as 2605.01234, or its address"
        )));
    };
    let before = store::papers::before(&ctx.pool).await?;
    if before.papers.contains(&key) {
        return Ok(Pin::Refused(format!("{key} was a paper of the month before")));
    }
    if choose::is_same_group(&paper.authors, &before.authors) {
        return Ok(Pin::Refused(format!("{key} is by an author of the last paper of the month")));
    }
    store::papers::pin(&ctx.pool, &period.name, &key, ctx.clock.now()).await?;
    Ok(Pin::Kept(period.name.clone()))
}

/// Wants the whole texts of the papers that would be compared now, so that the guide can name their sections.
///
/// # Errors
/// The database fails.
pub async fn want_texts(ctx: &Context) -> anyhow::Result<u64> {
    let now = ctx.clock.now();
    let period = last_period(ctx, &Series::Paper)?;
    let pin = store::papers::pinned(&ctx.pool, &period.name).await?;
    let (papers, _) = candidates(ctx, now, pin.as_deref()).await?;
    let before = store::papers::before(&ctx.pool).await?;
    let list = signals::weigh(&papers, taste::shipped());
    let list = choose::shortlist(&list, &papers, &before, pin.as_deref());
    let stories: Vec<StoryId> = list.iter().filter_map(|one| papers[one.at].story_id).collect();
    Ok(store::papers::want(&ctx.pool, &stories, now).await?)
}

/// Whether a choice is near enough to fetch texts for it.
pub fn is_near(period_ends_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now >= period_ends_at - AHEAD && now < period_ends_at
}

fn time_of_choice(period: &Period, now: DateTime<Utc>) -> DateTime<Utc> {
    if now > period.ends_at + LATE { period.ends_at } else { now }
}

/// The papers of the right age that the judge let pass, and how many it did not, by reason.
async fn candidates(
    ctx: &Context,
    at: DateTime<Utc>,
    pin: Option<&str>,
) -> anyhow::Result<(Vec<Paper>, BTreeMap<String, i64>)> {
    let days = (at - Duration::days(AGE.1), at - Duration::days(AGE.0));
    let mut dropped: BTreeMap<String, i64> = BTreeMap::new();
    let mut papers = Vec::new();
    for Found { paper, dropped: reason } in store::papers::found(&ctx.pool, days, pin).await? {
        match reason {
            Some(reason) if pin != Some(paper.key.as_str()) => *dropped.entry(reason).or_default() += 1,
            _ => papers.push(paper),
        }
    }
    Ok((papers, dropped))
}

/// The shortlist, its duels, and what its guide is made of.
async fn gather_own(ctx: &Context, at: DateTime<Utc>, period: &str) -> anyhow::Result<PaperInputs> {
    let pin = store::papers::pinned(&ctx.pool, period).await?;
    let (papers, dropped) = candidates(ctx, at, pin.as_deref()).await?;
    let before = store::papers::before(&ctx.pool).await?;
    let weighed = signals::weigh(&papers, taste::shipped());
    let mut own = PaperInputs::of(&papers, dropped, &weighed, (before, pin));
    if own.is_pinned() {
        "operator".clone_into(&mut own.judge);
    } else {
        own.duels = ask::compare(ctx, &own.papers).await?;
        own.judge = match own.duels.is_empty() {
            true => "rules".to_owned(),
            false => ctx.settings.model.name.clone(),
        };
    }
    let placed = own.placed();
    if let Some(lead) = inputs::chosen(&placed).and_then(|one| own.papers.get(one.weighed.at)) {
        if let Some(story) = lead.story_id {
            own.whole = store::papers::whole(&ctx.pool, story).await?.map(|text| (story, text));
        }
        own.told = explaining(lead, store::papers::told(&ctx.pool).await?);
        own.last = store::papers::last(&ctx.pool).await?;
    }
    Ok(own)
}

/// The earlier stories whose headline names a term that the paper needs.
fn explaining(paper: &Paper, told: Vec<Told>) -> Vec<Told> {
    let needed = terms::needed(&paper.title, &paper.text);
    let names = |told: &Told| told.headline.values().any(|text| needed.iter().any(|term| term.is_in(text)));
    told.into_iter().filter(names).collect()
}

/// Frozen: a paper's own page leads, what others write about it follows.
async fn stories(ctx: &Context, papers: &[Paper]) -> anyhow::Result<BTreeMap<StoryId, IssueStory>> {
    let ids: Vec<StoryId> = papers.iter().filter_map(|paper| paper.story_id).collect();
    let loaded = press::load(ctx, &ids, 0).await?.into_iter();
    let frozen = loaded.map(|(story, verdict)| {
        let mut frozen = edition::freeze(&story, verdict);
        frozen.links.sort_by_key(|link| !is_paper_url(&link.url));
        let counted =
            papers.iter().find(|paper| paper.story_id == Some(story.id)).and_then(|paper| paper.n_others);
        frozen.n_owners = frozen.n_owners.max(counted.unwrap_or_default() + 1);
        (story.id, frozen)
    });
    Ok(frozen.collect())
}

/// Whether `url` leads to a paper rather than to somebody's words about it.
fn is_paper_url(url: &str) -> bool {
    const HOSTS: [&str; 4] = ["arxiv.org", "openreview.net", "aclanthology.org", "proceedings.mlr.press"];
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or_default();
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    HOSTS.iter().any(|known| host == *known || host.strip_suffix(known).is_some_and(|sub| sub.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: &str) -> DateTime<Utc> {
        format!("{day}T07:00:00Z").parse().unwrap()
    }

    #[test]
    fn only_the_host_makes_a_paper() {
        assert!(is_paper_url("https://arxiv.org/abs/1") && is_paper_url("http://export.arxiv.org/abs/1"));
        assert!(
            !is_paper_url("https://blog.example/arxiv.org/") && !is_paper_url("https://notarxiv.org/abs/1")
        );
    }

    #[test]
    fn texts_are_fetched_shortly_before_the_end_of_the_month() {
        assert!(is_near(at("2026-06-01"), at("2026-05-29")));
        assert!(!is_near(at("2026-06-01"), at("2026-05-20")) && !is_near(at("2026-06-01"), at("2026-06-02")));
    }
}
