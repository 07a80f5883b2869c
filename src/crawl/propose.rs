//! Selectors for a list page without a feed, from what repeats around its headlines.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use scraper::{ElementRef, Html, Selector};

use super::feed::{Hints, zone_of};
use super::{date_near, link, page, tree};
use crate::config::PageRules;

/// A list has at least so many items.
const LEAST_ITEMS: usize = 3;

/// Shortest text of a link that is a headline, in Latin letters.
const LEAST_HEADLINE: usize = 15;

/// Elements around a headline that may be its item.
const AROUND: usize = 7;

/// Selectors that are tried, those around most headlines first.
const MAX_TRIED: usize = 30;

/// Classes of an element that are tried: some carry dozens.
const MAX_CLASSES: usize = 8;

/// Steps to the next element that has a name of its own.
const MAX_STEPS: usize = 5;

/// Items in which a date is looked for.
const LOOKED_AT: usize = 12;

/// Longest text of an element that says only when.
const MAX_DATE: usize = 40;

/// Pieces of text that a date has at most, and elements of an item among which it is looked for.
const MAX_PIECES: usize = 8;
const MAX_INSIDE: usize = 300;

/// Selectors of dates that are tried.
const MAX_DATES: usize = 6;

/// Selectors that were tried, and what they find.
struct Tried {
    rules: PageRules,
    n_items: usize,
    /// Of these, with a headline's address.
    n_headlines: usize,
    n_dated: usize,
    /// All titles together.
    length: usize,
}

/// Selectors that find a list of headlines in the page, and how many items they find.
pub fn propose(html: &str, hints: &Hints<'_>) -> Option<(PageRules, usize)> {
    let tree = tree::document(html).ok()?;
    let mut boxes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (anchor, href) in headlines(&tree, &page::base_of(&tree, hints.base)) {
        let around =
            std::iter::once(anchor).chain(anchor.ancestors().filter_map(ElementRef::wrap).take(AROUND));
        for css in around.flat_map(selectors_of) {
            boxes.entry(css).or_default().insert(href.clone());
        }
    }
    let mut lists: Vec<_> = boxes.into_iter().filter(|(_, links)| links.len() >= LEAST_ITEMS).collect();
    lists.sort_by_key(|(_, links)| Reverse(links.len()));
    let tried =
        lists.into_iter().take(MAX_TRIED).filter_map(|(item, links)| best(&tree, item, &links, hints));
    // Many headlines, dates where there are some, and the narrower selector among equals.
    let best =
        tried.max_by_key(|one| (one.n_headlines, one.n_dated, Reverse(one.length), one.rules.item.len()))?;
    Some((best.rules, best.n_items))
}

/// Links that are headlines by their length, outside of menus, with their addresses.
fn headlines<'a>(tree: &'a Html, base: &str) -> Vec<(ElementRef<'a>, String)> {
    let Ok(anchors) = Selector::parse("a[href]") else { return Vec::new() };
    let headline = |anchor: ElementRef<'a>| {
        let href = anchor.value().attr("href").filter(|href| !href.trim_start().starts_with('#'))?;
        let is_long = width(anchor.text().collect::<String>().trim()) >= LEAST_HEADLINE;
        let href = link::absolute(href, base).filter(|_| is_long && !is_apart(anchor))?;
        Some((anchor, href))
    };
    tree.select(&anchors).filter_map(headline).collect()
}

/// A Chinese character says as much as two letters.
fn width(text: &str) -> usize {
    text.chars().map(|c| if ('\u{2e80}'..='\u{9fff}').contains(&c) { 2 } else { 1 }).sum()
}

/// Whether it is in a part of the page that is the same on all pages. An article may have a header of its own.
fn is_apart(element: ElementRef<'_>) -> bool {
    let mut in_header = false;
    for around in element.ancestors().filter_map(ElementRef::wrap) {
        match around.value().name() {
            "nav" | "footer" | "aside" => return true,
            _ if around.value().attr("role") == Some("navigation") => return true,
            "header" => in_header = true,
            "article" | "li" | "section" | "main" => in_header = false,
            _ => {}
        }
    }
    in_header
}

/// "article.card": the tag with each of its classes; without one, its way from what has one.
fn selectors_of(element: ElementRef<'_>) -> Vec<String> {
    let name = element.value().name();
    if ["html", "body", "main"].contains(&name) {
        return Vec::new();
    }
    let mut own = classes(element).map(|class| format!("{name}.{class}")).peekable();
    if own.peek().is_some() {
        return own.take(MAX_CLASSES).collect();
    }
    let mut way = vec![name.to_owned()];
    for around in element.ancestors().filter_map(ElementRef::wrap).take(MAX_STEPS) {
        let name = around.value().name();
        let class = classes(around).next().map(|class| format!("{name}.{class}"));
        let id = around.value().attr("id").filter(|id| is_word(id)).map(|id| format!("{name}#{id}"));
        let is_end = class.is_some() || id.is_some() || ["body", "main"].contains(&name);
        way.push(class.or(id).unwrap_or_else(|| name.to_owned()));
        if is_end {
            way.reverse();
            return vec![way.join(" > ")];
        }
    }
    Vec::new()
}

fn classes<'a>(element: ElementRef<'a>) -> impl Iterator<Item = &'a str> {
    element.value().classes().filter(|class| is_word(class))
}

fn is_word(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    !name.is_empty() && name.chars().all(fits) && !name.starts_with(|c: char| c.is_ascii_digit() || c == '-')
}

/// The rules for these items: with the link and the title that find most headlines, and a date that is really there.
fn best(tree: &Html, item: String, links: &BTreeSet<String>, hints: &Hints<'_>) -> Option<Tried> {
    let of = |rules: PageRules| attempt(tree, rules, links, hints);
    let plain = PageRules { item, link: None, title: None, date: None, summary: None };
    let mut best = of(plain.clone());
    for heading in ["h1", "h2", "h3", "h4"].into_iter().filter(|name| has(tree, &plain.item, name)) {
        // The headline behind a link to its section; the headline in a link around the whole card.
        let behind = PageRules { link: Some(format!("{heading} a")), ..plain.clone() };
        let within = PageRules { title: Some(heading.into()), ..plain.clone() };
        for rules in [behind, within] {
            let is_better = |new: &Tried, old: &Tried| {
                (new.n_headlines, Reverse(new.length)) > (old.n_headlines, Reverse(old.length))
            };
            best = match (best, of(rules)) {
                (Some(old), Some(new)) if is_better(&new, &old) => Some(new),
                (old, new) => old.or(new),
            };
        }
    }
    let mut best = best.filter(|one| one.n_headlines >= LEAST_ITEMS && one.n_headlines * 2 >= one.n_items)?;
    for date in dates(tree, &best.rules, hints) {
        let dated = of(PageRules { date: Some(date), ..best.rules.clone() });
        if let Some(dated) = dated.filter(|dated| dated.n_dated > best.n_dated) {
            best = dated;
        }
    }
    Some(best)
}

/// Whether there are such elements in the items.
fn has(tree: &Html, item: &str, name: &str) -> bool {
    let selector = Selector::parse(&format!("{item} {name}"));
    selector.is_ok_and(|selector| tree.select(&selector).nth(LEAST_ITEMS - 1).is_some())
}

fn attempt(tree: &Html, rules: PageRules, links: &BTreeSet<String>, hints: &Hints<'_>) -> Option<Tried> {
    let entries = page::items(tree, &rules, hints).ok()?;
    Some(Tried {
        n_items: entries.len(),
        n_headlines: entries.iter().filter(|entry| links.contains(&entry.link)).count(),
        n_dated: entries.iter().filter(|entry| entry.published.is_some()).count(),
        length: entries.iter().map(|entry| entry.title.len()).sum(),
        rules,
    })
}

/// Selectors of elements inside the items that say nothing but a date, the commonest first.
fn dates(tree: &Html, rules: &PageRules, hints: &Hints<'_>) -> Vec<String> {
    let Ok(item) = Selector::parse(&rules.item) else { return Vec::new() };
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for element in tree.select(&item).take(LOOKED_AT) {
        let dated =
            element.descendent_elements().skip(1).take(MAX_INSIDE).filter(|inner| is_date(*inner, hints));
        let selectors: BTreeSet<String> = dated
            .flat_map(|inner| {
                let name = inner.value().name();
                let classes = classes(inner).take(MAX_CLASSES).map(move |class| format!("{name}.{class}"));
                classes.chain([name.to_owned(), format!("{name}:last-of-type")]).collect::<Vec<_>>()
            })
            .collect();
        for css in selectors {
            *found.entry(css).or_default() += 1;
        }
    }
    let mut found: Vec<(String, usize)> = found.into_iter().collect();
    // "time" is what it is for, and a class outlives the order of the page.
    found.sort_by_key(|(css, n)| (Reverse(*n), css != "time", !css.contains('.'), css.len()));
    found.into_iter().take(MAX_DATES).map(|(css, _)| css).collect()
}

fn is_date(element: ElementRef<'_>, hints: &Hints<'_>) -> bool {
    let stated = element.value().attr("datetime").map(str::to_owned);
    let text = stated.unwrap_or_else(|| element.text().take(MAX_PIECES).collect());
    let text = text.trim();
    text.len() <= MAX_DATE && date_near::parse(text, zone_of(hints.language), hints.now).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Language;

    fn proposed(html: &str) -> Option<(PageRules, usize)> {
        let now = "2026-05-16T08:00:00Z".parse().unwrap();
        let hints = Hints { content_type: None, base: "https://a.example/blog", language: Language::En, now };
        propose(html, &hints)
    }

    fn times(n: usize, one: impl Fn(usize) -> String) -> String {
        (1..=n).map(one).collect()
    }

    /// A menu that is longer than the list.
    fn menu() -> String {
        let entry =
            |n| format!("<li class='entry'><a href='/menu/{n}'>An entry of the menu, number {n}</a></li>");
        format!("<nav><ul>{}</ul></nav>", times(9, entry))
    }

    #[test]
    fn a_list_of_cards_is_found_by_its_class() {
        let card = |n| {
            format!(
                "<div class='card'><a href='/blog/{n}'>The long headline number {n}</a><time datetime='2026-05-0{n}'>x</time></div>"
            )
        };
        let (rules, n) = proposed(&format!("{}<main>{}</main>", menu(), times(3, card))).unwrap();
        assert_eq!((rules.item.as_str(), rules.date.as_deref(), n), ("div.card", Some("time"), 3));
        assert!(proposed("<p>nothing</p>").is_none());
        assert!(proposed(&menu()).is_none());
    }

    #[test]
    fn a_chinese_headline_is_one_and_its_date_is_found() {
        let item = |n| {
            format!(
                "<li class='item'><a href='/posts/{n}'>甲公司开源第{n}代小模型</a><span class='date'>2026-05-1{n}</span></li>"
            )
        };
        let (rules, n) = proposed(&format!("{}<main><ul>{}</ul></main>", menu(), times(5, item))).unwrap();
        assert_eq!((rules.item.as_str(), rules.date.as_deref(), n), ("li.item", Some("span.date"), 5));
    }

    #[test]
    fn a_card_with_its_picture_first_and_classes_of_its_own_is_found_with_its_date() {
        let card = |n| {
            format!(
                "<article class='post-{n} post'><a href='/posts/{n}'><img></a><a href='/topic'>A topic of many posts</a>\
                 <header><h2 class='t'><a href='/posts/{n}'>The long headline number {n}</a></h2></header>\
                 <time datetime='2026-05-0{n}'>x</time></article>"
            )
        };
        let (rules, n) = proposed(&times(4, card)).unwrap();
        assert_eq!((rules.item.as_str(), rules.date.as_deref(), n), ("article.post", Some("time"), 4));
        assert_eq!(rules.link.as_deref(), Some("h2 a"));
    }

    #[test]
    fn of_a_link_around_a_whole_card_the_heading_is_the_title() {
        let card = |n| {
            format!(
                "<a class='card' href='/{n}'><h3>The long headline number {n}</h3><p>And what it is about.</p></a>"
            )
        };
        let (rules, n) = proposed(&times(4, card)).unwrap();
        assert_eq!((rules.item.as_str(), rules.title.as_deref(), n), ("a.card", Some("h3"), 4));
        assert_eq!(rules.date, None, "there is none");
    }

    #[test]
    fn a_date_that_is_the_last_of_its_kind_is_found() {
        let card = |n| {
            format!(
                "<a class='card' href='/{n}'><h3>The long headline number {n}</h3><div>A topic</div><div>May {n}, 2026</div></a>"
            )
        };
        let (rules, n) = proposed(&times(4, card)).unwrap();
        assert_eq!((rules.item.as_str(), rules.date.as_deref(), n), ("a.card", Some("div:last-of-type"), 4));
    }

    #[test]
    fn rows_and_boxes_without_a_class_are_found_by_their_way() {
        let row = |n| {
            format!(
                "<tr><td>2026-05-0{n}</td><td><a href='/n/{n}'>Announcement number {n} of the house</a></td></tr>"
            )
        };
        let (rules, n) = proposed(&format!("{}<table>{}</table>", menu(), times(5, row))).unwrap();
        assert_eq!(
            (rules.item.as_str(), rules.date.as_deref(), n),
            ("body > table > tbody > tr", Some("td"), 5)
        );
        let plain = |n| format!("<div><a href='/n/{n}'>Announcement number {n} of the house</a></div>");
        let (rules, n) = proposed(&format!("<div id='news'>{}</div>", times(5, plain))).unwrap();
        assert!(rules.item.starts_with("div#news > div"), "{rules:?}");
        assert_eq!(n, 5);
    }
}
