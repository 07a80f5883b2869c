//! `headsup feeds discover|add|disable|enable`: feeds.toml changed by the program, its comments and order kept.

use std::process::ExitCode;

use toml_edit::{DocumentMut, Item, Table, value};

use super::feeds_file::FeedsFile;
use super::open::Surroundings;
use super::{UsageError, output};
use crate::clock::Clock;
use crate::config::{PageRules, SourceConfig};
use crate::crawl::{self, Offer};
use crate::model::{Lane, Language};

/// What the user says of a new source.
pub struct Wishes {
    /// Else from the address.
    pub slug: Option<String>,
    /// Else the slug.
    pub name: Option<String>,
    /// What its items are about.
    pub lane: Lane,
    /// Of its items.
    pub language: Language,
}

/// Shows the feeds of a site, or selectors for its list page.
pub async fn discover(around: &Surroundings, url: &str) -> anyhow::Result<ExitCode> {
    let offer = offer_of(around, url, Language::En).await?;
    if around.global.json {
        output::json(&offer)?;
    } else if let Some((rules, n)) = &offer.page {
        output::line(&format!("no feed found; these selectors find {n} items in the page itself:\n"))?;
        let mut document = DocumentMut::new();
        document.insert("source", Item::ArrayOfTables([page_table(url, rules)].into_iter().collect()));
        output::line(&document.to_string())?;
    } else {
        let mut table = output::table(&["entries", "feed"]);
        for (url, n) in &offer.feeds {
            table.add_row([n.to_string(), url.clone()]);
        }
        output::line(&table.to_string())?;
    }
    let found = !offer.feeds.is_empty() || offer.page.is_some();
    if !found {
        anyhow::bail!("{url}: neither a feed nor a list of headlines was found; try kind \"sitemap\"");
    }
    Ok(ExitCode::SUCCESS)
}

/// Adds the surest feed of a site, or its list page by selectors, to feeds.toml.
pub async fn add(around: &Surroundings, url: &str, wishes: Wishes) -> anyhow::Result<ExitCode> {
    FeedsFile::open(around)?.check_writable()?;
    let offer = offer_of(around, url, wishes.language).await?;
    let mut table = match (offer.feeds.first(), &offer.page) {
        (Some((feed, _)), _) => feed_table(feed),
        (None, Some((rules, _))) => page_table(url, rules),
        (None, None) => {
            anyhow::bail!("{url}: neither a feed nor a list of headlines was found: nothing was written")
        }
    };
    let slug = wishes.slug.unwrap_or_else(|| slug_of(url));
    table.insert("slug", value(slug.as_str()));
    table.insert("lane", value(wishes.lane.as_str()));
    if let Some(name) = &wishes.name {
        table.insert("name", value(name.as_str()));
    }
    if wishes.language != Language::En {
        table.insert("language", value(wishes.language.as_str()));
    }
    // Not held while the site was asked.
    let mut file = FeedsFile::open(around)?;
    file.append(table)?;
    file.write()?;
    output::line(&format!("added {slug} to {}; headsup feeds try {slug} shows it", file.name().display()))?;
    Ok(ExitCode::SUCCESS)
}

/// Switches one source on or off.
pub fn switch(around: &Surroundings, slug: &str, on: bool) -> anyhow::Result<ExitCode> {
    let mut file = FeedsFile::open(around)?;
    file.switch(slug, on)?;
    file.write()?;
    output::line(&format!(
        "{slug} is {}",
        if on { "read again" } else { "no longer read; what it said stays" }
    ))?;
    Ok(ExitCode::SUCCESS)
}

async fn offer_of(around: &Surroundings, url: &str, language: Language) -> anyhow::Result<Offer> {
    let settings = around.settings()?.settings;
    let source = SourceConfig { language, ..SourceConfig::of_url(url) };
    if !url.starts_with("http://") && !url.starts_with("https://") {
        return Err(
            UsageError(format!("{url:?} is not a full address (did you mean \"https://{url}\"?)")).into()
        );
    }
    let offer = crawl::look_for_feeds(&settings.crawl, &source, Clock::System.now()).await;
    offer.map_err(|message| anyhow::anyhow!("{url}: {message}"))
}

fn feed_table(url: &str) -> Table {
    let mut table = Table::new();
    table.insert("slug", value(slug_of(url)));
    table.insert("url", value(url));
    table
}

fn page_table(url: &str, rules: &PageRules) -> Table {
    let mut table = feed_table(url);
    table.insert("lane", value("industry"));
    table.insert("kind", value("page"));
    let mut page = Table::new();
    page.insert("item", value(rules.item.as_str()));
    for (key, css) in [("link", &rules.link), ("title", &rules.title), ("date", &rules.date)] {
        if let Some(css) = css {
            page.insert(key, value(css.as_str()));
        }
    }
    table.insert("page", Item::Table(page));
    table
}

/// `https://www.lab.example/blog/feed.xml` → `lab-example`.
pub fn slug_of(url: &str) -> String {
    let host =
        url::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    let plain = host.trim_start_matches("www.").replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    plain.trim_matches('-').to_lowercase()
}
