//! `[[edition]]`: what is published beside the weekly issue that there is without any configuration.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use croner::Cron;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::settings::{DigestSettings, Settings};
use crate::model::{Language, Topic};

/// The edition that there always is.
pub const WEEKLY: &str = "weekly";

/// Slugs that would clash with another series' address.
const TAKEN: [&str; 1] = ["paper"];

/// Most characters of a slug: it stands in addresses and names of jobs.
const LONGEST_SLUG: usize = 40;

/// How long a time an issue is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EditionPeriod {
    /// A week, Monday to Sunday.
    #[default]
    Weekly,
    /// A day.
    Daily,
}

/// `[[edition]]`
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EditionSettings {
    /// Short unique name: in addresses, and for `headsup publish` and `headsup subscribers add --edition`.
    pub slug: String,
    /// For readers, as "Team daily"; absent: the slug.
    #[serde(default)]
    pub title: Option<String>,
    /// "weekly" or "daily".
    #[serde(default)]
    pub period: EditionPeriod,
    /// Lanes and long-term questions that it tells of; none: everything.
    #[serde(default)]
    pub topics: Vec<Topic>,
    /// Languages of its mails; a reader with another gets the first. None: each reader's own.
    #[serde(default)]
    pub languages: Vec<Language>,
    /// Most stories; absent: as in `[digest]`, of a daily one 8.
    #[serde(default)]
    pub items: Option<usize>,
    /// Most minutes to read; absent: as in `[digest]`, of a daily one 2.
    #[serde(default)]
    pub minutes: Option<u8>,
    /// When it is published, as a cron line in `[schedule] time_zone`; absent: "0 7 * * MON", of a daily one "0 7 * * *".
    #[serde(default)]
    pub schedule: Option<String>,
    /// Whether a quiet period gets no issue, its stories waiting for the next; absent: true of a daily one.
    #[serde(default)]
    pub skip_quiet: Option<bool>,
}

impl EditionSettings {
    /// Of a day, not of a week.
    pub fn is_daily(&self) -> bool {
        self.period == EditionPeriod::Daily
    }

    /// For readers.
    pub fn title(&self) -> &str {
        self.title.as_deref().unwrap_or(&self.slug)
    }

    /// Whether a quiet period gets no issue.
    pub fn skips_quiet(&self) -> bool {
        self.skip_quiet.unwrap_or(self.is_daily())
    }

    /// Its cron line.
    pub fn schedule(&self) -> &str {
        let usual = if self.is_daily() { "0 7 * * *" } else { "0 7 * * MON" };
        self.schedule.as_deref().unwrap_or(usual)
    }

    /// The rules of choosing.
    pub fn rules(&self, digest: &DigestSettings) -> DigestSettings {
        let usual = if self.is_daily() { (8, 2) } else { (digest.max_stories, digest.minutes) };
        DigestSettings {
            max_stories: self.items.unwrap_or(usual.0),
            minutes: self.minutes.unwrap_or(usual.1),
            ..digest.clone()
        }
    }

    /// Whether it is time, at `now`, to publish the issue of a period that ended then.
    pub fn is_time(&self, ended_at: DateTime<Utc>, now: DateTime<Utc>, zone: Tz) -> bool {
        let Ok(line) = self.schedule().parse::<Cron>() else { return false };
        let next = line.find_next_occurrence(&ended_at.with_timezone(&zone), true);
        next.is_ok_and(|next| next <= now)
    }
}

impl Settings {
    /// The edition of this slug, if one is configured.
    pub fn edition(&self, slug: &str) -> Option<EditionSettings> {
        self.editions.iter().find(|edition| edition.slug == slug).cloned()
    }
}

/// What is wrong with the editions: which one, which key, and what would be right.
pub fn check(settings: &Settings) -> Vec<(usize, &'static str, String)> {
    let mut found = Vec::new();
    for (n, edition) in settings.editions.iter().enumerate() {
        found.extend(slug(settings, n).map(|message| (n, "slug", message)));
        let is_title = |title: &String| {
            !title.trim().is_empty() && title.chars().count() <= 60 && !title.contains(char::is_control)
        };
        if edition.title.as_ref().is_some_and(|title| !is_title(title)) {
            found.push((n, "title", "must have 1 to 60 characters on one line".to_owned()));
        }
        if edition.items.is_some_and(|items| !(1..=100).contains(&items)) {
            found.push((n, "items", "must be from 1 to 100".to_owned()));
        }
        if edition.minutes.is_some_and(|minutes| !(1..=60).contains(&minutes)) {
            found.push((n, "minutes", "must be from 1 to 60".to_owned()));
        }
        if !fires(edition.schedule()) {
            let message = format!(
                "{:?} is no cron line that ever fires: five fields (minute hour day month weekday), as \"0 7 * * *\"",
                edition.schedule()
            );
            found.push((n, "schedule", message));
        }
    }
    found
}

/// Whether this is a cron line, and one that comes round: "0 7 31 2 *" does not.
pub fn fires(line: &str) -> bool {
    let line = line.parse::<Cron>();
    line.is_ok_and(|line| line.find_next_occurrence(&DateTime::<Utc>::UNIX_EPOCH, false).is_ok())
}

fn slug(settings: &Settings, n: usize) -> Option<String> {
    let slug = &settings.editions.get(n)?.slug;
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if slug.is_empty() || slug.len() > LONGEST_SLUG || !slug.chars().all(is_plain) {
        return Some(format!("{slug:?} must be of a-z, 0-9 and -, at most {LONGEST_SLUG} characters"));
    }
    if slug == WEEKLY {
        return Some("the weekly issue has [digest] and [schedule]: give this one another name".to_owned());
    }
    if TAKEN.contains(&slug.as_str()) {
        return Some(format!("{slug:?} is the name of another series: give this one another"));
    }
    let twice = settings.editions.iter().take(n).any(|other| other.slug == *slug);
    twice.then(|| format!("{slug:?} is there twice"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edition(slug: &str, period: &str) -> EditionSettings {
        toml::from_str(&format!("slug = {slug:?}\nperiod = {period:?}")).unwrap()
    }

    #[test]
    fn an_edition_is_due_at_its_own_time_and_not_before() {
        let daily = EditionSettings { schedule: Some("30 18 * * *".into()), ..edition("team", "daily") };
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let (ended, zone) = (at("2026-05-06T00:00:00Z"), Tz::UTC);
        assert!(!daily.is_time(ended, at("2026-05-06T18:29:59Z"), zone));
        assert!(daily.is_time(ended, at("2026-05-06T18:30:00Z"), zone));
        assert!(edition("x", "daily").is_time(ended, at("2026-05-06T07:00:00Z"), zone));
        assert!(!edition("x", "weekly").is_time(
            at("2026-05-04T00:00:00Z"),
            at("2026-05-04T06:59:00Z"),
            zone
        ));
    }

    #[test]
    fn what_is_not_said_follows_from_the_period() {
        let digest = DigestSettings::default();
        let (day, week) = (edition("d", "daily"), edition("w", "weekly"));
        assert_eq!(
            (day.rules(&digest).max_stories, day.rules(&digest).minutes, day.skips_quiet()),
            (8, 2, true)
        );
        assert_eq!((week.rules(&digest).max_stories, week.skips_quiet()), (digest.max_stories, false));
        assert_eq!((day.title(), day.schedule(), week.schedule()), ("d", "0 7 * * *", "0 7 * * MON"));
    }
}
