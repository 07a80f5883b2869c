//! Bytes to text, whatever the publisher claims about them.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

/// How far into a body a declaration is looked for.
const HEAD: usize = 1024;

/// Decodes a feed or page: byte order mark, then the shape of UTF-16, then valid UTF-8 (which wins over any claim),
/// then the declared charset, then a guess. Says what was not as declared.
pub fn decode<'a>(bytes: &'a [u8], content_type: Option<&str>) -> (Cow<'a, str>, Vec<String>) {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return (encoding.decode_without_bom_handling(&bytes[length..]).0, Vec::new());
    }
    if let Some(encoding) = utf16_shape(bytes) {
        let repairs = vec![format!("read as {} without a byte order mark", encoding.name())];
        return (encoding.decode_without_bom_handling(bytes).0, repairs);
    }
    let declared = declared(bytes).or_else(|| content_type.and_then(charset_of));
    if let Ok(text) = std::str::from_utf8(bytes) {
        let lies = declared.is_some_and(|encoding| encoding != UTF_8 && !bytes.is_ascii());
        let repairs = lies.then(|| "is UTF-8 but declares another encoding".to_owned());
        return (Cow::Borrowed(text), repairs.into_iter().collect());
    }
    match declared.filter(|encoding| *encoding != UTF_8) {
        Some(encoding) => (wide(encoding).decode_without_bom_handling(bytes).0, Vec::new()),
        None => guess(bytes),
    }
}

/// A few bad bytes in UTF-8 stay a few bad characters; anything else is another encoding.
fn guess(bytes: &[u8]) -> (Cow<'_, str>, Vec<String>) {
    let lossy = String::from_utf8_lossy(bytes);
    let n_bad = lossy.matches('\u{fffd}').count();
    let n_wide = lossy.chars().filter(|c| !c.is_ascii()).count();
    if n_bad * 20 <= n_wide {
        return (lossy, vec!["invalid UTF-8 bytes replaced".to_owned()]);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let encoding = detector.guess(None, Utf8Detection::Allow);
    let text = wide(encoding).decode_without_bom_handling(bytes).0;
    (text, vec![format!("encoding guessed: {}", encoding.name())])
}

/// gb2312 and gbk are subsets of what publishers really send.
fn wide(encoding: &'static Encoding) -> &'static Encoding {
    if encoding.name() == "GBK" { GB18030 } else { encoding }
}

fn utf16_shape(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [b'<', 0, second, 0, ..] if *second != 0 => Some(UTF_16LE),
        [0, b'<', 0, second, ..] if *second != 0 => Some(UTF_16BE),
        _ => None,
    }
}

/// The charset in an XML declaration or a `<meta>` element.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(HEAD)]).to_lowercase();
    let in_xml = head.find("<?xml").and_then(|at| after(&head[at..], "encoding"));
    let in_meta = || head.find("<meta").and_then(|at| after(&head[at..], "charset"));
    in_xml.or_else(in_meta)
}

fn charset_of(content_type: &str) -> Option<&'static Encoding> {
    after(&content_type.to_lowercase(), "charset")
}

fn after(text: &str, name: &str) -> Option<&'static Encoding> {
    let rest = text[text.find(name)? + name.len()..].trim_start().strip_prefix('=')?;
    let rest = rest.trim_start().trim_start_matches(['"', '\'']);
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"-_:.".contains(c)).unwrap_or(rest.len());
    Encoding::for_label(&rest.as_bytes()[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn valid_utf8_wins_over_a_wrong_claim() {
        let (text, repairs) = decode("<?xml encoding='gb2312'?><a>模型</a>".as_bytes(), None);
        assert!(text.contains("模型"));
        assert_eq!(repairs.len(), 1);
    }

    #[test]
    fn gbk_is_read_whether_declared_in_the_file_in_the_header_or_not_at_all() {
        let text = "大模型推理成本下降，开源社区发布新版本，国内厂商跟进。";
        let gbk = encoding_rs::GBK.encode(text).0;
        let declared = [b"<?xml version='1.0' encoding='gb2312'?>".as_slice(), &gbk].concat();
        assert!(decode(&declared, None).0.ends_with(text));
        assert_eq!(decode(&gbk, Some("text/xml; charset=GBK")).0, text);
        assert_eq!(decode(&gbk, None).0, text);
    }

    #[test]
    fn utf16_is_seen_by_its_shape() {
        let bytes: Vec<u8> = "<rss>é</rss>".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decode(&bytes, None).0, "<rss>é</rss>");
    }

    #[test]
    fn one_bad_byte_spoils_one_character() {
        let mut bytes = "价格下降了一半，模型开放下载，论文与代码同时公开。".as_bytes().to_vec();
        bytes.push(0xff);
        assert!(decode(&bytes, None).0.contains("模型开放下载"));
    }
}
