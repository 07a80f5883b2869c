//! `headsup feeds import|export`: lists of feeds from and for other readers.

use std::collections::HashSet;
use std::io::Read as _;
use std::path::Path;
use std::process::ExitCode;

use toml_edit::{Table, value};

use super::feeds_edit::slug_of;
use super::feeds_file::FeedsFile;
use super::open::Surroundings;
use super::{UsageError, output};
use crate::config::{Feeds, Outline, read_opml, write_opml};
use crate::crawl;
use crate::model::{Lane, Language, SourceKind};

/// What an import came to, for one feed.
#[derive(serde::Serialize)]
struct Imported {
    slug: String,
    lane: Lane,
    url: String,
    /// Empty: it was added.
    left_out: String,
}

/// Adds the feeds of an OPML file ("-": standard input) to feeds.toml, its comments and order kept.
pub fn import(around: &Surroundings, from: &Path, (lane, dry_run): (Lane, bool)) -> anyhow::Result<ExitCode> {
    let outlines = read_opml(&content(from)?)
        .map_err(|message| UsageError(format!("{}: {message}; nothing was written", from.display())))?;
    let mut file = FeedsFile::open(around)?;
    let known = around.feeds()?;
    let imported = plan(&known, &outlines, lane);
    for (outline, one) in outlines.iter().zip(&imported).filter(|(_, one)| one.left_out.is_empty()) {
        file.append(table(outline, one))?;
    }
    if !dry_run {
        file.write()?;
    }
    if around.global.json {
        output::json(&imported)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut rows = output::table(&["", "slug", "lane", "address"]);
    for one in &imported {
        let what = if one.left_out.is_empty() { "added" } else { &one.left_out };
        rows.add_row([what, &one.slug, one.lane.as_str(), &one.url]);
    }
    output::line(&rows.to_string())?;
    let n_added = imported.iter().filter(|one| one.left_out.is_empty()).count();
    let verb = if dry_run { "would be added" } else { "added" };
    output::line(&format!("{n_added} of {} feeds {verb} to {}", imported.len(), file.name().display()))?;
    Ok(ExitCode::SUCCESS)
}

/// Writes the feeds of feeds.toml as OPML to a file, or to standard output.
pub fn export(around: &Surroundings, to: Option<&Path>) -> anyhow::Result<ExitCode> {
    let (text, left) = write_opml(&around.feeds()?, "headsup")?;
    match to {
        None => output::line(text.trim_end())?,
        Some(path) => std::fs::write(path, text)
            .map_err(|error| UsageError(format!("cannot write {}: {error}", path.display())))?,
    }
    if !left.is_empty() {
        eprintln!("headsup: left out, since OPML holds feeds only: {}", left.join(", "));
    }
    Ok(ExitCode::SUCCESS)
}

/// In whatever encoding it is.
fn content(from: &Path) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    let read = match from == Path::new("-") {
        true => std::io::stdin().read_to_end(&mut bytes).map(drop),
        false => std::fs::read(from).map(|read| bytes = read),
    };
    read.map_err(|error| UsageError(format!("cannot read {}: {error}", from.display())))?;
    Ok(crawl::decode(&bytes, None).0.into_owned())
}

/// Each feed gets a slug of its own, or a reason why it is left out.
fn plan(known: &Feeds, outlines: &[Outline], default_lane: Lane) -> Vec<Imported> {
    let same = |url: &str| url.trim_end_matches('/').replacen("http://", "https://", 1);
    let mut urls: HashSet<String> = known.sources.iter().map(|source| same(&source.url)).collect();
    let mut slugs: HashSet<String> = known.sources.iter().map(|source| source.slug.clone()).collect();
    let one = |outline: &Outline| {
        let url = url::Url::parse(&outline.url).ok();
        let url = url.filter(|url| ["http", "https"].contains(&url.scheme()));
        let is_secret =
            url.as_ref().is_some_and(|url| !url.username().is_empty() || url.password().is_some());
        let left_out = match () {
            () if url.is_none() => "not a web address",
            () if is_secret => "holds a user name or password",
            () if !urls.insert(same(&outline.url)) => "known",
            () => "",
        };
        let slug = if left_out.is_empty() { free_slug(&outline.url, &mut slugs) } else { String::new() };
        let lane = outline.lane().unwrap_or(default_lane);
        Imported { slug, lane, url: outline.url.clone(), left_out: left_out.to_owned() }
    };
    outlines.iter().map(one).collect()
}

fn free_slug(url: &str, taken: &mut HashSet<String>) -> String {
    let base = slug_of(url);
    let base = if base.is_empty() { "feed".to_owned() } else { base };
    let numbered = (2..).map(|n| format!("{base}-{n}"));
    let free = std::iter::once(base.clone()).chain(numbered).find(|slug| !taken.contains(slug));
    let slug = free.unwrap_or(base);
    taken.insert(slug.clone());
    slug
}

fn table(outline: &Outline, one: &Imported) -> Table {
    let mut table = Table::new();
    let mut insert = |key: &str, text: &str| table.insert(key, value(text));
    insert("slug", &one.slug);
    insert("name", &outline.title);
    insert("url", &outline.url);
    insert("lane", one.lane.as_str());
    if let Some(language) = outline.language.filter(|language| *language != Language::En) {
        insert("language", language.as_str());
    }
    if let Some(kind) = outline.kind.filter(|kind| *kind != SourceKind::Feed) {
        insert("kind", kind.as_str());
    }
    if outline.is_off {
        table.insert("enabled", value(false));
    }
    table
}
