//! The sites of the sample internet, and how feeds.toml would name them.

use crate::config::{Feeds, PageRules, SourceConfig};
use crate::model::{Lane, Language, SourceKind, Tier};

/// How a site tells what it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RSS 2.0
    Rss,
    /// RSS 2.0 in GBK
    RssGbk,
    /// Atom 1.0
    Atom,
    /// JSON Feed 1.1
    Json,
    /// As arXiv's API answers
    Arxiv,
    /// As the search for links on a forum answers
    Links,
    /// A list page without a feed
    List,
    /// HTTP 500
    Down,
    /// A parked page in place of the feed
    Moved,
}

/// One site.
#[derive(Clone, Copy, Debug)]
pub struct Site {
    /// First part of its paths, and the source's slug.
    pub slug: &'static str,
    /// For readers.
    pub name: &'static str,
    /// How its front is told.
    pub format: Format,
    /// How headsup reads it.
    pub kind: SourceKind,
    /// What it is about.
    pub lane: Lane,
    /// What it is written in.
    pub language: Language,
    /// How near it stands to events.
    pub tier: Tier,
    /// Its texts.
    pub data: &'static str,
}

/// All sites.
pub const SITES: [Site; 19] = [
    site("lumen", "Lumen Labs", Format::Rss, Lane::Company, include_str!("data/lumen.txt")).primary(),
    site("kestrel", "Kestrel", Format::Atom, Lane::OpenSource, include_str!("data/kestrel.txt")).primary(),
    site("qinghe", "青禾智能", Format::Rss, Lane::Company, include_str!("data/qinghe.txt"))
        .primary()
        .chinese(),
    site("harbor", "Harbor", Format::List, Lane::Company, include_str!("data/harbor.txt"))
        .primary()
        .kind(SourceKind::Page),
    site("papers", "arXiv (sample)", Format::Arxiv, Lane::Research, include_str!("data/papers.txt"))
        .primary()
        .kind(SourceKind::Arxiv),
    site(
        "kestrel-releases",
        "kestrel/kestrel releases",
        Format::Atom,
        Lane::OpenSource,
        include_str!("data/kestrel_releases.txt"),
    )
    .primary()
    .kind(SourceKind::Github),
    site(
        "tern-releases",
        "tern-db/tern releases",
        Format::Atom,
        Lane::OpenSource,
        include_str!("data/tern_releases.txt"),
    )
    .primary()
    .kind(SourceKind::Github),
    site("wire", "The Ledger Wire", Format::Rss, Lane::Industry, include_str!("data/wire.txt")),
    site("model-watch", "Model Watch", Format::Json, Lane::Industry, include_str!("data/modelwatch.txt")),
    site("chaoxun", "潮汛", Format::RssGbk, Lane::Industry, include_str!("data/chaoxun.txt")).chinese(),
    site("suanli", "算力观察", Format::Rss, Lane::Industry, include_str!("data/suanli.txt")).chinese(),
    site("seed-round", "The Seed Round", Format::Rss, Lane::Funding, include_str!("data/seedround.txt")),
    site("rongzi", "融资日报", Format::Rss, Lane::Funding, include_str!("data/rongzi.txt")).chinese(),
    site("buzz", "Buzz Today", Format::Rss, Lane::Industry, include_str!("data/buzz.txt")),
    site("liuliang", "流量快报", Format::Atom, Lane::Industry, include_str!("data/liuliang.txt")).chinese(),
    site("forum", "devforum", Format::Rss, Lane::OpenSource, include_str!("data/forum.txt")).community(),
    site("linkboard", "Linkboard", Format::Links, Lane::Research, include_str!("data/linkboard.txt"))
        .community()
        .kind(SourceKind::HackerNews),
    site("northern-lights", "Northern Lights", Format::Down, Lane::Company, ""),
    site("lost-index", "The Lost Index", Format::Moved, Lane::Industry, ""),
];

const fn site(
    slug: &'static str,
    name: &'static str,
    format: Format,
    lane: Lane,
    data: &'static str,
) -> Site {
    let (kind, language, tier) = (SourceKind::Feed, Language::En, Tier::Press);
    Site { slug, name, format, kind, lane, language, tier, data }
}

impl Site {
    const fn primary(mut self) -> Self {
        self.tier = Tier::Primary;
        self
    }

    const fn community(mut self) -> Self {
        self.tier = Tier::Community;
        self
    }

    const fn chinese(mut self) -> Self {
        self.language = Language::Zh;
        self
    }

    const fn kind(mut self, kind: SourceKind) -> Self {
        self.kind = kind;
        self
    }
}

/// The sites as sources.
pub fn feeds(base: &str) -> Feeds {
    Feeds {
        block: Vec::new(),
        keep: Vec::new(),
        sources: SITES.iter().map(|site| source(site, base)).collect(),
    }
}

fn source(site: &Site, base: &str) -> SourceConfig {
    let rules = || PageRules {
        item: "article.card".into(),
        link: Some("h2 a".into()),
        title: Some("h2".into()),
        date: Some("time".into()),
        summary: Some("p.teaser".into()),
    };
    SourceConfig {
        slug: site.slug.into(),
        name: site.name.into(),
        kind: site.kind,
        url: format!("{base}/{}/feed", site.slug),
        lane: site.lane,
        language: site.language,
        tier: site.tier,
        // The releases speak for the company that makes them.
        owner: site.slug.trim_end_matches("-releases").into(),
        every_minutes: 60,
        longest_minutes: 1440,
        heed_host_pause: true,
        max_items: 200,
        fetch_pages: true,
        allow_private: true,
        enabled: true,
        path_prefix: None,
        block: Vec::new(),
        keep: Vec::new(),
        page: (site.kind == SourceKind::Page).then(rules),
        article: None,
    }
}
