//! Fetched text is hostile: what of it may stand in a mail.

use crate::model::Language;

/// Stands once in text and HTML; `send` puts the reader's own address there.
pub const UNSUBSCRIBE: &str = "%%UNSUBSCRIBE%%";

/// Stands in text and HTML where the reader's own link to the preferences goes.
pub const PREFERENCES: &str = "%%PREFERENCES%%";

/// Most characters of one fetched or written text; longer ones are cut.
const MAX_CHARS: usize = 900;

/// Fetched text on one line: no control characters, no marks that turn the direction of what follows, no placeholder.
pub fn plain(text: &str) -> String {
    let is_turn = |c: &char| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}');
    let kept: String =
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(|c| !is_turn(c)).collect();
    let mut line = kept.split_whitespace().collect::<Vec<_>>().join(" ");
    while line.contains("%%") {
        line = line.replace("%%", "%");
    }
    match line.char_indices().nth(MAX_CHARS) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}

/// The address if a reader may be sent there; never `javascript:` and the like.
pub fn web_address(url: &str) -> Option<String> {
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    let is_clean = |c: char| !c.is_control() && !c.is_whitespace() && !matches!(c, '"' | '<' | '>');
    (is_web && url.chars().all(is_clean)).then(|| url.replace("%%", "%25%25"))
}

/// Chinese if at least every fifth letter is; quoted text may be in another language than its place says.
pub fn language_of(text: &str) -> Language {
    let n_letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let n_han = text.chars().filter(|c| ('\u{4E00}'..='\u{9FFF}').contains(c)).count();
    if n_han > 0 && n_han * 5 >= n_letters { Language::Zh } else { Language::En }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_in_the_other_language_is_marked() {
        assert_eq!(language_of("Acme 发布 7B 模型"), Language::Zh);
        assert_eq!(language_of("Qwen (通义) ships a model with 7B parameters"), Language::En);
        assert_eq!(language_of("GPT-5.2"), Language::En);
    }

    #[test]
    fn only_web_addresses_become_links() {
        assert_eq!(web_address("https://a.example/?a=1&b=%20"), Some("https://a.example/?a=1&b=%20".into()));
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            "https://a\"onclick=",
            "http://a b",
            "//a.example",
            "",
        ] {
            assert_eq!(web_address(bad), None, "{bad}");
        }
        assert_eq!(web_address("https://a/%%UNSUBSCRIBE%%").unwrap(), "https://a/%25%25UNSUBSCRIBE%25%25");
    }

    proptest! {
        #[test]
        fn cleaned_text_is_one_line_without_a_placeholder(text in any::<String>(), n in 1..9usize) {
            let text = format!("{text}{0}UNSUBSCRIBE{0}\r\n{text}", "%".repeat(n));
            let clean = plain(&text);
            prop_assert!(!clean.contains(UNSUBSCRIBE) && !clean.contains(char::is_control));
            prop_assert!(clean.chars().count() <= MAX_CHARS + 1);
        }
    }
}
