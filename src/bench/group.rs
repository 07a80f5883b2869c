//! How long a new item takes to find its story, beside archives of growing size.

use chrono::{DateTime, TimeDelta, Utc};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde::Serialize;
use tokio::time::Instant;

use super::usage;
use crate::clock::Clock;
use crate::context::Context;
use crate::group::{self, Document};
use crate::model::{ItemId, Lane, Language, SourceId, SourceKind, Tier};
use crate::store::synthetic::{self, Template};

/// Texts of the archive; larger ones repeat them, weeks apart.
const TEXTS: usize = 20_000;

/// Words that there are.
const WORDS: usize = 120_000;

/// The commonest words are no names.
const SMALL_WORDS: usize = 3_000;

/// Items that come alone.
const SINGLES: i64 = 41;

/// Words of a title and of a text.
const LENGTHS: (usize, usize) = (9, 70);

/// The archive's first day.
const START: &str = "2024-01-01T00:00:00Z";

/// One size of the archive.
#[derive(Debug, Serialize)]
pub struct Size {
    /// Items in the archive.
    pub archived: i64,
    /// Seconds to fill it.
    pub loading_seconds: f64,
    /// Milliseconds for each of many new items of one run.
    pub batch_millis: f64,
    /// Milliseconds of a run with a single new item, on average; every other one joins a story.
    pub single_millis: f64,
    /// The same of the slowest such run but the first, which prepares the statements.
    pub slowest_millis: f64,
    /// Of the new items, those that joined a story.
    pub joined: u64,
    /// Most memory that this process held so far, in MB.
    pub peak_megabytes: f64,
}

/// Fills `ctx`'s database, which must be empty, to each of `sizes` and groups `n_new` items there.
///
/// # Errors
/// The database fails.
pub async fn run(ctx: &Context, sizes: &[i64], n_new: i64) -> anyhow::Result<Vec<Size>> {
    let mut rng = StdRng::seed_from_u64(7);
    let start: DateTime<Utc> = START.parse()?;
    let texts: Vec<(String, String)> = (0..TEXTS).map(|_| text(&mut rng)).collect();
    let (probes, counts) =
        group::indexed(texts.iter().enumerate().map(|(n, text)| document(n, text, start)).collect());
    let templates: Vec<Template> = texts
        .iter()
        .zip(probes)
        .map(|((title, body), probes)| Template { title: title.clone(), body: body.clone(), probes })
        .collect();
    synthetic::prepare(&ctx.pool, &templates).await?;
    let mut measured = Vec::new();
    let mut from = 0;
    for (n, size) in sizes.iter().enumerate() {
        let began = Instant::now();
        let last = synthetic::grow(&ctx.pool, (from, *size), &counts, start).await?;
        let loading_seconds = began.elapsed().as_secs_f64();
        from = *size;
        let now = last + TimeDelta::minutes(1);
        let ctx = Context { clock: Clock::fixed(now), ..ctx.clone() };
        // Behind everything that any archive here will hold.
        let first = 1_000_000_000 + n as i64 * 1_000_000;
        let mut one = Size {
            archived: *size,
            loading_seconds,
            batch_millis: 0.0,
            single_millis: 0.0,
            slowest_millis: 0.0,
            joined: 0,
            peak_megabytes: 0.0,
        };
        let recent =
            |rng: &mut StdRng| texts[(*size as usize - 1 - rng.random_range(0..2000)) % TEXTS].clone();
        let mut fresh = |n: i64| if n % 2 == 0 { retold(recent(&mut rng), &mut rng) } else { text(&mut rng) };
        let alone: Vec<(String, String)> = (0..SINGLES).map(&mut fresh).collect();
        let many: Vec<(String, String)> = (0..n_new).map(&mut fresh).collect();
        (one.single_millis, one.slowest_millis) = singles(&ctx, first, alone, now).await?;
        synthetic::publish(&ctx.pool, first + 1000, &many, now).await?;
        let began = Instant::now();
        let report = group::run(&ctx).await?;
        one.batch_millis = began.elapsed().as_secs_f64() * 1000.0 / n_new.max(1) as f64;
        one.joined = report.count("joined");
        one.peak_megabytes = usage::peak_bytes() as f64 / 1e6;
        measured.push(one);
    }
    Ok(measured)
}

/// Mean and maximum of runs with one new item each; the first, which prepares the statements, is not counted.
async fn singles(
    ctx: &Context,
    first: i64,
    texts: Vec<(String, String)>,
    now: DateTime<Utc>,
) -> anyhow::Result<(f64, f64)> {
    let mut millis = Vec::new();
    for (id, text) in (first..).zip(texts) {
        synthetic::publish(&ctx.pool, id, &[text], now).await?;
        let began = Instant::now();
        group::run(ctx).await?;
        millis.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    let counted = millis.get(1..).unwrap_or_default();
    let mean = counted.iter().sum::<f64>() / counted.len().max(1) as f64;
    Ok((mean, counted.iter().copied().fold(0.0, f64::max)))
}

/// A word by its rank: rank r is chosen r times less often than the first (Zipf).
fn word(rng: &mut StdRng) -> String {
    let rank = (WORDS as f64).powf(rng.random::<f64>()) as usize;
    named(rank)
}

/// The word of a rank; rare ones are written as names.
fn named(rank: usize) -> String {
    const SYLLABLES: [&str; 16] = [
        "ba", "ko", "ri", "tel", "mon", "sa", "vu", "dre", "lin", "pho", "gar", "ne", "zi", "wol", "ta", "qu",
    ];
    let mut rest = rank + SYLLABLES.len();
    let mut word = String::new();
    while rest > 0 {
        word.push_str(SYLLABLES[rest % SYLLABLES.len()]);
        rest /= SYLLABLES.len();
    }
    if rank > SMALL_WORDS {
        word[..1].make_ascii_uppercase();
    }
    word
}

fn text(rng: &mut StdRng) -> (String, String) {
    let words = |n: usize, rng: &mut StdRng| (0..n).map(|_| word(rng)).collect::<Vec<_>>().join(" ");
    (words(LENGTHS.0, rng), words(LENGTHS.1, rng))
}

/// The same event in other words: some of the old ones are gone.
fn retold((title, body): (String, String), rng: &mut StdRng) -> (String, String) {
    let mut again = |text: &str| {
        let words =
            text.split(' ').map(|old| if rng.random::<f64>() < 0.7 { old.to_owned() } else { word(rng) });
        words.collect::<Vec<_>>().join(" ")
    };
    (again(&title), again(&body))
}

fn document(n: usize, (title, body): &(String, String), at: DateTime<Utc>) -> Document {
    let id = i64::try_from(n).unwrap_or_default();
    Document {
        item_id: ItemId(id),
        source_id: SourceId(id),
        tier: Tier::Press,
        kind: SourceKind::Feed,
        lane: Lane::Industry,
        language: Language::En.into(),
        link: String::new(),
        title: title.clone(),
        text: body.clone(),
        complete: true,
        at,
        story_id: None,
    }
}
