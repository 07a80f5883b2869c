//! The paper of the month: asks the database for candidates, lets the rules of [`crate::paper`] weigh, compare and explain
//! them, and freezes the one that wins with its guide.

mod ask;

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};

use super::{Series, last_period};
use crate::context::Context;
use crate::edition::{self, Chosen, Inputs, Period};
use crate::model::{IssueContent, IssueKind, IssueStory, PaperGuide, StoryId};
use crate::paper::choose::{self, Placed};
use crate::paper::guide::{self, Material};
use crate::paper::signals::{self, Paper};
use crate::paper::taste;
use crate::press;
use crate::store;
use crate::store::papers::Found;

/// Papers of this age, in days, can be chosen: younger ones have not been seen yet, older ones are no news.
const AGE: (i64, i64) = (10, 45);

/// A month that is composed later than this after its end is composed as of its end.
const LATE: Duration = Duration::days(31);

/// Before the end of a month the texts of the best papers are fetched.
const AHEAD: Duration = Duration::days(4);

/// Runners-up that the issue shows as stories.
const RUNNERS_UP: usize = 5;

/// What the papers came to.
struct Weighed {
    papers: Vec<Paper>,
    placed: Vec<Placed>,
    judge: String,
    dropped: BTreeMap<String, i64>,
}

/// What the issue says; `None`: there is no paper to choose.
///
/// # Errors
/// The database or the template of the question fails.
pub async fn issue(ctx: &Context, mut inputs: Inputs) -> anyhow::Result<Option<(Inputs, IssueContent)>> {
    let at = time_of_choice(&inputs.period, ctx.clock.now());
    let pin = store::papers::pinned(&ctx.pool, &inputs.period.name).await?;
    let weighed = weigh(ctx, at, pin.as_deref()).await?;
    let Some(chosen) = weighed.placed.first().filter(|first| first.outcome == "chosen") else {
        return Ok(None);
    };
    let Some(lead) = weighed.papers[chosen.weighed.at].story_id else { return Ok(None) };
    let reasons = chosen.weighed.reasons.clone();
    let Some(guide) = guide(ctx, &weighed, lead).await? else { return Ok(None) };
    let others: Vec<StoryId> = guide.runners_up.iter().take(RUNNERS_UP).map(|other| other.story_id).collect();
    inputs.stories = stories(ctx, lead, &others, &weighed.papers).await?;
    if !inputs.stories.contains_key(&lead) {
        return Ok(None);
    }
    // What was chosen from is written down in a table of its own.
    inputs.candidates.clear();
    let places = [("leads".to_owned(), vec![lead]), ("research".to_owned(), others)];
    let sections = edition::without_empty(edition::sections(&places, &inputs));
    let n_stories =
        i64::try_from(weighed.papers.len()).unwrap_or(i64::MAX) + weighed.dropped.values().sum::<i64>();
    let chosen = Chosen { sections, quiet: false, n_stories, dropped_counts: weighed.dropped };
    let content = edition::content(&inputs, chosen);
    let minutes = content.minutes + guide::minutes(&guide);
    Ok(Some((inputs, IssueContent { reasons, minutes, guide: Some(Box::new(guide)), ..content })))
}

/// Keeps the operator's wish for the month of `period`.
///
/// # Errors
/// The month has its paper, nobody knows the wished one, or the database fails.
pub async fn pin(ctx: &Context, period: &Period, paper: &str) -> anyhow::Result<()> {
    let mut conn = ctx.pool.acquire().await?;
    let issue = store::issues::by_period(&mut conn, IssueKind::Paper, &period.name).await?;
    drop(conn);
    anyhow::ensure!(issue.is_none(), "the paper of {} was published before: it stays", period.name);
    let is_known = store::papers::is_known(&ctx.pool, paper).await?;
    anyhow::ensure!(
        is_known,
        "no source has told of the paper {paper:?}: pin an arXiv id such as 2605.01234"
    );
    store::papers::pin(&ctx.pool, &period.name, paper, ctx.clock.now()).await?;
    Ok(())
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

async fn weigh(ctx: &Context, at: DateTime<Utc>, pin: Option<&str>) -> anyhow::Result<Weighed> {
    let (papers, dropped) = candidates(ctx, at, pin).await?;
    let before = store::papers::before(&ctx.pool).await?;
    let weighed = signals::weigh(&papers, taste::shipped());
    let list = choose::shortlist(&weighed, &papers, &before, pin);
    let is_pinned = list.iter().any(|one| pin == Some(papers[one.at].key.as_str()));
    let answers = match is_pinned {
        true => choose::Answers::new(),
        false => ask::compare(ctx, &list, &papers).await?,
    };
    let judge = match (is_pinned, answers.is_empty()) {
        (true, _) => "operator".to_owned(),
        (false, true) => "rules".to_owned(),
        (false, false) => ctx.settings.model.name.clone(),
    };
    let placed = choose::place(list, &papers, &before, &answers, pin);
    Ok(Weighed { papers, placed, judge, dropped })
}

async fn guide(ctx: &Context, weighed: &Weighed, lead: StoryId) -> anyhow::Result<Option<PaperGuide>> {
    let whole = store::papers::whole(&ctx.pool, lead).await?;
    let told = store::papers::told(&ctx.pool).await?;
    let last = store::papers::last(&ctx.pool).await?;
    Ok(guide::guide(Material {
        papers: &weighed.papers,
        placed: &weighed.placed,
        whole: whole.as_deref(),
        told: &told,
        last: last.as_ref(),
        judge: &weighed.judge,
    }))
}

/// Frozen: a paper's own page leads, what others write about it follows.
async fn stories(
    ctx: &Context,
    lead: StoryId,
    others: &[StoryId],
    papers: &[Paper],
) -> anyhow::Result<BTreeMap<StoryId, IssueStory>> {
    let ids: Vec<StoryId> = std::iter::once(lead).chain(others.iter().copied()).collect();
    let loaded = press::load(ctx, &ids, 0).await?.into_iter();
    let frozen = loaded.map(|(story, verdict)| {
        let mut frozen = edition::freeze(&story, verdict);
        frozen.links.sort_by_key(|link| !is_paper_url(&link.url));
        // A source that only listed the same link has no item to show, and counts all the same.
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
