//! What became of earlier issues' stories: begins to follow them, and what was left out, and writes down what is known
//! of each at its ages. Counting is SQL, judging is the rule in [`crate::hindsight`]; the network is crawl's.

use chrono::{DateTime, Datelike as _, Duration, Utc};
use chrono_tz::Tz;
use sqlx::PgConnection;

use crate::context::Context;
use crate::hindsight::{self, Followed, Outcome, Quarter, Watch};
use crate::model::{HindsightNote, HindsightStory, IssueId, IssueKind, Report, Verdict};
use crate::store;
use crate::store::hindsight::{LeftOut, NewWatch};

/// Left-out stories of each weekly issue that are followed beside those that it names: so many of the loudest, and as
/// many drawn by lot. This bounds the cost: with twenty told stories at most sixty new ones a week.
const LEFT_OUT: i64 = 20;

/// Issues that are older when they are first seen are not followed any more.
const OLDEST: Duration = Duration::days(210);

/// So long a link that nobody has looked at is waited for.
const PATIENCE_DAYS: i32 = 4;

/// Stories of a list that an issue names.
const NAMED: usize = 3;

/// Begins to follow the stories of issues that were published since the last run, and what they left out.
///
/// # Errors
/// The database fails.
pub async fn follow_new(ctx: &Context) -> anyhow::Result<Report> {
    let mut report = Report::default();
    let mut tx = ctx.pool.begin().await?;
    store::hindsight::lock(&mut tx).await?;
    for issue in store::hindsight::unwatched(&mut tx, ctx.clock.now() - OLDEST).await? {
        report.add("followed", follow(ctx, &mut tx, issue).await?);
    }
    tx.commit().await?;
    Ok(report)
}

/// Writes down what has reached an age, each story by itself: a kill loses nothing that was counted.
///
/// # Errors
/// The database fails.
pub async fn look_back(ctx: &Context) -> anyhow::Result<Report> {
    let mut report = Report::default();
    let now = ctx.clock.now();
    let mut conn = ctx.pool.acquire().await?;
    let due = store::hindsight::due(&mut conn, PATIENCE_DAYS, now).await?;
    let work = ctx.progress.start("hindsight", due.len());
    for story in &due {
        if ctx.cancel.is_cancelled() {
            break;
        }
        let life = store::hindsight::life(&mut conn, story).await?;
        let judged = hindsight::judge(&life);
        let n_written = store::hindsight::write(&mut conn, story, (&life, &judged), now).await?;
        report.add(judged.outcome.as_str(), n_written);
        work.step();
    }
    work.finish(&format!("{} lasted, {} faded", report.count("lasted"), report.count("faded")));
    Ok(report)
}

/// Follows what an issue told, what it named as left out, and of a weekly one some of the rest.
async fn follow(ctx: &Context, conn: &mut PgConnection, id: IssueId) -> anyhow::Result<u64> {
    let Some(issue) = store::issues::by_id(&mut *conn, id).await? else { return Ok(0) };
    let mut new = published(&issue.content.sections);
    if issue.kind == IssueKind::Weekly {
        let left_out = store::hindsight::left_out(&mut *conn, id, LEFT_OUT).await?;
        let links = store::hindsight::links(&mut *conn, &left_out).await?;
        let floor = ctx.settings.digest.floor;
        new.extend(left_out.into_iter().map(|story| {
            let id = story.story_id;
            let own = links.iter().filter(move |(of, _)| *of == id).map(|(_, link)| link.as_str());
            not_told(story, own, floor)
        }));
    }
    let mut n_followed = 0;
    for story in &new {
        n_followed += store::hindsight::watch(&mut *conn, id, story, ctx.clock.now()).await?;
    }
    Ok(n_followed)
}

/// In order of reading. The frozen verdict is the one of that time.
fn published(sections: &[crate::model::Section]) -> Vec<NewWatch> {
    let mut place = 0;
    let mut new = Vec::new();
    for section in sections {
        let is_told = section.name != "dropped";
        for story in &section.stories {
            place += i32::from(is_told);
            let reason = story.verdict.dropped.clone().unwrap_or_else(|| "dropped".to_owned());
            new.push(NewWatch {
                story_id: story.story_id,
                why: if is_told { Watch::Told } else { Watch::Named },
                place: is_told.then_some(place),
                dropped: (!is_told).then_some(reason),
                n_owners: i32::try_from(story.n_owners).unwrap_or(i32::MAX),
                happened_at: story.happened_at,
                link: hindsight::link(story.links.iter().map(|link| link.url.as_str()), &story.verdict),
                handle: hindsight::handle(&story.verdict),
                verdict: story.verdict.clone(),
            });
        }
    }
    new
}

fn not_told<'a>(story: LeftOut, links: impl Iterator<Item = &'a str>, floor: f32) -> NewWatch {
    NewWatch {
        story_id: story.story_id,
        why: if story.is_loud { Watch::Loud } else { Watch::Sample },
        place: None,
        dropped: Some(reason(&story.verdict, floor)),
        n_owners: story.n_owners,
        happened_at: story.happened_at,
        link: hindsight::link(links, &story.verdict),
        handle: hindsight::handle(&story.verdict),
        verdict: story.verdict,
    }
}

/// As the issue counted it: what the judge kept stayed out for lack of points or of room.
fn reason(verdict: &Verdict, floor: f32) -> String {
    let kept = if verdict.score < floor { "low-score" } else { "no-room" };
    verdict.dropped.clone().unwrap_or_else(|| kept.to_owned())
}

/// What the first weekly issue of a month says of the last full quarter; `None`: another issue, or nothing to say yet.
///
/// # Errors
/// The database fails.
pub async fn note(ctx: &Context, ends_at: DateTime<Utc>, zone: Tz) -> anyhow::Result<Option<HindsightNote>> {
    if ends_at.with_timezone(&zone).day() > 7 {
        return Ok(None);
    }
    let (quarter, stories) = store::hindsight_view::last_full_quarter(&ctx.pool, ends_at).await?;
    Ok(summarise(quarter, &stories))
}

fn summarise(quarter: Quarter, stories: &[Followed]) -> Option<HindsightNote> {
    let summary = hindsight::summary(stories);
    let (told, left_out) = (summary.told, summary.left_out);
    if told.n() + left_out.n() == 0 {
        return None;
    }
    let lists = [
        list("lasted", stories, |story| story.is_told() && story.outcome() == Outcome::Lasted),
        list("faded", stories, |story| story.is_told() && story.outcome() == Outcome::Faded),
        list("missed", stories, |story| !story.is_told() && story.outcome() == Outcome::Lasted),
    ];
    Some(HindsightNote {
        quarter: quarter.to_string(),
        told: (told.lasted, told.faded),
        left_out: (left_out.lasted, left_out.faded),
        n_early: told.early + left_out.early,
        auc: summary.foresight.map(|foresight| foresight.auc),
        stories: lists.concat(),
    })
}

/// The first of those that are wanted: what lasted most, or what faded although it was scored highest.
fn list(name: &str, stories: &[Followed], is_wanted: fn(&Followed) -> bool) -> Vec<HindsightStory> {
    let mut wanted: Vec<&Followed> = stories.iter().filter(|story| is_wanted(story)).collect();
    wanted.sort_by(|a, b| {
        let by_score = b.score.total_cmp(&a.score).then(a.story_id.cmp(&b.story_id));
        if name == "faded" { by_score } else { b.weight().cmp(&a.weight()).then(by_score) }
    });
    let named = wanted.into_iter().take(NAMED).filter_map(|story| {
        let life = story.last.as_ref()?;
        Some(HindsightStory {
            story_id: story.story_id,
            list: name.to_owned(),
            headline: story.headline.clone(),
            age_days: life.age_days,
            n_owners: life.n_owners,
            n_updates: life.n_updates,
        })
    });
    named.collect()
}
