//! `headsup feeds try`: what one source answers now, and what the parser makes of it. Nothing is stored.

use std::process::ExitCode;

use super::open::Surroundings;
use super::{UsageError, output};
use crate::clock::Clock;
use crate::config::{SourceConfig, suggest};
use crate::crawl::{self, Tried, Unread};

/// Entries that are shown.
const SHOWN: usize = 10;

/// Shows one source of feeds.toml, or any address read as a feed.
pub async fn run(around: &Surroundings, target: &str) -> anyhow::Result<ExitCode> {
    let settings = around.settings()?.settings;
    let feeds = around.feeds()?;
    let known = feeds.sources.iter().find(|source| source.slug == target || source.url == target);
    let source = match known {
        Some(source) => source.clone(),
        None if target.contains("://") => SourceConfig::of_url(target),
        None => return Err(unknown(target, feeds.sources.iter().map(|source| source.slug.as_str())).into()),
    };
    match crawl::try_source(&settings.crawl, &source, Clock::System.now()).await {
        Ok(tried) => {
            show(around, &tried)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(unread) => {
            show_unread(around, &unread)?;
            anyhow::bail!("{}: {}", source.url, unread.error)
        }
    }
}

/// What there is to see where nothing could be read.
fn show_unread(around: &Surroundings, unread: &Unread) -> anyhow::Result<()> {
    if around.global.json {
        return output::json(unread);
    }
    let Some(status) = unread.status else { return Ok(()) };
    let kind = unread.content_type.as_deref().unwrap_or("no type stated");
    output::line(&format!("{}\nHTTP {status}, {} bytes, {kind}", unread.url, unread.bytes))?;
    if !unread.begins.is_empty() {
        output::line(&format!("begins: {}", unread.begins))?;
    }
    Ok(())
}

/// A slug that is in no file, with the one that was meant.
pub fn unknown<'a>(slug: &str, known: impl Iterator<Item = &'a str>) -> UsageError {
    let meant = suggest(slug, known);
    UsageError(format!("no source {slug:?} in feeds.toml{meant}; an address begins with https://"))
}

fn show(around: &Surroundings, tried: &Tried) -> anyhow::Result<()> {
    if around.global.json {
        return output::json(tried);
    }
    let kind = tried.content_type.as_deref().unwrap_or("no type stated");
    output::line(&format!("{}\n{} bytes, {kind}; state {}", tried.url, tried.bytes, tried.state))?;
    if let Some(message) = &tried.message {
        output::line(message)?;
    }
    for repair in &tried.repairs {
        output::line(&format!("repaired: {repair}"))?;
    }
    output::line(&format!("{} entries, the last {}:", tried.entries.len(), tried.entries.len().min(SHOWN)))?;
    let mut entries: Vec<_> = tried.entries.iter().collect();
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.published));
    let mut table = output::table(&["published", "title", "link"]);
    for entry in entries.into_iter().take(SHOWN) {
        table.add_row([output::time(entry.published), entry.title.clone(), entry.link.clone()]);
    }
    output::line(&table.to_string())
}
