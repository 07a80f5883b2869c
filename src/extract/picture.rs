//! The first picture of a text that its readers would call its lead: large enough, and neither a face nor a sign.

use std::ops::Range;

use dom_query::Document;

use super::names::{self, Noise};
use super::tree::{Node, Tree};

/// A picture whose sides are said to be smaller is furniture.
const LEAST_SIDE: u32 = 150;

/// Nodes before the begin of the text in which its picture may stand.
const BEFORE: usize = 40;

/// Pictures looked at.
const MOST: usize = 60;

/// Attributes in which pages keep the address until it is scrolled to, the likelier ones first.
const LAZY: [&str; 8] = [
    "data-src",
    "data-original",
    "data-lazy-src",
    "data-actualsrc",
    "data-original-src",
    "data-orig-file",
    "data-lazy",
    "data-url",
];

/// In the address or the names of a picture that shows nothing of what is told.
const SIGNS: [&str; 26] = [
    "avatar",
    "gravatar",
    "logo",
    "icon",
    "pixel",
    "sprite",
    "emoji",
    "badge",
    "spinner",
    "loading",
    "placeholder",
    "blank.",
    "spacer",
    "1x1",
    "transparent",
    "tracking",
    "button",
    "author",
    "profile",
    "headshot",
    "qrcode",
    "banner-ad",
    "advert",
    "share",
    "smiley",
    "captcha",
];

/// A picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// As written.
    pub address: String,
    /// What it shows, in its publisher's words; may be empty.
    pub alt: String,
}

/// The first one in or shortly before the nodes `shown`.
pub fn first(tree: &Tree, shown: Range<usize>) -> Option<Picture> {
    let title = tree.named("h1").take_while(|n| *n <= shown.start).last();
    let start = title.unwrap_or(shown.start).min(shown.start).max(shown.start.saturating_sub(BEFORE));
    let found = (start..shown.end).filter(|n| tree.nodes[*n].is(&["img", "noscript", "amp-img"])).take(MOST);
    found.filter(|n| !is_beside(tree, *n)).find_map(|n| {
        let node = &tree.nodes[n];
        if &*node.name == "noscript" { hidden(tree, n) } else { of_image(node, &sources(tree, n)) }
    })
}

/// Whether it stands in what the site says around its articles.
fn is_beside(tree: &Tree, index: usize) -> bool {
    tree.ancestors(index).any(|n| {
        let node = &tree.nodes[n];
        node.is(&["nav", "aside", "footer"])
            || matches!(names::noise(&node.marks), Some(Noise::Aside | Noise::Sure))
                && !node.is(&["body", "html", "main", "article"])
    })
}

/// What a `<picture>` offers besides its image.
fn sources(tree: &Tree, index: usize) -> Vec<String> {
    let holder = tree.ancestors(index).next().filter(|n| &*tree.nodes[*n].name == "picture");
    let inside = holder.into_iter().flat_map(|n| tree.below(n)).filter(|n| &*tree.nodes[*n].name == "source");
    inside
        .filter_map(|n| tree.nodes[n].attr("srcset").or_else(|| tree.nodes[n].attr("data-srcset")))
        .map(str::to_owned)
        .collect()
}

fn of_image(node: &Node, sources: &[String]) -> Option<Picture> {
    let side =
        |name: &str| node.attr(name).and_then(|side| side.trim().trim_end_matches("px").parse::<u32>().ok());
    let is_small = |name: &str| side(name).is_some_and(|side| side < LEAST_SIDE);
    let alt = node.attr("alt").unwrap_or_default();
    if is_small("width") || is_small("height") || is_sign(&node.marks) {
        return None;
    }
    let lazy = LAZY.iter().filter_map(|name| node.attr(name)).map(str::to_owned);
    let own = node.attr("src").map(str::to_owned);
    let sets = ["srcset", "data-srcset"]
        .iter()
        .filter_map(|name| node.attr(name))
        .chain(sources.iter().map(String::as_str));
    let mut all = lazy.chain(own).chain(sets.filter_map(largest));
    let address = all.find(|address| is_picture(address))?;
    Some(Picture { address, alt: alt.to_owned() })
}

/// The image that is there for those who run no scripts: its text is markup.
fn hidden(tree: &Tree, index: usize) -> Option<Picture> {
    let text: String = tree.below(index).map(|n| tree.nodes[n].text.as_str()).collect();
    if !text.contains("<img") || text.len() > 10_000 {
        return None;
    }
    let inner = Tree::of(&Document::fragment(text));
    inner.named("img").find_map(|n| of_image(&inner.nodes[n], &[]))
}

fn is_picture(address: &str) -> bool {
    let address = address.trim();
    let lower = address.to_ascii_lowercase();
    let is_other = ["data:", "blob:", "javascript:", "about:"].iter().any(|scheme| lower.starts_with(scheme));
    let is_drawing =
        lower.split(['?', '#']).next().is_some_and(|path| path.ends_with(".svg") || path.ends_with(".ico"));
    // The host may be named as it likes.
    let path = lower
        .split_once("://")
        .map_or(lower.as_str(), |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path));
    !address.is_empty() && !is_other && !is_drawing && !is_sign(path)
}

fn is_sign(text: &str) -> bool {
    SIGNS.iter().any(|sign| text.contains(sign))
}

/// The address of the largest in a `srcset`. Addresses may hold commas: they end with a space.
fn largest(set: &str) -> Option<String> {
    let mut best: Option<(f64, &str)> = None;
    let mut rest = set.trim_start_matches([' ', ',', '\n', '\t', '\r']);
    while !rest.is_empty() {
        let (address, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let (size, next) =
            if address.ends_with(',') { ("", after) } else { after.split_once(',').unwrap_or((after, "")) };
        let size = size.trim().trim_end_matches(['w', 'x', 'h']).parse().unwrap_or(1.0);
        if best.is_none_or(|(most, _)| size > most) {
            best = Some((size, address.trim_end_matches(',')));
        }
        rest = next.trim_start_matches([' ', ',', '\n', '\t', '\r']);
    }
    best.map(|(_, address)| address.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(html: &str) -> Option<(String, String)> {
        let tree = Tree::of(&Document::from(html));
        first(&tree, 0..tree.nodes.len()).map(|picture| (picture.address, picture.alt))
    }

    #[test]
    fn the_first_picture_that_shows_something_is_found_however_it_is_kept() {
        for (html, address) in [
            ("<img src=pic/desk.jpg alt=Desk>", "pic/desk.jpg"),
            ("<img src='data:image/gif;base64,R0' data-src=/late.jpg>", "/late.jpg"),
            ("<img src=/loading.gif data-original=/late.png>", "/late.png"),
            ("<img srcset='/s.jpg 300w, /l.jpg 900w, /m.jpg 600w'>", "/l.jpg"),
            ("<img srcset='/c,w_300 300w,/c,w_900 900w'>", "/c,w_900"),
            ("<picture><source srcset='/two.webp 2x'><img></picture>", "/two.webp"),
            ("<noscript><img src=/plain.jpg></noscript>", "/plain.jpg"),
            (
                "<img src=/dot.gif width=1 height=1><img class=avatar src=/mei.jpg><img src=/logo.png><img src=/hall.jpg>",
                "/hall.jpg",
            ),
        ] {
            assert_eq!(
                found(&format!("<body><p>Text.</p>{html}")).map(|found| found.0).as_deref(),
                Some(address),
                "{html}"
            );
        }
        assert_eq!(found("<img src=a.jpg alt='A desk'>").unwrap().1, "A desk");
        assert_eq!(found("<nav><img src=a.jpg></nav><footer><img src=b.jpg></footer>"), None);
    }

    #[test]
    fn endless_sets_end() {
        assert_eq!(largest(&",".repeat(1000)), None);
        assert_eq!(largest(" a.jpg").as_deref(), Some("a.jpg"));
        assert_eq!(largest("a.jpg, b.jpg 2x").as_deref(), Some("b.jpg"));
    }
}
