//! What counts as a mail address: stricter than the grammar, because a mistake found at the door costs nothing.

use url::Host;

/// Longest address that SMTP carries.
const MAX_ADDRESS: usize = 254;

/// Longest part before the @.
const MAX_LOCAL: usize = 64;

/// Longest label of a domain.
const MAX_LABEL: usize = 63;

/// The address as it is stored: trimmed, the domain in lower case and ASCII. The error says what is wrong, without
/// repeating the address.
///
/// # Errors
/// What is wrong, for the person who typed it.
pub fn check(address: &str) -> Result<String, String> {
    let (local, domain) = address.trim().rsplit_once('@').ok_or("there is no @ in it")?;
    check_local(local)?;
    let domain = ascii_domain(domain)?;
    let address = format!("{local}@{domain}");
    if address.len() > MAX_ADDRESS {
        return Err(format!("it is longer than {MAX_ADDRESS} characters"));
    }
    Ok(address)
}

fn check_local(local: &str) -> Result<(), String> {
    if local.is_empty() {
        return Err("nothing stands before the @".into());
    }
    if local.len() > MAX_LOCAL {
        return Err(format!("more than {MAX_LOCAL} characters stand before the @"));
    }
    if let Some(bad) = local.chars().find(|c| !is_atom(*c) && *c != '.') {
        return Err(format!("{bad:?} may not stand before the @"));
    }
    if local.split('.').any(str::is_empty) {
        return Err("a dot before the @ must stand between two other characters".into());
    }
    Ok(())
}

/// RFC 5322's atext.
fn is_atom(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c)
}

fn ascii_domain(domain: &str) -> Result<String, String> {
    let wrong = || "what stands after the @ is not a domain".to_owned();
    let Ok(Host::Domain(domain)) = Host::parse(domain) else { return Err(wrong()) };
    let labels: Vec<&str> = domain.split('.').collect();
    if labels.len() < 2 {
        return Err("the domain needs a dot, as in example.org".into());
    }
    let is_top = |label: &str| label.starts_with(|c: char| c.is_ascii_alphabetic());
    let ok = labels.iter().all(|label| is_label(label)) && labels.last().is_some_and(|label| is_top(label));
    if ok { Ok(domain) } else { Err(wrong()) }
}

fn is_label(label: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || c == '-';
    (1..=MAX_LABEL).contains(&label.len())
        && label.chars().all(inner)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_addresses_pass_and_lose_the_case_of_the_domain() {
        for (given, stored) in [
            ("reader@example.org", "reader@example.org"),
            ("  Ada.L+news@Mail.Example.ORG ", "Ada.L+news@mail.example.org"),
            ("o'neil_x@a-b.co.uk", "o'neil_x@a-b.co.uk"),
            ("li@例子.中国", "li@xn--fsqu00a.xn--fiqs8s"),
        ] {
            assert_eq!(check(given).as_deref(), Ok(stored));
        }
    }

    #[test]
    fn what_no_relay_would_take_is_refused_at_the_door() {
        for given in [
            "",
            "@",
            "reader",
            "reader@",
            "@example.org",
            "a b@example.org",
            "a@b@example.org",
            "reader@localhost",
            "reader@127.0.0.1",
            "reader@[127.0.0.1]",
            "reader@[IPv6:::1]",
            ".a@example.org",
            "a.@example.org",
            "a..b@example.org",
            "\"a b\"@example.org",
            "读者@example.org",
            "a@-b.org",
            "a@b-.org",
            "a@b..org",
            "a@example.org.",
            "a@exam ple.org",
            "a@example.org\r\nBcc: b@example.org",
            "a\n@example.org",
            "<a@example.org>",
            "a@example.123",
            "a@b_c.org",
            "a,b@example.org",
        ] {
            assert!(check(given).is_err(), "{given:?} passed");
        }
        assert!(check(&format!("{}@example.org", "a".repeat(65))).is_err());
        assert!(check(&format!("a@{}.org", "b".repeat(64))).is_err());
        let long = format!("a@{}org", "bcdefghij.".repeat(26));
        assert!(check(&long).is_err(), "{} characters", long.len());
    }

    #[test]
    fn the_reason_does_not_repeat_the_address() {
        for given in ["secret@localhost", "secret name@example.org", "secret@[10.0.0.1]"] {
            let reason = check(given).unwrap_err();
            assert!(!reason.contains("secret"), "{reason}");
        }
    }
}
