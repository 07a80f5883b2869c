//! What the stage would make of one page: for people who ask why an article looks as it does, and for measuring.

use chrono::{DateTime, Utc};

use super::choose;
use crate::config::ArticleRules;
use crate::model::Article;

/// The article that stands in the `bytes` of the page at `url`, by the very code of the stage.
///
/// # Errors
/// One line that says why there is none: a wall, another format, no text.
pub fn page(
    bytes: &[u8],
    content_type: Option<&str>,
    url: &str,
    rules: &ArticleRules,
    now: DateTime<Utc>,
) -> Result<Article, String> {
    choose::by_rules(bytes, content_type, url, rules, now)
}
