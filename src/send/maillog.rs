//! What the log of a Postfix relay says about messages: evidence for what became of an uncertain one. Pure.

use std::collections::BTreeMap;

use super::outcome::clean;

/// What the log proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The relay took it.
    Taken(String),
    /// The relay took it, and it came back.
    Bounced(String),
}

/// Reads the lines of a log; what each Message-ID met.
///
/// `cleanup` names the Message-ID of a queue id when it reads the headers, which may be before the final dot. Only a line of
/// the queue manager or of a delivery proves that the relay took responsibility.
pub fn read<'a>(lines: impl Iterator<Item = &'a str>) -> BTreeMap<String, Fate> {
    let mut ids: BTreeMap<String, String> = BTreeMap::new();
    let mut fates: BTreeMap<String, Fate> = BTreeMap::new();
    for line in lines {
        let Some((program, queue_id, rest)) = parts(line) else { continue };
        if let Some(id) = rest.strip_prefix("message-id=") {
            let id = id.split_whitespace().next().unwrap_or_default();
            ids.insert(queue_id.to_owned(), id.trim_matches(['<', '>']).to_owned());
            // A queue id may come again, in another year or with another message.
            continue;
        }
        let Some(id) = ids.get(queue_id) else { continue };
        let fate = match status(rest) {
            Some(("bounced" | "expired", words)) => Fate::Bounced(clean(words)),
            Some(("sent" | "deferred", words)) => Fate::Taken(clean(words)),
            _ if program == "qmgr" && rest.contains("(queue active)") => {
                Fate::Taken(format!("in the relay's queue as {queue_id}"))
            }
            _ => continue,
        };
        let is_final = matches!(fates.get(id), Some(Fate::Bounced(_)));
        if !is_final {
            fates.insert(id.clone(), fate);
        }
    }
    fates
}

/// Program, queue id and the rest of `… postfix/smtp[123]: 4XyZ: rest` (also `postfix/submission/smtpd[1]`).
fn parts(line: &str) -> Option<(&str, &str, &str)> {
    let (_, rest) = line.split_once(" postfix")?;
    let (program, rest) = rest.split_once("]: ")?;
    let program = program.split('[').next()?.rsplit('/').next()?;
    let (queue_id, rest) = rest.split_once(": ")?;
    let is_id = queue_id.len() >= 6 && queue_id.chars().all(|c| c.is_ascii_alphanumeric());
    is_id.then_some((program, queue_id, rest))
}

fn status(rest: &str) -> Option<(&str, &str)> {
    let (_, rest) = rest.split_once("status=")?;
    let (word, words) = rest.split_once(' ').unwrap_or((rest, ""));
    Some((word, words.trim_matches(['(', ')'])))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "\
Nov 23 07:00:01 mx postfix/smtpd[11]: 4CzAbC1234: client=localhost[127.0.0.1]
Nov 23 07:00:01 mx postfix/cleanup[12]: 4CzAbC1234: message-id=<weekly-1.aa@example.org>
Nov 23 07:00:01 mx postfix/qmgr[13]: 4CzAbC1234: from=<news@example.org>, size=60311, nrcpt=1 (queue active)
Nov 23 07:00:02 mx postfix/smtp[14]: 4CzAbC1234: to=<ada@example.com>, relay=mx.example.com[192.0.2.1]:25, delay=1, dsn=2.0.0, status=sent (250 2.0.0 ok)
Nov 23 07:00:02 mx postfix/qmgr[13]: 4CzAbC1234: removed
Nov 23 07:00:03 mx postfix/cleanup[12]: 4CzAbC1235: message-id=<weekly-1.bb@example.org>
Nov 23 07:00:03 mx postfix/smtpd[11]: 4CzAbC1235: lost connection after DATA
2026-11-23T07:00:04.1+01:00 mx postfix/cleanup[12]: 4CzAbC1236: message-id=<weekly-1.cc@example.org>
2026-11-23T07:00:04.2+01:00 mx postfix/qmgr[13]: 4CzAbC1236: from=<news@example.org>, size=9, nrcpt=1 (queue active)
2026-11-23T07:00:05.1+01:00 mx postfix/smtp[14]: 4CzAbC1236: to=<bob@example.com>, dsn=5.1.1, status=bounced (host said: 550 no <bob@example.com>)
2026-11-23T07:00:05.2+01:00 mx postfix/qmgr[13]: 4CzAbC1236: removed
noise
";

    #[test]
    fn only_what_the_relay_took_is_proved() {
        let fates = read(LOG.lines());
        let of = |id: &str| fates.get(&format!("weekly-1.{id}@example.org")).cloned();
        assert_eq!(of("aa"), Some(Fate::Taken("250 2.0.0 ok".into())));
        assert_eq!(of("bb"), None, "its final dot never came");
        assert_eq!(of("cc"), Some(Fate::Bounced("host said: 550 no <(address)>".into())));
    }

    #[test]
    fn in_the_queue_is_taken() {
        let fates = read(LOG.lines().take(3));
        assert!(
            matches!(&fates["weekly-1.aa@example.org"], Fate::Taken(words) if words.contains("4CzAbC1234"))
        );
    }
}
