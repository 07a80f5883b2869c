//! How long a weekly issue takes that is composed from many judged stories, and rendered in both languages.

use std::collections::BTreeMap;

use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use tokio::time::Instant;

use super::usage;
use crate::clock::Clock;
use crate::context::Context;
use crate::model::{
    Claim, Entity, EntityKind, Focus, Funding, Lane, Language, ScorePart, StoryId, Summary, Verdict,
};
use crate::publish::{self, Mode};
use crate::store::synthetic_week::{self, Judged};

/// Monday of the week.
const MONDAY: &str = "2026-04-27T00:00:00Z";

/// The same as a period.
const WEEK: &str = "2026-W18";

/// Sources that tell them.
const SOURCES: i32 = 300;

/// Times that the issue is made; the first, which prepares the statements, stands alone.
const RUNS: usize = 7;

/// What it took.
#[derive(Debug, Serialize)]
pub struct Published {
    /// Judged stories of the week.
    pub stories: i64,
    /// Seconds to store them.
    pub loading_seconds: f64,
    /// Milliseconds to compose and render the issue for the first time.
    pub first_millis: f64,
    /// The median of the times after it.
    pub millis: f64,
    /// The slowest of them.
    pub slowest_millis: f64,
    /// Stories in the issue.
    pub told: usize,
    /// Bytes of the HTML in the larger language.
    pub html_bytes: usize,
    /// Most memory that this process held, in MB.
    pub peak_megabytes: f64,
}

/// Fills `ctx`'s database, which must be empty, with a week of `n` judged stories and makes its issue a few times. Nothing is
/// published.
///
/// # Errors
/// The database or a template fails.
pub async fn run(ctx: &Context, n: i64) -> anyhow::Result<Published> {
    let monday: DateTime<Utc> = MONDAY.parse()?;
    let began = Instant::now();
    let stories: Vec<Judged> = (1..=n).map(|id| story(id, n, monday)).collect();
    synthetic_week::fill(&ctx.pool, SOURCES, &stories).await?;
    drop(stories);
    let loading_seconds = began.elapsed().as_secs_f64();
    let ctx = Context { clock: Clock::fixed(monday + TimeDelta::days(8)), ..ctx.clone() };
    let mut millis = Vec::new();
    let mut last = None;
    for _ in 0..RUNS {
        let began = Instant::now();
        last = Some(publish::weekly(&ctx, Some(WEEK), Mode::DryRun).await?);
        millis.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    let issue = last.context("nothing was composed")?;
    let first_millis = millis.remove(0);
    millis.sort_by(f64::total_cmp);
    Ok(Published {
        stories: n,
        loading_seconds,
        first_millis,
        millis: millis[millis.len() / 2],
        slowest_millis: millis.last().copied().unwrap_or_default(),
        told: issue.content.sections.iter().map(|section| section.stories.len()).sum(),
        html_bytes: issue.renderings.values().map(|one| one.body_html.len()).max().unwrap_or_default(),
        peak_megabytes: usage::peak_bytes() as f64 / 1e6,
    })
}

/// Lanes, long-term questions, rounds and what is screened out follow from the id, so that every section has candidates.
fn story(id: i64, n: i64, monday: DateTime<Utc>) -> Judged {
    let company = format!("Company{}", id % 997);
    let title = format!("{company} ships model {id} with {}B parameters", 1 + id % 400);
    let body =
        format!("{title}. It costs {}% less to serve than the one before. Weights are public. ", id % 90)
            .repeat(12);
    Judged {
        verdict: verdict(id, company, &title),
        title,
        body,
        at: monday + TimeDelta::seconds(id * 7 * 86_400 / (n + 1)),
    }
}

fn verdict(id: i64, company: String, title: &str) -> Verdict {
    let nth = usize::try_from(id).unwrap_or_default();
    let lane = Lane::ALL[nth % Lane::ALL.len()];
    let long = format!("{title}. It costs {}% less to serve. Weights are public.", id % 90);
    let summary = Summary { short: format!("{title}."), long, extracted: false, ..Summary::default() };
    let part = |flag: &str, points: f32| ScorePart {
        flag: flag.into(),
        points,
        quote: "Weights are public.".into(),
    };
    let round = || Funding {
        company: company.clone(),
        amount: Some(format!("${} million", 1 + id % 300)),
        currency: Some("USD".into()),
        usd_millions: Some((1 + id % 300) as f64),
        round: Some("Series B".into()),
        ..Funding::default()
    };
    Verdict {
        story_id: StoryId(id),
        judge: "rules".into(),
        headline: Language::ALL.iter().map(|language| (*language, title.to_owned())).collect(),
        summary: Language::ALL
            .iter()
            .map(|language| (*language, summary.clone()))
            .collect::<BTreeMap<_, _>>(),
        lane,
        focus: (nth % 4 == 0).then(|| Focus::ALL[nth % Focus::ALL.len()]).into_iter().collect(),
        funding: (lane == Lane::Funding).then(round),
        entities: vec![Entity { name: company.clone(), kind: EntityKind::Company, en: None, zh: None }],
        dates: Vec::new(),
        versions: Vec::new(),
        artifacts: Vec::new(),
        claims: vec![Claim { by: "maker".into(), quote: "Weights are public.".into() }],
        rumour: id % 37 == 0,
        score: (id % 101) as f32 / 10.0,
        parts: vec![part("primary", 2.0), part("artifact", 3.0), part("vendor-claim", -1.0)],
        dropped: (id % 3 == 0).then(|| "low-score".into()),
        facts_checked: 4,
        sentences_withheld: 1,
        tokens: 0,
        unscored: None,
    }
}
