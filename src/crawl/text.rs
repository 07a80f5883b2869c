//! Hostile HTML fragments to plain text.

use std::borrow::Cow;

use encoding_rs::WINDOWS_1252;
use scraper::node::Node;
use scraper::{ElementRef, Html};

use super::angle;
use crate::markup;

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

/// One line of plain text of at most `max_chars`: tags gone, entities decoded, white space single. A text that was
/// escaped twice is read twice.
pub fn line(html: &str, max_chars: usize) -> String {
    cap(&squeeze(&read(head(html, max_chars))), max_chars)
}

/// Plain paragraphs separated by an empty line, of at most `max_chars`.
pub fn paragraphs(html: &str, max_chars: usize) -> String {
    let text = read(head(html, max_chars));
    let lines: Vec<String> = text.split('\n').map(squeeze).filter(|line| !line.is_empty()).collect();
    cap(&lines.join("\n\n"), max_chars)
}

/// The text without control characters, its white space single, trimmed.
pub fn squeeze(text: &str) -> String {
    // Joiners (200c, 200d) stay: they hold emoji and Indic words together.
    let hidden = |c: char| matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}');
    let text = unmangle(text);
    let mut clean = String::with_capacity(text.len());
    let mut is_apart = false;
    for c in text.chars() {
        if c.is_whitespace() {
            is_apart = !clean.is_empty();
        } else if !c.is_control() && !hidden(c) {
            if is_apart {
                clean.push(' ');
            }
            is_apart = false;
            clean.push(c);
        }
    }
    clean
}

/// At most `max_chars` characters; cut at a character, marked by an ellipsis.
pub fn cap(text: &str, max_chars: usize) -> String {
    match text.char_indices().nth(max_chars) {
        None => text.to_owned(),
        Some(_) => {
            let kept: String = text.chars().take(max_chars.saturating_sub(1)).collect();
            format!("{}…", kept.trim_end())
        }
    }
}

/// UTF-8 that was once read as Latin-1 ("â\u{80}\u{99}" for "’"), and Windows' quotes at Latin-1's control codes. Nobody
/// writes such control characters on purpose.
fn unmangle(text: &str) -> Cow<'_, str> {
    // Their UTF-8 begins with C2, which is rare.
    let codes = memchr::memchr_iter(0xc2, text.as_bytes());
    if !codes.into_iter().any(|at| matches!(text.as_bytes().get(at + 1), Some(0x80..=0x9f))) {
        return Cow::Borrowed(text);
    }
    let chars: Vec<char> = text.chars().collect();
    let mut clean = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(c) = chars.get(at) {
        let (read, length) = mangled(&chars[at..]).unwrap_or((windows(*c), 1));
        clean.push(read);
        at += length;
    }
    Cow::Owned(clean)
}

/// The character whose UTF-8 bytes stand at the head of `chars` as characters of their own, and how many they are.
fn mangled(chars: &[char]) -> Option<(char, usize)> {
    let length = match chars.first()? {
        '\u{c2}'..='\u{df}' => 2,
        '\u{e0}'..='\u{ef}' => 3,
        '\u{f0}'..='\u{f4}' => 4,
        _ => return None,
    };
    let bytes: Option<Vec<u8>> =
        chars.get(..length)?.iter().map(|c| u8::try_from(u32::from(*c)).ok()).collect();
    let read = std::str::from_utf8(&bytes?).ok()?.chars().next()?;
    Some((read, length))
}

/// What Windows-1252 has at a control code of Latin-1.
pub fn windows(c: char) -> char {
    match u8::try_from(u32::from(c)) {
        Ok(byte @ 0x80..=0x9f) => {
            WINDOWS_1252.decode_without_bom_handling(&[byte]).0.chars().next().unwrap_or(c)
        }
        _ => c,
    }
}

fn read(html: &str) -> String {
    if !html.contains(['<', '&']) {
        return html.to_owned();
    }
    let once = strip(html);
    // "&lt;p&gt;" inside an escaped description: what is left after one reading is markup again.
    if looks_like_markup(&once) { strip(&once) } else { once }
}

fn looks_like_markup(text: &str) -> bool {
    const SIGNS: [&str; 9] = ["<p>", "<p ", "</", "<br", "<a ", "<img ", "<div", "&amp;", "&nbsp;"];
    text.contains(['<', '&']) && SIGNS.iter().any(|sign| text.contains(sign))
}

/// As much of `html` as `max_chars` characters of text may need: no title is made of megabytes.
fn head(html: &str, max_chars: usize) -> &str {
    let most = max_chars.saturating_mul(BYTES_PER_CHAR).max(LEAST_BYTES);
    &html[..html.floor_char_boundary(most)]
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

fn strip(html: &str) -> String {
    if markup::is_hostile(html) {
        return without_tags(html);
    }
    let tree = Html::parse_fragment(&angle::keep_words(html));
    let mut text = String::new();
    gather(tree.root_element(), &mut text, 0);
    text
}

fn gather(element: ElementRef<'_>, text: &mut String, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    for child in element.children() {
        match child.value() {
            // A line break in the source is a space; only blocks end lines.
            Node::Text(words) => {
                text.extend(words.chars().map(|c| if c == '\n' || c == '\r' { ' ' } else { c }))
            }
            Node::Element(inner) if !MUTE.contains(&inner.name()) => {
                let is_block = BLOCKS.contains(&inner.name());
                if is_block {
                    text.push('\n');
                }
                if let Some(inner) = ElementRef::wrap(child) {
                    gather(inner, text, depth + 1);
                }
                if is_block {
                    text.push('\n');
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_go_and_entities_are_read() {
        assert_eq!(line("<p>Fast &amp; <b>cheap</b>&nbsp;models</p>", 99), "Fast & cheap models");
        assert_eq!(line("a < b and R&D", 99), "a < b and R&D");
        assert_eq!(line("From Vec&lt;T&gt; to &lt;b&gt;Box&lt;/b&gt;", 99), "From Vec<T> to Box");
        assert_eq!(line("&lt;p&gt;twice &amp;amp; more&lt;/p&gt;", 99), "twice & more");
        assert_eq!(line("x<script>alert(1)</script>y", 99), "xy");
    }

    #[test]
    fn characters_that_were_read_wrongly_once_are_read_right() {
        assert_eq!(squeeze("AI\u{e2}\u{80}\u{99}s price \u{c3}\u{a9}\u{96} caf\u{e9}"), "AI’s price é– café");
        assert_eq!(
            squeeze("caf\u{e9} \u{c2}\u{a9}"),
            "caf\u{e9} \u{c2}\u{a9}",
            "without a control code it may be meant"
        );
        assert_eq!(squeeze("👨\u{200d}🍳 a\u{200b}b"), "👨\u{200d}🍳 ab");
    }

    #[test]
    fn endless_nesting_costs_no_more_than_reading() {
        let deep = format!("<p>before</p>{}<b>inside", "<div>".repeat(300_000));
        assert_eq!(line(&deep, 20), "before");
        assert_eq!(line(&format!("{}inside", "<div>".repeat(5_000)), 20), "inside");
        assert_eq!(line(&"<p>a<br>".repeat(3_000), 5), "a a…");
    }

    #[test]
    fn paragraphs_stay_apart() {
        assert_eq!(paragraphs("<p>One\nline</p><p>Two<br>Three</p>", 99), "One line\n\nTwo\n\nThree");
    }

    #[test]
    fn a_long_text_is_cut_at_a_character() {
        assert_eq!(cap("模型很好", 3), "模型…");
        assert_eq!(cap("模型", 3), "模型");
    }
}
