//! The operator's own wishes: what is never taken in, and what alone is.

use crate::config::{Field, Rule, SourceConfig};
use crate::model::Entry;

/// The rules of a source and of the whole file.
#[derive(Debug, Default)]
pub struct Filter {
    block: Vec<Rule>,
    keep: Vec<Rule>,
}

impl Filter {
    /// The rules of the file and of `source` together. Patterns were checked when the file was read.
    pub fn new(block: &[String], keep: &[String], source: Option<&SourceConfig>) -> Self {
        let own = |pick: fn(&SourceConfig) -> &Vec<String>| source.map(pick).into_iter().flatten();
        let rules =
            |all: &mut dyn Iterator<Item = &String>| all.filter_map(|rule| Rule::read(rule).ok()).collect();
        Self {
            block: rules(&mut block.iter().chain(own(|source| &source.block))),
            keep: rules(&mut keep.iter().chain(own(|source| &source.keep))),
        }
    }

    /// Whether an entry is taken in: no rule blocks it, and one keeps it if there are any that keep.
    pub fn takes(&self, entry: &Entry) -> bool {
        let fits = |rule: &Rule| fits(rule, entry);
        !self.block.iter().any(fits) && (self.keep.is_empty() || self.keep.iter().any(fits))
    }
}

fn fits(rule: &Rule, entry: &Entry) -> bool {
    let pattern = &rule.pattern;
    let in_title = || pattern.is_match(&entry.title);
    let in_text = || pattern.is_match(&entry.summary) || pattern.is_match(&entry.content);
    let among = |names: &[String]| names.iter().any(|name| pattern.is_match(name));
    match rule.field {
        Field::Any => in_title() || in_text(),
        Field::Title => in_title(),
        Field::Link => pattern.is_match(&entry.link),
        Field::Author => among(&entry.authors),
        Field::Category => among(&entry.categories),
        Field::Text => in_text(),
    }
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
