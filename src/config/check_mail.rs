//! What `[mail]` must fulfil beyond its types.

use chrono::{NaiveDate, NaiveTime};
use lettre::message::Mailbox;
use url::Url;

use super::problem::suggest;
use super::settings_mail::MailSettings;

/// Schemes of a relay.
const RELAY_SCHEMES: [&str; 3] = ["smtp", "smtp+starttls", "smtps"];

/// Providers that have a name of their own in `domain_per_minute`, as migration 0029 knows them.
const PROVIDERS: [&str; 7] = ["gmail", "outlook", "yahoo", "icloud", "qq", "netease", "sina"];

/// Every value that cannot work.
pub fn check(mail: &MailSettings) -> Vec<(&'static str, String)> {
    let mut found = mailboxes(mail);
    found.extend(relay(&mail.relay).map(|message| ("mail.relay", message)));
    for (n, one) in mail.relays.iter().enumerate() {
        let nth = |message| ("mail.relays", format!("number {} {message}", n + 1));
        found.extend(relay(&one.relay).map(nth));
    }
    if !mail.warm_up_from.is_empty() && mail.warm_up_from.parse::<NaiveDate>().is_err() {
        let message = format!("{:?} is not a day: write it like 2026-11-20", mail.warm_up_from);
        found.push(("mail.warm_up_from", message));
    }
    if !mail.morning.is_empty() && NaiveTime::parse_from_str(&mail.morning, "%H:%M").is_err() {
        found.push(("mail.morning", format!("{:?} is not a time: write it like 07:00", mail.morning)));
    }
    for (domain, limit) in &mail.domain_per_minute {
        if *limit == 0 {
            found.push(("mail.domain_per_minute", format!("{domain} = 0: must be at least 1")));
        }
        if !domain.contains('.') && !PROVIDERS.contains(&domain.as_str()) {
            let guess = suggest(domain, PROVIDERS);
            let message =
                format!("{domain:?} is neither a domain nor one of {}{guess}", PROVIDERS.join(", "));
            found.push(("mail.domain_per_minute", message));
        }
    }
    for (way, selector) in [
        ("mail.dkim_rsa_selector", &mail.dkim_rsa_selector),
        ("mail.dkim_ed25519_selector", &mail.dkim_ed25519_selector),
    ] {
        if !is_selector(selector) {
            let message = format!("{selector:?} is no selector: letters, digits, hyphens and dots");
            found.push((way, message));
        }
    }
    if mail.dkim_rsa_selector == mail.dkim_ed25519_selector {
        found.push(("mail.dkim_ed25519_selector", "must be another than dkim_rsa_selector".to_owned()));
    }
    found
}

fn mailboxes(mail: &MailSettings) -> Vec<(&'static str, String)> {
    let unsubscribe_to = Some(&mail.unsubscribe_to).filter(|text| !text.is_empty());
    let mut found = Vec::new();
    for (way, text) in [
        ("mail.from", Some(&mail.from)),
        ("mail.reply_to", mail.reply_to.as_ref()),
        ("mail.operator", mail.operator.as_ref()),
        ("mail.unsubscribe_to", unsubscribe_to),
    ] {
        if text.is_some_and(|text| text.parse::<Mailbox>().is_err()) {
            found.push((way, "must be an address: \"Name <name@example.org>\"".to_owned()));
        }
    }
    found
}

fn relay(text: &str) -> Option<String> {
    let url = Url::parse(text).ok();
    let fits = |url: &Url| {
        RELAY_SCHEMES.contains(&url.scheme()) && url.host_str().is_some_and(|host| !host.is_empty())
    };
    if !url.as_ref().is_some_and(fits) {
        return Some("must be smtp://host:587, smtp+starttls://host:587 or smtps://host:465".to_owned());
    }
    let holds_login = url.is_some_and(|url| !url.username().is_empty() || url.password().is_some());
    holds_login.then(|| "must not hold a user or password: use user and password_env".to_owned())
}

fn is_selector(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(change: impl FnOnce(&mut MailSettings)) -> Vec<&'static str> {
        let mut mail = MailSettings::default();
        change(&mut mail);
        check(&mail).into_iter().map(|(way, _)| way).collect()
    }

    #[test]
    fn what_cannot_work_is_named() {
        assert!(wrong(|_| ()).is_empty());
        assert_eq!(wrong(|mail| mail.morning = "7 o'clock".into()), ["mail.morning"]);
        assert!(wrong(|mail| mail.morning = "07:30".into()).is_empty());
        assert_eq!(wrong(|mail| mail.warm_up_from = "soon".into()), ["mail.warm_up_from"]);
        assert_eq!(wrong(|mail| mail.dkim_rsa_selector = "a b".into()), ["mail.dkim_rsa_selector"]);
        assert_eq!(wrong(|mail| mail.unsubscribe_to = "nobody".into()), ["mail.unsubscribe_to"]);
        assert_eq!(wrong(|mail| mail.relays = vec![Default::default()]), ["mail.relays"]);
        let limits = |name: &str, limit| {
            let name = name.to_owned();
            wrong(move |mail| mail.domain_per_minute = [(name, limit)].into())
        };
        assert_eq!(limits("gmial", 5), ["mail.domain_per_minute"]);
        assert_eq!(limits("gmail", 0), ["mail.domain_per_minute"]);
        assert!(limits("example.org", 5).is_empty());
    }

    #[test]
    fn a_misspelt_provider_is_guessed() {
        let mut mail = MailSettings::default();
        mail.domain_per_minute.insert("gmial".into(), 5);
        assert!(check(&mail)[0].1.contains("did you mean \"gmail\"?"), "{:?}", check(&mail));
    }
}
