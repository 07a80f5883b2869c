//! headsup.toml and the environment to [`Settings`]: every problem found at once, every value with its origin.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use secrecy::SecretString;
use serde_json::Value as Json;

use super::check_settings::check;
use super::document::{Document, out_of_range, resolve, schema_of};
use super::place;
use super::problem::{ConfigError, Problem, suggest};
use super::settings::{Proxies, Review, Settings};

/// The process environment, by parameter so that tests bring their own.
pub type Environment = BTreeMap<String, String>;

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nobody set it.
    Default,
    /// The file, in this line.
    File(String, usize),
    /// The environment variable of this name.
    Variable(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(file, line) => write!(f, "{file}:{line}"),
            Self::Variable(name) => f.write_str(name),
        }
    }
}

/// Effective settings.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The values.
    pub settings: Settings,
    /// Origin of each value, by "section.key".
    pub origins: BTreeMap<String, Origin>,
    /// What is allowed but should be looked at.
    pub warnings: Vec<String>,
}

impl Settings {
    /// Defaults, over them the file (if any), over it `HEADSUP_<SECTION>_<KEY>`. Secrets are read here and nowhere else.
    ///
    /// # Errors
    /// Every problem with file, line and key, or the variable's name.
    pub fn load(path: Option<&Path>, environment: &Environment) -> Result<Loaded, ConfigError> {
        let document = match path {
            Some(path) => Document::read(path)?,
            None => Document::new("headsup.toml", String::new()),
        };
        Self::parse(&document, environment)
    }

    /// The same from a document.
    ///
    /// # Errors
    /// As [`Settings::load`].
    pub fn parse(document: &Document, environment: &Environment) -> Result<Loaded, ConfigError> {
        let schema = schema_of::<Self>();
        let mut table = document.table(&schema)?;
        let mut origins = origins(&table, &schema, document);
        let problems = override_from(environment, &schema, &mut table, &mut origins);
        if !problems.is_empty() {
            return Err(ConfigError(problems));
        }
        let mut settings: Self = table.try_into().map_err(|error: toml::de::Error| {
            ConfigError::one(document.name(), "", error.message().into())
        })?;
        settings.home = place::home(environment);
        settings.crawl.proxies = proxies(environment);
        settings.site.base_url = settings.site.base_url.trim_end_matches('/').to_owned();
        let mut warnings = Vec::new();
        let mut problems = check(&settings, document, &origins);
        if settings.digest.review == Review::Hold && settings.mail.operator.is_none() {
            warnings.push(
                "digest.review = \"hold\", but nobody is told of a draft: set mail.operator, or look with `headsup draft list`"
                    .to_owned(),
            );
        }
        problems.extend(read_secrets(&mut settings, environment, document, &mut warnings));
        if problems.is_empty() {
            Ok(Loaded { settings, origins, warnings })
        } else {
            Err(ConfigError(problems))
        }
    }
}

/// "section.key" → origin, for every key there is.
fn origins(table: &toml::Table, schema: &Json, document: &Document) -> BTreeMap<String, Origin> {
    let mut origins = BTreeMap::new();
    for (section, key, _) in keys(schema) {
        let is_set = table.get(&section).and_then(|inner| inner.get(&key)).is_some();
        let line = document.line(&[&section, &key]).unwrap_or_default();
        let origin = if is_set { Origin::File(document.name().to_owned(), line) } else { Origin::Default };
        origins.insert(format!("{section}.{key}"), origin);
    }
    origins
}

/// Section, key and schema of every setting.
pub fn keys(schema: &Json) -> Vec<(String, String, Json)> {
    let mut keys = Vec::new();
    for (section, inner) in schema["properties"].as_object().into_iter().flatten() {
        let inner = resolve(schema, inner);
        for (key, value) in inner["properties"].as_object().into_iter().flatten() {
            keys.push((section.clone(), key.clone(), resolve(schema, value).clone()));
        }
    }
    keys
}

fn override_from(
    environment: &Environment,
    schema: &Json,
    table: &mut toml::Table,
    origins: &mut BTreeMap<String, Origin>,
) -> Vec<Problem> {
    let keys = keys(schema);
    let variable = |section: &str, key: &str| format!("HEADSUP_{section}_{key}").to_uppercase();
    let names: Vec<String> = keys.iter().map(|(section, key, _)| variable(section, key)).collect();
    let mut problems = Vec::new();
    for ((section, key, schema), name) in keys.iter().zip(&names) {
        let Some(text) = environment.get(name) else { continue };
        match typed(text.trim(), schema) {
            Ok(value) => {
                let inner = table.entry(section).or_insert_with(|| toml::Value::Table(toml::Table::new()));
                if let Some(inner) = inner.as_table_mut() {
                    inner.insert(key.clone(), value);
                }
                origins.insert(format!("{section}.{key}"), Origin::Variable(name.clone()));
            }
            Err(message) => problems.push(in_environment(name, message)),
        }
    }
    let secret_names = secret_names(table);
    for name in environment.keys().filter(|name| is_misspelt(name, schema, &names)) {
        if !secret_names.contains(name) {
            let guess = suggest(name, names.iter().map(String::as_str));
            problems.push(in_environment(name, format!("no such setting{guess}")));
        }
    }
    problems
}

/// The variables that most programs know, small or capital letters; an empty one counts as absent.
fn proxies(environment: &Environment) -> Proxies {
    let one = |name: &str| {
        let value = environment.get(name).or_else(|| environment.get(&name.to_uppercase()));
        value.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    };
    Proxies {
        http: one("http_proxy").or_else(|| one("all_proxy")),
        https: one("https_proxy").or_else(|| one("all_proxy")),
        never: one("no_proxy").unwrap_or_default(),
    }
}

/// `HEADSUP_MAIL_RELAI`: begins like a setting and is none.
fn is_misspelt(name: &str, schema: &Json, names: &[String]) -> bool {
    let sections = schema["properties"].as_object().into_iter().flatten();
    let mut prefixes = sections.map(|(section, _)| format!("HEADSUP_{}_", section.to_uppercase()));
    prefixes.any(|prefix| name.starts_with(&prefix)) && !names.iter().any(|known| known == name)
}

/// Variables that the file names as the place of a secret.
fn secret_names(table: &toml::Table) -> Vec<String> {
    let places = [("model", "api_key_env"), ("embeddings", "api_key_env"), ("mail", "password_env")];
    let named = places.iter().filter_map(|(section, key)| table.get(*section)?.get(*key)?.as_str());
    let relays = table.get("mail").and_then(|mail| mail.get("relays")?.as_array());
    let of_relays = relays.into_iter().flatten().filter_map(|relay| relay.get("password_env")?.as_str());
    named.chain(of_relays).map(str::to_owned).collect()
}

fn typed(text: &str, schema: &Json) -> Result<toml::Value, String> {
    let has = |kind: &str| match &schema["type"] {
        Json::String(own) => own == kind,
        Json::Array(own) => own.iter().any(|one| one == kind),
        _ => false,
    };
    if has("boolean") {
        return text.parse().map(toml::Value::Boolean).map_err(|_| "must be true or false".to_owned());
    }
    if has("integer") {
        let number: i128 = text.parse().map_err(|_| "must be a whole number".to_owned())?;
        let too_large = || format!("is too large: at most {}", i64::MAX);
        return match out_of_range(number, schema) {
            Some(message) => Err(message),
            None => i64::try_from(number).map(toml::Value::Integer).map_err(|_| too_large()),
        };
    }
    if has("number") {
        return text.parse().map(toml::Value::Float).map_err(|_| "must be a number".to_owned());
    }
    let allowed = super::document::words(schema);
    if !allowed.is_empty() && !allowed.contains(&text) {
        let guess = suggest(text, allowed.iter().copied());
        return Err(format!("{text:?} is not one of: {}{guess}", allowed.join(", ")));
    }
    Ok(toml::Value::String(text.to_owned()))
}

fn in_environment(name: &str, message: String) -> Problem {
    Problem { file: "environment".into(), line: None, key: name.to_owned(), message }
}

fn read_secrets(
    settings: &mut Settings,
    environment: &Environment,
    document: &Document,
    warnings: &mut Vec<String>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut read = |section: &str, keys: [&str; 2], variable: &str, file: Option<&Path>| {
        let outcome = secret(variable, file, environment, warnings);
        outcome.unwrap_or_else(|message| {
            let key = if variable.is_empty() { keys[1] } else { keys[0] };
            let line = document.line(&[section, key]);
            problems.push(document.problem(line, &format!("{section}.{key}"), message));
            None
        })
    };
    let (model, mail) = (&mut settings.model, &mut settings.mail);
    if !model.base_url.is_empty() {
        let keys = ["api_key_env", "api_key_file"];
        model.api_key = read("model", keys, &model.api_key_env, model.api_key_file.as_deref());
    }
    let embeddings = &mut settings.embeddings;
    if !embeddings.base_url.is_empty() {
        let keys = ["api_key_env", "api_key_file"];
        embeddings.api_key =
            read("embeddings", keys, &embeddings.api_key_env, embeddings.api_key_file.as_deref());
    }
    let keys = ["password_env", "password_file"];
    if !mail.user.is_empty() {
        mail.password = read("mail", keys, &mail.password_env, mail.password_file.as_deref());
    }
    for relay in mail.relays.iter_mut().filter(|relay| !relay.user.is_empty()) {
        relay.password = read("mail", ["relays"; 2], &relay.password_env, relay.password_file.as_deref());
    }
    mail.dkim_rsa = read("mail", ["dkim_rsa_file"; 2], "", mail.dkim_rsa_file.as_deref());
    mail.dkim_ed25519 = read("mail", ["dkim_ed25519_file"; 2], "", mail.dkim_ed25519_file.as_deref());
    problems
}

/// The secret of a variable, else of a file; without white space around it.
fn secret(
    variable: &str,
    file: Option<&Path>,
    environment: &Environment,
    warnings: &mut Vec<String>,
) -> Result<Option<SecretString>, String> {
    if !variable.is_empty() {
        let value = environment.get(variable).map(|value| value.trim()).filter(|value| !value.is_empty());
        let value = value.ok_or_else(|| format!("the environment variable {variable} is not set"))?;
        return Ok(Some(SecretString::from(value.to_owned())));
    }
    let Some(file) = file else { return Ok(None) };
    let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    if place::is_open_to_others(file) {
        warnings.push(format!("{} can be read by others: chmod 600 it", file.display()));
    }
    match text.trim() {
        "" => Err(format!("{} is empty", file.display())),
        value => Ok(Some(SecretString::from(value.to_owned()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;

    fn load(text: &str, variables: &[(&str, &str)]) -> Result<Loaded, String> {
        let environment =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let document = Document::new("headsup.toml", text.to_owned());
        Settings::parse(&document, &environment).map_err(|error| error.to_string())
    }

    #[test]
    fn nothing_configured_is_a_configuration() {
        let loaded = load("", &[]).unwrap();
        assert_eq!(loaded.origins["site.listen"], Origin::Default);
        assert_eq!(loaded.settings.site.listen, "127.0.0.1:8080");
    }

    #[test]
    fn the_environment_wins_over_the_file_and_says_so() {
        let text = "[digest]\nmax_stories = 7\nfloor = 1\n";
        let loaded =
            load(text, &[("HEADSUP_DIGEST_MAX_STORIES", "9"), ("HEADSUP_MODEL_SEND", "titles")]).unwrap();
        assert_eq!(loaded.settings.digest.max_stories, 9);
        assert_eq!(loaded.origins["digest.max_stories"].to_string(), "HEADSUP_DIGEST_MAX_STORIES");
        assert_eq!(loaded.origins["digest.floor"].to_string(), "headsup.toml:3");
    }

    #[test]
    fn misspelt_and_mistyped_variables_are_problems() {
        let text = load("", &[("HEADSUP_MAIL_RELAI", "smtp://x:25"), ("HEADSUP_CRAWL_PARALLEL", "many")])
            .unwrap_err();
        assert!(
            text.contains(
                "environment: HEADSUP_MAIL_RELAI: no such setting (did you mean \"HEADSUP_MAIL_RELAY\"?)"
            ),
            "{text}"
        );
        assert!(text.contains("environment: HEADSUP_CRAWL_PARALLEL: must be a whole number"), "{text}");
        let text =
            load("", &[("HEADSUP_MODEL_CONTEXT_TOKENS", "99999999999"), ("HEADSUP_CRAWL_PARALLEL", "-1")])
                .unwrap_err()
                .to_string();
        assert!(text.contains("HEADSUP_MODEL_CONTEXT_TOKENS: is too large: at most 4294967295"), "{text}");
        assert!(text.contains("environment: HEADSUP_CRAWL_PARALLEL: must not be negative"), "{text}");
        assert!(load("", &[("HEADSUP_HOME", "/x"), ("HEADSUP_PG_BIN", "/y")]).is_ok());
    }

    #[test]
    fn a_secret_comes_without_its_newline_and_is_never_printed() {
        let text = "[mail]\nuser = \"me\"\npassword_env = \"RELAY_WORD\"\n";
        let loaded = load(text, &[("RELAY_WORD", "open sesame\n")]).unwrap();
        assert_eq!(loaded.settings.mail.password.as_ref().unwrap().expose_secret(), "open sesame");
        assert!(!format!("{:?}", loaded.settings).contains("sesame"));
        let text = load(text, &[]).unwrap_err();
        assert_eq!(text, "headsup.toml:3: mail.password_env: the environment variable RELAY_WORD is not set");
    }

    #[test]
    fn values_that_cannot_work_are_refused_with_their_line() {
        let text = r#"
[site]
base_url = "digest.example.org"
listen = "8080"
[schedule]
time_zone = "Europe/Berln"
weekly = "every monday"
[mail]
from = "headsup"
relay = "mail.example.org:25"
[digest]
max_stories = 0
"#;
        let text = load(text, &[]).unwrap_err();
        for part in [
            "headsup.toml:3: site.base_url: ",
            "headsup.toml:4: site.listen: ",
            "headsup.toml:6: schedule.time_zone: unknown time zone (did you mean \"Europe/Berlin\"?)",
            "headsup.toml:7: schedule.weekly: ",
            "headsup.toml:9: mail.from: ",
            "headsup.toml:10: mail.relay: ",
            "headsup.toml:12: digest.max_stories: ",
        ] {
            assert!(text.contains(part), "{part}\nis missing in\n{text}");
        }
    }
}
