//! A real issue as it leaves: what every receiver asks of a bulk mail, line by line.

use chrono::TimeDelta;
use headsup::send;

use crate::app::TestApp;
use crate::publish::{at, full_week, subscribe, week};
use crate::relay::{Kept, Relay};
use crate::send::to_relay;

/// Two readers, one for each language, and what they got.
async fn letters() -> Vec<Kept> {
    let relay = Relay::start(&[]).await;
    let address = format!("smtp://{}", relay.addr);
    let app = TestApp::start_with(|settings| {
        to_relay(settings, &address);
        settings.site.base_url = "https://headsup.example.org".into();
        let mail = &mut settings.mail;
        mail.from = "headsup 抬头 <news@news.例子.org>".into();
        mail.reply_to = Some("Editor <editor@example.org>".into());
        mail.unsubscribe_to = "unsub@b.example.org".into();
        mail.dkim_rsa = Some(include_str!("../fixtures/dkim/rsa.pem").into());
        mail.dkim_ed25519 = Some(include_str!("../fixtures/dkim/ed25519.pem").into());
    })
    .await;
    full_week(&app).await;
    subscribe(&app, "ada", "en", true, true).await;
    subscribe(&app, "li", "zh", true, true).await;
    app.ctx.clock.set(at("2026-05-04T05:00:00Z") + TimeDelta::hours(1));
    week(&app, "2026-W18").await;
    assert_eq!(send::run(&app.ctx).await.unwrap().count("sent"), 2);
    relay.kept()
}

fn head(letter: &Kept) -> &str {
    letter.text.split_once("\r\n\r\n").unwrap().0
}

/// How often a header stands there.
fn times(letter: &Kept, name: &str) -> usize {
    let begins = |line: &&str| line.split_once(':').is_some_and(|(own, _)| own.eq_ignore_ascii_case(name));
    head(letter).split("\r\n").filter(begins).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_has_what_receivers_ask_of_a_bulk_mail() {
    let letters = letters().await;
    assert_eq!(letters.len(), 2);
    for letter in &letters {
        for name in [
            "From",
            "To",
            "Subject",
            "Date",
            "Message-ID",
            "MIME-Version",
            "Content-Type",
            "Reply-To",
            "List-Id",
            "List-Unsubscribe",
            "List-Unsubscribe-Post",
            "List-Archive",
            "List-Help",
            "Feedback-ID",
        ] {
            assert_eq!(times(letter, name), 1, "{name}: {}", head(letter));
        }
        for name in ["Bcc", "Cc", "Return-Path", "Auto-Submitted", "Sender"] {
            assert_eq!(times(letter, name), 0, "{name}");
        }
        let text = &letter.text;
        let unfolded = head(letter).replace("\r\n ", " ");
        assert!(letter.header("From").ends_with("<news@news.xn--fsqu00a.org>"), "{unfolded}");
        assert_eq!(letter.header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
        let ways = unfolded.lines().find(|line| line.starts_with("List-Unsubscribe:")).unwrap();
        assert_eq!(
            (ways.matches("https://").count(), ways.matches("mailto:unsub+").count()),
            (1, 1),
            "{ways}"
        );
        assert!(letter.header("Message-ID").ends_with("@news.xn--fsqu00a.org>"));
        assert_eq!(times(letter, "DKIM-Signature"), 2);
        let spaceless: String = head(letter).split_whitespace().collect();
        let signed = spaceless.matches("List-Unsubscribe-Post:List-Unsubscribe-Post").count();
        assert!(signed == 2 && unfolded.contains("h=From:From:"), "{unfolded}");
        assert!(text.is_ascii(), "no raw 8-bit");
        assert!(text.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n'])));
        assert!(head(letter).split("\r\n").all(|line| line.len() <= 100), "{}", head(letter));
        let (plain, html) = (text.find("text/plain"), text.find("text/html"));
        assert!(
            text.contains("multipart/alternative") && plain.is_some() && plain < html,
            "text comes first"
        );
        assert!(!text.contains("%%"), "a place is left");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_readers_share_no_id_and_no_link_to_leave() {
    let letters = letters().await;
    for name in ["Message-ID", "List-Unsubscribe"] {
        assert_ne!(letters[0].header(name), letters[1].header(name), "{name}");
    }
    assert_eq!(letters[0].header("List-Id"), letters[1].header("List-Id"));
}
