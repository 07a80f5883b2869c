//! The relaxed form of headers and bodies (RFC 6376, section 3.4). Pure.

use anyhow::Context as _;

/// Name and value of a header, as they stand.
pub type Field<'a> = (&'a str, &'a str);

/// The headers, each with its name and its value as it stands (also folded), and the body.
///
/// # Errors
/// There is no empty line, or a header without a colon.
pub fn headers(message: &[u8]) -> anyhow::Result<(Vec<Field<'_>>, &[u8])> {
    let end = memchr::memmem::find(message, b"\r\n\r\n").context("the message has no end of its headers")?;
    let head = std::str::from_utf8(&message[..end + 2]).context("a header is not text")?;
    let mut fields = Vec::new();
    let mut rest = head;
    while !rest.is_empty() {
        let field = &rest[..field_end(rest)];
        let (name, value) = field.split_once(':').context("a header has no colon")?;
        fields.push((name, value));
        rest = &rest[field.len()..];
    }
    Ok((fields, &message[end + 4..]))
}

/// Behind the first line end that no white space follows.
fn field_end(text: &str) -> usize {
    let mut at = 0;
    while let Some(found) = text[at..].find("\r\n") {
        at += found + 2;
        if !text[at..].starts_with([' ', '\t']) {
            return at;
        }
    }
    text.len()
}

/// `name:value` with its line end: the name in small letters, white space as one space.
pub fn header(name: &str, value: &str) -> String {
    let value: Vec<&str> = value.split_ascii_whitespace().collect();
    format!("{}:{}\r\n", name.trim_end().to_ascii_lowercase(), value.join(" "))
}

/// Runs of white space as one space, none at the end of a line, no empty lines at the end.
pub fn body(text: &[u8]) -> Vec<u8> {
    let mut relaxed = Vec::with_capacity(text.len() + 2);
    let mut n_empty = 0;
    for line in text.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let line = line.trim_ascii_end();
        if line.is_empty() {
            n_empty += 1;
            continue;
        }
        for _ in 0..n_empty {
            relaxed.extend_from_slice(b"\r\n");
        }
        n_empty = 0;
        put_line(line, &mut relaxed);
        relaxed.extend_from_slice(b"\r\n");
    }
    relaxed
}

fn put_line(line: &[u8], relaxed: &mut Vec<u8>) {
    let mut after_space = false;
    for byte in line {
        let is_space = matches!(byte, b' ' | b'\t');
        if !is_space {
            relaxed.push(*byte);
        } else if !after_space {
            relaxed.push(b' ');
        }
        after_space = is_space;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_rfc() {
        let message = b"A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n C \r\nD \t E\r\n\r\n\r\n";
        let (fields, text) = headers(message).unwrap();
        let relaxed: String = fields.iter().map(|(name, value)| header(name, value)).collect();
        assert_eq!(relaxed, "a:X\r\nb:Y Z\r\n");
        assert_eq!(body(text), b" C\r\nD E\r\n");
    }

    #[test]
    fn an_empty_body_is_empty_and_a_missing_line_end_is_given() {
        assert_eq!(body(b""), b"");
        assert_eq!(body(b"\r\n\r\n"), b"");
        assert_eq!(body(b"a\r\n\r\nb"), b"a\r\n\r\nb\r\n");
    }

    #[test]
    fn what_is_no_message_is_refused() {
        assert!(headers(b"From: a\r\n").is_err());
        assert!(headers(b"nothing\r\n\r\n").is_err());
    }
}
