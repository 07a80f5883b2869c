//! feeds.toml from disk to [`Feeds`]: every problem found at once.

use std::collections::HashMap;
use std::path::Path;

use scraper::Selector;
use url::Url;

use super::document::{Document, schema_of};
use super::feeds::{ArticleRules, Feeds, PageRules, SourceConfig};
use super::problem::{ConfigError, Problem};
use super::rule::Rule;
use crate::model::SourceKind;

/// The catalogue that ships with the program; `headsup init` writes it.
pub const CATALOGUE: &str = include_str!("../../feeds.toml");

/// Least minutes between two polls of a source: politeness is not configurable below it.
const MIN_MINUTES: u32 = 60;
/// A source that is asked less often could bring last month's news.
const MAX_MINUTES: u32 = 7 * 1440;

/// Longest slug.
const MAX_SLUG: usize = 60;

impl Feeds {
    /// Reads the file, or without one the catalogue of the program.
    ///
    /// # Errors
    /// Every problem with file, line and key.
    pub fn load(path: Option<&Path>) -> Result<Self, ConfigError> {
        let document = match path {
            Some(path) => Document::read(path)?,
            None => Document::new("feeds.toml (built in)", CATALOGUE.to_owned()),
        };
        Self::parse(&document)
    }

    /// Reads a document.
    ///
    /// # Errors
    /// As [`Feeds::load`].
    pub fn parse(document: &Document) -> Result<Self, ConfigError> {
        let table = document.table(&schema_of::<Self>())?;
        let mut feeds: Self = table.try_into().map_err(|error: toml::de::Error| {
            ConfigError::one(document.name(), "", error.message().into())
        })?;
        for source in &mut feeds.sources {
            if source.name.is_empty() {
                source.name.clone_from(&source.slug);
            }
            if source.owner.is_empty() {
                source.owner.clone_from(&source.name);
            }
        }
        let problems = check(&feeds, document);
        if problems.is_empty() { Ok(feeds) } else { Err(ConfigError(problems)) }
    }
}

fn check(feeds: &Feeds, document: &Document) -> Vec<Problem> {
    let mut problems = Vec::new();
    let (mut slugs, mut urls) = (HashMap::new(), HashMap::new());
    for (n, source) in feeds.sources.iter().enumerate() {
        let index = n.to_string();
        let mut report = |key: &str, message: String| {
            let way = format!("source.{}.{key}", source.slug);
            let path: Vec<&str> = ["source", &index].into_iter().chain(key.split('.')).collect();
            problems.push(document.problem(document.line(&path), &way, message));
        };
        for (key, message) in check_one(source) {
            report(key, message);
        }
        if let Some(first) = slugs.insert(source.slug.as_str(), n) {
            let first = line_of(document, first, "slug");
            report("slug", format!("{:?} is taken by the source {}", source.slug, at(first)));
        }
        let asked = (asked_for(&source.url), source.path_prefix.as_deref());
        if let Some(first) = urls.insert(asked, n) {
            let first = line_of(document, first, "url");
            report("url", format!("the source {} has this address already", at(first)));
        }
    }
    for (key, rules) in [("block", &feeds.block), ("keep", &feeds.keep)] {
        let bad = rules.iter().filter_map(|rule| Rule::read(rule).err());
        problems.extend(bad.map(|message| document.problem(document.line(&[key]), key, message)));
    }
    problems.sort_by_key(|problem| problem.line);
    problems
}

/// Only for what is wrong: to find a line, the document is read once more.
fn line_of(document: &Document, n: usize, key: &str) -> Option<usize> {
    document.line(&["source", &n.to_string(), key])
}

/// An address as a server sees it: two spellings of one are one.
fn asked_for(url: &str) -> String {
    let Ok(mut asked) = Url::parse(url) else { return url.to_owned() };
    asked.set_fragment(None);
    asked.into()
}

fn at(line: Option<usize>) -> String {
    line.map_or_else(|| "above".to_owned(), |line| format!("in line {line}"))
}

fn check_one(source: &SourceConfig) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if source.slug.is_empty() || source.slug.len() > MAX_SLUG || !source.slug.chars().all(fits) {
        found.push(("slug", "must be 1 to 60 lower-case letters, digits and hyphens".to_owned()));
    }
    if let Some(message) = bad_url(&source.url) {
        found.push(("url", message));
    }
    if !(source.every_minutes..=MAX_MINUTES).contains(&source.longest_minutes) {
        found.push((
            "longest_minutes",
            format!("must be at least every_minutes and at most {MAX_MINUTES}, a week"),
        ));
    }
    if source.every_minutes < MIN_MINUTES {
        found.push(("every_minutes", format!("must be at least {MIN_MINUTES}: sources are asked politely")));
    }
    if !(1..=1000).contains(&source.max_items) {
        found.push(("max_items", "must be from 1 to 1000".to_owned()));
    }
    for (key, rules) in [("block", &source.block), ("keep", &source.keep)] {
        found.extend(rules.iter().filter_map(|rule| Rule::read(rule).err()).map(|message| (key, message)));
    }
    match (&source.path_prefix, source.kind) {
        (Some(prefix), SourceKind::Sitemap) if !prefix.starts_with('/') => {
            found.push(("path_prefix", format!("must begin with a slash, like \"/{prefix}\"")));
        }
        (Some(_), kind) if kind != SourceKind::Sitemap => {
            found
                .push(("path_prefix", "belongs to kind \"sitemap\" only: remove it, or set kind".to_owned()));
        }
        _ => {}
    }
    found.extend(source.article.iter().flat_map(bad_article_rules));
    match (&source.page, source.kind) {
        (Some(rules), SourceKind::Page) => found.extend(bad_selectors(rules)),
        (None, SourceKind::Page) => {
            found.push((
                "page",
                "kind \"page\" needs [source.page] with at least the selector \"item\"".to_owned(),
            ));
        }
        (Some(_), _) => {
            found.push(("page", "belongs to kind \"page\" only: remove it, or set kind".to_owned()))
        }
        (None, _) => {}
    }
    found
}

fn bad_url(text: &str) -> Option<String> {
    match Url::parse(text) {
        Ok(url) if !["http", "https"].contains(&url.scheme()) => {
            Some(format!("must begin with http:// or https://, not {}:", url.scheme()))
        }
        Ok(url) if url.host_str().is_none_or(str::is_empty) => Some("has no host".into()),
        Ok(url) if !url.username().is_empty() || url.password().is_some() => Some(
            "holds a user name or password, which would be shown and exported with it: remove them".into(),
        ),
        Ok(_) => None,
        Err(_)
            if !text.contains("://")
                && Url::parse(&format!("https://{text}")).is_ok_and(|url| url.host_str().is_some()) =>
        {
            Some(format!("{text:?} is not a full address (did you mean \"https://{text}\"?)"))
        }
        Err(error) => Some(format!("{text:?} is not an address: {error}")),
    }
}

fn bad_selectors(rules: &PageRules) -> Vec<(&'static str, String)> {
    let all = [
        ("page.item", Some(&rules.item)),
        ("page.link", rules.link.as_ref()),
        ("page.title", rules.title.as_ref()),
        ("page.date", rules.date.as_ref()),
        ("page.summary", rules.summary.as_ref()),
    ];
    all.into_iter().filter_map(|(key, selector)| Some((key, bad_selector(selector?)?))).collect()
}

fn bad_article_rules(rules: &ArticleRules) -> Vec<(&'static str, String)> {
    let content = rules.content.iter().map(|selector| ("article.content", selector));
    let remove = rules.remove.iter().map(|selector| ("article.remove", selector));
    content.chain(remove).filter_map(|(key, selector)| Some((key, bad_selector(selector)?))).collect()
}

fn bad_selector(selector: &str) -> Option<String> {
    if selector.trim().is_empty() {
        return Some("must not be empty".to_owned());
    }
    Selector::parse(selector).err()?;
    Some(format!("{selector:?} is not a CSS selector: {}", fault(selector.trim())))
}

/// What is wrong with a selector, in words for whoever wrote it, not for whoever wrote the parser.
fn fault(selector: &str) -> String {
    const PARTS: [&str; 5] = ["::before", "::after", "::text", "::attr", "::first-line"];
    if let Some(sign) = selector.chars().last().filter(|c| matches!(c, '>' | '+' | '~' | ',')) {
        return format!(
            "something must follow the {sign:?} (did you mean {:?}?)",
            selector.trim_end_matches([sign, ' '])
        );
    }
    if let Some(at) = PARTS.iter().find_map(|part| selector.find(part)) {
        return format!(
            "only elements can be chosen, not parts of them (did you mean {:?}?)",
            &selector[..at]
        );
    }
    if let Some((before, _)) = selector.split_once(":contains(") {
        return format!("elements cannot be chosen by their text (did you mean {before:?}?)");
    }
    if let Some(sign) = ["##", "..", "#.", ".#"].iter().find(|sign| selector.contains(**sign)) {
        let one = selector.replace(sign, &sign[..1]);
        return format!("a name must stand between the signs of {sign:?} (did you mean {one:?}?)");
    }
    if selector.matches('[').count() != selector.matches(']').count()
        || selector.matches('(').count() != selector.matches(')').count()
    {
        return "a bracket is not closed".to_owned();
    }
    match selector.split_once(':') {
        Some((before, pseudo)) => format!("\":{pseudo}\" is not known (did you mean {before:?}?)"),
        None => "an example of one is \"article .content\"".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<String> {
        let document = Document::new("feeds.toml", text.to_owned());
        Feeds::parse(&document)
            .err()
            .map(|error| error.to_string().lines().map(str::to_owned).collect())
            .unwrap_or_default()
    }

    #[test]
    fn the_catalogue_is_in_order() {
        let feeds = Feeds::load(None).unwrap();
        assert!(feeds.sources.len() >= 60, "{} sources", feeds.sources.len());
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line_and_the_key_that_was_meant() {
        let text = "[[source]]\nslug = \"a\"\nurll = \"https://a.example/feed\"\nlane = \"company\"\n";
        let found = problems(text);
        assert_eq!(found[0], "feeds.toml:1: source.a: the key \"url\" is missing");
        assert_eq!(found[1], "feeds.toml:3: source.a.urll: unknown key (did you mean \"url\"?)");
    }

    #[test]
    fn what_is_wrong_with_a_selector_is_said_in_words() {
        for (selector, words) in [
            ("main >", "something must follow the '>' (did you mean \"main\"?)"),
            ("h2::after", "only elements can be chosen, not parts of them (did you mean \"h2\"?)"),
            ("li:contains(ad)", "elements cannot be chosen by their text (did you mean \"li\"?)"),
            ("##ad", "a name must stand between the signs of \"##\" (did you mean \"#ad\"?)"),
        ] {
            let told = bad_selector(selector).unwrap();
            assert!(told.ends_with(words), "{told}");
        }
        assert_eq!(bad_selector("article > .content:not(.ad)"), None);
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let text = r#"
[[source]]
slug = "A b"
url = "example.org/feed"
lane = "compny"
every_minutes = "often"

[[surce]]
"#;
        let found = problems(text).join("\n");
        assert!(found.contains("feeds.toml:5: source.A b.lane: \"compny\" is not one of: "), "{found}");
        assert!(found.contains("(did you mean \"company\"?)"), "{found}");
        assert!(
            found.contains("feeds.toml:6: source.A b.every_minutes: is a string, must be a whole number"),
            "{found}"
        );
        assert!(found.contains(":8: surce: unknown key (did you mean \"source\"?)"), "{found}");
    }

    #[test]
    fn values_are_checked_too() {
        let text = r#"
[[source]]
slug = "one"
url = "example.org/feed"
lane = "company"
[[source]]
slug = "one"
url = "https://example.org/x"
lane = "company"
kind = "page"
page = { item = "a[[" }
article = { content = "main >", remove = [".ad"] }
every_minutes = 5
[[source]]
slug = "three"
url = "ftp://example.org/x"
lane = "company"
kind = "page"
"#;
        let found = problems(text).join("\n");
        for part in [
            "feeds.toml:4: source.one.url: \"example.org/feed\" is not a full address (did you mean \"https://example.org/feed\"?)",
            "feeds.toml:7: source.one.slug: \"one\" is taken by the source in line 3",
            "feeds.toml:11: source.one.page.item: \"a[[\" is not a CSS selector",
            "feeds.toml:12: source.one.article.content: \"main >\" is not a CSS selector",
            "feeds.toml:13: source.one.every_minutes: must be at least 60",
            "source.three.url: must begin with http:// or https://, not ftp:",
            "source.three.page: kind \"page\" needs [source.page]",
        ] {
            assert!(found.contains(part), "{part}\nis missing in\n{found}");
        }
    }

    #[test]
    fn a_number_that_fits_nowhere_is_named_with_line_and_key() {
        let text = "[[source]]\nslug = \"q\"\nurl = \"https://a.example/f\"\nlane = \"company\"\nevery_minutes = 99999999999\n\
                    longest_minutes = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF\nmax_items = -99999999999\n";
        let too_large = "is too large: at most 4294967295";
        assert_eq!(
            problems(text),
            [
                format!("feeds.toml:5: source.q.every_minutes: {too_large}"),
                format!("feeds.toml:6: source.q.longest_minutes: {too_large}"),
                "feeds.toml:7: source.q.max_items: must not be negative".to_owned(),
            ]
        );
    }

    #[test]
    fn what_looks_right_but_is_not_is_told_in_words() {
        let of = |keys: &str| {
            problems(&format!("[[source]]\nslug = \"q\"\nlane = \"company\"\n{keys}")).join("\n")
        };
        let empty = of("url = \"https://a.example/f\"\nkind = \"page\"\npage = { item = \" \" }\n");
        assert_eq!(empty, "feeds.toml:6: source.q.page.item: must not be empty");
        let address = of("url = \"http://999.1.1.1/f\"\n");
        assert!(address.contains("is not an address") && !address.contains("did you mean"), "{address}");
        let secret = of("url = \"https://me:word@a.example/f\"\n");
        assert!(secret.contains("source.q.url: holds a user name or password"), "{secret}");
        let single = problems("[source]\nslug = \"q\"\n").join("\n");
        assert_eq!(single, "feeds.toml:1: source: is a single table, must be a list: write [[source]]");
    }

    #[test]
    fn two_spellings_of_one_address_are_one() {
        let source = |slug: &str, url: &str| {
            format!("[[source]]\nslug = \"{slug}\"\nurl = \"{url}\"\nlane = \"company\"\n")
        };
        let text = source("a", "https://A.example/#x") + &source("b", "https://a.example:443");
        assert_eq!(
            problems(&text),
            ["feeds.toml:7: source.b.url: the source in line 3 has this address already"]
        );
    }

    #[test]
    fn a_rule_that_the_crawl_could_not_use_is_a_problem() {
        let text = "block = ['\\w{60}']\n[[source]]\nslug = \"a\"\nurl = \"https://a.example/feed\"\n\
            lane = \"company\"\nkeep = ['Title:\\pL{60}zzzz']\n";
        let found = problems(text);
        assert!(found[0].starts_with("feeds.toml:1: block: "), "{found:?}");
        assert!(found[1].starts_with("feeds.toml:6: source.a.keep: "), "{found:?}");
    }

    #[test]
    fn a_broken_file_is_named_with_the_line() {
        assert!(problems("a = 1\nb = \n")[0].starts_with("feeds.toml:2: not valid TOML: "));
    }
}
