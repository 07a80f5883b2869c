//! HTML to the article in it: one tree, two readings of it, one text.

use std::collections::HashSet;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use chrono::{DateTime, Utc};
use dom_query::{Document, NodeId};
use dom_smoothie::{Config, Readability, TextMode};

use super::meta::Meta;
use super::render::{self, Block, Kind};
use super::tree::{COMMA, Tree};
use super::{body, clean, furniture, links, merge, meta, sniff, wall};
use crate::config::ArticleRules;
use crate::markup;

/// Most bytes of a page that are read.
const MOST_BYTES: usize = 6_000_000;

/// Most elements of a page that readability weighs.
const MOST_ELEMENTS: usize = 60_000;

/// Readability tries again with looser rules below this many characters; a Chinese text needs half as many.
const SHORT_TEXT: usize = 500;

/// What a page says, not yet judged.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// Title, author and the like.
    pub meta: Meta,
    /// Clean paragraphs.
    pub text: String,
    /// Whether the cap cut the text.
    pub cut: bool,
    /// What of a wall is there besides the text.
    pub signs: wall::Signs,
}

/// Reads `html`. `url` is the page's own address; `rules` are its source's, `now` is the time of reading. The
/// text may be empty.
///
/// # Errors
/// One line that says why nothing could be read.
pub fn read(html: &str, url: &str, rules: &ArticleRules, now: DateTime<Utc>) -> Result<Reading, String> {
    let lean = sniff::lean(html, MOST_BYTES);
    let html = head_of(&lean);
    let is_part = html.len() < lean.len();
    if let Some(why) = markup::why_hostile(html) {
        return Err(format!("the page {why}"));
    }
    let is_chinese = is_chinese(html);
    let document = Document::from(if is_chinese { with_commas(html) } else { html.to_owned() });
    for found in rules.remove.iter().filter_map(|css| document.try_select(css)) {
        found.remove();
    }
    let chosen = rules.content.as_deref().and_then(|css| document.try_select(css));
    let chosen: HashSet<NodeId> = chosen.iter().flat_map(|found| found.nodes()).map(|node| node.id).collect();
    let mut tree = Tree::of(&document);
    furniture::drop_line_numbers(&mut tree);
    let (mut blocks, shown) = if chosen.is_empty() {
        by_rule(document, &tree, url, is_chinese)
    } else {
        by_selector(&tree, &chosen)
    };
    let mut meta = meta::read(&tree, url, shown.clone(), now);
    // The headline is kept apart from the text.
    if blocks
        .first()
        .is_some_and(|block| block.kind == Kind::Heading && clean::title(&block.text) == meta.title)
    {
        blocks.remove(0);
    }
    let (mut text, mut cut) = clean::assemble(&blocks);
    let described = meta.body.as_deref().map(|body| clean::paragraphs(&clean::decoded(body)));
    if let Some((body, was_cut)) = described.filter(|(body, _)| says_more(body, &text)) {
        (text, cut) = (body, was_cut);
    }
    meta.links = links::of_page(&tree, shown.clone(), &text, url);
    let signs = wall::Signs::of(&tree, url, meta.site.as_deref());
    let signs = signs.with_gate(&tree, shown.start, clean::weight(&text));
    Ok(Reading { meta, text, cut: cut || is_part, signs })
}

/// The blocks of both readings, and the nodes among which they stand.
fn by_rule(document: Document, tree: &Tree, url: &str, is_chinese: bool) -> (Vec<Block>, Range<usize>) {
    // Readability is old code about the oldest of formats: a panic in it must not end the stage.
    let first = catch_unwind(AssertUnwindSafe(|| readability(document, tree, url, is_chinese)));
    let first = first.unwrap_or_else(|_| vec![false; tree.nodes.len()]);
    let body = body::read(tree);
    let begin = (0..tree.nodes.len()).find(|n| first[*n] && tree.weight(*n) > 60);
    let begin = begin.unwrap_or(body.first);
    (merge::blocks(tree, &first, &body), begin..body.end.max(begin))
}

/// What stands in the elements that the source's selector names.
fn by_selector(tree: &Tree, chosen: &HashSet<NodeId>) -> (Vec<Block>, Range<usize>) {
    let mut inside = vec![false; tree.nodes.len()];
    for (index, node) in tree.nodes.iter().enumerate() {
        inside[index] = inside[node.parent] || chosen.contains(&node.id);
    }
    let never = body::never(tree);
    let begin = inside.iter().position(|is_in| *is_in).unwrap_or_default();
    let end = inside.iter().rposition(|is_in| *is_in).map_or(begin, |last| last + 1);
    (render::blocks(tree, 0..tree.nodes.len(), &|n| inside[n] && !never[n]), begin..end)
}

/// Whether the text that a page gives machines is an article, and the one that it shows people a stub.
fn says_more(described: &str, shown: &str) -> bool {
    let (described, shown) = (clean::weight(described), clean::weight(shown));
    described >= body::LEAST_ARTICLE && shown * 2 < described
}

/// A page of which only a frame was sent: scripts, and the request to run them.
pub fn bare_wall(html: &str, text: &str) -> Option<&'static str> {
    let is_empty = clean::weight(text) < SHORT_TEXT / 5;
    let asks = || html.contains("<noscript") && html.to_ascii_lowercase().contains("javascript");
    (is_empty && asks()).then_some("JavaScript needed")
}

/// For each node whether readability keeps it.
fn readability(document: Document, tree: &Tree, url: &str, is_chinese: bool) -> Vec<bool> {
    let config = Config {
        disable_json_ld: true,
        max_elements_to_parse: MOST_ELEMENTS,
        char_threshold: if is_chinese { SHORT_TEXT / 2 } else { SHORT_TEXT },
        text_mode: TextMode::Raw,
        ..Config::default()
    };
    let url = (url.starts_with("http://") || url.starts_with("https://")).then_some(url);
    let mut readability = Readability::with_document(document, url, Some(config)).ok();
    let article = readability.as_mut().and_then(|readability| readability.parse().ok());
    // It moves nodes about, but does not make new ones of text.
    let ids: HashSet<NodeId> = match (&readability, &article) {
        (Some(readability), Some(_)) => {
            let content = readability.doc.select_single("#readability-page-1");
            let inside = content.nodes().iter().flat_map(|root| root.descendants_it());
            inside.filter(|node| node.is_text()).map(|node| node.id).collect()
        }
        _ => HashSet::new(),
    };
    tree.nodes.iter().map(|node| ids.contains(&node.id)).collect()
}

/// Every Chinese stop also counts as a comma.
fn with_commas(html: &str) -> String {
    let mut text = String::with_capacity(html.len() + html.len() / 16);
    for c in html.chars() {
        text.push(c);
        if matches!(c, '。' | '、' | '；') {
            text.push_str(COMMA);
        }
    }
    text
}

/// Whether the page is written in Chinese: among the letters of its scripts and names a Chinese text still shows.
fn is_chinese(html: &str) -> bool {
    let body = html.find("<body").unwrap_or(0);
    let (mut inside, mut n_han, mut n_kana, mut n_letters) = (false, 0_usize, 0_usize, 0_usize);
    for c in html[body..].chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            _ if inside || !c.is_alphabetic() => continue,
            _ => n_letters += 1,
        }
        n_han += usize::from(clean::is_han(c));
        n_kana += usize::from(clean::is_kana(c));
        if n_letters >= 20_000 {
            break;
        }
    }
    // Japanese is written with Han too, but between them with signs of its own.
    n_kana * 10 < n_han && (n_han >= 200 || n_han * 5 >= n_letters.max(20))
}

/// As much of a page as is read.
pub fn head_of(html: &str) -> &str {
    let mut end = html.len().min(MOST_BYTES);
    while !html.is_char_boundary(end) {
        end -= 1;
    }
    &html[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chinese_article_is_read_without_the_page_around_it() {
        let sentence = "这家公司周二发布了新的开源模型、训练脚本和评测数据。开发者可以在普通笔记本上运行它。";
        let body: String = (0..5).map(|n| format!("<p>第{n}段：{}</p>", sentence.repeat(2))).collect();
        let html = format!(
            "<html><head><title>新模型开源</title></head><body><div class=nav><a href=/a>首页</a><a href=/b>财经</a></div>\
             <div class=content><h1>新模型开源</h1>{body}</div><div class=footer>备案号</div></body></html>"
        );
        let reading =
            read(&html, "https://e.example/a", &ArticleRules::default(), DateTime::default()).unwrap();
        assert!(reading.text.contains("训练脚本和评测数据。开发者"), "{}", reading.text);
        assert_eq!(reading.text.split("\n\n").count(), 5, "{}", reading.text);
        assert!(!reading.text.contains("备案号") && !reading.text.contains('\u{2060}'));
    }

    #[test]
    fn selectors_of_the_source_come_before_the_rules() {
        let html = "<body><article><p>The article that rules would find, because it is long enough to be one.</p></article>\
            <div id=odd><p>Short but meant.</p><p class=ad>Buy it.</p></div></body>";
        let text = |content: &str| {
            let rules = ArticleRules { content: Some(content.into()), remove: vec![".ad".into()] };
            read(html, "https://e.example/a", &rules, DateTime::default()).unwrap().text
        };
        assert_eq!(text("#odd"), "Short but meant.");
        assert!(text("#gone").contains("rules would find"));
    }

    #[test]
    fn a_text_given_to_machines_stands_in_for_a_stub() {
        let body = "The team pruned the model and published its weights on Tuesday. ".repeat(12);
        let html = format!(
            "<script type='application/ld+json'>{{\"@type\":\"NewsArticle\",\"articleBody\":\"{body}\"}}</script><article><p>Subscribe.</p></article>"
        );
        let reading =
            read(&html, "https://e.example/a", &ArticleRules::default(), DateTime::default()).unwrap();
        assert_eq!(reading.text, body.trim());
    }
}
