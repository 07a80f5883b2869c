//! Tells an element from words in angle brackets: programmers write `Vec<T>` in titles, and no reader of HTML is to
//! lose it.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

use memchr::{memchr, memmem};

/// The elements of HTML, also those of its past. <https://html.spec.whatwg.org/multipage/indices.html>
const ELEMENTS: &str = "
    a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound big blink
    blockquote body br button canvas caption center cite code col colgroup data datalist dd del details
    dfn dialog dir div dl dt em embed fieldset figcaption figure font footer form frame frameset h1 h2 h3
    h4 h5 h6 head header hgroup hr html i iframe image img input ins isindex kbd keygen label legend li
    link listing main map mark marquee math menu menuitem meta meter nav nobr noembed noframes noscript
    object ol optgroup option output p param picture plaintext pre progress q rb rp rt rtc ruby s samp
    script search section select slot small source spacer span strike strong style sub summary sup svg
    table tbody td template textarea tfoot th thead time title tr track tt u ul var video wbr xmp";

static KNOWN: LazyLock<HashSet<&str>> = LazyLock::new(|| ELEMENTS.split_whitespace().collect());

/// Longest name of a type that somebody writes in angle brackets.
const MAX_NAME: usize = 60;

/// The HTML with each `<` escaped that opens no element: an unknown name without attributes that nothing closes.
pub fn keep_words(html: &str) -> Cow<'_, str> {
    let mut kept = String::new();
    let (mut copied, mut from) = (0, 0);
    while let Some(at) = memchr(b'<', &html.as_bytes()[from..]).map(|at| from + at) {
        from = at + 1;
        if is_word(html, from) {
            kept.push_str(&html[copied..at]);
            kept.push_str("&lt;");
            copied = from;
        }
    }
    if copied == 0 {
        return Cow::Borrowed(html);
    }
    kept.push_str(&html[copied..]);
    Cow::Owned(kept)
}

/// Whether what stands behind the `<` at `from - 1` is a word that ends with `>`.
fn is_word(html: &str, from: usize) -> bool {
    let rest = &html[from..];
    let inside = &rest[..rest.floor_char_boundary(MAX_NAME)];
    let Some(end) = memchr(b'>', inside.as_bytes()) else { return false };
    let inside = &inside[..end];
    let name = inside.split([' ', ',', '<']).next().unwrap_or_default();
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    // Custom elements have a hyphen, those of other vocabularies a colon.
    is_name
        && !inside.contains(['=', '/', '"'])
        && !KNOWN.contains(name.to_ascii_lowercase().as_str())
        && memmem::find(html.as_bytes(), format!("</{name}").as_bytes()).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_angle_brackets_are_kept() {
        assert_eq!(keep_words("From Vec<T> to Box<dyn Fn>"), "From Vec&lt;T> to Box&lt;dyn Fn>");
        assert_eq!(keep_words("HashMap<String, Vec<u8>>"), "HashMap&lt;String, Vec&lt;u8>>");
        assert_eq!(keep_words("a <think> token"), "a &lt;think> token");
    }

    #[test]
    fn elements_stay_elements() {
        let html =
            "<p>a <b>b</b><br><BLINK>x <o:p>y <my-tag>z <foo x=\"1\">c</foo> <noindex>d</noindex> 1 < 2 > 0";
        assert!(matches!(keep_words(html), Cow::Borrowed(_)));
    }
}
