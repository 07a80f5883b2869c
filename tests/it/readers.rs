//! Readers come by their own confirmed wish, change it by a link, and go for ever; nobody can bring in, flood or find out
//! somebody else.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use headsup::model::{Language, Report, Topic};
use headsup::send;
use headsup::store::subscribers::{self, Subscriber};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};

use crate::app::{TestApp, fresh_database_with_url, open_folder};
use crate::publish::{WEEK, add, count, seed, week};

/// The archive where anybody may sign up, and a browser. The test's own address stands for a proxy.
struct Desk {
    app: TestApp,
    base: String,
    browser: Client,
}

impl Desk {
    async fn open() -> Self {
        let app = TestApp::start_with(|settings| {
            settings.site.sign_up = true;
            settings.site.proxies = "127.0.0.1".to_owned();
        })
        .await;
        let base = app.serve().await;
        let browser = Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
        Self { app, base, browser }
    }

    async fn get(&self, path: &str) -> (StatusCode, String) {
        let answer = self.browser.get(format!("{}{path}", self.base)).send().await.unwrap();
        (answer.status(), answer.text().await.unwrap())
    }

    async fn page(&self, path: &str) -> String {
        let (status, text) = self.get(path).await;
        assert_eq!(status, StatusCode::OK, "{path}: {text}");
        text
    }

    async fn post_from(&self, client: &str, path: &str, fields: &[(&str, &str)]) -> Response {
        let body: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let post = self.browser.post(format!("{}{path}", self.base)).header("x-forwarded-for", client);
        post.header("content-type", "application/x-www-form-urlencoded").body(body).send().await.unwrap()
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> (StatusCode, String) {
        let answer = self.post_from("203.0.113.1", path, fields).await;
        (answer.status(), answer.text().await.unwrap())
    }

    async fn post_json(&self, body: &str) -> (StatusCode, String) {
        let post = self.browser.post(format!("{}/api/subscribe", self.base));
        let post = post.header("content-type", "application/json; charset=utf-8").body(body.to_owned());
        let answer = post.send().await.unwrap();
        (answer.status(), answer.text().await.unwrap())
    }

    /// Signs up for everything in English.
    async fn sign_up(&self, email: &str) -> (StatusCode, String) {
        let fields = [("email", email), ("language", "en"), ("weekly", "on"), ("monthly", "on")];
        self.post("/api/subscribe", &fields).await
    }

    /// Signs up and confirms, by the mail alone.
    async fn subscribe(&self, email: &str) -> Subscriber {
        self.sign_up(email).await;
        self.send().await;
        let link = self.link_to(email, "/en/confirm/");
        assert_eq!(self.post(&link, &[]).await.0, StatusCode::OK);
        self.send().await;
        subscribers::by_email(&self.app.ctx.pool, email).await.unwrap().unwrap()
    }

    async fn send(&self) -> Report {
        send::run(&self.app.ctx).await.unwrap()
    }

    /// The mails in the outbox, as they read, the oldest first.
    fn mails(&self) -> Vec<String> {
        let Ok(folder) = std::fs::read_dir(self.app.ctx.settings.home.join("outbox")) else { return vec![] };
        let number = |name: &str| name.split(['-', '.']).find_map(|word| word.parse::<u32>().ok()).unwrap();
        let mails: BTreeMap<(u32, String), String> = folder
            .map(|file| {
                let path = file.unwrap().path();
                let name = path.file_name().unwrap().to_str().unwrap().to_owned();
                ((number(&name), name), decoded(&std::fs::read_to_string(path).unwrap()))
            })
            .collect();
        mails.into_values().collect()
    }

    fn mails_to(&self, email: &str) -> Vec<String> {
        let to = format!("To: {email}\n");
        self.mails().into_iter().filter(|mail| mail.contains(&to)).collect()
    }

    /// The path of the newest link of this kind that the address got.
    fn link_to(&self, email: &str, kind: &str) -> String {
        let mails = self.mails_to(email);
        let mail = mails.iter().rev().find(|mail| mail.contains(kind));
        let rest = mail.unwrap_or_else(|| panic!("no {kind} in {mails:?}")).split(kind).nth(1).unwrap();
        format!("{kind}{}", rest.split(['\n', '"', ' ']).next().unwrap())
    }

    async fn readers(&self) -> Vec<Subscriber> {
        subscribers::list(&self.app.ctx.pool).await.unwrap()
    }

    fn pass(&self, time: TimeDelta) {
        self.app.ctx.clock.set(self.app.ctx.clock.now() + time);
    }
}

/// Quoted-printable and base64 undone.
fn decoded(mail: &str) -> String {
    let mail = mail.replace("\r\n", "\n");
    let (head, body) = mail.split_once("\n\n").unwrap();
    if head.contains("Encoding: base64") {
        use base64::Engine as _;
        let body = base64::engine::general_purpose::STANDARD.decode(body.replace('\n', "")).unwrap();
        return format!("{head}\n\n{}", String::from_utf8(body).unwrap().replace("\r\n", "\n"));
    }
    let body = body.replace("=\n", "");
    let mut bytes = Vec::new();
    let mut rest = body.as_str();
    while let Some((before, after)) = rest.split_once('=') {
        bytes.extend_from_slice(before.as_bytes());
        match after.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) if head.contains("quoted-printable") || body.contains("quoted-printable") => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(b'=');
                rest = after;
            }
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    format!("{head}\n\n{}", String::from_utf8_lossy(&bytes))
}

#[tokio::test]
async fn who_signs_up_reads_once_the_address_has_confirmed_it() {
    let desk = Desk::open().await;
    add(&desk.app, &seed("Acme", 9.0)).await;
    week(&desk.app, WEEK).await;
    assert!(desk.page("/zh/subscribe").await.contains("邮件订阅"));
    assert!(desk.page("/en").await.replace("&#x2f;", "/").contains("href=\"/en/subscribe\""));
    let wish = [
        ("email", "Ada@Example.org"),
        ("language", "zh"),
        ("topics", "research"),
        ("topics", "funding"),
        ("weekly", "on"),
        ("time_zone", "Asia/Shanghai"),
    ];
    let (status, page) = desk.post("/api/subscribe", &wish).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    assert!(page.contains("请查收邮件"), "{page}");
    assert!(desk.mails().is_empty(), "mail is not sent while somebody waits for the page");
    assert!(desk.readers().await.is_empty(), "a stranger's word makes no reader");

    desk.send().await;
    let mail = desk.mails_to("Ada@example.org").remove(0);
    assert!(mail.contains("Auto-Submitted: auto-generated"), "{mail}");
    assert!(mail.contains("请打开下面的页面确认") && mail.contains("seven days"), "both languages: {mail}");
    let link = desk.link_to("Ada@example.org", "/zh/confirm/");
    let token = link.rsplit('/').next().unwrap().to_owned();
    let n_in_clear = sqlx::query_scalar::<_, i64>(
        "SELECT count(*) FROM letters WHERE letters::text LIKE '%' || $1 || '%'",
    )
    .bind(&token)
    .fetch_one(&desk.app.ctx.pool);
    assert_eq!(n_in_clear.await.unwrap(), 0, "the token stands in the mail alone");

    for _ in 0..2 {
        let page = desk.page(&link).await;
        assert!(
            page.contains("Ada@example.org") && page.contains("研究") && page.contains("<button>确认"),
            "{page}"
        );
    }
    assert!(desk.page(&link.replacen("zh", "en", 1)).await.contains("Yes, confirm"));
    assert!(desk.readers().await.is_empty(), "GET changes nothing: scanners follow links");
    for _ in 0..2 {
        let (status, page) = desk.post(&link, &[]).await;
        assert!(status == StatusCode::OK && page.contains("订阅成功"), "{status} {page}");
    }
    let readers = desk.readers().await;
    assert_eq!(readers.len(), 1);
    let reader = &readers[0];
    assert_eq!((reader.email.as_str(), reader.language), ("Ada@example.org", Language::Zh));
    assert_eq!((reader.weekly, reader.monthly), (true, false));
    assert_eq!(reader.topics, [Topic::Funding, Topic::Research]);
    assert_eq!(reader.time_zone.as_deref(), Some("Asia/Shanghai"));
    holds_evidence(&desk, reader).await;

    desk.send().await;
    let mails = desk.mails_to("Ada@example.org");
    assert_eq!(mails.len(), 2, "the question, and one welcome however often it was confirmed");
    assert!(mails[1].contains("订阅已确认") && mails[1].contains("/zh/issues/weekly/1"), "{}", mails[1]);
    assert!(mails[1].contains("/u/") && mails[1].contains("/zh/me/"), "{}", mails[1]);
}

async fn holds_evidence(desk: &Desk, reader: &Subscriber) {
    let agreed = headsup::store::consents::list(&desk.app.ctx.pool, reader.id).await.unwrap();
    assert_eq!((agreed.len(), agreed[0].how.as_str()), (1, "sign-up"));
    assert_eq!(agreed[0].asked_from, "203.0.113.1");
    assert_eq!(agreed[0].confirmed_from.as_deref(), Some("203.0.113.1"));
    assert!(agreed[0].wording.starts_with("sign-up 20") && agreed[0].confirmed_at.is_some());
}

#[tokio::test]
async fn nobody_can_sign_up_where_the_operator_does_not_want_it() {
    let app = TestApp::start().await;
    let base = app.serve().await;
    let desk = Desk { app, base, browser: Client::builder().no_proxy().build().unwrap() };
    assert_eq!(desk.get("/en/subscribe").await.0, StatusCode::NOT_FOUND);
    assert_eq!(desk.sign_up("ada@example.org").await.0, StatusCode::NOT_FOUND);
    assert!(!desk.page("/en").await.contains("subscribe"));
    assert_eq!(count(&desk.app, "SELECT count(*) FROM sign_ups").await, 0);
}

#[tokio::test]
async fn the_answer_does_not_tell_who_reads() {
    let desk = Desk::open().await;
    let reader = desk.subscribe("ada@example.org").await;
    let left = desk.subscribe("bob@example.org").await;
    subscribers::leave_by_token(&desk.app.ctx.pool, &left.token, desk.app.ctx.clock.now()).await.unwrap();
    let stranger = desk.sign_up("eve@example.org").await;
    assert_eq!(desk.sign_up("ADA@example.org").await, stranger);
    assert_eq!(desk.sign_up("bob@example.org").await, stranger);
    let body = |name: &str| format!(r#"{{"email": "{name}@example.org", "language": "en"}}"#);
    let stranger = desk.post_json(&body("zoe")).await;
    assert!(stranger.0 == StatusCode::ACCEPTED && stranger.1.contains("\"status\""), "{stranger:?}");
    assert_eq!(desk.post_json(&body("ada")).await, stranger);

    // By mail the owner of an address learns what is so.
    let before = desk.mails().len();
    desk.send().await;
    assert_eq!(desk.mails().len(), before + 4, "one each");
    let mail = desk.mails_to("ada@example.org").pop().unwrap();
    assert!(
        mail.contains("reader already") && mail.contains("/en/me/") && !mail.contains("/confirm/"),
        "{mail}"
    );
    assert!(
        desk.mails_to("bob@example.org").pop().unwrap().contains("/confirm/"),
        "a new confirmation after leaving"
    );
    let now = subscribers::by_id(&desk.app.ctx.pool, reader.id).await.unwrap().unwrap();
    assert_eq!((now.token, now.topics), (reader.token, reader.topics), "nothing changed for the reader");
}

#[tokio::test]
async fn a_flood_of_sign_ups_fills_no_mailbox() {
    let desk = Desk::open().await;
    for n in 0..1000 {
        let email = match n % 20 {
            m @ 0..10 => format!("victim{m}@example.org"),
            m => format!("Victim{}+tag{n}@Example.ORG", m - 10),
        };
        let client = format!("203.0.{}.{}", n / 250, n % 250);
        let fields = [("email", email.as_str()), ("language", "en"), ("weekly", "on")];
        let answer = desk.post_from(&client, "/api/subscribe", &fields).await;
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
        if n % 300 == 0 {
            desk.send().await;
        }
    }
    desk.send().await;
    let n_mails = desk.mails().len();
    assert!(n_mails <= 20, "{n_mails} mails for ten mailboxes");
    assert!(n_mails >= 10, "each was asked once");
    for _ in 0..29 {
        desk.pass(TimeDelta::days(1));
        desk.sign_up("victim1@example.org").await;
        desk.send().await;
    }
    let to_one = desk.mails().iter().filter(|mail| mail.to_lowercase().contains("to: victim1")).count();
    assert!(to_one <= 4, "{to_one} mails in a month");
}

#[tokio::test]
async fn one_client_cannot_sign_up_the_world() {
    let desk = Desk::open().await;
    let mut refused = 0;
    for n in 0..25 {
        let email = format!("r{n}@example.org");
        let fields = [("email", email.as_str()), ("language", "en"), ("weekly", "on")];
        let answer = desk.post_from("2001:db8::7", "/api/subscribe", &fields).await;
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            assert_eq!(answer.headers()["retry-after"], "3600");
            refused += 1;
        }
    }
    assert_eq!(refused, 5);
    assert_eq!(count(&desk.app, "SELECT count(*) FROM sign_ups").await, 20);
    assert_eq!(desk.sign_up("else@example.org").await.0, StatusCode::ACCEPTED, "others may");
    desk.pass(TimeDelta::hours(1));
    let fields = [("email", "r99@example.org"), ("language", "en"), ("weekly", "on")];
    let later = desk.post_from("2001:db8::7", "/api/subscribe", &fields).await;
    assert_eq!(later.status(), StatusCode::ACCEPTED, "an hour later too");
}

#[tokio::test]
async fn what_nobody_confirms_is_forgotten_after_seven_days() {
    let desk = Desk::open().await;
    desk.sign_up("ada@example.org").await;
    desk.send().await;
    let link = desk.link_to("ada@example.org", "/en/confirm/");
    desk.pass(TimeDelta::days(7));
    for path in [link.as_str(), "/en/confirm/0123"] {
        let (status, page) = desk.get(path).await;
        assert!(status == StatusCode::GONE && page.contains("seven days are over"), "{status} {page}");
        assert_eq!(desk.post(path, &[]).await.0, StatusCode::GONE);
    }
    assert!(headsup::send::is_wanted(&desk.app.ctx).await.unwrap(), "the clean-up is due");
    assert_eq!(desk.send().await.count("forgotten_sign_ups"), 1);
    assert_eq!(count(&desk.app, "SELECT count(*) FROM sign_ups").await, 0);
    assert!(desk.readers().await.is_empty());
    assert!(!headsup::send::is_wanted(&desk.app.ctx).await.unwrap());
}

#[tokio::test]
async fn what_is_wrong_with_a_form_is_said_and_what_was_typed_stays() {
    let desk = Desk::open().await;
    let wrong = [("email", "ada\"><b>@x"), ("language", "zh"), ("weekly", "on"), ("topics", "privacy")];
    let (status, page) = desk.post("/api/subscribe", &wrong).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("邮箱地址有误") && page.contains("value=\"privacy\" checked"), "{page}");
    assert!(!page.contains("<b>@x"), "{page}");
    let none = [("email", "ada@example.org"), ("language", "en")];
    assert!(desk.post("/api/subscribe", &none).await.1.contains("or both"));
    let (status, text) = desk.post_json(r#"{"email": "ada", "language": "zh"}"#).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && text.contains("邮箱地址有误"), "{text}");
    assert_eq!(desk.post_json("{").await.0, StatusCode::BAD_REQUEST);
    assert_eq!(count(&desk.app, "SELECT count(*) FROM sign_ups").await, 0);
}

#[tokio::test]
async fn a_reader_changes_what_comes_by_the_link_in_each_mail() {
    let desk = Desk::open().await;
    desk.subscribe("ada@example.org").await;
    add(&desk.app, &seed("Acme", 9.0)).await;
    week(&desk.app, WEEK).await;
    desk.send().await;
    let mails = desk.mails_to("ada@example.org");
    let mail = mails.iter().find(|mail| mail.contains("List-Unsubscribe:")).unwrap();
    assert!(mail.contains("Preferences: http") && !mail.contains("%%"), "{mail}");
    let link = desk.link_to("ada@example.org", "/en/me/");
    let public = desk.page("/en/issues/weekly/1/text").await;
    assert!(
        public.contains("Preferences: –") && !public.contains("%%"),
        "nobody's link stands in the archive: {public}"
    );

    let page = desk.page(&link).await;
    assert!(page.contains("ada@example.org") && page.contains("name=\"weekly\" checked"), "{page}");
    let wish = [("do", "save"), ("language", "zh"), ("topics", "privacy"), ("weekly", "on")];
    let answer = desk.post_from("203.0.113.1", &link, &wish).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let saved = answer.headers()["location"].to_str().unwrap().to_owned();
    assert!(desk.page(&saved).await.contains("Saved."));
    let reader = desk.readers().await.remove(0);
    assert_eq!((reader.language, reader.weekly, reader.monthly), (Language::Zh, true, false));
    assert_eq!(reader.topics, [Topic::Privacy]);
    let (status, page) = desk.post(&link, &[("do", "save"), ("language", "zh")]).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("or both"), "{page}");

    for (day, status) in [
        ("2026-05-20", StatusCode::SEE_OTHER),
        ("2026-05-01", StatusCode::UNPROCESSABLE_ENTITY),
        ("2031-05-01", StatusCode::UNPROCESSABLE_ENTITY),
        ("soon", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        assert_eq!(desk.post(&link, &[("do", "pause"), ("until", day)]).await.0, status, "{day}");
    }
    assert!(desk.page(&link).await.contains("<b>2026-05-20</b>"));
    desk.post(&link, &[("do", "resume")]).await;
    assert!(desk.readers().await[0].paused_until.is_none());
}

#[tokio::test]
async fn nothing_is_queued_during_a_pause() {
    let desk = Desk::open().await;
    for name in ["ada", "bob"] {
        desk.subscribe(&format!("{name}@example.org")).await;
    }
    let link = desk.link_to("ada@example.org", "/en/me/");
    desk.post(&link, &[("do", "pause"), ("until", "2026-05-07")]).await;
    add(&desk.app, &seed("Acme", 9.0)).await;
    week(&desk.app, WEEK).await;
    let n_queued = count(&desk.app, "SELECT count(*) FROM deliveries").await;
    assert_eq!(n_queued, 1, "bob's alone");
}

#[tokio::test]
async fn a_link_that_is_old_is_mailed_anew_and_a_forged_one_opens_nothing() {
    let desk = Desk::open().await;
    let reader = desk.subscribe("ada@example.org").await;
    let link = desk.link_to("ada@example.org", "/en/me/");
    let other = link.replacen(&format!("/{}.", reader.id), "/99.", 1);
    for forged in [other.as_str(), &link[..link.len() - 3], "/en/me/1", "/en/me/x.y.z"] {
        assert_eq!(desk.get(forged).await.0, StatusCode::FORBIDDEN, "{forged}");
        assert_eq!(desk.get(&format!("{forged}/export")).await.0, StatusCode::FORBIDDEN);
        assert_eq!(desk.post(forged, &[("do", "erase"), ("sure", "on")]).await.0, StatusCode::FORBIDDEN);
    }
    desk.pass(TimeDelta::days(61));
    let (status, page) = desk.get(&link).await;
    assert!(status == StatusCode::GONE && page.contains("Mail me a new link"), "{page}");
    assert_eq!(desk.post(&link, &[("do", "erase"), ("sure", "on")]).await.0, StatusCode::GONE);
    let before = desk.mails().len();
    for _ in 0..9 {
        assert_eq!(desk.post(&link, &[("do", "link")]).await.0, StatusCode::OK);
    }
    desk.send().await;
    assert_eq!(desk.mails().len(), before + 2, "no more than two a day");
    desk.page(&desk.link_to("ada@example.org", "/en/me/")).await;
    assert!(desk.readers().await[0].left_at.is_none());
}

#[tokio::test]
async fn a_reader_moves_once_the_new_address_has_confirmed_it() {
    let desk = Desk::open().await;
    let reader = desk.subscribe("ada@example.org").await;
    let link = desk.link_to("ada@example.org", "/en/me/");
    let (status, _) = desk.post(&link, &[("do", "move"), ("email", "ada@example.net")]).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    desk.send().await;
    assert_eq!(desk.readers().await[0].email, "ada@example.org", "not before it is confirmed");
    let question = desk.link_to("ada@example.net", "/en/confirm/");
    assert!(desk.page(&question).await.contains("from now on"));
    assert_eq!(desk.post(&question, &[]).await.0, StatusCode::OK);
    let readers = desk.readers().await;
    assert_eq!((readers.len(), readers[0].email.as_str()), (1, "ada@example.net"));
    assert_eq!(desk.get(&link).await.0, StatusCode::FORBIDDEN, "who reads the old mailbox reads no data");
    assert_eq!(desk.post(&format!("/u/{}", reader.token), &[]).await.0, StatusCode::OK);
    assert!(desk.readers().await[0].left_at.is_some(), "an unsubscribe link works for ever");
}

#[tokio::test]
async fn a_reader_takes_the_data_along_and_is_forgotten() {
    let desk = Desk::open().await;
    let reader = desk.subscribe("ada@example.org").await;
    add(&desk.app, &seed("Acme", 9.0)).await;
    week(&desk.app, WEEK).await;
    desk.send().await;
    let link = desk.link_to("ada@example.org", "/en/me/");
    let stored: serde_json::Value =
        serde_json::from_str(&desk.page(&format!("{link}/export")).await).unwrap();
    assert_eq!(stored["email"], "ada@example.org");
    assert_eq!(stored["consents"][0]["asked_from"], "203.0.113.1");
    assert_eq!(stored["deliveries"][0]["state"], "sent");
    assert!(!stored.to_string().contains(&reader.token), "the key to it is no part of it");

    assert_eq!(
        desk.post(&link, &[("do", "erase")]).await.0,
        StatusCode::UNPROCESSABLE_ENTITY,
        "only if sure"
    );
    let (status, page) = desk.post(&link, &[("do", "erase"), ("sure", "on")]).await;
    assert!(status == StatusCode::OK && page.contains("Erased"), "{page}");
    for table in ["subscribers", "deliveries", "sign_ups", "letters", "consents", "votes", "suppressions"] {
        let sql = format!(
            "SELECT count(*) FROM {table} t WHERE t::text ILIKE '%ada@%' OR t::text LIKE '%203.0.113%'"
        );
        let n: i64 =
            sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&desk.app.ctx.pool).await.unwrap();
        assert_eq!(n, 0, "{table} still knows the reader");
    }
    assert_eq!(
        count(&desk.app, "SELECT count(*) FROM deliveries WHERE state = 'sent'").await,
        1,
        "the ledger holds"
    );
    assert_eq!(desk.get(&link).await.0, StatusCode::FORBIDDEN);
    let leave = format!("/u/{}", reader.token);
    assert_eq!(desk.post(&leave, &[]).await.0, StatusCode::OK, "a mail program is not told off");

    let mut conn = desk.app.ctx.pool.acquire().await.unwrap();
    let kept = headsup::store::suppressions::of(&mut conn, "ADA@example.org").await.unwrap();
    assert_eq!(kept, Some(headsup::store::suppressions::Suppression::Erased));
    drop(conn);
    desk.pass(TimeDelta::days(2));
    desk.subscribe("ada@example.org").await;
    assert_eq!(desk.readers().await.len(), 2, "by the own, confirmed wish one may come back");
}

#[tokio::test]
async fn a_mail_program_unsubscribes_by_one_click() {
    let desk = Desk::open().await;
    let reader = desk.subscribe("ada@example.org").await;
    let path = format!("{}/u/{}", desk.base, reader.token);
    let parts =
        "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n";
    let bodies = [
        ("multipart/form-data; boundary=x", parts),
        ("application/x-www-form-urlencoded", "List-Unsubscribe=One-Click"),
        ("text/plain", ""),
    ];
    for (kind, body) in bodies {
        for url in [&path, &format!("{}/u/unknown", desk.base)] {
            let answer = desk.browser.post(url).header("content-type", kind).body(body).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::OK, "{kind}");
            assert!(
                answer.headers().get("set-cookie").is_none() && answer.headers().get("location").is_none()
            );
        }
        assert!(desk.readers().await[0].left_at.is_some(), "{kind}");
        let back = headsup::store::subscribers::add(
            &desk.app.ctx.pool,
            "ada@example.org",
            Language::En,
            desk.app.ctx.clock.now(),
        );
        back.await.unwrap();
    }
    desk.get(&format!("/u/{}", reader.token)).await;
    assert!(desk.readers().await[0].left_at.is_none(), "GET changes nothing");
}

#[tokio::test]
async fn whom_the_operator_suppressed_no_wish_brings_back() {
    use headsup::store::suppressions::{Suppression, suppress};
    let desk = Desk::open().await;
    desk.sign_up("ada@example.org").await;
    desk.send().await;
    let link = desk.link_to("ada@example.org", "/en/confirm/");
    let mut conn = desk.app.ctx.pool.acquire().await.unwrap();
    let now = desk.app.ctx.clock.now();
    suppress(&mut conn, "Ada@example.org", Suppression::Complaint, now).await.unwrap();
    drop(conn);
    assert_eq!(desk.post(&link, &[]).await.0, StatusCode::GONE);
    assert!(desk.readers().await.is_empty());
    let before = desk.mails().len();
    assert_eq!(desk.sign_up("ada@example.org").await, desk.sign_up("eve@example.org").await);
    desk.send().await;
    assert_eq!(desk.mails().len(), before + 1, "only the stranger gets a mail");
}

#[tokio::test]
async fn the_operator_brings_readers_from_another_list_and_takes_them_along() {
    let folder = open_folder();
    let (pool, url) = fresh_database_with_url().await;
    let headsup = |args: &[&str]| {
        let args = [&["subscribers"], args].concat();
        let output = crate::config::headsup(folder.path(), &args, &[("DATABASE_URL", &url)]);
        let text =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        (output.status.code().unwrap(), text)
    };
    let write = |text: &str| std::fs::write(folder.path().join("list.csv"), text).unwrap();
    assert_eq!(headsup(&["add", "joe@example.org"]).0, 0);
    assert_eq!(headsup(&["add", "gone@example.org"]).0, 0);
    assert_eq!(headsup(&["erase", "gone@example.org"]).0, 0);
    assert_eq!(headsup(&["suppress", "spam@example.org"]).0, 0);
    let (code, text) = headsup(&["add", "Gone@example.org"]);
    assert!(code == 1 && text.contains("suppressed (erased)") && !text.contains("one@example"), "{text}");

    let head = "email,consent_at,consent_text,consent_from,language,topics\n";
    write(&format!(
        "{head}ada@example.org,2026-05-06,form 3,198.51.100.7,zh,research\nbob@,2026-05-06,form 3,,,\n"
    ));
    let (code, text) = headsup(&["import", "list.csv"]);
    assert!(code == 2 && text.contains("list.csv:3: email: ") && !text.contains("bob"), "{code} {text}");
    let n_readers =
        async || subscribers::list(&pool).await.unwrap().iter().filter(|one| one.left_at.is_none()).count();
    assert_eq!(n_readers().await, 1, "nothing is half done");
    assert_eq!(headsup(&["import", "missing.csv"]).0, 2);

    write(&format!(
        "{head}ada@example.org,2026-05-06,\"form 3, page 2\",198.51.100.7,zh,research funding\n\
         JOE@example.org,2026-05-06,form 3,,en,\ngone@example.org,2026-05-06,form 3,,en,\nspam@example.org,2026-05-06,form 3,,en,\n"
    ));
    let (code, text) = headsup(&["import", "--dry-run", "list.csv"]);
    assert!(
        code == 0 && text.contains("1 would be added, 1 read already, 0 had left and 2 are suppressed"),
        "{text}"
    );
    assert_eq!(n_readers().await, 1);
    for added in ["1 added", "0 added"] {
        assert!(headsup(&["import", "list.csv"]).1.contains(added));
        assert_eq!(n_readers().await, 2);
    }
    let (code, text) = headsup(&["show", "ada@example.org"]);
    let shown: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((code, &shown["consents"][0]["wording"]), (0, &"form 3, page 2".into()));
    assert_eq!(shown["topics"], serde_json::json!(["funding", "research"]));

    let (code, csv) = headsup(&["export"]);
    assert!(code == 0 && csv.contains("\"form 3, page 2\"") && csv.lines().count() == 3, "{csv}");
    write(&csv);
    assert!(headsup(&["import", "list.csv"]).0 == 2, "an operator's own word is no evidence");
    let all: serde_json::Value = serde_json::from_str(&headsup(&["export", "--format", "json"]).1).unwrap();
    assert_eq!(all.as_array().unwrap().len(), 2);
    assert_eq!(headsup(&["suppress", "--lift", "spam@example.org"]).0, 0);
    assert_eq!(headsup(&["add", "spam@example.org"]).0, 0);
    let (code, text) = headsup(&["list"]);
    assert!(code == 0 && text.contains("erased") && text.contains("funding, research"), "{text}");
}
