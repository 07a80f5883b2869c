//! HTML to the article in it: readability first, our own simple reading where that fails.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use dom_smoothie::{Config, Readability, TextMode};
use regex::Regex;

use super::clean;
use super::plain;
use crate::model::Language;

/// Most bytes of a page that are read.
const MOST_BYTES: usize = 6_000_000;

/// Most elements of a page that readability weighs.
const MOST_ELEMENTS: usize = 60_000;

/// A page nested deeper than this is an attack, or broken beyond reading.
const DEEPEST: i64 = 600;

/// Readability tries again with looser rules below this many characters; a Chinese text needs half as many.
const SHORT_TEXT: usize = 500;

/// Stands behind a Chinese stop while readability reads: it counts commas, and only "," and "，".
const COMMA: &str = "，\u{2060}";

/// What a page says, not yet judged.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// Headline, without the site's name.
    pub title: String,
    /// As stated.
    pub author: Option<String>,
    /// As stated.
    pub date: Option<DateTime<Utc>>,
    /// Clean paragraphs.
    pub text: String,
    /// Whether the cap cut the text.
    pub cut: bool,
}

static CONTAINERS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)<(/?)(?:div|span|section|article|font|b|i|em|strong|ul|ol|table|blockquote|a|center|svg|g)\b[^>]*?(/?)>").ok()
});

/// Reads `html`. `url` is the page's own address.
///
/// # Errors
/// One line that says why nothing could be read.
pub fn read(html: &str, url: &str) -> Result<Reading, String> {
    let html = head_of(html);
    if depth(html) > DEEPEST {
        return Err("the page is nested too deeply".into());
    }
    // Readability is old code about the oldest of formats: a panic in it must not end the stage.
    let first = catch_unwind(AssertUnwindSafe(|| by_readability(html, url))).unwrap_or_default();
    let second = || catch_unwind(AssertUnwindSafe(|| plain::read(html))).unwrap_or_default();
    let is_enough = |reading: &Reading| clean::weight(&reading.text) >= SHORT_TEXT / 2;
    let mut best = match first {
        Some(reading) if is_enough(&reading) => reading,
        first => longer(first, second()).ok_or("no text in the page")?,
    };
    best.title = clean::title(&best.title);
    Ok(best)
}

/// A page of which only a frame was sent: scripts, and the request to run them.
pub fn bare_wall(html: &str, text: &str) -> Option<&'static str> {
    let is_empty = clean::weight(text) < SHORT_TEXT / 5;
    let asks = || html.contains("<noscript") && html.to_ascii_lowercase().contains("javascript");
    (is_empty && asks()).then_some("JavaScript needed")
}

fn longer(first: Option<Reading>, second: Option<Reading>) -> Option<Reading> {
    match (first, second) {
        (Some(a), Some(b)) if clean::weight(&b.text) > 2 * clean::weight(&a.text) => {
            Some(Reading { text: b.text, cut: b.cut, ..a })
        }
        (Some(a), _) => Some(a),
        (None, b) => b,
    }
}

fn by_readability(html: &str, url: &str) -> Option<Reading> {
    let is_chinese = clean::language(&visible_start(html), Language::En) == Language::Zh;
    let config = Config {
        max_elements_to_parse: MOST_ELEMENTS,
        char_threshold: if is_chinese { SHORT_TEXT / 2 } else { SHORT_TEXT },
        text_mode: TextMode::Formatted,
        ..Config::default()
    };
    let source = if is_chinese { with_commas(html) } else { html.to_owned() };
    let url = (url.starts_with("http://") || url.starts_with("https://")).then_some(url);
    let article = Readability::new(source, url, Some(config)).ok()?.parse().ok()?;
    let (text, cut) = clean::paragraphs(&article.text_content.replace(COMMA, ""));
    Some(Reading {
        title: article.title.replace(COMMA, ""),
        author: article
            .byline
            .map(|name| clean::title(&name.replace(COMMA, "")))
            .filter(|name| !name.is_empty()),
        date: article.published_time.as_deref().and_then(date),
        text,
        cut,
    })
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

/// Enough of the page to tell its language: letters outside of tags.
fn visible_start(html: &str) -> String {
    let body = html.find("<body").unwrap_or(0);
    let mut inside = false;
    let outside = html[body..].chars().filter(|c| {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            _ => return !inside && (c.is_alphabetic() && !c.is_ascii() || c.is_ascii_alphabetic()),
        }
        false
    });
    // Scripts are Latin: among 20,000 letters a Chinese article still shows.
    let letters: String = outside.take(20_000).collect();
    let n_han = letters.chars().filter(|c| clean::is_han(*c)).count();
    if n_han >= 200 { "中文网页".to_owned() } else { letters.chars().take(1000).collect() }
}

fn head_of(html: &str) -> &str {
    let mut end = html.len().min(MOST_BYTES);
    while !html.is_char_boundary(end) {
        end -= 1;
    }
    &html[..end]
}

/// How deep elements that need an end tag stand in each other at most.
fn depth(html: &str) -> i64 {
    let Some(containers) = CONTAINERS.as_ref() else { return 0 };
    let (mut now, mut most) = (0_i64, 0_i64);
    for found in containers.captures_iter(html) {
        let is_end = found.get(1).is_some_and(|slash| !slash.is_empty());
        let is_empty = found.get(2).is_some_and(|slash| !slash.is_empty());
        now = if is_end { (now - 1).max(0) } else { now + i64::from(!is_empty) };
        most = most.max(now);
    }
    most
}

/// The forms in which pages state a time.
fn date(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let zoned = DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_rfc2822(text));
    if let Ok(at) = zoned.or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%z")) {
        return Some(at.to_utc());
    }
    let bare = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M"];
    let bare = bare.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let day = || {
        let head = text.get(..10).unwrap_or(text);
        let forms = [
            (head, "%Y-%m-%d"),
            (head, "%Y/%m/%d"),
            (text, "%B %d, %Y"),
            (text, "%b %d, %Y"),
            (text, "%Y年%m月%d日"),
        ];
        let day = forms.iter().find_map(|(text, form)| NaiveDate::parse_from_str(text, form).ok());
        day.and_then(|day| day.and_hms_opt(0, 0, 0))
    };
    bare.or_else(day).map(|at| at.and_utc())
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
        let reading = read(&html, "https://e.example/a").unwrap();
        assert!(reading.text.contains("训练脚本和评测数据。开发者"), "{}", reading.text);
        assert_eq!(reading.text.split("\n\n").count(), 5, "{}", reading.text);
        assert!(!reading.text.contains("备案号") && !reading.text.contains('\u{2060}'));
    }

    #[test]
    fn dates_are_read_in_the_forms_pages_use() {
        for text in [
            "2026-05-04T08:00:00+08:00",
            "2026-05-04T00:00:00Z",
            "2026-05-04",
            "2026/05/04",
            "May 4, 2026",
            "2026年05月04日",
        ] {
            assert_eq!(date(text).unwrap().to_rfc3339(), "2026-05-04T00:00:00+00:00", "{text}");
        }
        assert_eq!(date("yesterday"), None);
    }
}
