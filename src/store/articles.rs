//! Table access: articles.
