//! Title, author, date, language and picture of a page, each from the surest place that states it.

use std::ops::Range;

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use url::Url;

use super::jsonld::{self, Described};
use super::tree::Tree;
use super::{author, clean, date, day, picture, title};

/// So much a clock elsewhere may be ahead, and a day written without its zone.
const AHEAD: TimeDelta = TimeDelta::days(2);

/// Pieces of text behind the headline in which a day is looked for; a quarter as many before it.
const NEAR: usize = 60;

/// A line that states a day is lighter than this.
const LONGEST_LINE: usize = 80;

/// What a page says of its article.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Meta {
    /// Headline without the site's name.
    pub title: String,
    /// Names.
    pub author: Option<String>,
    /// As stated, with its zone.
    pub date: Option<DateTime<FixedOffset>>,
    /// When it was last changed, where no day of publication is stated.
    pub changed: Option<DateTime<FixedOffset>>,
    /// Of the site.
    pub site: Option<String>,
    /// The address that the page calls its own.
    pub canonical: Option<String>,
    /// Address of the lead picture, and what it shows.
    pub image: Option<String>,
    /// Words of the picture's author, not ours.
    pub image_alt: Option<String>,
    /// The whole text as JSON-LD gives it.
    pub body: Option<String>,
    /// Whether the page says that reading costs money.
    pub paywalled: bool,
    /// The language that the page declares.
    pub declared: Option<String>,
    /// Links of its text to other sites.
    pub links: Vec<String>,
}

/// Values of `<meta>` by lower-case name.
pub struct Head<'a>(Vec<(String, &'a str)>);

impl<'a> Head<'a> {
    fn of(tree: &'a Tree) -> Self {
        let mut values = Vec::new();
        for n in tree.named("meta") {
            let node = &tree.nodes[n];
            let Some(content) = node.attr("content").filter(|content| !content.trim().is_empty()) else {
                continue;
            };
            for key in ["property", "name", "itemprop"] {
                if let Some(names) = node.attr(key) {
                    values.extend(names.split_whitespace().map(|name| (name.to_ascii_lowercase(), content)));
                }
            }
        }
        Self(values)
    }

    /// The first value of the first of `names` that has one.
    pub fn get(&self, names: &[&str]) -> Option<&'a str> {
        names.iter().find_map(|name| self.all(name).next())
    }

    fn all(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.trim())
    }
}

/// Reads what `tree`, the page at `url`, says. `shown` are the nodes among which its text stands; no page is of a day
/// long after `now`.
pub fn read(tree: &Tree, url: &str, shown: Range<usize>, now: DateTime<Utc>) -> Meta {
    let (head, begin) = (Head::of(tree), shown.start);
    let base = base(tree, url);
    let canonical = canonical(tree, &head, &base);
    let described = jsonld::read(tree, canonical.as_deref().unwrap_or(url));
    let own = canonical.clone().unwrap_or_else(|| url.to_owned());
    let site = head.get(&["og:site_name", "application-name", "al:android:app_name"]).map(clean::title);
    let site = site.or_else(|| described.site.as_deref().map(clean::title)).filter(|site| !site.is_empty());
    let (image, image_alt) = lead_image(tree, &head, described.image.as_deref(), (&base, shown)).unzip();
    let is_past = |at: &DateTime<FixedOffset>| *at <= now + AHEAD;
    let date = published(tree, &head, &described, (&own, begin), &is_past);
    let changed =
        ["og:updated_time", "article:modified_time", "last-modified"].iter().flat_map(|name| head.all(name));
    let changed = changed.filter_map(date::stated).find(|at| date.is_none() && is_past(at));
    Meta {
        title: title::of(tree, &head, &described, site.as_deref()),
        author: author(tree, &head, &described, site.as_deref(), begin),
        date,
        changed,
        site,
        canonical,
        image,
        image_alt: image_alt.flatten(),
        declared: tree.named("html").find_map(|n| tree.nodes[n].attr("lang").map(str::to_owned)),
        paywalled: described.paywalled,
        body: described.body,
        links: Vec::new(),
    }
}

fn canonical(tree: &Tree, head: &Head<'_>, url: &str) -> Option<String> {
    let is_canonical =
        |n: &usize| tree.nodes[*n].attr("rel").is_some_and(|rel| rel.eq_ignore_ascii_case("canonical"));
    let links = tree.named("link").filter(is_canonical).filter_map(|n| tree.nodes[n].attr("href"));
    // A site that calls each of its pages its front page says nothing of them.
    let is_front =
        |link: &str| Url::parse(link).is_ok_and(|link| link.path() == "/" && link.query().is_none());
    let own = |href: &str| absolute(href, url).filter(|link| is_front(url) || !is_front(link));
    let link = links.filter(|href| !href.trim().is_empty()).find_map(own);
    link.or_else(|| head.get(&["og:url"]).and_then(own))
}

/// Against which the page's addresses are read.
pub fn base(tree: &Tree, url: &str) -> String {
    let stated = tree.named("base").find_map(|n| tree.nodes[n].attr("href"));
    stated.and_then(|href| absolute(href, url)).unwrap_or_else(|| url.to_owned())
}

/// The picture that the head names, else the first one in the text.
fn lead_image(
    tree: &Tree,
    head: &Head<'_>,
    described: Option<&str>,
    (base, shown): (&str, Range<usize>),
) -> Option<(String, Option<String>)> {
    const NAMES: [&str; 6] = [
        "og:image",
        "og:image:url",
        "og:image:secure_url",
        "twitter:image",
        "twitter:image:src",
        "weibo:article:image",
    ];
    let named = NAMES.iter().flat_map(|name| head.all(name)).chain(described);
    if let Some(image) = named.filter_map(|image| absolute(image, base)).next() {
        let alt = alt(tree, head, &image);
        return Some((image, alt));
    }
    let found = picture::first(tree, shown)?;
    let alt = Some(clean::title(&found.alt)).filter(|alt| !alt.is_empty());
    Some((absolute(&found.address, base)?, alt))
}

/// An address of the web, against the page's own.
fn absolute(href: &str, url: &str) -> Option<String> {
    let href = href.trim();
    let found = Url::parse(href).or_else(|_| Url::parse(url).and_then(|base| base.join(href))).ok()?;
    ["http", "https"].contains(&found.scheme()).then(|| found.into())
}

fn alt(tree: &Tree, head: &Head<'_>, image: &str) -> Option<String> {
    let name = image.split(['?', '#']).next().unwrap_or(image).rsplit('/').next().unwrap_or_default();
    let shown = || {
        let is_it =
            |n: &usize| name.len() > 4 && tree.nodes[*n].attr("src").is_some_and(|src| src.contains(name));
        tree.named("img").find(is_it).and_then(|n| tree.nodes[n].attr("alt"))
    };
    let alt = head.get(&["og:image:alt", "twitter:image:alt"]).or_else(shown)?;
    Some(clean::title(alt)).filter(|alt| !alt.is_empty())
}

fn author(
    tree: &Tree,
    head: &Head<'_>,
    described: &Described,
    site: Option<&str>,
    begin: usize,
) -> Option<String> {
    let is_site = |name: &String| site.is_some_and(|site| site.eq_ignore_ascii_case(name));
    let people: Vec<String> = described.people.iter().filter(|name| !is_site(name)).cloned().collect();
    let in_head = || {
        let names = [
            "author",
            "article:author",
            "parsely-author",
            "dc.creator",
            "dcterms.creator",
            "citation_author",
            "sailthru.author",
            "byl",
            "twitter:creator_name",
        ];
        let lists = names.iter().map(|name| head.all(name).map(str::to_owned).collect::<Vec<_>>());
        lists.filter_map(|list| author::joined(&list)).find(|name| !is_site(name))
    };
    author::joined(&people)
        .or_else(in_head)
        .or_else(|| author::of_byline(tree).filter(|name| !is_site(name)))
        .or_else(|| author::near_headline(tree, begin).filter(|name| !is_site(name)))
        .or_else(|| author::joined(&described.houses))
        .or_else(|| author::joined(&described.people))
        .or_else(|| head.all("author").find_map(author::name))
}

fn published(
    tree: &Tree,
    head: &Head<'_>,
    described: &Described,
    (url, begin): (&str, usize),
    is_past: &dyn Fn(&DateTime<FixedOffset>) -> bool,
) -> Option<DateTime<FixedOffset>> {
    const NAMES: [&str; 19] = [
        "article:published_time",
        "og:article:published_time",
        "datepublished",
        "article:published",
        "parsely-pub-date",
        "sailthru.date",
        "dc.date.issued",
        "dcterms.issued",
        "dcterms.created",
        "dc.date",
        "dc.date.created",
        "citation_publication_date",
        "citation_date",
        "publishdate",
        "publish_date",
        "publication_date",
        "pubdate",
        "date",
        "weibo:article:create_at",
    ];
    let stated = |text: &str| date::stated(text).filter(is_past);
    let described = described.published.as_deref().and_then(stated);
    let found = described
        .or_else(|| NAMES.iter().find_map(|name| head.all(name).find_map(stated)))
        .or_else(|| of_time(tree).filter(is_past))
        .or_else(|| date::of_address(url).filter(is_past))
        .or_else(|| of_text(tree, begin).filter(is_past))?;
    // The same moment, as the readers of the page see it.
    let stated = tree.named("time").filter_map(|n| date::stated(tree.nodes[n].attr("datetime")?));
    Some(stated.take(20).find(|at| *at == found && found.offset().local_minus_utc() == 0).unwrap_or(found))
}

/// A `<time>` that says it is the day of publication, else the first one of all.
fn of_time(tree: &Tree) -> Option<DateTime<FixedOffset>> {
    let value = |n: usize| {
        let node = &tree.nodes[n];
        let stated = node.attr("datetime").or_else(|| node.attr("content")).and_then(date::stated);
        stated.or_else(|| day::written(&tree.line(n)))
    };
    let says_so = |n: &usize| {
        let node = &tree.nodes[*n];
        let prop = node.attr("itemprop").is_some_and(|prop| prop.contains("datePublished"));
        prop || node.attr("pubdate").is_some() || (&*node.name == "time" && node.marks.contains("publish"))
    };
    let stated = (0..tree.nodes.len()).filter(says_so).find_map(value);
    stated.or_else(|| tree.named("time").filter(|n| !is_elsewhere(tree, *n)).find_map(value))
}

/// Whether `index` stands in what is around an article.
pub fn is_elsewhere(tree: &Tree, index: usize) -> bool {
    use super::names::{Noise, noise};
    tree.ancestors(index).any(|n| {
        tree.nodes[n].is(&["aside", "footer", "nav"]) || noise(&tree.nodes[n].marks) == Some(Noise::Aside)
    })
}

/// A day written in a short line near the begin of the text: first where a class names it, then anywhere.
fn of_text(tree: &Tree, begin: usize) -> Option<DateTime<FixedOffset>> {
    let named = (0..tree.nodes.len()).filter(|n| {
        let weight = tree.weight(*n);
        (6..=120).contains(&weight) && super::names::is_date(&tree.nodes[*n].marks) && !is_elsewhere(tree, *n)
    });
    let by_name = named.take(20).find_map(|n| day::written(&tree.line(n)));
    by_name.or_else(|| {
        let in_footer = |n: usize| tree.ancestors(n).any(|n| &*tree.nodes[n].name == "footer");
        // Around the headline that stands before the text, or where the text begins.
        let title = tree.named("h1").filter(|n| *n <= begin).last().unwrap_or(begin);
        let after = tree.texts(title..tree.nodes.len()).take(NEAR);
        let before: Vec<usize> = tree.texts(0..title).collect();
        let before = before[before.len().saturating_sub(NEAR / 4)..].to_vec();
        let lines = after.chain(before).filter(|n| tree.weight(*n) < LONGEST_LINE);
        let lines = lines.filter(|n| !in_footer(*n) && !day::is_of_site(&tree.nodes[*n].text));
        lines.filter_map(|n| day::written(&tree.nodes[n].text)).next()
    })
}
