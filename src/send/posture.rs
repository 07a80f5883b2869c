//! What receivers see of our domain, and what should be done about it. Pure: records in, findings out.

use super::dkim::Record;

/// Most look-ups that a receiver does for one SPF record (RFC 7208, section 4.6.4).
const MAX_LOOKUPS: usize = 10;

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Seen {
    /// Whether it is as it should be.
    pub ok: bool,
    /// What is there, and what helps if it is not right.
    pub says: String,
}

fn good(says: impl Into<String>) -> Seen {
    Seen { ok: true, says: says.into() }
}

fn bad(says: impl Into<String>) -> Seen {
    Seen { ok: false, says: says.into() }
}

/// The SPF record among the texts of the domain.
pub fn spf(domain: &str, texts: &[String]) -> Seen {
    let is_spf = |text: &&String| {
        text.eq_ignore_ascii_case("v=spf1") || text.to_ascii_lowercase().starts_with("v=spf1 ")
    };
    let records: Vec<&String> = texts.iter().filter(is_spf).collect();
    let record = match records.as_slice() {
        [] => {
            let record = "v=spf1 include:(your relay's name for this) -all";
            return bad(format!("no SPF record: publish {domain}. IN TXT \"{record}\""));
        }
        [record] => record.to_ascii_lowercase(),
        more => return bad(format!("{} SPF records, so none counts: keep one", more.len())),
    };
    let terms: Vec<&str> = record.split_whitespace().skip(1).collect();
    let asks = |term: &&&str| {
        let term = term.trim_start_matches(['+', '-', '~', '?']);
        let name = term.split([':', '=', '/']).next().unwrap_or_default();
        ["include", "a", "mx", "ptr", "exists", "redirect"].contains(&name)
    };
    let n_lookups = terms.iter().filter(asks).count();
    if n_lookups > MAX_LOOKUPS {
        return bad(format!(
            "{n_lookups} look-ups, at most {MAX_LOOKUPS} count: name networks as ip4: and ip6:"
        ));
    }
    if terms.iter().any(|term| matches!(*term, "+all" | "all")) {
        return bad(format!("{record}: lets everybody send in your name: end it with -all"));
    }
    let has_end = terms
        .iter()
        .any(|term| term.ends_with("-all") || term.ends_with("~all") || term.starts_with("redirect="));
    if !has_end {
        return bad(format!("{record}: says nothing about others: end it with -all"));
    }
    if terms.len() == 1 && terms[0].ends_with("all") {
        return bad(format!("{record}: lets nobody send: name your relay before it"));
    }
    good(record)
}

/// The record of one key among the texts of its name.
pub fn dkim(wanted: &Record, texts: &[String]) -> Seen {
    let tag = |text: &str, name: &str| {
        let mut tags = text.split(';').filter_map(|tag| tag.split_once('='));
        let found = tags.find(|(own, _)| own.trim() == name);
        found.map(|(_, value)| value.split_whitespace().collect::<String>())
    };
    let key = tag(&wanted.text, "p");
    if texts.iter().any(|text| tag(text, "p") == key) {
        return good(format!("{} has the key", wanted.name));
    }
    let publish = format!("publish what `headsup dkim records` prints for {}", wanted.name);
    match texts.iter().find_map(|text| tag(text, "p")) {
        None => bad(format!("no record: {publish}")),
        Some(other) if other.is_empty() => bad(format!("the key there is revoked: {publish}")),
        Some(_) => bad(format!("another key is there, so every signature fails: {publish}")),
    }
}

/// The DMARC record among the texts of `_dmarc` at the domain or above it.
pub fn dmarc(domain: &str, texts: &[String]) -> Seen {
    let publish = format!("publish _dmarc.{domain}. IN TXT \"v=DMARC1; p=none; rua=mailto:dmarc@{domain}\"");
    let is_dmarc = |text: &&String| text.trim_start().starts_with("v=DMARC1");
    let records: Vec<&String> = texts.iter().filter(is_dmarc).collect();
    let record = match records.as_slice() {
        [] => return bad(format!("no DMARC record: {publish}")),
        [record] => record.as_str(),
        more => return bad(format!("{} DMARC records, so none counts: keep one", more.len())),
    };
    let mut tags = record.split(';').filter_map(|tag| tag.split_once('='));
    let policy = tags.find(|(name, _)| name.trim() == "p").map(|(_, value)| value.trim());
    if !policy.is_some_and(|policy| ["none", "quarantine", "reject"].contains(&policy)) {
        return bad(format!("{record}: has no policy: {publish}"));
    }
    if !record.contains("rua=") {
        return good(format!("{record} (with rua=mailto:… you would hear who sends in your name)"));
    }
    good(record)
}

/// Who takes mail for the domain: answers and reports of what could not be delivered come there.
pub fn mx(domain: &str, records: &[String]) -> Seen {
    match records {
        [] => bad(format!(
            "no MX: nobody gets answers and bounces: publish {domain}. IN MX 10 (your mail server)"
        )),
        [one] if one.ends_with(" .") || one.trim_end() == "0" => {
            bad("the null MX: receivers may refuse mail from a domain that takes none".to_owned())
        }
        some => good(some.join(", ")),
    }
}

/// The names of the address from which mail leaves, and the addresses of those names.
pub fn reverse(ip: &str, names: &[String], addresses: &[String]) -> Seen {
    match names {
        [] => bad(format!("{ip} has no name: ask whoever gave you the address for a PTR record")),
        [name, ..] if addresses.iter().any(|address| address == ip) => {
            good(format!("{ip} is {name} and back"))
        }
        [name, ..] => bad(format!("{ip} is called {name}, which leads elsewhere: give {name} that address")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(all: &[&str]) -> Vec<String> {
        all.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn an_spf_record_is_right_or_it_is_said_what_helps() {
        let says = |all: &[&str]| spf("example.org", &texts(all));
        assert!(says(&["other", "v=spf1 ip4:192.0.2.1 include:_spf.example.net -all"]).ok);
        assert!(says(&["v=spf1 redirect=_spf.example.net"]).ok);
        for (all, part) in [
            (vec!["other"], "publish example.org. IN TXT"),
            (vec!["v=spf1 mx -all", "v=spf1 a -all"], "keep one"),
            (vec!["v=spf1 mx +all"], "everybody"),
            (vec!["v=spf1 mx"], "end it with -all"),
            (vec!["v=spf1 -all"], "lets nobody send"),
            (vec!["v=spf1 a a a a a a a a a a a -all"], "11 look-ups"),
        ] {
            let seen = says(&all);
            assert!(!seen.ok && seen.says.contains(part), "{all:?}: {}", seen.says);
        }
    }

    #[test]
    fn a_key_is_compared_whatever_the_spaces() {
        let wanted =
            Record { name: "s._domainkey.example.org".into(), text: "v=DKIM1; k=rsa; p=AbC=".into() };
        assert!(dkim(&wanted, &texts(&["k=rsa; v=DKIM1;p = Ab C= "])).ok);
        for (all, part) in [
            (vec![], "no record"),
            (vec!["v=DKIM1; p="], "revoked"),
            (vec!["v=DKIM1; p=other"], "another key"),
        ] {
            let seen = dkim(&wanted, &texts(&all));
            assert!(!seen.ok && seen.says.contains(part), "{}", seen.says);
        }
    }

    #[test]
    fn dmarc_needs_a_policy() {
        let says = |all: &[&str]| dmarc("example.org", &texts(all));
        assert!(says(&["v=DMARC1; p=reject; rua=mailto:d@example.org"]).ok);
        assert!(says(&["v=DMARC1; p=none"]).says.contains("rua="));
        assert!(says(&[]).says.contains("publish _dmarc.example.org."));
        assert!(!says(&["v=DMARC1; p=maybe"]).ok);
        assert!(!says(&["v=DMARC1; p=none", "v=DMARC1; p=none"]).ok);
    }

    #[test]
    fn mail_comes_back_and_the_address_has_its_name() {
        assert!(mx("example.org", &texts(&["10 mx.example.org"])).ok);
        assert!(!mx("example.org", &[]).ok);
        let ip = "192.0.2.1";
        assert!(reverse(ip, &texts(&["mx.example.org"]), &texts(&[ip])).ok);
        assert!(reverse(ip, &[], &[]).says.contains("PTR"));
        assert!(reverse(ip, &texts(&["mx.example.org"]), &texts(&["192.0.2.2"])).says.contains("elsewhere"));
    }
}
