//! Hostile HTML fragments to plain text: one line, or paragraphs.

use std::borrow::Cow;

use encoding_rs::WINDOWS_1252;

use super::plain;

/// One line of plain text of at most `max_chars`: tags gone, entities decoded, white space single. A text that was
/// escaped twice is read twice.
pub fn line(html: &str, max_chars: usize) -> String {
    cap(&squeeze(&plain::read(html, max_chars).text), max_chars)
}

/// The lines of a text without markup, each a paragraph: separated by an empty line, of at most `max_chars` in all.
pub fn paragraphs(text: &str, max_chars: usize) -> String {
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
    fn a_long_text_is_cut_at_a_character() {
        assert_eq!(cap("模型很好", 3), "模型…");
        assert_eq!(cap("模型", 3), "模型");
    }
}
