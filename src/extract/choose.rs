//! Which text becomes an item's article: its page's, the feed's, the summary, or the title alone.

use chrono::{DateTime, Utc};

use super::meta::Meta;
use super::page::Reading;
use super::{clean, decode, links, page, paper, sniff, tongue, wall};
use crate::config::ArticleRules;
use crate::model::{Article, Language, Link, Origin, SourceKind};

/// A text shorter than this says no more than a summary does (a Chinese character is two).
const SHORT_TEXT: usize = 400;

/// The feed's text is cleaner than a page's: it wins if it is at least this part of the page's.
const FEED_SHARE: f64 = 0.8;

/// A page that holds fewer of the title's words than this speaks of something else.
const LEAST_TITLE_SHARE: f64 = 0.3;

/// What is shown of a paid article is shorter than this.
const LONGEST_STUB: usize = 2000;

/// What is known of an item, its page's bytes included.
#[derive(Clone, Debug)]
pub struct Material {
    /// How its source is read.
    pub kind: SourceKind,
    /// As published.
    pub link: String,
    /// As published, plain.
    pub title: String,
    /// As published, plain.
    pub summary: String,
    /// The feed's own text, plain, may be empty.
    pub content: String,
    /// Where the summary and the feed's own text lead.
    pub links: Vec<Link>,
    /// The first author's name.
    pub author: Option<String>,
    /// As the crawl guessed it.
    pub language: Language,
    /// When the publisher says it appeared.
    pub published_at: Option<DateTime<Utc>>,
    /// The time of reading.
    pub now: DateTime<Utc>,
    /// Its own page, if one was fetched.
    pub page: Option<Page>,
    /// How feeds.toml says that the page is to be read.
    pub rules: ArticleRules,
    /// What reading its page gave, if that is a paper's PDF.
    pub pdf_text: Option<Result<String, String>>,
}

/// A fetched page.
#[derive(Clone, Debug)]
pub struct Page {
    /// Where it was found after redirects.
    pub url: String,
    /// As the server says.
    pub content_type: String,
    /// As they came.
    pub bytes: Vec<u8>,
}

/// An article and, where its page was not taken, why.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Never empty: at least the title.
    pub article: Article,
    /// One line for people.
    pub note: Option<String>,
    /// Whether a page was there and could not be taken.
    pub page_rejected: bool,
}

/// The article of an item. Every item gets one.
pub fn choose(material: &Material) -> Choice {
    let feed = of_feed(material);
    if is_abstract_only(material) {
        return of_abstract(material, feed);
    }
    match material.page.as_ref().map(|page| of_page(material, page)) {
        Some(Ok(mut article)) if is_better(&article, &feed) => {
            if article.links.is_empty() {
                article.links = feed.links;
            }
            Choice { article, note: None, page_rejected: false }
        }
        Some(Ok(_)) => {
            Choice { article: feed, note: Some("the feed's text says more".into()), page_rejected: false }
        }
        Some(Err(why)) => Choice { article: feed, note: Some(why), page_rejected: true },
        None => Choice { article: feed, note: None, page_rejected: false },
    }
}

/// The bytes of a paper that came as PDF.
pub fn paper_as_pdf(material: &Material) -> Option<&[u8]> {
    let page = material.page.as_ref().filter(|_| is_paper(material))?;
    page.bytes.starts_with(b"%PDF").then_some(&page.bytes)
}

/// The abstract, and beside it the whole paper if that was fetched.
fn of_abstract(material: &Material, mut article: Article) -> Choice {
    let mut note = None;
    match (&material.pdf_text, material.page.as_ref().filter(|_| is_paper(material))) {
        (Some(Ok(text)), _) => article.paper = Some(text.clone()),
        (Some(Err(why)), _) => note = Some(why.clone()),
        (None, Some(page)) => {
            let html = decode::decode(&page.bytes, Some(&page.content_type));
            article.paper = paper::read(&html).map(|(text, _)| text);
            if article.paper.is_none() && article.how == Origin::Title {
                match paper::abstract_of(&html) {
                    Some(text) => (article.text, article.how) = (text, Origin::Abstract),
                    None => note = Some("the page holds no abstract".into()),
                }
            }
        }
        (None, None) => {}
    }
    Choice { article, page_rejected: note.is_some(), note }
}

/// The article that stands in `bytes`; the selectors of its source come before the rules. No page is of a day after `now`.
///
/// # Errors
/// One line that says why there is none: a wall, another format, no text.
pub fn by_rules(
    bytes: &[u8],
    content_type: Option<&str>,
    url: &str,
    rules: &ArticleRules,
    now: DateTime<Utc>,
) -> Result<Article, String> {
    let reading = reading(bytes, content_type, url, rules, now)?;
    let changed = reading.meta.changed;
    let article = article_of(reading);
    Ok(Article { date: article.date.or(changed), ..article })
}

fn reading(
    bytes: &[u8],
    content_type: Option<&str>,
    url: &str,
    rules: &ArticleRules,
    now: DateTime<Utc>,
) -> Result<Reading, String> {
    let kind = content_type.unwrap_or_default().to_ascii_lowercase();
    if sniff::is_file(bytes, &kind) {
        return Err("the page is not HTML".into());
    }
    let html = decode::decode(bytes, content_type);
    if sniff::is_data(&html) {
        return Err("the page is not HTML".into());
    }
    let html = sniff::as_page(&html, &kind).unwrap_or(html);
    let reading = page::read(&html, url, rules, now)?;
    let text = &reading.text;
    if let Some(kind) = wall::found(&reading.signs, text).or_else(|| page::bare_wall(&html, text)) {
        return Err(format!("not an article: {kind}"));
    }
    if text.is_empty() || *text == reading.meta.title {
        return Err("no text in the page".into());
    }
    Ok(reading)
}

fn article_of(reading: Reading) -> Article {
    // Metered pages are marked too, and hold the whole text.
    let is_stub = reading.meta.paywalled && clean::weight(&reading.text) < LONGEST_STUB;
    let complete = !reading.cut && !is_stub && !wall::is_cut(&reading.signs, &reading.text);
    let Meta { title, author, date, site, canonical, image, image_alt, declared, links, .. } = reading.meta;
    let language = tongue::of(&reading.text, declared.as_deref(), &Language::En.into());
    let article = Article::of_text(title, reading.text, language, Origin::Page);
    Article { author, date, site, canonical, image, image_alt, links, complete, ..article }
}

/// An abstract is what a reader of papers wants first, and release notes are the release's whole text.
fn is_abstract_only(material: &Material) -> bool {
    is_paper(material) || material.kind == SourceKind::Github
}

fn is_paper(material: &Material) -> bool {
    let is_there = material.link.contains("://arxiv.org/") || material.link.contains("://www.arxiv.org/");
    is_there || material.kind == SourceKind::Arxiv
}

fn of_page(material: &Material, page: &Page) -> Result<Article, String> {
    let reading = reading(&page.bytes, Some(&page.content_type), &page.url, &material.rules, material.now)?;
    let changed = reading.meta.changed;
    let mut article = article_of(reading);
    if !speaks_of(&article, &material.title) {
        return Err("the page speaks of something else".into());
    }
    if article.title.is_empty() {
        article.title = clean::title(&material.title);
    }
    article.author = article.author.or_else(|| material.author.clone());
    // That a page was changed says less than when its feed says that it appeared.
    article.date = article.date.or(material.published_at.map(Into::into)).or(changed);
    Ok(article)
}

/// Whether the page holds the words of the title under which a feed listed it.
fn speaks_of(article: &Article, title: &str) -> bool {
    let words: Vec<String> = words(title);
    if words.len() < 3 || tongue::of(title, None, &article.language) != article.language {
        return true;
    }
    let page = format!("{} {}", article.title, article.text).to_lowercase();
    let n_found = words.iter().filter(|word| page.contains(word.as_str())).count();
    n_found as f64 >= LEAST_TITLE_SHARE * words.len() as f64
}

/// Latin words of four letters and more, and pairs of Chinese characters.
fn words(title: &str) -> Vec<String> {
    let lower = title.to_lowercase();
    let latin = lower.split(|c: char| !c.is_alphanumeric() || clean::is_han(c));
    let mut words: Vec<String> = latin.filter(|word| word.chars().count() >= 4).map(str::to_owned).collect();
    let chars: Vec<char> = lower.chars().collect();
    let pairs = chars.windows(2).filter(|pair| pair.iter().all(|c| clean::is_han(*c)));
    words.extend(pairs.map(|pair| pair.iter().collect::<String>()));
    words
}

/// The longer sensible one wins; the feed's if they are about equal.
fn is_better(page: &Article, feed: &Article) -> bool {
    let (of_page, of_feed) = (clean::weight(&page.text), clean::weight(&feed.text));
    let feed_is_enough =
        feed.how == Origin::Feed && feed.complete && of_feed as f64 >= FEED_SHARE * of_page as f64;
    !feed_is_enough && of_page > of_feed.min(SHORT_TEXT) && (of_page >= of_feed || !feed.complete)
}

/// What the feed alone gives: its text, else its summary, else the title.
fn of_feed(material: &Material) -> Article {
    let (content, content_cut) = clean::paragraphs(&material.content);
    let (summary, _) = clean::paragraphs(&material.summary);
    let title = clean::title(&material.title);
    let is_cut = content_cut || wall::ends_early(&content);
    let (how, text, complete) = if is_abstract_only(material) && (content.len() + summary.len() > 0) {
        let is_release = material.kind == SourceKind::Github && !is_cut;
        (Origin::Abstract, longer(content, summary), is_release)
    } else if clean::weight(&content) >= SHORT_TEXT && content.len() > summary.len() {
        (Origin::Feed, content, !is_cut)
    } else if content.len() + summary.len() > 0 {
        (Origin::Abstract, longer(content, summary), false)
    } else {
        (Origin::Title, title.clone(), false)
    };
    let language = tongue::of(&format!("{title}\n{text}"), None, &material.language.into());
    let article = Article::of_text(title, text, language, how);
    Article {
        author: material.author.clone(),
        date: material.published_at.map(Into::into),
        links: links::of_feed(&material.links, longest(material), &material.link),
        complete,
        ..article
    }
}

fn longest(material: &Material) -> &str {
    if material.content.len() >= material.summary.len() { &material.content } else { &material.summary }
}

fn longer(a: String, b: String) -> String {
    if a.len() >= b.len() { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENTENCE: &str =
        "The pruned model runs on a laptop and needs a tenth of the memory, the team wrote on Tuesday. ";

    fn material(content: &str, html: Option<&str>) -> Material {
        Material {
            kind: SourceKind::Feed,
            link: "https://lab.example/pruned".into(),
            title: "Pruned model runs on a laptop".into(),
            summary: "A model for laptops.".into(),
            content: content.into(),
            links: Vec::new(),
            author: Some("Ada".into()),
            language: Language::En,
            published_at: None,
            now: DateTime::default(),
            rules: ArticleRules::default(),
            pdf_text: None,
            page: html.map(|html| Page {
                url: "https://lab.example/pruned".into(),
                content_type: "text/html".into(),
                bytes: html.as_bytes().to_vec(),
            }),
        }
    }

    fn html(n_paragraphs: usize) -> String {
        let paragraphs: String =
            (0..n_paragraphs).map(|n| format!("<p>{n}. {}</p>", SENTENCE.repeat(3))).collect();
        format!("<title>Pruned model runs on a laptop</title><body><article>{paragraphs}</article></body>")
    }

    #[test]
    fn the_longer_text_wins() {
        let page = choose(&material("", Some(&html(6))));
        assert_eq!((page.article.how, page.article.complete), (Origin::Page, true));
        let feed = choose(&material(&SENTENCE.repeat(40), Some(&html(2))));
        assert_eq!((feed.article.how, feed.page_rejected), (Origin::Feed, false));
    }

    #[test]
    fn a_page_without_links_has_those_of_its_feed() {
        let link = Link { text: "a laptop".into(), href: "https://code.example/lumen/aurora".into() };
        let of = |content: &str, html: Option<&str>| {
            let links = vec![link.clone()];
            choose(&Material { links, ..material(content, html) }).article
        };
        let (page, feed) =
            (of("A model that runs on a laptop.", Some(&html(6))), of(&SENTENCE.repeat(40), None));
        assert_eq!((page.how, feed.how), (Origin::Page, Origin::Feed));
        assert_eq!((page.links, feed.links), (vec![link.href.clone()], vec![link.href.clone()]));
    }

    #[test]
    fn a_cut_feed_gives_way_to_the_page() {
        let cut = format!("{}…", SENTENCE.repeat(6));
        assert_eq!(choose(&material(&cut, Some(&html(6)))).article.how, Origin::Page);
        let alone = choose(&material(&cut, None)).article;
        assert_eq!((alone.how, alone.complete), (Origin::Feed, false));
    }

    #[test]
    fn a_page_about_something_else_is_not_taken() {
        let other = "<title>Cookies</title><article><p>".to_owned()
            + &"Our bakery sells fresh bread and pastries every morning in the old town, said its owner. "
                .repeat(20)
            + "</p></article>";
        let choice = choose(&material("", Some(&other)));
        assert_eq!((choice.article.how, choice.page_rejected), (Origin::Abstract, true));
        assert_eq!(choice.note.unwrap(), "the page speaks of something else");
    }

    #[test]
    fn an_item_with_nothing_but_a_title_has_its_title() {
        let mut bare = material("", Some("%PDF-1.7"));
        bare.summary.clear();
        let choice = choose(&bare);
        assert_eq!(choice.article.how, Origin::Title);
        assert_eq!(choice.article.text, bare.title);
        assert_eq!(choice.note.unwrap(), "the page is not HTML");
    }

    #[test]
    fn hostile_pages_end_in_a_note() {
        let deep = "<div>".repeat(200_000);
        let unclosed = "<p>".repeat(50_000);
        let attributes = format!("<div {}>", "a=1 ".repeat(50_000));
        for html in
            [deep.as_str(), unclosed.as_str(), attributes.as_str(), "", "\0\0\0", "<![CDATA[", "<script>"]
        {
            let choice = choose(&material("", Some(html)));
            assert_eq!(choice.article.how, Origin::Abstract);
            assert!(choice.note.is_some());
        }
    }
}
