//! What a page says of itself for machines: JSON-LD after schema.org.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Map, Value};

use super::clean;
use super::tree::Tree;

/// Scripts longer than this are no description of an article.
const LONGEST_SCRIPT: usize = 1_000_000;

/// Objects looked at in all, and how deep they may lie in each other.
const MOST_OBJECTS: usize = 2000;
const DEEPEST: usize = 8;

/// What is described, the article's own words first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Described {
    /// Headline, else name.
    pub title: Option<String>,
    /// Names of people.
    pub people: Vec<String>,
    /// Names of organisations that sign as authors.
    pub houses: Vec<String>,
    /// As written.
    pub published: Option<String>,
    /// Of the publisher, else of the site.
    pub site: Option<String>,
    /// Address of the first image.
    pub image: Option<String>,
    /// The whole text, if it is given.
    pub body: Option<String>,
    /// Whether it says that reading costs money.
    pub paywalled: bool,
}

/// Reads all descriptions in `tree`, the page at `url`.
pub fn read(tree: &Tree, url: &str) -> Described {
    let mut objects = Vec::new();
    for script in tree.named("script") {
        let is_json = tree.nodes[script]
            .attr("type")
            .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/ld+json"));
        if !is_json {
            continue;
        }
        let text: String = tree.below(script).map(|n| tree.nodes[n].text.as_str()).collect();
        if text.len() <= LONGEST_SCRIPT
            && let Some(value) = parse(&text)
        {
            flatten(value, 0, &mut objects);
        }
    }
    let titles = ["title", "h1"].into_iter().flat_map(|name| tree.named(name).take(3));
    let titles: Vec<String> = titles.map(|n| tree.line(n).to_lowercase()).collect();
    let is_own = |object: &Map<String, Value>| {
        let headline =
            object.get("headline").and_then(text_of).map(|line| clean::title(&line).to_lowercase());
        let leads_here =
            ["url", "@id", "mainEntityOfPage"].iter().filter_map(|key| object.get(*key)?.as_str());
        headline
            .is_some_and(|line| line.chars().count() >= 4 && titles.iter().any(|title| title.contains(&line)))
            || leads_here.map(|own| own.trim_end_matches('/')).any(|own| own == url.trim_end_matches('/'))
    };
    describe(&objects, &is_own)
}

/// A comma behind which nothing comes.
static TRAILING: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r",\s*([}\]])").ok());

/// A key that describes an article, and a value without quotation marks.
static SIMPLE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#""(@type|headline|datePublished)"\s*:\s*"([^"\\]{1,300})"\s*[,}\]]"#).ok());
const ARTICLE_WORDS: [&str; 2] = ["Article", "Posting"];

/// Some wrap it in CDATA or comments, some break lines inside of strings.
fn parse(text: &str) -> Option<Value> {
    let text = text.trim().trim_start_matches("<!--").trim_start_matches("//").trim();
    let text = text.trim_start_matches("<![CDATA[").trim_end_matches("-->").trim();
    let text = text.trim_end_matches("]]>").trim_end_matches("//").trim().trim_end_matches(';');
    let strict = serde_json::from_str(text).ok();
    let in_one_line = || text.replace(['\n', '\r', '\t'], " ");
    let strict = strict.or_else(|| serde_json::from_str(&in_one_line()).ok());
    let mended = || serde_json::from_str(&TRAILING.as_ref()?.replace_all(&in_one_line(), "$1")).ok();
    strict.or_else(mended).or_else(|| salvaged(text))
}

/// What a quotation mark in some other string does not spoil: an article's headline and its time.
fn salvaged(text: &str) -> Option<Value> {
    let all = SIMPLE.as_ref()?.captures_iter(text);
    let mut object = Map::new();
    for found in all {
        let (key, value) = (&found[1], &found[2]);
        let is_type = key != "@type" || ARTICLE_WORDS.iter().any(|word| value.contains(word));
        if is_type && !object.contains_key(key) {
            object.insert(key.to_owned(), value.into());
        }
    }
    object.contains_key("@type").then_some(Value::Object(object))
}

fn flatten(value: Value, depth: usize, objects: &mut Vec<Map<String, Value>>) {
    if depth > DEEPEST || objects.len() >= MOST_OBJECTS {
        return;
    }
    match value {
        Value::Array(values) => values.into_iter().for_each(|value| flatten(value, depth + 1, objects)),
        Value::Object(mut object) => {
            for key in ["@graph", "mainEntity", "mainEntityOfPage", "itemListElement"] {
                if object.get(key).is_some_and(|inner| inner.is_array() || inner.is_object())
                    && let Some(inner) = object.remove(key)
                {
                    flatten(inner, depth + 1, objects);
                }
            }
            objects.push(object);
        }
        _ => {}
    }
}

/// Of several articles the one that `is_own` knows comes first.
fn describe(objects: &[Map<String, Value>], is_own: &dyn Fn(&Map<String, Value>) -> bool) -> Described {
    let mut ranked: Vec<(u8, &Map<String, Value>)> =
        objects.iter().filter_map(|object| Some((rank(object)?, object))).collect();
    ranked.sort_by_key(|(rank, object)| (*rank, *rank == 0 && !is_own(object)));
    let mut found = Described::default();
    for (rank, object) in ranked {
        let text = |key: &str| object.get(key).and_then(text_of);
        if rank <= 1 {
            found.title = found.title.or_else(|| text("headline")).or_else(|| text("name"));
            found.body = found.body.or_else(|| text("articleBody"));
            if found.people.is_empty() && found.houses.is_empty() {
                let author = object.get("author").or_else(|| object.get("creator"));
                author.into_iter().for_each(|author| sign(author, objects, &mut found));
            }
            let is_free = object.get("isAccessibleForFree");
            found.paywalled |= is_free
                .is_some_and(|free| matches!(text_of(free), Some(no) if no.eq_ignore_ascii_case("false")));
        }
        found.published = found.published.or_else(|| text("datePublished")).or_else(|| text("dateCreated"));
        found.image = found.image.or_else(|| object.get("image").and_then(image_of));
        found.site = found.site.or_else(|| object.get("publisher").and_then(|of| name_of(of, objects)));
    }
    let site = objects.iter().find(|object| is_type(object, &["WebSite"]));
    found.site = found.site.or_else(|| site.and_then(|site| site.get("name")).and_then(text_of));
    found
}

/// Articles first, then things that are written about as articles, then the page.
fn rank(object: &Map<String, Value>) -> Option<u8> {
    const WRITINGS: [&str; 8] =
        ["Article", "BlogPosting", "Posting", "Report", "Review", "HowTo", "Recipe", "QAPage"];
    if is_type(object, &WRITINGS) {
        Some(0)
    } else if is_type(object, &["CreativeWork", "Course", "Product", "Dataset", "SoftwareApplication"]) {
        Some(1)
    } else {
        is_type(object, &["WebPage", "ItemPage", "CollectionPage", "FAQPage"]).then_some(2)
    }
}

fn is_type(object: &Map<String, Value>, ends: &[&str]) -> bool {
    let fits = |value: &Value| value.as_str().is_some_and(|kind| ends.iter().any(|end| kind.ends_with(end)));
    match object.get("@type") {
        Some(Value::Array(kinds)) => kinds.iter().any(fits),
        Some(kind) => fits(kind),
        None => false,
    }
}

fn sign(author: &Value, objects: &[Map<String, Value>], found: &mut Described) {
    match author {
        Value::Array(authors) => authors.iter().take(20).for_each(|author| sign(author, objects, found)),
        _ => {
            let Some(name) = name_of(author, objects) else { return };
            let object = author.as_object().and_then(|object| referred(object, objects));
            let is_house =
                object.is_some_and(|object| is_type(object, &["Organization", "WebSite", "Corporation"]));
            let list = if is_house { &mut found.houses } else { &mut found.people };
            if !list.contains(&name) {
                list.push(name);
            }
        }
    }
}

/// The object itself, or the one of the same id that says more.
fn referred<'a>(
    object: &'a Map<String, Value>,
    objects: &'a [Map<String, Value>],
) -> Option<&'a Map<String, Value>> {
    if object.contains_key("name") {
        return Some(object);
    }
    let id = object.get("@id")?.as_str()?;
    objects
        .iter()
        .find(|other| other.contains_key("name") && other.get("@id").and_then(Value::as_str) == Some(id))
}

fn name_of(value: &Value, objects: &[Map<String, Value>]) -> Option<String> {
    match value {
        Value::Object(object) => referred(object, objects)?.get("name").and_then(text_of),
        Value::Array(values) => values.first().and_then(|value| name_of(value, objects)),
        _ => text_of(value),
    }
}

fn text_of(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Array(values) => return values.first().and_then(text_of),
        Value::Object(object) => return object.get("@value").and_then(text_of),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

fn image_of(value: &Value) -> Option<String> {
    match value {
        Value::Object(object) => object.get("url").or_else(|| object.get("contentUrl")).and_then(image_of),
        Value::Array(values) => values.first().and_then(image_of),
        _ => text_of(value),
    }
}

#[cfg(test)]
mod tests {
    use dom_query::Document;

    use super::*;

    fn described(json: &str) -> Described {
        let html = format!("<script type='application/ld+json'>{json}</script>");
        read(&Tree::of(&Document::from(html)), "https://a.example/x")
    }

    #[test]
    fn an_article_in_a_graph_finds_its_author_by_id() {
        let found = described(
            r##"{"@context":"https://schema.org","@graph":[
              {"@type":"WebPage","name":"The page","datePublished":"2026-01-01"},
              {"@type":"NewsArticle","headline":"Model ships","author":{"@id":"#p"},"datePublished":"2026-05-04T09:00:00+02:00",
               "isAccessibleForFree":"False","image":{"url":"https://a.example/i.png"},"publisher":{"name":"Example Times"}},
              {"@type":"Person","@id":"#p","name":"Mei Lin"}]}"##,
        );
        assert_eq!(found.title.as_deref(), Some("Model ships"));
        assert_eq!(found.people, ["Mei Lin"]);
        assert_eq!(found.published.as_deref(), Some("2026-05-04T09:00:00+02:00"));
        assert_eq!(
            (found.site.as_deref(), found.image.as_deref()),
            (Some("Example Times"), Some("https://a.example/i.png"))
        );
        assert!(found.paywalled);
    }

    #[test]
    fn people_are_told_from_houses() {
        let found = described(
            r#"[{"@type":["Article"],"author":[{"@type":"Organization","name":"A Lab"},"Jo Park"]}]"#,
        );
        assert_eq!(
            (found.people.as_slice(), found.houses.as_slice()),
            (&["Jo Park".to_owned()][..], &["A Lab".to_owned()][..])
        );
    }

    #[test]
    fn broken_and_endless_descriptions_say_nothing() {
        assert_eq!(described("{\"@type\": \"Article\", "), Described::default());
        assert_eq!(described(&"[".repeat(100_000)), Described::default());
        assert_eq!(
            described("{\"@type\":\"Article\",\"headline\":\"two\nlines\"}").title.as_deref(),
            Some("two lines")
        );
    }

    #[test]
    fn a_stray_quotation_mark_spoils_no_more_than_its_own_string() {
        let found = described(
            r#"{"@graph":[{"@type":"WebSite","name":"x"},{"@type":"NewsArticle","headline":"Model ships",
            "description":"a "fast" one","datePublished":"2026-05-04T09:00:00Z"}]}"#,
        );
        assert_eq!(found.title.as_deref(), Some("Model ships"));
        assert_eq!(found.published.as_deref(), Some("2026-05-04T09:00:00Z"));
        assert_eq!(
            described(r#"{"@type":"Product","headline":"a "b"","datePublished":"2026"}"#),
            Described::default()
        );
    }
}
