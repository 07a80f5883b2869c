//! Fonts of Chinese, Japanese and Korean PDFs whose codes are told by a name that every reader is to know
//! (`UniGB-UCS2-H`, `90ms-RKSJ-H`; ISO 32000-1, 9.7.5.2). The reader of PDFs knows but one: here it is told the rest.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use encoding_rs::{BIG5, EUC_JP, EUC_KR, Encoding, GBK, SHIFT_JIS};
use pdf_extract::{Dictionary, Document, Object, ObjectId, Stream};

/// How codes are made of bytes.
#[derive(Clone, Copy)]
enum Codes {
    /// Two bytes of UTF-16.
    Utf16,
    /// An old encoding; first and last code of each length; bits that the font leaves out of each byte.
    Old(&'static Encoding, &'static [(u32, u32, u32)], u8),
}

/// Characters that a text in these languages is made of.
const BLOCKS: [(u32, u32); 8] = [
    (0x20, 0x7ff),
    (0x1e00, 0x27ff),
    (0x2e80, 0x4dbf),
    (0x4e00, 0x9fff),
    (0xac00, 0xd7a3),
    (0xf900, 0xfaff),
    (0xfe10, 0xfe4f),
    (0xff00, 0xffef),
];

/// Latin letters, half as wide as the others; their widths stand under other numbers than the codes.
const LATIN: std::ops::RangeInclusive<i64> = 0x20..=0x7e;

fn codes(name: &str) -> Option<Codes> {
    let stem = name.strip_suffix(['H', 'V'])?.trim_end_matches('-').trim_end_matches("-HW");
    let two = |encoding, codes| Some(Codes::Old(encoding, codes, 0));
    match stem {
        "" => Some(Codes::Old(EUC_JP, &[(2, 0x2121, 0x7e7e)], 0x80)),
        "EUC" => two(EUC_JP, &[(1, 0, 0x80), (2, 0xa1a1, 0xfefe)]),
        "GB-EUC" | "GBK-EUC" | "GBKp-EUC" | "GBK2K" | "GBpc-EUC" => {
            two(GBK, &[(1, 0, 0x80), (2, 0x8140, 0xfefe)])
        }
        "B5pc" | "ETen-B5" | "ETenms-B5" | "HKscs-B5" => two(BIG5, &[(1, 0, 0x80), (2, 0x8140, 0xfefe)]),
        "KSC-EUC" | "KSCms-UHC" | "KSCpc-EUC" => two(EUC_KR, &[(1, 0, 0x80), (2, 0x8141, 0xfefe)]),
        _ if stem.ends_with("-RKSJ") => {
            two(SHIFT_JIS, &[(1, 0, 0x80), (1, 0xa0, 0xdf), (2, 0x8140, 0x9ffc), (2, 0xe040, 0xfcfc)])
        }
        _ if stem.ends_with("-UCS2") || stem.ends_with("-UTF16") => Some(Codes::Utf16),
        _ => None,
    }
}

/// Writes the codes of such names into `document`.
pub fn spell_out(document: &mut Document) {
    let mut written: BTreeMap<String, (ObjectId, ObjectId)> = BTreeMap::new();
    let fonts: Vec<(ObjectId, String, Codes)> = document
        .objects
        .iter()
        .filter_map(|(id, object)| {
            let name = encoding(document, object.as_dict().ok()?)?;
            let codes = codes(&name)?;
            Some((*id, name, codes))
        })
        .collect();
    for (id, name, codes) in fonts {
        let (bytes, letters) = *written.entry(name).or_insert_with(|| {
            let stream = |text: String| Object::Stream(Stream::new(Dictionary::new(), text.into_bytes()));
            (document.add_object(stream(bytes_of(codes))), document.add_object(stream(letters_of(codes))))
        });
        let descendant = descendant(document, id).map(|descendant| document.add_object(descendant));
        let Ok(font) = document.get_object_mut(id).and_then(Object::as_dict_mut) else { continue };
        font.set("Encoding", bytes);
        // What the font itself says of its letters counts more.
        if !font.has(b"ToUnicode") {
            font.set("ToUnicode", letters);
        }
        if let Some(descendant) = descendant {
            font.set("DescendantFonts", vec![Object::Reference(descendant)]);
        }
    }
}

/// The name of a composite font's encoding.
fn encoding(document: &Document, font: &Dictionary) -> Option<String> {
    let is_composite = font.get(b"Subtype").and_then(Object::as_name).is_ok_and(|name| name == b"Type0");
    let encoding = font.get(b"Encoding").ok().filter(|_| is_composite)?;
    let (_, encoding) = document.dereference(encoding).ok()?;
    String::from_utf8(encoding.as_name().ok()?.to_vec()).ok()
}

/// The font below, with widths by code.
fn descendant(document: &Document, font: ObjectId) -> Option<Dictionary> {
    let descendants = document.get_dictionary(font).ok()?.get(b"DescendantFonts").ok()?;
    let (_, descendants) = document.dereference(descendants).ok()?;
    let (_, descendant) = document.dereference(descendants.as_array().ok()?.first()?).ok()?;
    let mut descendant = descendant.as_dict().ok()?.clone();
    let half = LATIN.map(|_| Object::Integer(500)).collect();
    descendant.set("W", vec![Object::Integer(*LATIN.start()), Object::Array(half)]);
    if !descendant.has(b"FontDescriptor") {
        descendant.set("FontDescriptor", Dictionary::new());
    }
    Some(descendant)
}

/// Which bytes make a code, and each code its own number. The reader halves the length of a code, so each is written in
/// twice as many bytes, and it reads one range at a time.
fn bytes_of(codes: Codes) -> String {
    let ranges: &[(u32, u32, u32)] = match codes {
        Codes::Utf16 => &[(2, 0, 0xffff)],
        Codes::Old(_, ranges, _) => ranges,
    };
    let mut text = String::new();
    for (length, first, last) in ranges {
        let digits = *length as usize * 4;
        let range = format!("<{first:0digits$x}> <{last:0digits$x}>");
        let _ = write!(
            text,
            "1 begincodespacerange {range} endcodespacerange\n1 begincidrange {range} 0 endcidrange\n"
        );
    }
    text
}

/// What each code stands for.
fn letters_of(codes: Codes) -> String {
    let mut text = String::new();
    match codes {
        Codes::Utf16 => {
            for (first, last) in BLOCKS {
                let _ = writeln!(text, "1 beginbfrange <{first:04x}> <{last:04x}> <{first:04x}> endbfrange");
            }
        }
        Codes::Old(encoding, ranges, high) => {
            let mut n = 0;
            let all =
                ranges.iter().flat_map(|(length, first, last)| (*first..=*last).map(|code| (*length, code)));
            for (length, code) in all {
                let bytes = code.to_be_bytes().map(|byte| byte | high);
                let letter = letter(encoding, &bytes[4 - length as usize..]);
                if let Some(letter) =
                    letter.filter(|letter| !letter.is_control() && u32::from(*letter) <= 0xffff)
                {
                    let _ = writeln!(text, "<{code:04x}> <{:04x}>", u32::from(letter));
                    n += 1;
                }
            }
            text = format!("{n} beginbfchar\n{text}endbfchar\n");
        }
    }
    text
}

/// The one letter that `bytes` are.
fn letter(encoding: &'static Encoding, bytes: &[u8]) -> Option<char> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
    let mut letters = text.chars();
    letters.next().filter(|_| letters.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_in_both_directions_of_writing() {
        for name in [
            "UniGB-UCS2-H",
            "UniJIS-UTF16-V",
            "UniJIS-UCS2-HW-H",
            "GBK-EUC-H",
            "90ms-RKSJ-V",
            "ETen-B5-H",
            "KSCms-UHC-HW-V",
            "EUC-H",
            "H",
            "V",
        ] {
            assert!(codes(name).is_some(), "{name}");
        }
        for name in ["Identity-H", "Identity-V", "Unheard-Of-H", "", "UniGB"] {
            assert!(codes(name).is_none(), "{name}");
        }
    }
}
