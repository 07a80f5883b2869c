//! Stage group: puts items that tell one event into one story, across outlets and languages.

mod aftermath;
#[cfg(test)]
mod apart_tests;
mod arrange;
mod candidate;
mod cluster;
mod copies;
pub mod embed;
#[cfg(test)]
mod events_tests;
mod fingerprint;
mod glossary;
mod headline;
mod lead;
mod numbers;
mod rarity;
mod relations;
mod save;
mod shelf;
mod similarity;
mod split;
mod sure;
mod veto;
mod words;

use std::collections::{BTreeSet, HashMap};

use anyhow::Context as _;
use sqlx::PgConnection;

pub use self::arrange::Document;
use self::arrange::{LIMITS, Plan, Print, arrange};
use self::rarity::{Count, Rarity};
use self::relations::probes;
use self::shelf::Shelf;
pub use self::similarity::Cutoffs;
use crate::config::EmbeddingSettings;
use crate::context::Context;
use crate::model::{ItemId, Lane, Report, SourceId, SourceKind, StoryId, Tier, Tongue};
use crate::store::embeddings;
use crate::store::group_index::{self, Counted, Probes, Reach};
use crate::store::stories::{self, GroupRow};

/// New items looked at together.
const BATCH: usize = 800;

/// Characters of a text that are compared and searched for papers and repositories.
const MOST_CHARS: i32 = 3000;

/// Under this key `term_counts` counts all items.
const ALL_ITEMS: i64 = 0;

/// Gives each item with an article its story: one that it joins, or a new one.
///
/// # Errors
/// The database fails.
pub async fn run(ctx: &Context) -> anyhow::Result<Report> {
    let mut report = Report::default();
    let mut pending = stories::pending(&ctx.pool).await.context("cannot count new items")?;
    if pending.has_unindexed {
        index_old(ctx).await?;
    }
    if pending.has_reread {
        split::run(ctx, &mut report).await?;
        pending = stories::pending(&ctx.pool).await.context("cannot count new items")?;
    }
    let work = ctx.progress.start("group", usize::try_from(pending.n_ungrouped).unwrap_or_default());
    embed::read_new(ctx, &mut report).await.context("cannot read what new items mean")?;
    let mut has_more = pending.n_ungrouped > 0;
    while has_more && !ctx.cancel.is_cancelled() {
        let mut transaction = ctx.pool.begin().await.context("cannot begin to group")?;
        stories::lock(&mut transaction).await?;
        let n_items = group_batch(ctx, &mut transaction, &mut report).await?;
        transaction.commit().await.context("cannot store the stories")?;
        (0..n_items).for_each(|_| work.step());
        has_more = n_items == BATCH;
    }
    if pending.has_reread {
        let mut conn = ctx.pool.acquire().await?;
        stories::mark_reread(&mut conn, ctx.clock.now()).await?;
    }
    work.finish(&format!(
        "{} new stories, {} items joined one, {} stories merged, {} updates",
        report.count("stories"),
        report.count("joined"),
        report.count("merged"),
        report.count("updates")
    ));
    Ok(report)
}

/// The earliest items without a story, against what stands near them. Gives how many there were.
async fn group_batch(ctx: &Context, conn: &mut PgConnection, report: &mut Report) -> anyhow::Result<usize> {
    let n_batch = i64::try_from(BATCH).unwrap_or(i64::MAX);
    let new = stories::ungrouped(conn, n_batch, MOST_CHARS).await.context("cannot load new items")?;
    if new.is_empty() {
        return Ok(0);
    }
    let (new, counts) = tokio::task::spawn_blocking(move || {
        let new: Vec<Print> = new.into_iter().map(|row| Print::of(document(row), None)).collect();
        let counts = Rarity::of(new.iter().map(|one| &one.print));
        (new, counts)
    })
    .await?;
    let rarity = with_stored(conn, &counts, &new).await?;
    let probes = probes_of(&new, &rarity);
    let reach = Reach {
        before: LIMITS.before,
        after: LIMITS.after,
        per_probe: LIMITS.per_probe as i64,
        per_item: LIMITS.per_item as i64,
    };
    let near = group_index::near(conn, &probes, reach).await.context("cannot look for near items")?;
    let near = group_index::with_mates(conn, &near, LIMITS.per_story as i64, MOST_CHARS).await?;
    let items: Vec<ItemId> = new.iter().map(|one| one.document.item_id).collect();
    let meanings = meanings(ctx, conn, &items, &near).await?;
    let near: Vec<Print> = tokio::task::spawn_blocking(move || {
        near.into_iter().map(|row| Print::of(document(row), None)).collect()
    })
    .await?;
    let rarity = with_stored(conn, &counts, new.iter().chain(&near)).await?;
    let cutoffs = cutoffs(&ctx.settings.embeddings);
    let all = new
        .into_iter()
        .chain(near)
        .map(|one| Print { meaning: meanings.get(&one.document.item_id).cloned(), ..one });
    let all: Vec<Print> = all.collect();
    let plan: Plan = tokio::task::spawn_blocking(move || arrange(all, &rarity, cutoffs)).await?;
    save::save(conn, &plan, ctx.clock.now(), report).await?;
    index(conn, &items, &probes, &counts).await?;
    report.add("items", items.len() as u64);
    Ok(items.len())
}

/// Counts of the terms of `prints`: the archive's, and those of this batch, which are not stored yet.
async fn with_stored(
    conn: &mut PgConnection,
    batch: &Rarity,
    prints: impl IntoIterator<Item = &Print>,
) -> anyhow::Result<Rarity> {
    let mut terms: BTreeSet<i64> = BTreeSet::from([ALL_ITEMS]);
    for one in prints {
        terms.extend(one.print.all_terms().into_iter().map(|term| rarity::key(term)));
    }
    let terms: Vec<i64> = terms.into_iter().collect();
    let stored = group_index::counts(conn, &terms).await.context("cannot load counts")?;
    let mut rarity = batch.clone();
    for (term, n_items, n_small) in stored {
        let (documents, small) = (n_items as f32, n_small as f32);
        if term == ALL_ITEMS {
            rarity.n += documents;
        } else {
            let count = rarity.of_term.entry(term).or_default();
            *count = Count { documents: count.documents + documents, small: count.small + small };
        }
    }
    Ok(rarity)
}

fn probes_of(new: &[Print], rarity: &Rarity) -> Probes {
    let mut all = Probes::default();
    for (n, one) in new.iter().enumerate() {
        for term in probes(&one.print, rarity) {
            all.of.push(i32::try_from(n).unwrap_or(i32::MAX));
            all.terms.push(term);
            all.ats.push(one.document.at);
        }
    }
    all
}

/// Makes items findable and counts their terms.
async fn index(
    conn: &mut PgConnection,
    items: &[ItemId],
    probes: &Probes,
    counts: &Rarity,
) -> anyhow::Result<()> {
    group_index::put(conn, items, probes).await.context("cannot index new items")?;
    group_index::count(conn, &counted(counts)).await.context("cannot count terms")
}

/// What the index holds of documents: the probes of each, and the counts of all their terms. For a made-up archive.
pub fn indexed(documents: Vec<Document>) -> (Vec<Vec<i64>>, Vec<Counted>) {
    let prints: Vec<Print> = documents.into_iter().map(|document| Print::of(document, None)).collect();
    let counts = Rarity::of(prints.iter().map(|one| &one.print));
    let of_each = prints.iter().map(|one| probes(&one.print, &counts).into_iter().collect()).collect();
    (of_each, counted(&counts))
}

/// As it is stored.
fn counted(counts: &Rarity) -> Vec<Counted> {
    let whole = |n: f32| n.round() as i32;
    let of_terms =
        counts.of_term.iter().map(|(term, count)| (*term, whole(count.documents), whole(count.small)));
    let mut all: Vec<Counted> = of_terms.chain([(ALL_ITEMS, whole(counts.n), 0)]).collect();
    all.sort_unstable();
    all
}

/// Items that came into their story before there was an index, or that were put there by another program.
async fn index_old(ctx: &Context) -> anyhow::Result<()> {
    while !ctx.cancel.is_cancelled() {
        let mut transaction = ctx.pool.begin().await?;
        stories::lock(&mut transaction).await?;
        let rows = group_index::unindexed(&mut transaction, BATCH as i64, MOST_CHARS).await?;
        if rows.is_empty() {
            break;
        }
        let prints: Vec<Print> = rows.into_iter().map(|row| Print::of(document(row), None)).collect();
        let counts = Rarity::of(prints.iter().map(|one| &one.print));
        let rarity = with_stored(&mut transaction, &counts, &prints).await?;
        let items: Vec<ItemId> = prints.iter().map(|one| one.document.item_id).collect();
        index(&mut transaction, &items, &probes_of(&prints, &rarity), &counts).await?;
        transaction.commit().await?;
    }
    Ok(())
}

/// What the texts mean to the configured model, as far as it has read them.
async fn meanings(
    ctx: &Context,
    conn: &mut PgConnection,
    new: &[ItemId],
    near: &[GroupRow],
) -> anyhow::Result<HashMap<ItemId, Vec<f32>>> {
    let settings = &ctx.settings.embeddings;
    if settings.base_url.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<i64> = new.iter().map(|id| id.0).chain(near.iter().map(|row| row.item_id)).collect();
    let vectors = embeddings::of_items(conn, &settings.model, &ids).await.context("cannot load vectors")?;
    Ok(vectors.into_iter().collect())
}

/// Those of the configured model.
pub fn cutoffs(settings: &EmbeddingSettings) -> Cutoffs {
    Cutoffs { same: settings.same_language as f32, across: settings.across_languages as f32 }
}

/// The items of each event that `documents` tell, as the stage would find them. Nothing is stored.
pub fn events(documents: Vec<(Document, Option<Vec<f32>>)>, cutoffs: Cutoffs) -> Vec<Vec<ItemId>> {
    let mut prints: Vec<Print> =
        documents.into_iter().map(|(document, meaning)| Print::of(document, meaning)).collect();
    prints.sort_by_key(|print| (print.document.at, print.document.item_id));
    let mut shelf = Shelf::default();
    while !prints.is_empty() {
        let rest = prints.split_off(prints.len().min(BATCH));
        let new = std::mem::replace(&mut prints, rest);
        let mut rarity = Rarity::of(new.iter().map(|one| &one.print));
        rarity.add(shelf.counts());
        let mut all = shelf.near(&new, &rarity, LIMITS);
        all.extend(new.iter().cloned());
        let plan = arrange(all, &rarity, cutoffs);
        shelf.put(new, &plan, &rarity);
    }
    shelf.stories()
}

fn document(row: GroupRow) -> Document {
    Document {
        item_id: ItemId(row.item_id),
        source_id: SourceId(row.source_id),
        tier: row.tier.parse().unwrap_or(Tier::Press),
        kind: row.kind.parse().unwrap_or(SourceKind::Feed),
        lane: row.lane.parse().unwrap_or(Lane::Industry),
        language: Tongue::new(&row.language),
        link: row.link,
        title: row.title,
        text: row.text,
        complete: row.complete,
        at: row.at,
        story_id: row.story_id.map(StoryId),
    }
}
