//! The words of an HTML fragment, blocks on lines of their own, and its anchors among them.

use std::ops::Range;

use scraper::node::Node;
use scraper::{ElementRef, Html};

use super::angle;
use crate::markup;
use crate::ordinal;

/// Elements whose text nobody reads.
const MUTE: [&str; 9] =
    ["script", "style", "noscript", "template", "svg", "iframe", "head", "button", "form"];

/// Elements that end a line of thought.
const BLOCKS: [&str; 20] = [
    "p",
    "div",
    "br",
    "li",
    "ul",
    "ol",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "tr",
    "table",
    "blockquote",
    "pre",
    "section",
    "article",
    "figure",
    "hr",
];

/// Bytes of HTML that a character of text may take, with its markup and addresses.
const BYTES_PER_CHAR: usize = 20;

/// So many bytes are always read.
const LEAST_BYTES: usize = 1 << 16;

/// Deepest nesting that is walked; a hostile page can nest without end.
const MAX_DEPTH: usize = 200;

/// Letters of an item among which its own number stands.
const OPENING: usize = 16;

/// The numbers of an ordered list; one of one item has none.
struct Numbers {
    next: i64,
    step: i64,
}

impl Numbers {
    fn of(list: ElementRef<'_>) -> Option<Self> {
        let ordered = Some(list.value()).filter(|list| list.name() == "ol")?;
        let is_reversed = ordered.attr("reversed").is_some();
        let n_items = list.child_elements().filter(|item| item.value().name() == "li").count() as i64;
        if n_items < 2 && ordered.attr("start").is_none() {
            return None;
        }
        let first = || if is_reversed { n_items } else { 1 };
        let next = number(ordered.attr("start")).unwrap_or_else(first);
        Some(Self { next, step: if is_reversed { -1 } else { 1 } })
    }

    /// None where the item brings one.
    fn next(&mut self, item: ElementRef<'_>) -> Option<String> {
        let own = number(item.value().attr("value")).unwrap_or(self.next);
        self.next = own + self.step;
        let letters = item.text().flat_map(str::chars).skip_while(|c| c.is_whitespace());
        let opening: String = letters.take(OPENING).collect();
        (!ordinal::stands_before(&opening, &own.to_string())).then(|| format!("{own}. "))
    }
}

fn number(text: Option<&str>) -> Option<i64> {
    text?.trim().parse::<i32>().ok().map(i64::from)
}

/// A text without its markup.
#[derive(Debug, Default)]
pub struct Plain {
    /// The words; blocks end lines.
    pub text: String,
    /// Where an anchor's words stand in it, and its address as written.
    pub anchors: Vec<(Range<usize>, String)>,
}

/// Reads as much of `html` as `max_chars` characters of text may need: no title is made of megabytes. A text that was
/// escaped twice is read twice.
pub fn read(html: &str, max_chars: usize) -> Plain {
    let most = max_chars.saturating_mul(BYTES_PER_CHAR).max(LEAST_BYTES);
    let html = &html[..html.floor_char_boundary(most)];
    if !html.contains(['<', '&']) {
        return Plain { text: html.to_owned(), anchors: Vec::new() };
    }
    let once = strip(html);
    // "&lt;p&gt;" inside an escaped description: what is left after one reading is markup again.
    if looks_like_markup(&once.text) { strip(&once.text) } else { once }
}

fn looks_like_markup(text: &str) -> bool {
    const SIGNS: [&str; 9] = ["<p>", "<p ", "</", "<br", "<a ", "<img ", "<div", "&amp;", "&nbsp;"];
    text.contains(['<', '&']) && SIGNS.iter().any(|sign| text.contains(sign))
}

/// The text between the tags, whatever they are.
fn without_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        text.push(' ');
        rest = tag.split_once('>').map_or("", |(_, after)| after);
    }
    text + rest
}

fn strip(html: &str) -> Plain {
    if markup::is_hostile(html) {
        return Plain { text: without_tags(html), anchors: Vec::new() };
    }
    let tree = Html::parse_fragment(&angle::keep_words(html));
    let mut plain = Plain::default();
    gather(tree.root_element(), &mut plain, 0);
    plain
}

fn gather(element: ElementRef<'_>, plain: &mut Plain, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    let mut numbers = Numbers::of(element);
    for child in element.children() {
        match child.value() {
            // A line break in the source is a space; only blocks end lines.
            Node::Text(words) => {
                plain.text.extend(words.chars().map(|c| if c == '\n' || c == '\r' { ' ' } else { c }));
            }
            Node::Element(inner) if !MUTE.contains(&inner.name()) => {
                let is_block = BLOCKS.contains(&inner.name());
                if is_block {
                    plain.text.push('\n');
                }
                let item = ElementRef::wrap(child).filter(|_| inner.name() == "li");
                let number = item.and_then(|item| numbers.as_mut()?.next(item));
                let before = plain.text.len();
                plain.text.push_str(number.as_deref().unwrap_or_default());
                let start = plain.text.len();
                if let Some(inner) = ElementRef::wrap(child) {
                    gather(inner, plain, depth + 1);
                }
                // Nothing stands behind it.
                if number.is_some_and(|number| plain.text.ends_with(&number)) {
                    plain.text.truncate(before);
                }
                if let Some(href) = inner.attr("href").filter(|_| inner.name() == "a") {
                    plain.anchors.push((start..plain.text.len(), href.to_owned()));
                }
                if is_block {
                    plain.text.push('\n');
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(html: &str) -> Vec<String> {
        let text = read(html, 1_000).text;
        text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
    }

    #[test]
    fn ordered_lists_keep_their_numbers() {
        assert_eq!(
            lines("<ol><li>one<ul><li>a</li></ul></li><li></li><li>three</li></ol>four"),
            ["1. one", "a", "3. three", "four"]
        );
        assert_eq!(
            lines("<ol start=4><li>x</li><li value=8>y</li><li>z</li></ol>"),
            ["4. x", "8. y", "9. z"]
        );
        assert_eq!(lines("<ol reversed><li>x</li><li>y</li></ol>"), ["2. x", "1. y"]);
        assert_eq!(
            lines(
                "<ol><li><b>1.</b> x</li><li>2 y</li><li>3 of z</li><li>5 of z</li></ol><ol><li>x</li></ol>"
            ),
            ["1. x", "2 y", "3 of z", "4. 5 of z", "x"]
        );
    }
}
