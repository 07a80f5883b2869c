//! A composed issue is rendered and frozen: issue, renderings, ledgers and a delivery for each reader, in one transaction.

use std::collections::BTreeMap;

use chrono::NaiveTime;
use sha2::{Digest as _, Sha256};
use sqlx::PgConnection;
use sqlx::types::Json;

use crate::context::Context;
use crate::edition::{self, Edition, Inputs};
use crate::model::{DraftId, IssueContent, IssueId, Language, StoryId};
use crate::store;
use crate::store::fan_out::{self, Queueing};
use crate::store::issues::Rendering;

/// An issue as composed, or as it was published before.
#[derive(Clone, Debug)]
pub struct Composed {
    /// What it says.
    pub content: IssueContent,
    /// What it was made from; `None` where it was published before.
    pub inputs: Option<Inputs>,
    /// How it reads in each language.
    pub renderings: BTreeMap<Language, Rendering>,
    /// Its row; `None` in a dry run.
    pub issue_id: Option<IssueId>,
    /// It was published before, and nothing was changed.
    pub already: bool,
    /// Deliveries queued by this call.
    pub n_queued: u64,
    /// Where it waits for its operator instead of being published.
    pub draft: Option<DraftId>,
}

impl Composed {
    /// An issue that is not published: composed and rendered only.
    ///
    /// # Errors
    /// A template fails.
    pub fn new(ctx: &Context, inputs: Inputs, content: IssueContent) -> anyhow::Result<Self> {
        let renderings = render(ctx, &inputs, &content)?;
        Ok(Self {
            content,
            inputs: Some(inputs),
            renderings,
            issue_id: None,
            already: false,
            n_queued: 0,
            draft: None,
        })
    }
}

/// How the issue reads in each language.
///
/// # Errors
/// A template fails.
pub fn render(
    ctx: &Context,
    inputs: &Inputs,
    content: &IssueContent,
) -> anyhow::Result<BTreeMap<Language, Rendering>> {
    let one = |language: &Language| {
        let edition = Edition { language: *language, base_url: &inputs.base_url, days: inputs.period.days };
        let mail = edition::render(&ctx.templates, content, edition)?;
        let edition::Mail { subject, body_text, body_html, parts } = mail;
        Ok((*language, Rendering { subject, body_text, body_html, parts: Json(parts) }))
    };
    Language::ALL.iter().map(one).collect()
}

/// Keeps the issue and queues its mails within the caller's transaction, which holds the lock of issues. False: another
/// process published meanwhile, so number, stories or errata may be taken.
///
/// # Errors
/// The database fails.
pub async fn freeze(conn: &mut PgConnection, ctx: &Context, composed: &mut Composed) -> anyhow::Result<bool> {
    let (content, now) = (&composed.content, ctx.clock.now());
    // Both: the number was read after the look for the period, and the period may have been published in between.
    let is_taken = store::issues::by_period(conn, content.series(), &content.period).await?.is_some();
    if is_taken || store::issues::next_number(conn, content.series()).await? != content.number {
        return Ok(false);
    }
    let sha256 = content_digest(content)?;
    let id = store::issues::insert(conn, content, &sha256, now).await?;
    for (language, rendering) in &composed.renderings {
        let Rendering { subject, body_text, body_html, .. } = rendering;
        let sha256 = digest(&[subject, body_text, body_html]);
        store::issues::insert_rendering(conn, id, *language, rendering, &sha256).await?;
    }
    store::issues::insert_stories(conn, id, content).await?;
    store::papers::record(conn, id, content).await?;
    if let Some(inputs) = &composed.inputs {
        store::issue_inputs::insert(conn, id, &serde_json::to_value(inputs)?).await?;
        store::issue_inputs::insert_events(conn, id, &events(inputs, content)).await?;
    }
    if !store::errata::mark_told(conn, id, &content.errata).await? {
        return Ok(false);
    }
    let settings = &ctx.settings;
    let languages = settings.edition(content.series()).map(|edition| edition.languages).unwrap_or_default();
    let how = Queueing {
        domain: &domain(&settings.mail.from),
        languages: &languages,
        now,
        morning: NaiveTime::parse_from_str(&settings.mail.morning, "%H:%M").ok(),
        time_zone: &settings.schedule.time_zone,
    };
    composed.n_queued = fan_out::queue(conn, id, content, how).await?;
    composed.issue_id = Some(id);
    Ok(true)
}

/// The events that the issue tells.
fn events(inputs: &Inputs, content: &IssueContent) -> Vec<(StoryId, String)> {
    let told = edition::told_stories(content).map(|story| story.story_id);
    let keys = |id: StoryId| inputs.events.get(&id).into_iter().flatten().map(move |key| (id, key.clone()));
    told.flat_map(keys).collect()
}

/// SHA-256 of what the issue says, hex.
///
/// # Errors
/// It cannot be written as JSON.
pub fn content_digest(content: &IssueContent) -> anyhow::Result<String> {
    Ok(digest(&[&serde_json::to_string(content)?]))
}

/// Hex, of the parts with a line end between them.
fn digest(parts: &[&str]) -> String {
    Sha256::digest(parts.join("\n")).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// "example.org" of "Name <news@example.org>", in ASCII; a Message-ID ends with it.
fn domain(from: &str) -> String {
    let domain = from.rsplit_once('@').map_or("", |(_, domain)| domain.trim_end_matches(['>', ' ']));
    match url::Host::parse(domain) {
        Ok(url::Host::Domain(name))
            if name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.') =>
        {
            name
        }
        _ => "headsup.invalid".to_owned(),
    }
}
