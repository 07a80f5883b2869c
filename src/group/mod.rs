//! Stage group: puts items that tell one event into one story, across outlets and languages.

mod cluster;
mod fingerprint;
mod glossary;
mod lead;
mod numbers;
mod similarity;
mod words;

use anyhow::Context as _;
use sqlx::PgConnection;

use self::cluster::Clusters;
pub use self::fingerprint::Document;
use self::fingerprint::Fingerprint;
use self::similarity::{Candidate, Rarity, WINDOW};
use crate::context::Context;
use crate::model::{ItemId, Lane, Language, Report, SourceId, SourceKind, StoryId, Tier};
use crate::store::stories::{self, GroupRow, StoryRow};

/// New items looked at together.
const BATCH: i64 = 600;

/// Characters of a text that are compared and searched for papers and repositories.
const MOST_CHARS: i32 = 3000;

/// Gives each item with an article its story: one that it joins, or a new one.
///
/// # Errors
/// The database fails.
pub async fn run(ctx: &Context) -> anyhow::Result<Report> {
    let mut report = Report::default();
    let n = stories::count_ungrouped(&ctx.pool).await.context("cannot count new items")?;
    let work = ctx.progress.start("group", usize::try_from(n).unwrap_or_default());
    while !ctx.cancel.is_cancelled() {
        let mut transaction = ctx.pool.begin().await.context("cannot begin to group")?;
        stories::lock(&mut transaction).await?;
        let n_items = group_batch(ctx, &mut transaction, &mut report).await?;
        transaction.commit().await.context("cannot store the stories")?;
        (0..n_items).for_each(|_| work.step());
        if n_items == 0 {
            break;
        }
    }
    let mut conn = ctx.pool.acquire().await?;
    stories::mark_reread(&mut conn, ctx.clock.now()).await?;
    work.finish(&format!(
        "{} new stories, {} items joined one",
        report.count("stories"),
        report.count("joined")
    ));
    Ok(report)
}

/// The earliest items without a story, against the stories of their time. Gives how many there were.
async fn group_batch(ctx: &Context, conn: &mut PgConnection, report: &mut Report) -> anyhow::Result<usize> {
    let new = stories::ungrouped(conn, BATCH, MOST_CHARS).await.context("cannot load new items")?;
    let (Some(first), Some(last)) = (new.first(), new.last()) else { return Ok(0) };
    let n_items = new.len();
    let (from, to) = (first.at - WINDOW, last.at + WINDOW);
    let mut rows = stories::recent(conn, from, to, MOST_CHARS).await.context("cannot load recent stories")?;
    rows.extend(new);
    let (candidates, clusters) = tokio::task::spawn_blocking(move || arrange(rows)).await?;
    for group in &clusters.groups {
        save(ctx, conn, &candidates, (group, &clusters), report).await?;
    }
    report.add("items", n_items as u64);
    Ok(n_items)
}

/// The items of each event that `documents` tell. Nothing is stored.
pub fn events(documents: Vec<Document>) -> Vec<Vec<ItemId>> {
    let (candidates, clusters) = arranged(documents);
    let ids = |group: &Vec<usize>| group.iter().map(|n| candidates[*n].document.item_id).collect();
    clusters.groups.iter().map(ids).collect()
}

fn arrange(rows: Vec<GroupRow>) -> (Vec<Candidate>, Clusters) {
    arranged(rows.into_iter().map(document).collect())
}

fn arranged(mut documents: Vec<Document>) -> (Vec<Candidate>, Clusters) {
    documents.sort_by_key(|document| (document.at, document.item_id));
    let prints: Vec<Fingerprint> = documents.iter().map(fingerprint::of).collect();
    let rarity = Rarity::of(&prints);
    let both = documents.into_iter().zip(prints);
    let candidates: Vec<Candidate> =
        both.map(|(document, print)| Candidate::new(document, print, &rarity)).collect();
    let clusters = cluster::cluster(&candidates, &rarity);
    (candidates, clusters)
}

async fn save(
    ctx: &Context,
    conn: &mut PgConnection,
    candidates: &[Candidate],
    (group, clusters): (&[usize], &Clusters),
    report: &mut Report,
) -> anyhow::Result<()> {
    let is_new = |n: &&usize| candidates[**n].document.story_id.is_none();
    if !group.iter().any(|n| is_new(&n)) {
        return Ok(());
    }
    let now = ctx.clock.now();
    let Some(lead) = lead::choose(group.iter().map(|n| &candidates[*n].document)) else { return Ok(()) };
    let row = StoryRow {
        lead_item_id: lead.item_id,
        title: lead.title.clone(),
        language: lead.language,
        lane: lead.lane,
    };
    let known = group.iter().find_map(|n| candidates[*n].document.story_id);
    let story_id = match known {
        Some(story_id) => story_id,
        None => stories::open(conn, &row, now).await.context("cannot open a story")?,
    };
    for n in group.iter().filter(is_new) {
        let item_id = candidates[*n].document.item_id;
        let opens = known.is_none() && item_id == lead.item_id;
        let (reason, similarity) = reason(*n, opens, candidates, clusters);
        stories::join(conn, (item_id, story_id), (&reason, similarity), now).await?;
    }
    stories::refresh(conn, story_id, &row, now).await.context("cannot update a story")?;
    let n_new = group.iter().filter(is_new).count() as u64;
    report.add("stories", u64::from(known.is_none()));
    report.add("joined", n_new - u64::from(known.is_none()));
    Ok(())
}

/// For people: why item `n` is in its story. `opens`: the story is new and this item leads it.
fn reason(n: usize, opens: bool, candidates: &[Candidate], clusters: &Clusters) -> (String, f32) {
    match clusters.bonds.get(&n) {
        Some((partner, bond)) if !opens => {
            let partner = &candidates[*partner].document;
            let reason = format!("{} “{}” ({:.2})", bond.reason, partner.title, bond.similarity);
            (reason, bond.similarity)
        }
        _ => ("opens the story".to_owned(), 1.0),
    }
}

fn document(row: GroupRow) -> Document {
    Document {
        item_id: ItemId(row.item_id),
        source_id: SourceId(row.source_id),
        tier: row.tier.parse().unwrap_or(Tier::Press),
        kind: row.kind.parse().unwrap_or(SourceKind::Feed),
        lane: row.lane.parse().unwrap_or(Lane::Industry),
        language: row.language.parse().unwrap_or(Language::En),
        link: row.link,
        title: row.title,
        text: row.text,
        complete: row.complete,
        at: row.at,
        story_id: row.story_id.map(StoryId),
    }
}
