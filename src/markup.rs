//! What no author writes and no parser of HTML survives in time: for the stages that parse foreign pages, to be asked
//! first. One pass, whatever the text.

use memchr::memchr_iter;

/// Attributes of one tag: the parser compares each with all before it.
const MAX_ATTRIBUTES: usize = 1_000;

/// Ampersands of one text: each is looked up among two thousand names.
const MAX_AMPERSANDS: usize = 1_000_000;

/// Begins of tags in one text: each becomes a node of a hundred bytes and more.
const MAX_TAGS: usize = 500_000;

/// Whether parsing `html` would take many times longer than reading it.
pub fn is_hostile(html: &str) -> bool {
    let bytes = html.as_bytes();
    let holds_more = |byte: u8, most: usize| memchr_iter(byte, bytes).nth(most).is_some();
    if holds_more(b'&', MAX_AMPERSANDS) || holds_more(b'<', MAX_TAGS) {
        return true;
    }
    let mut from = 0;
    while let Some(at) = memchr::memchr(b'<', &bytes[from..]).map(|at| from + at) {
        let (end, n_attributes) = tag(bytes, at + 1);
        if n_attributes > MAX_ATTRIBUTES {
            return true;
        }
        from = skip_raw(bytes, at + 1, end);
    }
    false
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
}
