//! A `block` or `keep` rule of feeds.toml: read here for the check of the file and for the crawl alike, so that what is
//! accepted is obeyed.

use regex::{Regex, RegexBuilder};

/// Memory that one pattern may need; the engine is linear in the text whatever the pattern.
const MAX_PATTERN: usize = 1 << 20;

/// Where a rule looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// Title and text.
    Any,
    /// The title.
    Title,
    /// The address.
    Link,
    /// Each author.
    Author,
    /// Each category.
    Category,
    /// Summary and full text.
    Text,
}

/// The words that may stand in front of a pattern, in whatever letters.
const FIELDS: [(&str, Field); 5] = [
    ("title:", Field::Title),
    ("link:", Field::Link),
    ("author:", Field::Author),
    ("category:", Field::Category),
    ("text:", Field::Text),
];

/// A rule that can be used.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Where it looks.
    pub field: Field,
    /// What it looks for, in small letters and large ones.
    pub pattern: Regex,
}

impl Rule {
    /// Reads a rule as it is written in feeds.toml.
    ///
    /// # Errors
    /// What is wrong with it, for its writer.
    pub fn read(rule: &str) -> Result<Self, String> {
        let named = FIELDS.iter().find_map(|(word, field)| {
            let front = rule.get(..word.len())?;
            front.eq_ignore_ascii_case(word).then(|| (*field, &rule[word.len()..]))
        });
        let (field, pattern) = named.unwrap_or((Field::Any, rule));
        let pattern = pattern.trim();
        if pattern.is_empty() {
            return Err("has an empty rule, which would fit everything".to_owned());
        }
        match RegexBuilder::new(pattern).case_insensitive(true).size_limit(MAX_PATTERN).build() {
            Ok(pattern) => Ok(Self { field, pattern }),
            Err(regex::Error::CompiledTooBig(_)) => Err(format!(
                "{pattern:?} needs more than 1 MB of memory: repeat less, or write [a-z] instead of \\w"
            )),
            Err(error) => {
                let error = error.to_string();
                let why = error.lines().last().unwrap_or_default().trim_start_matches("error: ");
                Err(format!("{pattern:?} is not a regular expression: {why}"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_in_front_says_where_to_look_in_whatever_letters() {
        let field = |rule: &str| Rule::read(rule).unwrap().field;
        assert_eq!(
            [field("title:a"), field("Title: a"), field("TEXT:a")],
            [Field::Title, Field::Title, Field::Text]
        );
        assert_eq!([field("titles: a"), field("标题")], [Field::Any, Field::Any]);
    }

    #[test]
    fn a_rule_that_cannot_be_used_says_why() {
        let why = |rule: &str| Rule::read(rule).unwrap_err();
        assert!(why("link: ").contains("empty rule"));
        assert!(why("title:(").contains("is not a regular expression: unclosed group"));
        assert!(why(r"\pL{60}zzzz").contains("needs more than 1 MB"), "{}", why(r"\pL{60}zzzz"));
    }
}
