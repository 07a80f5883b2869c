//! Readers as a file: CSV in, with what shows that they agreed; CSV or JSON out.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use csv::{ReaderBuilder, StringRecord, Trim, Writer};
use serde_json::json;

use super::args_subscribers::Format;
use super::{UsageError, output};
use crate::address;
use crate::context::Context;
use crate::model::{Language, Topic};
use crate::store::consents::{self, Consent};
use crate::store::import::{self, Imported};
use crate::store::preferences::Choice;
use crate::store::sign_ups::Wish;
use crate::store::subscribers;

/// Columns of the file; the first three must be there.
const COLUMNS: [&str; 9] = [
    "email",
    "consent_at",
    "consent_text",
    "consent_from",
    "language",
    "topics",
    "weekly",
    "monthly",
    "time_zone",
];
const NEEDED: usize = 3;

/// Most problems that are told.
const MOST_TOLD: usize = 20;

/// The readers of a file, if there is nothing wrong with any line.
///
/// # Errors
/// It cannot be read, or what is wrong with which line.
pub fn read(file: &Path) -> anyhow::Result<Vec<Imported>> {
    let name = file.display();
    let bytes = std::fs::read(file).map_err(|error| UsageError(format!("cannot read {name}: {error}")))?;
    let bytes = bytes.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(&bytes);
    Ok(parse(bytes).map_err(|problems| {
        let told = problems.iter().take(MOST_TOLD).map(|(line, what)| format!("{name}:{line}: {what}"));
        let mut text = told.collect::<Vec<_>>().join("\n");
        if problems.len() > MOST_TOLD {
            let _ = write!(text, "\nand {} more", problems.len() - MOST_TOLD);
        }
        UsageError(format!("nobody was imported\n{text}"))
    })?)
}

type Problems = Vec<(u64, String)>;

fn parse(bytes: &[u8]) -> Result<Vec<Imported>, Problems> {
    let mut reader = ReaderBuilder::new().trim(Trim::All).from_reader(bytes);
    let places = match reader.headers() {
        Ok(heads) => columns(heads).map_err(|what| vec![(1, what)])?,
        Err(error) => return Err(vec![(1, error.to_string())]),
    };
    let (mut rows, mut problems) = (Vec::new(), Problems::new());
    let mut seen: HashMap<String, u64> = HashMap::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                problems.push((error.position().map_or(0, csv::Position::line), short(&error)));
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |name: &str| places.get(name).and_then(|at| record.get(*at)).unwrap_or_default();
        match row(cell) {
            Ok(row) => match seen.insert(row.wish.email.to_lowercase(), line) {
                Some(before) => problems.push((line, format!("the address stands in line {before} too"))),
                None => rows.push(row),
            },
            Err(what) => problems.push((line, what)),
        }
    }
    if problems.is_empty() { Ok(rows) } else { Err(problems) }
}

/// Never with the line's text: it may be an address.
fn short(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} fields, the first line has {expected_len}")
        }
        csv::ErrorKind::Utf8 { .. } => "not UTF-8".to_owned(),
        _ => "not CSV".to_owned(),
    }
}

fn columns(heads: &StringRecord) -> Result<HashMap<&'static str, usize>, String> {
    let mut places = HashMap::new();
    for (at, head) in heads.iter().enumerate() {
        let head = head.to_lowercase();
        let column = COLUMNS.iter().find(|column| **column == head);
        let column =
            column.ok_or_else(|| format!("unknown column {head:?}: there are {}", COLUMNS.join(", ")))?;
        places.insert(*column, at);
    }
    match COLUMNS[..NEEDED].iter().find(|column| !places.contains_key(**column)) {
        Some(column) => Err(format!("the column {column} is missing")),
        None => Ok(places),
    }
}

fn row<'a>(cell: impl Fn(&str) -> &'a str) -> Result<Imported, String> {
    let email = address::check(cell("email")).map_err(|why| format!("email: {why}"))?;
    let words = cell("topics").split([' ', ';']).filter(|word| !word.is_empty() && *word != "all");
    let topics = words.map(|word| word.parse::<Topic>().map_err(|_| format!("topics: no topic {word:?}")));
    let mut topics = topics.collect::<Result<Vec<Topic>, String>>()?;
    topics.sort_unstable();
    topics.dedup();
    let language = match cell("language") {
        "" => Language::En,
        word => word.parse().map_err(|_| format!("language: {word:?} is neither en nor zh"))?,
    };
    let time_zone = match cell("time_zone") {
        "" => None,
        word => {
            Some(word.parse::<Tz>().map_err(|_| format!("time_zone: no zone {word:?}"))?.name().to_owned())
        }
    };
    let weekly = yes("weekly", cell("weekly"))?;
    let monthly = yes("monthly", cell("monthly"))?;
    let wish = Wish { email, choice: Choice { language, topics, weekly, monthly, time_zone } };
    let wording = cell("consent_text").to_owned();
    if wording.is_empty() {
        return Err("consent_text: what did the reader agree to?".to_owned());
    }
    let consent = Consent {
        how: "import".to_owned(),
        asked_at: time(cell("consent_at"))?,
        asked_from: cell("consent_from").to_owned(),
        wording,
        confirmed_at: None,
        confirmed_from: None,
    };
    Ok(Imported { wish, consent })
}

/// Nothing is yes: who is on the list wants it.
fn yes(column: &str, word: &str) -> Result<bool, String> {
    match word.to_lowercase().as_str() {
        "" | "yes" | "true" | "1" => Ok(true),
        "no" | "false" | "0" => Ok(false),
        _ => Err(format!("{column}: {word:?} is neither yes nor no")),
    }
}

fn time(text: &str) -> Result<DateTime<Utc>, String> {
    let day = || Some(text.parse::<NaiveDate>().ok()?.and_time(NaiveTime::MIN).and_utc());
    let at = DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc()).or_else(day);
    at.ok_or_else(|| format!("consent_at: {text:?} is no time: write 2026-05-06 or 2026-05-06T08:00:00Z"))
}

/// Adds the readers of a file, or says what that would do.
///
/// # Errors
/// The database fails; then nobody was added.
pub async fn import(ctx: &Context, rows: &[Imported], is_rehearsal: bool) -> anyhow::Result<()> {
    let now = ctx.clock.now();
    let counts = if is_rehearsal {
        import::rehearse(&ctx.pool, rows, now).await?
    } else {
        import::import(&ctx.pool, rows, now).await?
    };
    let import::Counts { added, known, left, suppressed } = counts;
    let word = if is_rehearsal { "would be added" } else { "added" };
    output::line(&format!(
        "{added} {word}, {known} read already, {left} had left and {suppressed} are suppressed: these stay so"
    ))
}

/// Prints who reads, with the first agreement of each.
///
/// # Errors
/// The database fails, or standard output is closed.
pub async fn export(ctx: &Context, format: Format) -> anyhow::Result<()> {
    let mut out = Writer::from_writer(Vec::new());
    out.write_record(COLUMNS)?;
    let mut all = Vec::new();
    for reader in subscribers::list(&ctx.pool).await?.iter().filter(|reader| reader.left_at.is_none()) {
        let agreed = consents::list(&ctx.pool, reader.id).await?;
        let first = agreed.first();
        let topics: Vec<&str> = reader.topics.iter().map(|topic| topic.as_str()).collect();
        let says = |is: bool| if is { "yes" } else { "no" };
        if format == Format::Csv {
            out.write_record([
                reader.email.as_str(),
                &first.map_or(reader.created_at, |one| one.asked_at).to_rfc3339(),
                first.map_or("", |one| one.wording.as_str()),
                first.map_or("", |one| one.asked_from.as_str()),
                reader.language.as_str(),
                &topics.join(" "),
                says(reader.weekly),
                says(reader.monthly),
                reader.time_zone.as_deref().unwrap_or_default(),
            ])?;
        } else {
            all.push(json!({ "email": reader.email, "language": reader.language, "topics": topics,
                             "weekly": reader.weekly, "monthly": reader.monthly, "time_zone": reader.time_zone,
                             "paused_until": reader.paused_until, "since": reader.created_at, "consents": agreed }));
        }
    }
    if format == Format::Json {
        return output::json(&all);
    }
    let text = String::from_utf8(out.into_inner()?)?;
    output::line(text.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Problems {
        parse(text.as_bytes()).unwrap_err()
    }

    #[test]
    fn a_list_is_read_with_what_shows_the_consent() {
        let text = "email,consent_at,consent_text,topics,weekly\nada@Example.org,2026-05-06,\"old list, \"\"form\"\" 2\",\"research privacy\",no\n";
        let rows = parse(text.as_bytes()).unwrap();
        let Imported { wish, consent } = &rows[0];
        assert_eq!(
            (rows.len(), wish.email.as_str(), wish.choice.weekly, wish.choice.monthly),
            (1, "ada@example.org", false, true)
        );
        assert_eq!(wish.choice.topics, [Topic::Research, Topic::Privacy]);
        assert_eq!(consent.wording, "old list, \"form\" 2");
        assert_eq!(consent.asked_at.to_rfc3339(), "2026-05-06T00:00:00+00:00");
    }

    #[test]
    fn each_bad_line_is_named_and_its_address_is_not() {
        let head = "email,consent_at,consent_text\n";
        let bad = problems(&format!(
            "{head}ada@example.org,2026-05-06,x\nbob,2026-05-06,x\nADA@example.org,2026-05-06,x\neve@example.org,soon,x\nzoe@example.org,2026-05-06,\nlate@example.org\n"
        ));
        let lines: Vec<u64> = bad.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [3, 4, 5, 6, 7], "{bad:?}");
        assert!(
            bad[1].1.contains("line 2")
                && bad.iter().all(|(_, what)| !what.contains('@') || what.contains("no @"))
        );
        assert_eq!(problems("email\n"), [(1, "the column consent_at is missing".to_owned())]);
        assert!(problems("email,name\n")[0].1.contains("unknown column \"name\""));
    }
}
