//! What is published again and again: the weekly issue, the paper of the month, and the configured editions.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::period;
use crate::config::{DigestSettings, EditionSettings, Settings, WEEKLY, suggest};
use crate::edition::Period;
use crate::model::{Candidate, EditionName, IssueKind, Topic};

/// The name of the paper of the month.
const PAPER: &str = "paper";

/// One of them.
#[derive(Clone, Debug)]
pub enum Series {
    /// The weekly issue.
    Weekly,
    /// The paper of the month.
    Paper,
    /// A configured edition.
    Edition(Box<EditionSettings>),
}

impl Series {
    /// All of them, the weekly issue first.
    pub fn all(settings: &Settings) -> Vec<Self> {
        let editions = settings.editions.iter().map(|edition| Self::Edition(Box::new(edition.clone())));
        [Self::Weekly, Self::Paper].into_iter().chain(editions).collect()
    }

    /// The one of this name.
    ///
    /// # Errors
    /// There is none; the error says which there are.
    pub fn named(name: &str, settings: &Settings) -> anyhow::Result<Self> {
        let all = Self::all(settings);
        if let Some(series) = all.iter().find(|series| series.slug() == name) {
            return Ok(series.clone());
        }
        let known: Vec<&str> = all.iter().map(Self::slug).collect();
        let guess = suggest(name, known.iter().copied());
        anyhow::bail!("no edition is called {name:?}{guess}: there are {}", known.join(", "))
    }

    /// Its name: in addresses, in the database, on the command line.
    pub fn slug(&self) -> &str {
        match self {
            Self::Weekly => WEEKLY,
            Self::Paper => PAPER,
            Self::Edition(edition) => &edition.slug,
        }
    }

    /// The kind of its issues.
    pub fn kind(&self) -> IssueKind {
        match self {
            Self::Paper => IssueKind::Paper,
            Self::Weekly | Self::Edition(_) => IssueKind::Weekly,
        }
    }

    /// Its period of this name.
    ///
    /// # Errors
    /// The name is none; the error says how one is written.
    pub fn period(&self, name: &str, zone: Tz) -> anyhow::Result<Period> {
        match self {
            Self::Paper => period::month(name, zone),
            Self::Edition(edition) if edition.is_daily() => period::day(name, zone),
            Self::Weekly | Self::Edition(_) => period::week(name, zone),
        }
    }

    /// Its last period that is over at `now`.
    pub fn last_period(&self, now: DateTime<Utc>, zone: Tz) -> Period {
        match self {
            Self::Paper => period::last_month(now, zone),
            Self::Edition(edition) if edition.is_daily() => period::last_day(now, zone),
            Self::Weekly | Self::Edition(_) => period::last_week(now, zone),
        }
    }

    /// Whether it may be published by itself at `now`: an edition keeps to its own schedule, whatever job runs.
    pub fn is_time(&self, period: &Period, now: DateTime<Utc>, zone: Tz) -> bool {
        match self {
            Self::Edition(edition) => edition.is_time(period.ends_at, now, zone),
            Self::Weekly | Self::Paper => true,
        }
    }

    /// Whether a quiet period gets no issue.
    pub fn skips_quiet(&self) -> bool {
        matches!(self, Self::Edition(edition) if edition.skips_quiet())
    }

    /// The rules of choosing.
    pub fn rules(&self, digest: &DigestSettings) -> DigestSettings {
        match self {
            Self::Edition(edition) => edition.rules(digest),
            Self::Weekly | Self::Paper => digest.clone(),
        }
    }

    /// What its issues carry of it.
    pub fn name(&self) -> Option<EditionName> {
        let Self::Edition(edition) = self else { return None };
        Some(EditionName {
            slug: edition.slug.clone(),
            title: edition.title().to_owned(),
            daily: edition.is_daily(),
            topics: edition.topics.clone(),
        })
    }

    /// Whether it may tell a story. One that is not judged yet is about nothing.
    pub fn is_about(&self, candidate: &Candidate) -> bool {
        let Self::Edition(edition) = self else { return true };
        let wants = |topic: Topic| edition.topics.contains(&topic);
        edition.topics.is_empty()
            || candidate.judged.as_ref().is_some_and(|judged| {
                wants(judged.lane.into()) || judged.focus.iter().any(|focus| wants((*focus).into()))
            })
    }
}
