//! The sample texts: one file per site, "= age | slug | title" and then paragraphs. An age of 2.09 is two days before
//! the day of the start, at 9 o'clock UTC.

use chrono::{DateTime, Duration, NaiveTime, Utc};

/// One item of a site.
#[derive(Clone, Debug)]
pub struct Sample {
    /// When it was published.
    pub at: DateTime<Utc>,
    /// Last part of its path.
    pub slug: String,
    /// May hold markup, as real feeds do.
    pub title: String,
    /// Names of those who wrote it (papers only).
    pub author: String,
    /// Plain text.
    pub paragraphs: Vec<String>,
}

impl Sample {
    /// The title without markup.
    pub fn plain_title(&self) -> String {
        self.title.replace("<b>", "").replace("</b>", "").replace("&nbsp;", " ")
    }

    /// The first paragraph.
    pub fn teaser(&self) -> &str {
        self.paragraphs.first().map_or("", String::as_str)
    }
}

/// The items of a file, newest first.
pub fn items(data: &str, now: DateTime<Utc>) -> Vec<Sample> {
    let mut items: Vec<Sample> =
        data.split("\n= ").filter_map(|piece| item(piece.trim_start_matches("= "), now)).collect();
    items.sort_by_key(|item| std::cmp::Reverse(item.at));
    items
}

fn item(piece: &str, now: DateTime<Utc>) -> Option<Sample> {
    let (head, body) = piece.split_once('\n')?;
    let fields: Vec<&str> = head.split(" | ").collect();
    let (age, slug, author, title) = match fields[..] {
        [age, slug, title] => (age, slug.to_owned(), "", title),
        [age, category, author, title] => (age, paper_id(age, category), author, title),
        _ => return None,
    };
    let (days, hour) = age.split_once('.')?;
    let midnight = now.date_naive().and_time(NaiveTime::MIN).and_utc();
    let at = midnight - Duration::days(days.parse().ok()?) + Duration::hours(hour.parse().ok()?);
    let paragraphs = body.split("\n\n").map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    Some(Sample {
        at,
        slug,
        title: title.to_owned(),
        author: author.to_owned(),
        paragraphs: paragraphs.collect(),
    })
}

/// A path for a paper: its category and its place among the others.
fn paper_id(age: &str, category: &str) -> String {
    format!("{}-{}", category.replace('.', "").to_lowercase(), age.replace('.', ""))
}
