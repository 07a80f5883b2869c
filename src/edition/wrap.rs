//! Plain text at a fixed width, where a Chinese character is two columns wide and may be followed by a break.

/// Breaks the lines of `text` at `columns`. A line's indent (and the width of "- " or "1. ") is kept by the lines that
/// continue it. What has no place to break, such as a link, stands over.
pub fn wrap(text: &str, columns: usize) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 40);
    for line in text.lines() {
        wrap_line(line.trim_end(), columns, &mut out);
        out.push('\n');
    }
    out
}

/// Columns that `text` takes on a terminal.
pub fn width(text: &str) -> usize {
    text.chars().map(char_width).sum()
}

/// `text` cut to `columns`, at a word if possible, with "…" where something is missing.
pub fn cut(text: &str, columns: usize) -> String {
    const LOOSE_ENDS: [char; 8] = [' ', ',', ':', ';', '，', '：', '；', '、'];
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut short = String::new();
    for piece in pieces(text) {
        if width(&short) + width(piece.trim_end_matches(LOOSE_ENDS)) >= columns {
            break;
        }
        short.push_str(piece);
    }
    if short.trim().is_empty() {
        short = text.chars().take(columns.saturating_sub(1) / 2).collect();
    }
    format!("{}…", short.trim_end_matches(LOOSE_ENDS))
}

fn wrap_line(line: &str, columns: usize, out: &mut String) {
    let body = line.trim_start();
    let indent = line.len() - body.len() + marker(body);
    out.push_str(&line[..line.len() - body.len()]);
    let mut used = line.len() - body.len();
    let mut begun = false;
    for piece in pieces(body) {
        if begun && used + width(piece.trim_end()) > columns {
            out.truncate(out.trim_end_matches(' ').len());
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', indent));
            used = indent;
        }
        out.push_str(piece);
        used += width(piece);
        begun = true;
    }
}

/// Columns of a list marker: "- " or "12. ".
fn marker(body: &str) -> usize {
    let digits = body.bytes().take_while(u8::is_ascii_digit).count();
    match &body[digits..] {
        rest if digits > 0 && rest.starts_with(". ") => digits + 2,
        rest if digits == 0 && rest.starts_with("- ") => 2,
        _ => 0,
    }
}

/// The smallest parts between which a line may break; a part keeps the spaces and the closing marks after it.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    for (at, next) in text.char_indices() {
        if before.is_some_and(|before| may_break(before, next)) {
            pieces.push(&text[start..at]);
            start = at;
        }
        before = Some(next);
    }
    if start < text.len() {
        pieces.push(&text[start..]);
    }
    pieces
}

fn may_break(before: char, next: char) -> bool {
    const CLOSING: &str = "，。、；：！？）】》」』”’…%)]},.;:!?";
    const OPENING: &str = "（【《「『“‘([{";
    if next == ' ' || CLOSING.contains(next) || OPENING.contains(before) {
        return false;
    }
    before == ' ' || char_width(before) == 2 || char_width(next) == 2
}

/// 0 for combining marks, 2 for East Asian wide characters and emoji, else 1.
fn char_width(c: char) -> usize {
    match c as u32 {
        0x300..=0x36F | 0x200B..=0x200F | 0xFE00..=0xFE0F => 0,
        0x1100..=0x115F | 0x2E80..=0xA4CF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF => 2,
        0xFE30..=0xFE6F | 0xFF00..=0xFF60 | 0xFFE0..=0xFFE6 | 0x1F300..=0x1FAFF | 0x20000..=0x3FFFD => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn english_breaks_at_words_and_keeps_its_indent() {
        assert_eq!(wrap("  one two three four", 12), "  one two\n  three four\n");
        assert_eq!(wrap("12. one two three", 12), "12. one two\n    three\n");
    }

    #[test]
    fn chinese_breaks_anywhere_but_not_before_a_comma() {
        assert_eq!(wrap("开源模型降价，推理更快", 12), "开源模型降\n价，推理更快\n");
        assert_eq!(wrap("用 vLLM 推理模型", 8), "用 vLLM\n推理模型\n");
    }

    #[test]
    fn a_link_is_never_broken() {
        let link = "https://example.org/a/very/long/path";
        assert_eq!(wrap(&format!("see {link} now"), 20), format!("see\n{link}\nnow\n"));
    }

    #[test]
    fn a_cut_title_ends_at_a_word() {
        assert_eq!(cut("Acme ships, finally, a model", 20), "Acme ships, finally…");
        assert_eq!(cut("一二三四五六", 8), "一二三…");
        assert_eq!(cut("short", 8), "short");
        assert_eq!(width(&cut(&"x".repeat(99), 20)), 10, "one long word is cut inside");
    }

    proptest! {
        #[test]
        fn nothing_but_spaces_is_lost_and_lines_fit(text in "[ a-z，。中文模型%“”.]{0,200}") {
            let wrapped = wrap(&text, 20);
            let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(letters(&wrapped), letters(&text));
            for line in wrapped.lines().filter(|line| width(line) > 20) {
                prop_assert!(pieces(line.trim()).len() == 1 || line.starts_with(' '), "{:?}", line);
            }
        }
    }
}
