//! The operator's own wishes: what is never taken in, and what alone is.

use regex::{Regex, RegexBuilder};

use crate::config::SourceConfig;
use crate::model::Entry;

/// Memory that one pattern may need; the engine is linear in the text whatever the pattern.
const MAX_PATTERN: usize = 1 << 20;

/// The rules of a source and of the whole file.
#[derive(Debug, Default)]
pub struct Filter {
    block: Vec<Rule>,
    keep: Vec<Rule>,
}

#[derive(Debug)]
struct Rule {
    field: Field,
    pattern: Regex,
}

#[derive(Clone, Copy, Debug)]
enum Field {
    Any,
    Title,
    Link,
    Author,
    Category,
    Text,
}

impl Filter {
    /// The rules of the file and of `source` together. Patterns were checked when the file was read.
    pub fn new(block: &[String], keep: &[String], source: Option<&SourceConfig>) -> Self {
        let own = |pick: fn(&SourceConfig) -> &Vec<String>| source.map(pick).into_iter().flatten();
        let rules = |all: &mut dyn Iterator<Item = &String>| all.filter_map(|rule| read(rule)).collect();
        Self {
            block: rules(&mut block.iter().chain(own(|source| &source.block))),
            keep: rules(&mut keep.iter().chain(own(|source| &source.keep))),
        }
    }

    /// Whether an entry is taken in: no rule blocks it, and one keeps it if there are any that keep.
    pub fn takes(&self, entry: &Entry) -> bool {
        let fits = |rule: &Rule| rule.fits(entry);
        !self.block.iter().any(fits) && (self.keep.is_empty() || self.keep.iter().any(fits))
    }
}

impl Rule {
    fn fits(&self, entry: &Entry) -> bool {
        let in_title = || self.pattern.is_match(&entry.title);
        let in_text = || self.pattern.is_match(&entry.summary) || self.pattern.is_match(&entry.content);
        let among = |names: &[String]| names.iter().any(|name| self.pattern.is_match(name));
        match self.field {
            Field::Any => in_title() || in_text(),
            Field::Title => in_title(),
            Field::Link => self.pattern.is_match(&entry.link),
            Field::Author => among(&entry.authors),
            Field::Category => among(&entry.categories),
            Field::Text => in_text(),
        }
    }
}

fn read(rule: &str) -> Option<Rule> {
    let fields = [
        ("title:", Field::Title),
        ("link:", Field::Link),
        ("author:", Field::Author),
        ("category:", Field::Category),
        ("text:", Field::Text),
    ];
    let named =
        fields.into_iter().find_map(|(word, field)| rule.strip_prefix(word).map(|rest| (field, rest)));
    let (field, pattern) = named.unwrap_or((Field::Any, rule));
    let pattern =
        RegexBuilder::new(pattern.trim()).case_insensitive(true).size_limit(MAX_PATTERN).build().ok()?;
    Some(Rule { field, pattern })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        Entry {
            title: "Webinar: agents".into(),
            link: "https://a.example/events/1".into(),
            authors: vec!["Ann".into()],
            categories: vec!["Events".into()],
            summary: "Join us for a talk.".into(),
            ..Entry::default()
        }
    }

    fn takes(block: &[&str], keep: &[&str]) -> bool {
        let own = |rules: &[&str]| rules.iter().map(|rule| (*rule).to_owned()).collect::<Vec<_>>();
        Filter::new(&own(block), &own(keep), None).takes(&entry())
    }

    #[test]
    fn a_rule_looks_where_it_says() {
        assert!(takes(&[], &[]));
        for block in
            ["webinar", "title:^webinar", "link:/events/", "author:^ann$", "category:events", "text:join us"]
        {
            assert!(!takes(&[block], &[]), "{block}");
            assert!(takes(&[], &[block]), "{block}");
        }
        assert!(takes(&["title:join", "link:webinar"], &[]));
        assert!(!takes(&[], &["model"]));
        assert!(!takes(&["talk"], &["webinar"]), "what is blocked is not kept");
    }
}
