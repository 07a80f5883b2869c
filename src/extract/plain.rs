//! The simple reading: the paragraphs below the element that holds most of them. For pages where readability finds nothing.

use std::cmp::Reverse;
use std::collections::HashMap;

use scraper::{ElementRef, Html, Selector};

use super::clean;
use super::page::Reading;

/// A paragraph of which links are more than this share is navigation.
const MOST_LINKED: f64 = 0.5;

/// A paragraph shorter than this does not count when the best element is looked for (a Chinese character is two).
const SHORT: usize = 40;

/// Elements that are never a part of an article.
const OUTSIDE: [&str; 10] =
    ["nav", "header", "footer", "aside", "form", "script", "style", "noscript", "button", "template"];

/// The article of `html`, if it has paragraphs at all.
pub fn read(html: &str) -> Option<Reading> {
    let page = Html::parse_document(html);
    let selector = Selector::parse("p, pre, li, blockquote, h2, h3, h4").ok()?;
    // Elements are numbered as they appear, so that the first of two equal ones wins.
    let mut numbers = HashMap::new();
    let mut weights: Vec<usize> = Vec::new();
    let mut blocks: Vec<(usize, String)> = Vec::new();
    for element in page.select(&selector) {
        let Some((parent, text)) = block(element) else { continue };
        let n = numbers.len();
        let number = *numbers.entry(parent.id()).or_insert(n);
        weights.resize(numbers.len(), 0);
        let weight = clean::weight(&text);
        weights[number] += if weight >= SHORT { weight } else { 0 };
        blocks.push((number, text));
    }
    let (best, _) = weights.iter().enumerate().max_by_key(|(n, weight)| (**weight, Reverse(*n)))?;
    let texts: Vec<String> =
        blocks.into_iter().filter(|(number, _)| *number == best).map(|(_, text)| text).collect();
    let (text, cut) = clean::paragraphs(&texts.join("\n\n"));
    (!text.is_empty()).then(|| Reading { title: title(&page), text, cut, ..Reading::default() })
}

/// The text of a block and the element it counts for; nothing for navigation.
fn block(element: ElementRef<'_>) -> Option<(ElementRef<'_>, String)> {
    let is_outside = |node: ElementRef<'_>| OUTSIDE.contains(&node.value().name());
    let is_inner = |node: ElementRef<'_>| matches!(node.value().name(), "p" | "li" | "blockquote" | "pre");
    let ancestors: Vec<ElementRef<'_>> = element.ancestors().filter_map(ElementRef::wrap).collect();
    if ancestors.iter().copied().any(is_outside) || ancestors.first().copied().is_some_and(is_inner) {
        return None;
    }
    let text = text_of(element);
    if text.is_empty() || linked(element) > MOST_LINKED * clean::weight(&text) as f64 {
        return None;
    }
    let is_list = |node: &&ElementRef<'_>| !matches!(node.value().name(), "ul" | "ol");
    Some((*ancestors.iter().find(is_list)?, text))
}

fn linked(element: ElementRef<'_>) -> f64 {
    let links = element.descendent_elements().filter(|inner| inner.value().name() == "a");
    links.map(|link| clean::weight(&text_of(link))).sum::<usize>() as f64
}

fn text_of(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn title(page: &Html) -> String {
    let first = |selector: &str| {
        let selector = Selector::parse(selector).ok()?;
        let text = text_of(page.select(&selector).next()?);
        (!text.is_empty()).then_some(text)
    };
    first("article h1").or_else(|| first("h1")).or_else(|| first("title")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_element_with_most_paragraphs_is_the_article() {
        let html = "<title>Site</title><nav><p>Home of a long navigation text that speaks of many other things</p></nav>\
            <div id=side><p>One teaser of another article, which is long enough to count for something.</p></div>\
            <div><h1>A model ships</h1><p>The company released the weights of the model on Tuesday, it said.</p>\
            <ul><li>It runs on a laptop.</li><li><a href=x>Another story entirely</a></li></ul>\
            <p>The licence allows commercial use, which earlier versions of it did not.</p></div>";
        let reading = read(html).unwrap();
        assert_eq!(reading.title, "A model ships");
        assert!(reading.text.contains("released the weights"));
        assert!(reading.text.contains("runs on a laptop"));
        assert!(!reading.text.contains("teaser") && !reading.text.contains("Another story"));
    }

    #[test]
    fn a_page_without_paragraphs_has_no_article() {
        assert_eq!(read("<div><a href=x>one</a><a href=y>two</a></div>"), None);
    }
}
