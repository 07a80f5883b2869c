//! What a value of headsup.toml must fulfil beyond its type.

use std::collections::BTreeMap;
use std::net::{IpAddr, ToSocketAddrs as _};

use chrono_tz::{TZ_VARIANTS, Tz};
use url::Url;

use super::check_mail;
use super::document::Document;
use super::editions;
use super::load_settings::Origin;
use super::problem::{Problem, suggest};
use super::settings::Settings;

/// Every value that cannot work, with the line or variable it came from.
pub fn check(settings: &Settings, document: &Document, origins: &BTreeMap<String, Origin>) -> Vec<Problem> {
    let mut found: Vec<(&str, String)> = Vec::new();
    found.extend(site(settings));
    found.extend(schedule(settings));
    found.extend(model(settings));
    found.extend(embeddings(settings));
    found.extend(check_mail::check(&settings.mail));
    found.extend(ranges(settings));
    found.extend(rates(settings));
    let problem = |(way, message): (&str, String)| match origins.get(way) {
        Some(Origin::Variable(name)) => {
            Problem { file: "environment".into(), line: None, key: name.clone(), message }
        }
        _ => document.problem(document.line(&way.split('.').collect::<Vec<_>>()), way, message),
    };
    let mut problems: Vec<Problem> = found.into_iter().map(problem).collect();
    problems.extend(editions::check(settings).into_iter().map(|(n, key, message)| {
        let slug = settings.editions.get(n).map(|edition| edition.slug.as_str()).unwrap_or_default();
        let line = document.line(&["edition", &n.to_string(), key]);
        document.problem(line, &format!("edition.{slug}.{key}"), message)
    }));
    problems
}

fn site(settings: &Settings) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    if let Some(message) = bad_http(&settings.site.base_url) {
        found.push(("site.base_url", message));
    }
    if settings.site.listen.to_socket_addrs().is_err() {
        let message =
            format!("{:?} is not an address to listen on: write 127.0.0.1:8080", settings.site.listen);
        found.push(("site.listen", message));
    }
    let proxies = settings.site.proxies.split(',').map(str::trim).filter(|word| !word.is_empty());
    found.extend(
        proxies
            .filter(|word| word.parse::<IpAddr>().is_err())
            .map(|word| ("site.proxies", format!("{word:?} is not an IP address: write \"127.0.0.1, ::1\""))),
    );
    found
}

fn schedule(settings: &Settings) -> Vec<(&'static str, String)> {
    let lines = &settings.schedule;
    let mut found = Vec::new();
    if lines.time_zone.parse::<Tz>().is_err() {
        let guess = suggest(&lines.time_zone, TZ_VARIANTS.iter().map(|zone| zone.name()));
        found.push(("schedule.time_zone", format!("unknown time zone{guess}")));
    }
    for (way, line) in [
        ("schedule.crawl", &lines.crawl),
        ("schedule.weekly", &lines.weekly),
        ("schedule.paper", &lines.paper),
    ] {
        if !super::editions::fires(line) {
            let message = format!(
                "{line:?} is not a cron line: five fields (minute hour day month weekday), as \"0 7 * * MON\""
            );
            found.push((way, message));
        }
    }
    found
}

fn model(settings: &Settings) -> Vec<(&'static str, String)> {
    let model = &settings.model;
    let mut found = Vec::new();
    if model.base_url.is_empty() {
        return found;
    }
    if let Some(message) = bad_http(&model.base_url) {
        found.push(("model.base_url", message));
    }
    if model.name.is_empty() {
        found.push((
            "model.name",
            "is needed with base_url: the model's name as the server knows it".to_owned(),
        ));
    }
    if model.context_tokens < 1024 {
        found.push(("model.context_tokens", "must be at least 1024".to_owned()));
    }
    for (way, price) in [
        ("model.price_prompt", model.price_prompt),
        ("model.price_completion", model.price_completion),
        ("model.cost_per_run", model.cost_per_run),
        ("model.cost_per_week", model.cost_per_week),
        ("model.cost_per_month", model.cost_per_month),
    ] {
        if !price.is_finite() || price < 0.0 {
            found.push((way, "must be 0 or more".to_owned()));
        }
    }
    found
}

fn embeddings(settings: &Settings) -> Vec<(&'static str, String)> {
    let embeddings = &settings.embeddings;
    let mut found = Vec::new();
    if embeddings.base_url.is_empty() {
        return found;
    }
    if let Some(message) = bad_http(&embeddings.base_url) {
        found.push(("embeddings.base_url", message));
    }
    let holds =
        |url: url::Url| !url.username().is_empty() || url.query().is_some() || url.fragment().is_some();
    if url::Url::parse(&embeddings.base_url).is_ok_and(holds) {
        let message =
            "must be an address alone: the key stands in api_key, parameters have no place".to_owned();
        found.push(("embeddings.base_url", message));
    }
    if embeddings.model.trim().is_empty() {
        let message = "is needed with base_url: the model's name as the server knows it".to_owned();
        found.push(("embeddings.model", message));
    }
    found
}

fn rates(settings: &Settings) -> Vec<(&'static str, String)> {
    let rates = &settings.rates;
    let mut found = Vec::new();
    if rates.day.parse::<chrono::NaiveDate>().is_err() {
        found.push(("rates.day", format!("{:?} is not a day: write it like 2026-11-20", rates.day)));
    }
    let is_code = |code: &str| code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    for (code, rate) in &rates.per_usd {
        if !is_code(code) || !rate.is_finite() || *rate <= 0.0 {
            let message = format!(
                "{code} = {rate}: a currency's code in capitals and how many of it make one US dollar"
            );
            found.push(("rates.per_usd", message));
        }
    }
    found
}

fn ranges(settings: &Settings) -> Vec<(&'static str, String)> {
    let (crawl, digest) = (&settings.crawl, &settings.digest);
    let all = [
        ("crawl.parallel", crawl.parallel as f64, 1.0, 256.0),
        ("crawl.timeout_seconds", crawl.timeout_seconds as f64, 1.0, 600.0),
        ("crawl.max_bytes", crawl.max_bytes as f64, 10_000.0, 1e9),
        ("crawl.pages_per_run", crawl.pages_per_run as f64, 0.0, 1e6),
        ("model.timeout_seconds", settings.model.timeout_seconds as f64, 1.0, 3600.0),
        ("model.retry_seconds", settings.model.retry_seconds, 0.0, 60.0),
        ("model.batch", settings.model.batch as f64, 1.0, 20.0),
        ("model.story_tokens", f64::from(settings.model.story_tokens), 100.0, 20_000.0),
        ("embeddings.timeout_seconds", settings.embeddings.timeout_seconds as f64, 1.0, 3600.0),
        ("embeddings.batch", settings.embeddings.batch as f64, 1.0, 2048.0),
        ("embeddings.same_language", settings.embeddings.same_language, 0.0, 0.99),
        ("embeddings.across_languages", settings.embeddings.across_languages, 0.0, 0.99),
        ("digest.max_stories", digest.max_stories as f64, 1.0, 100.0),
        ("digest.floor", f64::from(digest.floor), -100.0, 100.0),
        ("digest.per_owner", digest.per_owner as f64, 1.0, 100.0),
        ("digest.per_source", digest.per_source as f64, 1.0, 100.0),
        ("digest.per_company", digest.per_company as f64, 1.0, 100.0),
        ("digest.per_lane", digest.per_lane as f64, 1.0, 100.0),
        ("digest.minutes", f64::from(digest.minutes), 1.0, 60.0),
        ("digest.remind_hours", f64::from(digest.remind_hours), 1.0, 720.0),
        ("mail.connections", settings.mail.connections as f64, 1.0, 50.0),
        ("mail.step_seconds", settings.mail.step_seconds as f64, 1.0, 600.0),
        ("mail.expire_hours", settings.mail.expire_hours as f64, 1.0, 720.0),
        ("mail.resend_after_hours", settings.mail.resend_after_hours as f64, 1.0, 72.0),
        ("retention.pages_days", settings.retention.pages_days as f64, 0.0, 3650.0),
        ("retention.runs_days", settings.retention.runs_days as f64, 1.0, 3650.0),
    ];
    let all = all.into_iter().chain(score(settings));
    let outside = |(_, value, low, high): &(&str, f64, f64, f64)| !(*low..=*high).contains(value);
    all.filter(outside).map(|(way, _, low, high)| (way, format!("must be from {low} to {high}"))).collect()
}

/// Evidence never costs points, and hype never earns any.
fn score(settings: &Settings) -> impl Iterator<Item = (&'static str, f64, f64, f64)> {
    let score = &settings.score;
    let evidence = [
        ("score.primary", score.primary),
        ("score.artifact", score.artifact),
        ("score.corroborated", score.corroborated),
        ("score.numbers", score.numbers),
        ("score.benchmark", score.benchmark),
        ("score.independent", score.independent),
        ("score.focus", score.focus),
        ("score.big_company", score.big_company),
        ("score.compared", score.compared),
    ];
    let hype = [
        ("score.sensational", score.sensational),
        ("score.list_bait", score.list_bait),
        ("score.promo", score.promo),
        ("score.clickbait", score.clickbait),
        ("score.stock_tip", score.stock_tip),
        ("score.press_release", score.press_release),
        ("score.headline", score.headline),
        ("score.vendor_claim", score.vendor_claim),
        ("score.no_artifact", score.no_artifact),
        ("score.future", score.future),
        ("score.anonymous", score.anonymous),
        ("score.thin", score.thin),
        ("score.injection", score.injection),
    ];
    let evidence = evidence.into_iter().map(|(way, points)| (way, f64::from(points), 0.0, 20.0));
    evidence.chain(hype.into_iter().map(|(way, points)| (way, f64::from(points), -20.0, 0.0)))
}

fn bad_http(text: &str) -> Option<String> {
    let url = Url::parse(text).ok();
    let fits = url.is_some_and(|url| ["http", "https"].contains(&url.scheme()) && url.host_str().is_some());
    (!fits).then(|| format!("{text:?} is not an address: it begins with http:// or https://"))
}
