//! What somebody typed into a form, or sent as JSON, as a wish; or what is wrong with it. Pure.

use chrono_tz::Tz;
use serde::Deserialize;

use crate::address;
use crate::model::{Language, Topic};
use crate::store::preferences::Choice;

/// Zones that the form offers; any other IANA name may be typed.
pub const ZONES: [&str; 28] = [
    "UTC",
    "Africa/Cairo",
    "Africa/Johannesburg",
    "Africa/Lagos",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Mexico_City",
    "America/New_York",
    "America/Sao_Paulo",
    "America/Toronto",
    "Asia/Dubai",
    "Asia/Hong_Kong",
    "Asia/Jakarta",
    "Asia/Kolkata",
    "Asia/Seoul",
    "Asia/Shanghai",
    "Asia/Singapore",
    "Asia/Taipei",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Europe/Berlin",
    "Europe/Istanbul",
    "Europe/London",
    "Europe/Madrid",
    "Europe/Paris",
    "Europe/Stockholm",
    "Pacific/Auckland",
];

/// What is wrong, as a key of the words.
pub type Wrong = &'static str;

/// As it was typed.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// An address, perhaps.
    pub email: String,
    /// A language, perhaps.
    pub language: String,
    /// Topics, perhaps.
    pub topics: Vec<String>,
    /// The box is ticked.
    pub weekly: bool,
    /// The box is ticked.
    pub monthly: bool,
    /// A zone, perhaps.
    pub time_zone: String,
}

/// As JSON has it; what is left out has the form's first value.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    email: String,
    #[serde(default)]
    language: Option<String>,
    #[serde(default)]
    topics: Vec<String>,
    #[serde(default)]
    weekly: Option<bool>,
    #[serde(default)]
    monthly: Option<bool>,
    #[serde(default)]
    time_zone: Option<String>,
}

impl Typed {
    /// Of a form's body; an unticked box is not in it.
    pub fn of_form(body: &[u8]) -> Self {
        let mut typed = Self::default();
        for (name, value) in url::form_urlencoded::parse(body) {
            let value = value.trim();
            match name.as_ref() {
                "email" => value.clone_into(&mut typed.email),
                "language" => value.clone_into(&mut typed.language),
                "topics" => typed.topics.push(value.to_owned()),
                "weekly" => typed.weekly = true,
                "monthly" => typed.monthly = true,
                "time_zone" => value.clone_into(&mut typed.time_zone),
                _ => {}
            }
        }
        typed
    }

    /// Of a JSON document.
    ///
    /// # Errors
    /// It is none, or not of this shape.
    pub fn of_json(body: &[u8]) -> Result<Self, String> {
        let body: Body = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        Ok(Self {
            email: body.email,
            language: body.language.unwrap_or_else(|| Language::En.to_string()),
            topics: body.topics,
            weekly: body.weekly.unwrap_or(true),
            monthly: body.monthly.unwrap_or(true),
            time_zone: body.time_zone.unwrap_or_default(),
        })
    }

    /// The address.
    ///
    /// # Errors
    /// It is none.
    pub fn address(&self) -> Result<String, Wrong> {
        address::check(&self.email).map_err(|_| "wrong_email")
    }

    /// Everything but the address.
    ///
    /// # Errors
    /// What is wrong first.
    pub fn choice(&self) -> Result<Choice, Wrong> {
        let language = self.language.parse().map_err(|_| "wrong_language")?;
        let topics = self.topics.iter().map(|word| word.parse().map_err(|_| "wrong_topic"));
        let mut topics = topics.collect::<Result<Vec<Topic>, Wrong>>()?;
        topics.sort_unstable();
        topics.dedup();
        if !self.weekly && !self.monthly {
            return Err("wrong_none");
        }
        let zone = self.time_zone.trim();
        let time_zone = match zone {
            "" => None,
            zone => Some(zone.parse::<Tz>().map_err(|_| "wrong_zone")?.name().to_owned()),
        };
        // All of them is the whole issue, with what is of no topic.
        if topics.len() == Topic::ALL.len() {
            topics.clear();
        }
        Ok(Choice { language, topics, weekly: self.weekly, monthly: self.monthly, time_zone })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_becomes_a_wish() {
        let typed = Typed::of_form(
            b"email=+Ada%40Example.ORG+&language=zh&topics=research&topics=funding&weekly=on&time_zone=Asia%2FShanghai",
        );
        assert_eq!(typed.address(), Ok("Ada@example.org".into()));
        let choice = typed.choice().unwrap();
        assert_eq!((choice.language, choice.weekly, choice.monthly), (Language::Zh, true, false));
        assert_eq!(choice.topics, [Topic::Funding, Topic::Research]);
        assert_eq!(choice.time_zone.as_deref(), Some("Asia/Shanghai"));
    }

    #[test]
    fn json_says_as_much_and_may_say_less() {
        let typed = Typed::of_json(br#"{"email": "ada@example.org"}"#).unwrap();
        let choice = typed.choice().unwrap();
        assert_eq!((choice.language, choice.weekly, choice.monthly), (Language::En, true, true));
        assert!(choice.topics.is_empty() && choice.time_zone.is_none());
        assert!(Typed::of_json(br#"{"email": "ada@example.org", "admin": true}"#).is_err());
        assert!(Typed::of_json(b"[]").is_err());
    }

    #[test]
    fn what_is_wrong_is_named() {
        let wrong = |form: &str| Typed::of_form(form.as_bytes()).choice().unwrap_err();
        assert_eq!(wrong("language=fr&weekly=on"), "wrong_language");
        assert_eq!(wrong("language=en&weekly=on&topics=cats"), "wrong_topic");
        assert_eq!(wrong("language=en"), "wrong_none");
        assert_eq!(wrong("language=en&weekly=on&time_zone=Mars"), "wrong_zone");
        assert_eq!(Typed::of_form(b"email=a%40b").address(), Err("wrong_email"));
        assert_eq!(Typed::of_form(b"email=a%40b.org%0d%0aBcc:c%40d.org").address(), Err("wrong_email"));
    }

    #[test]
    fn all_topics_are_the_whole_issue() {
        let all: String = Topic::ALL.iter().map(|topic| format!("&topics={topic}")).collect();
        assert!(
            Typed::of_form(format!("language=en&weekly=on{all}").as_bytes())
                .choice()
                .unwrap()
                .topics
                .is_empty()
        );
    }

    #[test]
    fn the_zones_of_the_form_exist() {
        assert!(ZONES.iter().all(|zone| zone.parse::<Tz>().is_ok()));
    }
}
