//! What no author writes and no parser of HTML survives in time: for the stages that parse foreign pages, to be asked
//! first. One pass, whatever the text.

use memchr::memchr_iter;

/// Attributes of one tag: the parser compares each with all before it.
const MAX_ATTRIBUTES: usize = 1_000;

/// Ampersands of one text: each is looked up among two thousand names.
const MAX_AMPERSANDS: usize = 1_000_000;

/// Begins of tags in one text: each becomes a node of a hundred bytes and more.
const MAX_TAGS: usize = 500_000;

/// Elements stand in each other so deep in no page that an author made; the tree builder looks at all open ones at each tag.
const MAX_NESTING: usize = 600;

/// Elements that are closed as they open, which HTML does not know outside of drawings: they stay open.
const MAX_EMPTY: usize = 10_000;

/// Elements without content.
const VOID: [&str; 17] = [
    "br", "hr", "img", "input", "meta", "link", "wbr", "source", "col", "embed", "area", "base", "param",
    "track", "html", "head", "body",
];

/// Elements that end where the next of their kind begins, and what such an end does not reach out of.
const SINGLE: [(&[&str], &[&str]); 4] = [
    (&["td", "th"], &["table"]),
    (&["tr"], &["table"]),
    (&["tbody", "thead", "tfoot"], &["table"]),
    (&["option"], &["select"]),
];

/// Elements that end a paragraph.
const BLOCKS: [&str; 26] = [
    "div",
    "section",
    "article",
    "main",
    "aside",
    "header",
    "footer",
    "nav",
    "ul",
    "ol",
    "dl",
    "table",
    "blockquote",
    "pre",
    "figure",
    "form",
    "details",
    "center",
    "address",
    "fieldset",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
];

/// Whether parsing `html` would take many times longer than reading it.
pub fn is_hostile(html: &str) -> bool {
    why_hostile(html).is_some()
}

/// Why parsing `html` would take many times longer than reading it, in words that follow "the page".
pub fn why_hostile(html: &str) -> Option<&'static str> {
    let bytes = html.as_bytes();
    let holds_more = |byte: u8, most: usize| memchr_iter(byte, bytes).nth(most).is_some();
    if holds_more(b'&', MAX_AMPERSANDS) {
        return Some("has more character references than any text");
    }
    if holds_more(b'<', MAX_TAGS) {
        return Some("has more elements than any text");
    }
    let (mut from, mut open) = (0, Open::default());
    while let Some(at) = memchr::memchr(b'<', &bytes[from..]).map(|at| from + at) {
        if bytes[at..].starts_with(b"<!--") {
            from = behind_comment(bytes, at + 2);
            continue;
        }
        let is_end = bytes.get(at + 1) == Some(&b'/');
        let name = at + 1 + usize::from(is_end);
        let (end, n_attributes) = tag(bytes, name);
        if n_attributes > MAX_ATTRIBUTES {
            return Some("has a tag of endless attributes");
        }
        open.take(&bytes[name..end.max(name)], is_end);
        if open.names.len() > MAX_NESTING || open.n_empty > MAX_EMPTY {
            return Some("is nested too deeply");
        }
        from = if is_end { end } else { skip_raw(bytes, name, end) };
    }
    None
}

/// The elements that are open, by name. What is left open ends with what holds it.
#[derive(Default)]
struct Open<'h> {
    names: Vec<&'h [u8]>,
    n_empty: usize,
}

impl<'h> Open<'h> {
    /// `tag` is what stands between the brackets, the slash of an end left out.
    fn take(&mut self, tag: &'h [u8], is_end: bool) {
        let n = tag.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(tag.len());
        let name = &tag[..n];
        if n == 0 || is_one_of(name, &VOID) || is_one_of(name, &["script", "style"]) {
            return;
        }
        if is_end {
            if let Some(at) = self.names.iter().rposition(|other| other.eq_ignore_ascii_case(name)) {
                self.names.truncate(at);
            }
            return;
        }
        if tag.ends_with(b"/>") {
            self.n_empty += usize::from(!self.names.iter().any(|name| is_one_of(name, &["svg", "math"])));
            return;
        }
        if let Some(at) = self.ended_by(name) {
            self.names.truncate(at);
        }
        self.names.push(name);
    }

    /// The open element that the begin of one called `name` ends.
    fn ended_by(&self, name: &[u8]) -> Option<usize> {
        if let Some((kin, holders)) = SINGLE.iter().find(|(kin, _)| is_one_of(name, kin)) {
            let last =
                self.names.iter().rposition(|other| is_one_of(other, kin) || is_one_of(other, holders))?;
            return is_one_of(self.names[last], kin).then_some(last);
        }
        let ended: &[u8] = match name {
            _ if is_one_of(name, &BLOCKS) => b"p",
            _ if is_one_of(name, &["p", "li", "a", "dt", "dd"]) => name,
            _ => return None,
        };
        let last = self.names.iter().rposition(|other| other.eq_ignore_ascii_case(ended))?;
        // Only short names are those of pieces of a line.
        let is_piece = |name: &&[u8]| name.len() <= 4 && !is_one_of(name, &["div", "ul", "ol", "td", "dl"]);
        self.names[last..].iter().all(is_piece).then_some(last)
    }
}

fn is_one_of(name: &[u8], names: &[&str]) -> bool {
    names.iter().any(|other| other.as_bytes().eq_ignore_ascii_case(name))
}

/// Behind the comment whose dashes begin at `from`; one without an end takes all that follows.
fn behind_comment(bytes: &[u8], from: usize) -> usize {
    let mut ends = memchr_iter(b'>', &bytes[from..]).map(|at| from + at);
    let closes = |at: &usize| bytes[..*at].ends_with(b"--") || bytes[..*at].ends_with(b"--!");
    ends.find(closes).map_or(bytes.len(), |at| at + 1)
}

/// Behind a script or style whole: what looks like a tag in them is none.
fn skip_raw(bytes: &[u8], name: usize, end: usize) -> usize {
    let is = |word: &[u8]| {
        bytes.get(name..name + word.len()).is_some_and(|own| own.eq_ignore_ascii_case(word))
            && !bytes.get(name + word.len()).is_some_and(u8::is_ascii_alphanumeric)
    };
    let Some(word) = [b"script".as_slice(), b"style"].into_iter().find(|word| is(word)) else { return end };
    let mut ends = memchr_iter(b'<', &bytes[end..]).map(|at| end + at);
    let closes = |at: &usize| {
        bytes.get(at + 1) == Some(&b'/')
            && bytes.get(at + 2..at + 2 + word.len()).is_some_and(|own| own.eq_ignore_ascii_case(word))
    };
    ends.find(closes).unwrap_or(bytes.len())
}

/// Where the tag ends whose name begins at `from`, and about how many attributes it has.
fn tag(bytes: &[u8], from: usize) -> (usize, usize) {
    if !bytes.get(from).is_some_and(u8::is_ascii_alphabetic) {
        return (from, 0);
    }
    let (mut quote, mut is_apart, mut is_value, mut n_attributes) = (None, false, false, 0);
    for (at, byte) in bytes.iter().enumerate().skip(from) {
        match (quote, byte) {
            (None, b'>') => return (at + 1, n_attributes),
            // Anywhere else a quote is a character like others.
            (None, b'"' | b'\'') if is_value => quote = Some(*byte),
            (Some(open), byte) if open == *byte => (quote, is_apart, is_value) = (None, true, false),
            (Some(_), _) => {}
            (None, b'=') => is_value = true,
            (None, byte) if byte.is_ascii_whitespace() || *byte == b'/' => is_apart = true,
            (None, _) => {
                n_attributes += usize::from(is_apart && !is_value);
                (is_apart, is_value) = (false, false);
            }
        }
        if n_attributes > MAX_ATTRIBUTES {
            return (at + 1, n_attributes);
        }
    }
    (bytes.len(), n_attributes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_author_may_write_is_no_attack() {
        for html in [
            "<p class='a b c' data-x=1 hidden>1 < 2 & 3 > 2</p>",
            "<img alt=\"a > b\" src=x/> R&D <br/><a href=/x>y</a",
            "<!-- a b c --><p>",
            "",
            &format!("<script>for(i=0;i<n;i++){{ {} }}</script><p>", "a b 'c ".repeat(3_000)),
            &format!("<STYLE>x<y {}</STYLE><p>", "a b ".repeat(3_000)),
        ] {
            assert!(!is_hostile(html), "{html}");
        }
    }

    #[test]
    fn endless_tags_and_ampersands_are() {
        let attributes: String = (0..2_000).map(|n| format!(" a{n}=\"1\"")).collect();
        assert!(is_hostile(&format!("<p>x</p><div{attributes}>")));
        assert!(is_hostile(&format!("<div{}", " b".repeat(2_000))));
        assert!(is_hostile(&"&".repeat(MAX_AMPERSANDS + 1)));
        assert!(is_hostile(&"<br>".repeat(MAX_TAGS + 1)));
        assert!(!is_hostile(&"<".repeat(100_000)));
    }

    #[test]
    fn endless_nesting_is_whatever_is_nested() {
        for tag in [
            "<div>",
            "<x-a>",
            "<dl><dd>",
            "<pre><code>",
            "<ul><li>",
            "<table><tr><td>",
            "<DETAILS>",
            "<!-->x<b>",
        ] {
            assert_eq!(why_hostile(&tag.repeat(2_000)), Some("is nested too deeply"), "{tag}");
        }
        assert!(is_hostile(&"<div/>".repeat(20_000)));
    }

    #[test]
    fn what_ends_by_itself_is_not_nested() {
        for (tag, n) in [
            ("<p>a<br>", 3_000),
            ("<p>a <b>b", 3_000),
            ("<li>a", 3_000),
            ("<a name=x>", 3_000),
            ("<h2>a</h2><p>b<h2>c</h2>", 3_000),
            ("<b>x</b><!-- <div> -->", 3_000),
            ("<div><p>open</div>", 3_000),
        ] {
            assert_eq!(why_hostile(&tag.repeat(n)), None, "{tag}");
        }
        assert_eq!(why_hostile(&format!("<table>{}", "<tr><td>a<td>b".repeat(3_000))), None);
        assert_eq!(why_hostile(&"<div class='card'><p>x".repeat(500)), None);
        assert_eq!(why_hostile(&format!("<svg>{}</svg>", "<path d='M0'/>".repeat(30_000))), None);
        assert_eq!(why_hostile(&"<script>x('<div>')</script>".repeat(3_000)), None);
    }
}
