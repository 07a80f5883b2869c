//! Errors of earlier issues, ready for the templates. Pure.

use std::collections::BTreeMap;

use serde::Serialize;

use super::clean::plain;
use super::phrases;
use super::view::{Edition, other};
use crate::model::{Erratum, IssueKind, Language};

/// An error of an earlier issue, cleaned.
#[derive(Debug, Serialize)]
pub struct ErratumView {
    /// The issues that told the story, in words; empty: none did.
    pub issues: String,
    /// The same with their addresses.
    pub told_in: Vec<ToldIn>,
    /// The story's headline.
    pub headline: String,
    /// What is right.
    pub text: String,
    /// The story's page in the archive.
    pub url: String,
}

/// An issue that told it.
#[derive(Debug, Serialize)]
pub struct ToldIn {
    /// "Weekly 3".
    pub name: String,
    /// In the archive.
    pub url: String,
}

/// The view of one for an edition.
pub fn view(erratum: &Erratum, edition: Edition<'_>) -> ErratumView {
    let language = edition.language;
    let in_language = |texts: &BTreeMap<Language, String>| {
        let known = [language, other(language)].into_iter().filter_map(|language| texts.get(&language));
        known.map(|text| plain(text)).find(|text| !text.is_empty()).unwrap_or_default()
    };
    ErratumView {
        issues: phrases::issues(&erratum.issues, language),
        told_in: erratum.issues.iter().map(|issue| told_in(*issue, edition)).collect(),
        headline: in_language(&erratum.headline),
        text: in_language(&erratum.text),
        url: format!("{}/{language}/story/{}", edition.base_url, erratum.story_id),
    }
}

fn told_in((kind, number): (IssueKind, i32), edition: Edition<'_>) -> ToldIn {
    ToldIn {
        name: phrases::issues(&[(kind, number)], edition.language),
        url: format!("{}/{}/issues/{kind}/{number}", edition.base_url, edition.language),
    }
}
