//! Bytes of a page to text: the byte order mark, then what the server says, then what the page says, then a guess.

use std::sync::LazyLock;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, GB18030, GBK, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE};
use memchr::memmem;
use regex::bytes::Regex;

use super::sniff;

/// How far into a page its declaration of an encoding may stand.
const HEAD_BYTES: usize = 4096;

/// How much of a page the guess looks at.
const GUESS_BYTES: usize = 64 * 1024;

static META: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?i)<meta[^>]{0,200}?charset\s*=\s*["']?\s*([a-z0-9_:-]+)"#).ok());

/// The text of `bytes`. A declaration that does not fit the bytes is not believed.
pub fn decode(bytes: &[u8], content_type: Option<&str>) -> String {
    let text = as_written(bytes, content_type);
    // A parser of HTML passes over NUL, and keeps an error for each.
    if text.contains('\0') { text.replace('\0', "") } else { text }
}

fn as_written(bytes: &[u8], content_type: Option<&str>) -> String {
    if let Some((encoding, n_mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[n_mark..]).0.into_owned();
    }
    if let Some(encoding) = marked(bytes) {
        return encoding.decode_without_bom_handling(bytes).0.into_owned();
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let declared = [content_type.and_then(of_header), of_meta(bytes)];
    for encoding in declared.into_iter().flatten() {
        // GBK pages hold GB18030 characters more often than not; the one contains the other.
        let encoding = if encoding == GBK { GB18030 } else { encoding };
        let (text, _, broken) = encoding.decode(bytes);
        if !broken || fits(&text) {
            return text.into_owned();
        }
    }
    guess(bytes).decode(bytes).0.into_owned()
}

/// Encodings that are ASCII to the eye, or half of it.
fn marked(bytes: &[u8]) -> Option<&'static Encoding> {
    let escapes = || memmem::find(bytes, b"\x1b$B").or_else(|| memmem::find(bytes, b"\x1b$@"));
    match sniff::wide(bytes) {
        Some(true) => Some(UTF_16BE),
        Some(false) => Some(UTF_16LE),
        None if bytes.is_ascii() && escapes().is_some() => Some(ISO_2022_JP),
        None => None,
    }
}

fn of_header(content_type: &str) -> Option<&'static Encoding> {
    let lower = content_type.to_ascii_lowercase();
    let (_, label) = lower.split_once("charset=")?;
    let label = label.split(';').next().unwrap_or_default();
    Encoding::for_label(label.trim_matches([' ', '"', '\'']).as_bytes())
}

fn of_meta(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(HEAD_BYTES)];
    let label = META.as_ref()?.captures(head)?.get(1)?.as_bytes();
    Encoding::for_label(label)
}

/// A few broken characters are an accident of the writer; many are the wrong encoding, and so are few where no other
/// character is whole but those of English: it is the others that break.
fn fits(text: &str) -> bool {
    let n_broken = text.matches('\u{fffd}').count();
    let n_whole = text.chars().filter(|c| !c.is_ascii() && *c != '\u{fffd}').count();
    n_broken * 200 < text.len() && n_whole > 2 * n_broken
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let (text, _, _) = UTF_8.decode(bytes);
    if fits(&text) {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(&bytes[..bytes.len().min(GUESS_BYTES)], true);
    detector.guess(None, Utf8Detection::Allow)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEWS: &str = "<html><body><p>人工智能公司今天发布了新的开源模型，价格下降一半。</p></body></html>";

    fn gbk(text: &str) -> Vec<u8> {
        GBK.encode(text).0.into_owned()
    }

    #[test]
    fn a_chinese_page_is_read_by_header_by_meta_and_by_guess() {
        assert_eq!(decode(&gbk(NEWS), Some("text/html; charset=gb2312")), NEWS);
        let with_meta = format!("<meta http-equiv=x content=\"text/html; charset=gbk\">{NEWS}");
        assert_eq!(decode(&gbk(&with_meta), Some("text/html")), with_meta);
        assert_eq!(decode(&gbk(NEWS), None), NEWS);
    }

    #[test]
    fn a_false_declaration_is_not_believed() {
        assert_eq!(decode(NEWS.as_bytes(), Some("text/html; charset=iso-8859-1")), NEWS);
        assert_eq!(decode(&gbk(NEWS), Some("text/html; charset=utf-8")), NEWS);
    }

    #[test]
    fn one_broken_byte_costs_one_character() {
        let mut bytes = NEWS.repeat(20).into_bytes();
        bytes.push(0xff);
        let text = decode(&bytes, Some("text/html; charset=utf-8"));
        assert!(text.starts_with(NEWS));
        assert_eq!(text.matches('\u{fffd}').count(), 1);
    }

    #[test]
    fn western_pages_of_old_are_read_though_they_do_not_say_so() {
        let page = format!(
            "<p>Der Müller läuft schön über die Brücke.</p>{}",
            "<p>Plain words follow.</p>".repeat(200)
        );
        let bytes = encoding_rs::WINDOWS_1252.encode(&page).0.into_owned();
        assert_eq!(decode(&bytes, Some("text/html")), page);
        assert_eq!(decode(&bytes, Some("text/html; charset=utf-8")), page);
    }

    #[test]
    fn a_byte_order_mark_wins() {
        let mut bytes = vec![0xff, 0xfe];
        bytes.extend("中文 page".encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(decode(&bytes, Some("text/html; charset=utf-8")), "中文 page");
    }

    #[test]
    fn a_page_without_a_mark_shows_its_encoding_in_its_bytes() {
        let text = "<p>モデルを公開した。</p>";
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mail = b"<p>\x1b$B%b%G%k$r8x3+$7$?!#\x1b(B</p>";
        assert_eq!([decode(&big, None), decode(&little, None), decode(mail, None)], [text, text, text]);
    }
}
