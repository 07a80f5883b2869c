//! `headsup feeds discover|add|disable|enable`: feeds.toml changed by the program, its comments and order kept.

use std::process::ExitCode;

use toml_edit::{DocumentMut, Item, Table, value};

use super::feeds_file::FeedsFile;
use super::open::Surroundings;
use super::{UsageError, output};
use crate::clock::Clock;
use crate::config::{PageRules, SourceConfig, web_address};
use crate::crawl::{self, Offer, SitemapOffer};
use crate::model::{Lane, Language};

/// Said of a site that offers nothing.
const NOTHING: &str = "neither a feed, a sitemap nor a list of headlines was found";

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

/// Shows the feeds of a site, else its sitemap or selectors for its list page.
pub async fn discover(around: &Surroundings, url: &str) -> anyhow::Result<ExitCode> {
    let url = &web_address(url);
    let offer = offer_of(around, url, Language::En).await?;
    if around.global.json {
        output::json(&offer)?;
    } else if offer.feeds.is_empty() {
        show_instead(url, &offer)?;
    } else {
        let mut table = output::table(&["entries", "feed"]);
        for (url, n) in &offer.feeds {
            table.add_row([n.to_string(), url.clone()]);
        }
        output::line(&table.to_string())?;
    }
    if table_of(url, &offer).is_none() {
        anyhow::bail!("{url}: {NOTHING}");
    }
    Ok(ExitCode::SUCCESS)
}

/// What can be read where there is no feed, as it would stand in feeds.toml.
fn show_instead(url: &str, offer: &Offer) -> anyhow::Result<()> {
    let Some(table) = table_of(url, offer) else { return Ok(()) };
    output::line(&match (&offer.sitemap, &offer.page) {
        (Some(map), _) => format!(
            "no feed found; this sitemap lists {} pages, {} of them with the day of their last change:\n",
            map.n_pages, map.n_dated
        ),
        (None, Some((_, n))) => {
            format!("no feed found; these selectors find {n} items in the page itself:\n")
        }
        (None, None) => String::new(),
    })?;
    let mut document = DocumentMut::new();
    document.insert("source", Item::ArrayOfTables([table].into_iter().collect()));
    output::line(&document.to_string())
}

/// Adds the surest feed of a site, else its sitemap or its list page by selectors, to feeds.toml.
pub async fn add(around: &Surroundings, url: &str, wishes: Wishes) -> anyhow::Result<ExitCode> {
    FeedsFile::open(around)?.check_writable()?;
    let url = &web_address(url);
    let offer = offer_of(around, url, wishes.language).await?;
    let Some(mut table) = table_of(url, &offer) else {
        anyhow::bail!("{url}: {NOTHING}: nothing was written")
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

/// The surest source of a site.
fn table_of(url: &str, offer: &Offer) -> Option<Table> {
    match (offer.feeds.first(), &offer.sitemap, &offer.page) {
        (Some((feed, _)), ..) => Some(feed_table(feed)),
        (None, Some(map), _) => Some(sitemap_table(map)),
        (None, None, Some((rules, _))) => Some(page_table(url, rules)),
        (None, None, None) => None,
    }
}

fn sitemap_table(map: &SitemapOffer) -> Table {
    let mut table = feed_table(&map.url);
    table.insert("lane", value("industry"));
    table.insert("kind", value("sitemap"));
    table.insert("path_prefix", value(map.path_prefix.as_str()));
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
