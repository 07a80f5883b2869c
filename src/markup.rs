//! What no author writes and no parser of HTML survives in time: for the stages that parse foreign pages, to be asked
//! first. One pass, whatever the text.

use memchr::memchr_iter;

/// Attributes of one tag: the parser compares each with all before it.
const MAX_ATTRIBUTES: usize = 1_000;

/// Ampersands of one text: each is looked up among two thousand names.
const MAX_AMPERSANDS: usize = 1_000_000;

/// Whether parsing `html` would take many times longer than reading it.
pub fn is_hostile(html: &str) -> bool {
    let bytes = html.as_bytes();
    if memchr_iter(b'&', bytes).nth(MAX_AMPERSANDS).is_some() {
        return true;
    }
    let mut from = 0;
    while let Some(at) = memchr::memchr(b'<', &bytes[from..]).map(|at| from + at) {
        let (end, n_attributes) = tag(bytes, at + 1);
        if n_attributes > MAX_ATTRIBUTES {
            return true;
        }
        from = end;
    }
    false
}

/// Where the tag ends whose name begins at `from`, and about how many attributes it has.
fn tag(bytes: &[u8], from: usize) -> (usize, usize) {
    if !bytes.get(from).is_some_and(u8::is_ascii_alphabetic) {
        return (from, 0);
    }
    let (mut quote, mut is_apart, mut n_attributes) = (None, false, 0);
    for (at, byte) in bytes.iter().enumerate().skip(from) {
        match (quote, byte) {
            (None, b'>') => return (at + 1, n_attributes),
            (None, b'"' | b'\'') => quote = Some(*byte),
            (Some(open), byte) if open == *byte => (quote, is_apart) = (None, true),
            (Some(_), _) => {}
            (None, byte) if byte.is_ascii_whitespace() || *byte == b'/' => is_apart = true,
            (None, _) => {
                n_attributes += usize::from(is_apart);
                is_apart = false;
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
        assert!(!is_hostile(&"<".repeat(100_000)));
    }
}
