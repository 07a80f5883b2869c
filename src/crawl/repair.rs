//! Mends what publishers break in XML, before the parser sees it. Each step leaves sound text as it is, and names
//! itself when it changed something.

use std::borrow::Cow;
use std::sync::LazyLock;

use base64::Engine as _;
use memchr::memmem;
use regex::{Captures, Regex};

use super::{tags, text};

/// A step: its name for the operator, and the text that it mended; `None`: there was nothing to mend.
type Step = (&'static str, fn(&str) -> Option<String>);

/// In this order: later steps rely on earlier ones.
const STEPS: [Step; 11] = [
    ("comments without end dropped", drop_unended_comments),
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

/// So many comments may lack an end.
const MAX_UNENDED: usize = 20;

/// So many `&` in a row are kept: nobody means more, and each takes five bytes when it is mended.
const MAX_RUN: usize = 64;

/// The names of HTML entities that XML has too.
const XML_NAMES: [&str; 5] = ["amp", "lt", "gt", "quot", "apos"];

/// The mended text and the names of the steps that changed it. XML declarations are always dropped: the text is
/// decoded already, and a second one inside a document makes the parser panic.
pub fn repair(text: &str) -> (Cow<'_, str>, Vec<String>) {
    let mut text = drop_declarations(text);
    let mut repairs = Vec::new();
    for (name, step) in STEPS {
        if let Some(mended) = step(&text).filter(|mended| *mended != *text) {
            repairs.push(name.to_owned());
            text = Cow::Owned(mended);
        }
    }
    (text, repairs)
}

/// `str::contains`, many times faster on long texts.
fn has(text: &str, word: &str) -> bool {
    memmem::find(text.as_bytes(), word.as_bytes()).is_some()
}

fn drop_declarations(text: &str) -> Cow<'_, str> {
    static DECLARATION: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?s)<\?xml\b.*?\?>").ok());
    // Nearly always there is one, at the head: that costs no copy.
    let head = text.trim_start();
    let rest = head.strip_prefix("<?xml ").and_then(|rest| Some(&rest[rest.find("?>")? + 2..]));
    match (&*DECLARATION, rest) {
        (_, Some(rest)) if !has(rest, "<?xml") => Cow::Borrowed(rest),
        (Some(pattern), _) if has(text, "<?xml") => pattern.replace_all(text, ""),
        _ => Cow::Borrowed(text),
    }
}

fn replace(pattern: &LazyLock<Option<Regex>>, text: &str, with: &str) -> Option<String> {
    match pattern.as_ref()?.replace_all(text, with) {
        Cow::Borrowed(_) => None,
        Cow::Owned(mended) => Some(mended),
    }
}

fn drop_junk_before(text: &str) -> Option<String> {
    let is_sound = text.trim_start().starts_with('<');
    let start = text.find('<').filter(|_| !is_sound)?;
    Some(text[start..].to_owned())
}

/// One or two that are cut off do no harm; thousands make every search go on to the end of the document.
fn drop_unended_comments(text: &str) -> Option<String> {
    memmem::find_iter(text.as_bytes(), b"<!--").nth(MAX_UNENDED)?;
    let last_end = memmem::rfind(text.as_bytes(), b"-->").unwrap_or_default();
    let (head, tail) = text.split_at(last_end);
    let n_unended = memmem::find_iter(tail.as_bytes(), b"<!--").take(MAX_UNENDED + 1).count();
    (n_unended > MAX_UNENDED).then(|| format!("{head}{}", tail.replace("<!--", "")))
}

fn drop_controls(text: &str) -> Option<String> {
    let is_bad = |c: char| matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    // Nearly every text passes, so without a branch for each byte.
    let is_control = |byte: u8| byte < 0x20 && byte != b'\t' && byte != b'\n' && byte != b'\r';
    let mut chunks = text.as_bytes().chunks(256);
    let controls = chunks.any(|chunk| chunk.iter().fold(false, |bad, byte| bad | is_control(*byte)));
    let suspicious = controls || has(text, "\u{fffe}") || has(text, "\u{ffff}");
    suspicious.then(|| text.replace(is_bad, ""))
}

/// With its internal subset, which is where entity bombs are.
/// Only the one before the root: a text may speak of another.
fn drop_doctype(text: &str) -> Option<String> {
    static DOCTYPE: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?is)^(\s*(?:<!--.*?-->\s*)*)<!DOCTYPE\b[^>\[]*(?:\[.*?\]\s*)?>").ok());
    replace(&DOCTYPE, text, "$1")
}

/// Outside CDATA and comments: named HTML entities become characters, unknown names and bare `&` become text.
fn mend_entities(text: &str) -> Option<String> {
    let mut mended = String::new();
    let (mut copied, mut from) = (0, 0);
    let mut ends = Ends { comment: true, section: true };
    while let Some(at) = memchr::memchr2(b'&', b'<', &text.as_bytes()[from..]).map(|at| from + at) {
        let rest = &text[at..];
        if rest.starts_with('<') {
            from = at + untouched(rest, &mut ends);
            continue;
        }
        let run = rest.bytes().take_while(|byte| *byte == b'&').count();
        let (length, entity) =
            if run > MAX_RUN { (run, Some("&amp;".repeat(MAX_RUN))) } else { read_entity(rest) };
        if let Some(entity) = entity {
            mended.push_str(&text[copied..at]);
            mended.push_str(&entity);
            copied = at + length;
        }
        from = at + length;
    }
    if copied == 0 {
        return None;
    }
    mended.push_str(&text[copied..]);
    Some(mended)
}

/// Whether one that ends may still come: a search that failed once is not repeated at each `<`.
struct Ends {
    comment: bool,
    section: bool,
}

/// Length of what is left alone at a `<`: a section or comment that ends, else the `<`.
fn untouched(rest: &str, ends: &mut Ends) -> usize {
    let (open, close, may_end) = if rest.starts_with("<![CDATA[") {
        (9, &tags::SECTION_END, &mut ends.section)
    } else if rest.starts_with("<!--") {
        (4, &tags::COMMENT_END, &mut ends.comment)
    } else {
        return 1;
    };
    let end = if *may_end { close.find(&rest.as_bytes()[open..]) } else { None };
    *may_end &= end.is_some();
    end.map_or(1, |end| open + end + close.needle().len())
}

/// Length of the entity at an `&`, and what stands in its place unless it is sound.
fn read_entity(rest: &str) -> (usize, Option<String>) {
    let bare = (1, Some("&amp;".to_owned()));
    let body = &rest[1..];
    let is_number = body.starts_with('#');
    let end = body.bytes().skip(1).position(|byte| !byte.is_ascii_alphanumeric()).map(|at| at + 1);
    let Some(end) = end.filter(|end| body.as_bytes()[*end] == b';') else { return bare };
    let name = &body[..end];
    let whole = (end + 2, None);
    if is_number {
        let digits = name[1..].strip_prefix(['x', 'X']).unwrap_or(&name[1..]);
        let is_hex = digits.len() < name.len() - 1;
        let fits = |c: char| if is_hex { c.is_ascii_hexdigit() } else { c.is_ascii_digit() };
        if digits.is_empty() || !digits.chars().all(fits) {
            return bare;
        }
        return (end + 2, character(name));
    }
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return bare;
    }
    if XML_NAMES.contains(&name) { whole } else { (end + 2, Some(named(name))) }
}

/// What stands in place of `#x41`: `None` if it is sound, nothing if XML does not allow the character.
fn character(number: &str) -> Option<String> {
    let digits = number.trim_start_matches('#');
    let code = match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => digits.parse(),
    };
    let allowed = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\r');
    let stated = code.ok().and_then(char::from_u32);
    match stated.map(text::windows).filter(|c| allowed(*c)) {
        // XML knows the small x only.
        Some(c) if Some(c) == stated && !number.contains('X') => None,
        Some(c) => Some(format!("&#{};", u32::from(c))),
        None => Some(String::new()),
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
fn mend_rss_root(text: &str) -> Option<String> {
    static ROOT: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?is)<rss\b([^>]*)>").ok());
    static VERSION: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r#"(?is)\s(?:version|xmlns)\s*=\s*(?:"[^"]*"|'[^']*')"#).ok());
    static GOOD: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r#"^<rss\b[^>]*\sversion\s*=\s*["'](?:2\.0|0\.91|0\.92)["']"#).ok());
    // The root stands before everything; behind the first entry of an Atom feed nobody looks for it.
    let head = &text[..memmem::find(text.as_bytes(), b"<entry").unwrap_or(text.len())];
    let found = ROOT.as_ref()?.captures(head)?;
    let is_good = GOOD.as_ref()?.is_match(&found[0]) && !found[1].contains("xmlns=");
    if is_good || found.get(0).is_some_and(|whole| text[..whole.start()].contains("<feed")) {
        return None;
    }
    let rest = replace(&VERSION, &found[1], "").unwrap_or_else(|| found[1].to_owned());
    let opened = format!("<rss version=\"2.0\"{rest}>");
    Some(text.replacen(&found[0], &opened, 1).replace("</RSS>", "</rss>").replace("</Rss>", "</rss>"))
}

fn add_channel(text: &str) -> Option<String> {
    let is_rss = text.trim_start().starts_with("<rss");
    if !is_rss || has(text, "<channel") || !has(text, "<item") {
        return None;
    }
    let (head, rest) = text.split_at(text.find('>')? + 1);
    Some(format!("{head}<channel>{}", rest.replace("</rss>", "</channel></rss>")))
}

fn read_atom03(text: &str) -> Option<String> {
    const OLD: &str = "http://purl.org/atom/ns#";
    if !has(text, OLD) {
        return None;
    }
    static NAMES: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"<(/?)(issued|modified|tagline)\b").ok());
    let text = text.replace(OLD, "http://www.w3.org/2005/Atom");
    let names = NAMES.as_ref()?;
    let rename = |found: &Captures<'_>| {
        let name = match &found[2] {
            "issued" => "published",
            "modified" => "updated",
            _ => "subtitle",
        };
        format!("<{}{name}", &found[1])
    };
    Some(names.replace_all(&text, rename).into_owned())
}

/// Atom 0.3 could hold any text in base64, and Atom 1.0 still does with a binary type.
fn open_base64(text: &str) -> Option<String> {
    if !has(text, "base64") && !has(text, "octet-stream") {
        return None;
    }
    static CODED: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r#"<(title|summary|content)\b([^<>]*)\b(?:mode\s*=\s*["']base64["']|type\s*=\s*["']application/octet-stream["'])([^<>]*)>\s*([A-Za-z0-9+/=\s]+?)\s*</"#).ok()
    });
    let coded = CODED.as_ref()?;
    let open = |found: &Captures<'_>| {
        let code: String = found[4].split_whitespace().collect();
        let decoded = base64::engine::general_purpose::STANDARD.decode(code).ok();
        let Some(plain) = decoded.and_then(|bytes| String::from_utf8(bytes).ok()) else {
            return found[0].to_owned();
        };
        let escaped = plain.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        format!("<{} type=\"html\">{escaped}</", &found[1])
    };
    Some(coded.replace_all(text, open).into_owned())
}

fn read_rss090(text: &str) -> Option<String> {
    const OLD: [&str; 2] =
        ["http://my.netscape.com/rdf/simple/0.9/", "http://channel.netscape.com/rdf/simple/0.9/"];
    let found = OLD.into_iter().find(|old| has(text, old))?;
    Some(text.replace(found, "http://purl.org/rss/1.0/"))
}

/// Only in elements that hold text: a link's type is another matter.
fn mend_text_types(text: &str) -> Option<String> {
    let words = ["text/plain", "octet-stream", "type=\"\"", "type=''", "application/xhtml"];
    if !words.iter().any(|word| has(text, word)) {
        return None;
    }
    static TYPED: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r#"(?s)<(title|summary|content|subtitle|rights)\b([^>]*?)\stype\s*=\s*["'](text/plain|application/octet-stream|)["']"#)
            .ok()
    });
    static XHTML: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r#"(?s)<(title|summary|content)\b([^>]*?)\stype\s*=\s*["']application/xhtml\+xml["']"#)
            .ok()
    });
    let typed = replace(&TYPED, text, r#"<$1$2 type="text""#);
    let xhtml = replace(&XHTML, typed.as_deref().unwrap_or(text), r#"<$1$2 type="xhtml""#);
    xhtml.or(typed)
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
        assert_eq!(repair(sound), (Cow::Borrowed(sound), Vec::new()));
    }

    #[test]
    fn entities_of_html_and_bare_ampersands_are_mended_outside_cdata() {
        check(
            "<a>R&D &nbsp;&eacute; &nosuch; &#X41; <![CDATA[a & b]]></a>",
            "<a>R&amp;D &#160;&#233; &amp;nosuch; &#65; <![CDATA[a & b]]></a>",
        );
    }

    #[test]
    fn entities_that_are_sound_are_no_repair() {
        let sound = "<a>&#x41;&#039;&#8217;&lt;</a><!-- R&D -->";
        assert_eq!(repair(sound), (Cow::Borrowed(sound), Vec::new()));
        check("<a>&#x1; &#; &#xZ; &; &a b; &#146;</a>", "<a> &amp;#; &amp;#xZ; &amp;; &amp;a b; &#8217;</a>");
        check("<a><![CDATA[ & </a>", "<a><![CDATA[ &amp; </a>");
        check("<a>模&型</a>&", "<a>模&amp;型</a>&amp;");
        check(&format!("<a>{}</a>", "&".repeat(9_000)), &format!("<a>{}</a>", "&amp;".repeat(MAX_RUN)));
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
