//! Mends what publishers break in XML, before the parser sees it. Each step leaves sound text as it is, and names
//! itself when it changed something.

use std::sync::LazyLock;

use base64::Engine as _;
use regex::{Captures, Regex};

use super::text;

/// A step: its name for the operator, and what it does.
type Step = (&'static str, fn(&str) -> String);

/// In this order: later steps rely on earlier ones.
const STEPS: [Step; 10] = [
    ("junk before the first tag dropped", drop_junk_before),
    ("control characters dropped", drop_controls),
    ("document type dropped", drop_doctype),
    ("entities mended", mend_entities),
    ("RSS root mended", mend_rss_root),
    ("channel added", add_channel),
    ("Atom 0.3 read as Atom 1.0", read_atom03),
    ("RSS 0.90 read as RSS 1.0", read_rss090),
    ("base64 opened", open_base64),
    ("text types mended", mend_text_types),
];

/// The names of HTML entities that XML has too.
const XML_NAMES: [&str; 5] = ["amp", "lt", "gt", "quot", "apos"];

/// The mended text and the names of the steps that changed it. XML declarations are always dropped: the text is
/// decoded already, and a second one inside a document makes the parser panic.
pub fn repair(text: &str) -> (String, Vec<String>) {
    let mut text = replace(&DECLARATION, text, "");
    let mut repairs = Vec::new();
    for (name, step) in STEPS {
        let mended = step(&text);
        if mended != text {
            repairs.push(name.to_owned());
            text = mended;
        }
    }
    (text, repairs)
}

static DECLARATION: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?s)<\?xml\b.*?\?>").ok());

fn replace(pattern: &LazyLock<Option<Regex>>, text: &str, with: &str) -> String {
    match &**pattern {
        Some(pattern) => pattern.replace_all(text, with).into_owned(),
        None => text.to_owned(),
    }
}

fn drop_junk_before(text: &str) -> String {
    let is_sound = text.trim_start().starts_with('<');
    let start = text.find('<').filter(|_| !is_sound).unwrap_or_default();
    text[start..].to_owned()
}

fn drop_controls(text: &str) -> String {
    let allowed = |c: &char| !matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    if text.chars().all(|c| allowed(&c)) { text.to_owned() } else { text.chars().filter(allowed).collect() }
}

/// With its internal subset, which is where entity bombs are.
/// Only the one before the root: a text may speak of another.
fn drop_doctype(text: &str) -> String {
    static DOCTYPE: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?is)^(\s*(?:<!--.*?-->\s*)*)<!DOCTYPE\b[^>\[]*(?:\[.*?\]\s*)?>").ok());
    replace(&DOCTYPE, text, "$1")
}

/// Outside CDATA and comments: named HTML entities become characters, unknown names and bare `&` become text.
fn mend_entities(text: &str) -> String {
    static PART: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?s)<!\[CDATA\[.*?\]\]>|<!--.*?-->|&(#[xX]?[0-9a-fA-F]+;|[A-Za-z][A-Za-z0-9]*;)?").ok()
    });
    let Some(part) = &*PART else { return text.to_owned() };
    part.replace_all(text, |found: &Captures<'_>| {
        let whole = &found[0];
        if whole.starts_with('<') {
            return whole.to_owned();
        }
        match found.get(1).map(|name| name.as_str().trim_end_matches(';')) {
            None => "&amp;".to_owned(),
            Some(number) if number.starts_with('#') => character(number),
            Some(name) if XML_NAMES.contains(&name) => whole.to_owned(),
            Some(name) => named(name),
        }
    })
    .into_owned()
}

/// `#x41` as it is, if XML allows the character; else nothing.
fn character(number: &str) -> String {
    let digits = number.trim_start_matches('#');
    let code = match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => digits.parse(),
    };
    let allowed = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\r');
    match code.ok().and_then(char::from_u32).map(text::windows).filter(|c| allowed(*c)) {
        Some(c) => format!("&#{};", u32::from(c)),
        None => String::new(),
    }
}

fn named(name: &str) -> String {
    let entity = format!("&{name};");
    if name == "nbsp" {
        return "&#160;".to_owned();
    }
    let read = text::line(&entity, 10);
    if read == entity || read.is_empty() {
        return format!("&amp;{name};");
    }
    read.chars().map(|c| format!("&#{};", u32::from(c))).collect()
}

/// feed-rs knows `<rss version="2.0">` only.
fn mend_rss_root(text: &str) -> String {
    static ROOT: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?is)<rss\b([^>]*)>").ok());
    static VERSION: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r#"(?is)\s(?:version|xmlns)\s*=\s*(?:"[^"]*"|'[^']*')"#).ok());
    static GOOD: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r#"^<rss\b[^>]*\sversion\s*=\s*["'](?:2\.0|0\.91|0\.92)["']"#).ok());
    let (Some(root), Some(good)) = (&*ROOT, &*GOOD) else { return text.to_owned() };
    let Some(found) = root.captures(text) else { return text.to_owned() };
    let is_good = good.is_match(&found[0]) && !found[1].contains("xmlns=");
    if is_good || found.get(0).is_some_and(|whole| text[..whole.start()].contains("<feed")) {
        return text.to_owned();
    }
    let rest = replace(&VERSION, &found[1], "");
    let opened = format!("<rss version=\"2.0\"{rest}>");
    text.replacen(&found[0], &opened, 1).replace("</RSS>", "</rss>").replace("</Rss>", "</rss>")
}

fn add_channel(text: &str) -> String {
    let is_rss = text.trim_start().starts_with("<rss");
    if !is_rss || text.contains("<channel") || !text.contains("<item") {
        return text.to_owned();
    }
    let Some(end) = text.find('>') else { return text.to_owned() };
    let (head, rest) = text.split_at(end + 1);
    format!("{head}<channel>{}", rest.replace("</rss>", "</channel></rss>"))
}

fn read_atom03(text: &str) -> String {
    const OLD: &str = "http://purl.org/atom/ns#";
    if !text.contains(OLD) {
        return text.to_owned();
    }
    static NAMES: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"<(/?)(issued|modified|tagline)\b").ok());
    let text = text.replace(OLD, "http://www.w3.org/2005/Atom");
    let Some(names) = &*NAMES else { return text };
    let rename = |found: &Captures<'_>| {
        let name = match &found[2] {
            "issued" => "published",
            "modified" => "updated",
            _ => "subtitle",
        };
        format!("<{}{name}", &found[1])
    };
    names.replace_all(&text, rename).into_owned()
}

/// Atom 0.3 could hold any text in base64, and Atom 1.0 still does with a binary type.
fn open_base64(text: &str) -> String {
    static CODED: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r#"<(title|summary|content)\b([^<>]*)\b(?:mode\s*=\s*["']base64["']|type\s*=\s*["']application/octet-stream["'])([^<>]*)>\s*([A-Za-z0-9+/=\s]+?)\s*</"#).ok()
    });
    let Some(coded) = &*CODED else { return text.to_owned() };
    let open = |found: &Captures<'_>| {
        let code: String = found[4].split_whitespace().collect();
        let decoded = base64::engine::general_purpose::STANDARD.decode(code).ok();
        let Some(plain) = decoded.and_then(|bytes| String::from_utf8(bytes).ok()) else {
            return found[0].to_owned();
        };
        let escaped = plain.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        format!("<{} type=\"html\">{escaped}</", &found[1])
    };
    coded.replace_all(text, open).into_owned()
}

fn read_rss090(text: &str) -> String {
    let mut text = text.to_owned();
    for old in ["http://my.netscape.com/rdf/simple/0.9/", "http://channel.netscape.com/rdf/simple/0.9/"] {
        text = text.replace(old, "http://purl.org/rss/1.0/");
    }
    text
}

/// Only in elements that hold text: a link's type is another matter.
fn mend_text_types(text: &str) -> String {
    static TYPED: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r#"(?s)<(title|summary|content|subtitle|rights)\b([^>]*?)\stype\s*=\s*["'](text/plain|application/octet-stream|)["']"#)
            .ok()
    });
    static XHTML: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r#"(?s)<(title|summary|content)\b([^>]*?)\stype\s*=\s*["']application/xhtml\+xml["']"#)
            .ok()
    });
    replace(&XHTML, &replace(&TYPED, text, r#"<$1$2 type="text""#), r#"<$1$2 type="xhtml""#)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(broken: &str, mended: &str) {
        assert_eq!(repair(broken).0, mended);
    }

    #[test]
    fn sound_text_stays_as_it_is() {
        let sound = "<rss version=\"2.0\"><channel><title>A &amp; B &#8217;</title><item><title><![CDATA[x & y]]></title></item></channel></rss>";
        assert_eq!(repair(sound), (sound.to_owned(), Vec::new()));
    }

    #[test]
    fn entities_of_html_and_bare_ampersands_are_mended_outside_cdata() {
        check(
            "<a>R&D &nbsp;&eacute; &nosuch; &#X41; <![CDATA[a & b]]></a>",
            "<a>R&amp;D &#160;&#233; &amp;nosuch; &#65; <![CDATA[a & b]]></a>",
        );
    }

    #[test]
    fn declarations_doctypes_and_controls_go() {
        check(
            "\n  <?xml version='1.0'?><!DOCTYPE rss [<!ENTITY a \"b\">]><a>x\u{1}<?xml encoding='x'?></a>",
            "\n  <a>x</a>",
        );
        check("junk <a/>", "<a/>");
        check("<a><![CDATA[<!DOCTYPE html>]]></a>", "<a><![CDATA[<!DOCTYPE html>]]></a>");
    }

    #[test]
    fn any_rss_root_becomes_rss_2() {
        check("<rss><channel></channel></rss>", "<rss version=\"2.0\"><channel></channel></rss>");
        check(
            "<RSS version='2.01'><item></item></RSS>",
            "<rss version=\"2.0\"><channel><item></item></channel></rss>",
        );
    }

    #[test]
    fn old_dialects_are_renamed() {
        check(
            "<feed xmlns=\"http://purl.org/atom/ns#\"><entry><title type=\"text/plain\">t</title><issued a='b'>d</issued></entry></feed>",
            "<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><title type=\"text\">t</title><published a='b'>d</published></entry></feed>",
        );
    }
}
