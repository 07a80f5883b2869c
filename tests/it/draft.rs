//! The operator in the loop: an issue that waits as a draft, is changed by link or command, approved once, and never forgotten.

use chrono::TimeDelta;
use headsup::ballot::{self, Key};
use headsup::config::Review;
use headsup::model::{DraftId, Language, StoryId};
use headsup::publish::{self, Mode};
use headsup::store::drafts::{self, DraftRow};
use headsup::store::votes;
use headsup::{press, send};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};

use crate::app::{TestApp, fresh_database_with_url};
use crate::publish::{Seed, WEEK, add, at, count, full_week, section, seed, subscribe, week};

/// The archive with a full week that waits as a draft, and the operator's browser.
struct Desk {
    app: TestApp,
    base: String,
    browser: Client,
}

impl Desk {
    async fn open() -> Self {
        let app = TestApp::start_with(|settings| {
            settings.digest.review = Review::Hold;
            settings.mail.operator = Some("op@example.org".into());
        })
        .await;
        subscribe(&app, "joe", "en", true, false).await;
        full_week(&app).await;
        let base = app.serve().await;
        let browser = Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
        Self { app, base, browser }
    }

    /// With the draft of [`WEEK`] made.
    async fn held() -> Self {
        let desk = Self::open().await;
        let report = publish::run(&desk.app.ctx).await.unwrap();
        assert_eq!((report.count("drafts"), report.count("issues")), (1, 0));
        desk
    }

    async fn draft(&self, period: &str) -> DraftRow {
        let rows = drafts::list(&self.app.ctx.pool).await.unwrap();
        rows.into_iter().rfind(|row| row.period == period).unwrap()
    }

    async fn link(&self, period: &str, language: Language) -> String {
        let key = Key::new(&votes::secret(&self.app.ctx.pool).await.unwrap());
        ballot::draft_path(language, &ballot::draft_token(self.draft(period).await.id, &key))
    }

    async fn get(&self, path: &str) -> Response {
        self.browser.get(format!("{}{path}", self.base)).send().await.unwrap()
    }

    async fn page(&self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.text().await.unwrap()
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let body: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let post = self.browser.post(format!("{}{path}", self.base));
        post.header("content-type", "application/x-www-form-urlencoded").body(body).send().await.unwrap()
    }

    /// Presses a button beside a story on the page as it is now.
    async fn press(&self, button: &str, story: StoryId, more: &[(&str, &str)]) -> StatusCode {
        let revision = self.draft(WEEK).await.revision.to_string();
        let story = story.to_string();
        let mut fields = vec![("do", button), ("revision", revision.as_str()), ("story", story.as_str())];
        fields.extend(more);
        self.post(&self.link(WEEK, Language::En).await, &fields).await.status()
    }

    async fn undo(&self) -> StatusCode {
        let revision = self.draft(WEEK).await.revision.to_string();
        let fields = [("do", "undo"), ("revision", revision.as_str())];
        self.post(&self.link(WEEK, Language::En).await, &fields).await.status()
    }

    /// Approves the draft as its page shows it now.
    async fn approve(&self, period: &str) -> StatusCode {
        let link = self.link(period, Language::En).await;
        let sha256 = field(&self.page(&link).await, "sha256");
        self.post(&link, &[("do", "approve"), ("sha256", &sha256)]).await.status()
    }

    async fn shown(&self, name: &str) -> Vec<StoryId> {
        let draft = press::open(&self.app.ctx, self.draft(WEEK).await.id).await.unwrap().unwrap();
        let found = draft.content.sections.iter().find(|section| section.name == name);
        found.map(|section| section.stories.iter().map(|story| story.story_id).collect()).unwrap_or_default()
    }

    /// Subjects of the mails to the operator about drafts.
    async fn reminders(&self) -> Vec<String> {
        sqlx::query_scalar(
            "SELECT subject FROM operator_mails WHERE period LIKE 'draft-%' ORDER BY composed_at",
        )
        .fetch_all(&self.app.ctx.pool)
        .await
        .unwrap()
    }
}

fn field(page: &str, name: &str) -> String {
    let rest = page.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// Which story a company of the full week is.
async fn story(desk: &Desk, name: &str) -> StoryId {
    let title = format!("{name} ships a model");
    let id: i64 = sqlx::query_scalar("SELECT id FROM stories WHERE title = $1")
        .bind(title)
        .fetch_one(&desk.app.ctx.pool)
        .await
        .unwrap();
    StoryId(id)
}

#[tokio::test]
async fn a_held_issue_is_seen_by_its_operator_alone_until_it_is_approved() {
    let desk = Desk::held().await;
    let ctx = &desk.app.ctx;
    assert_eq!(publish::run(ctx).await.unwrap().count("drafts"), 0, "once is enough");
    let again = week(&desk.app, WEEK).await;
    assert!(again.already && again.draft.is_some() && again.issue_id.is_none());
    for table in [
        "SELECT count(*) FROM issues",
        "SELECT count(*) FROM deliveries",
        "SELECT count(*) FROM issue_events",
    ] {
        assert_eq!(count(&desk.app, table).await, 0, "{table}");
    }
    for path in ["/en", "/en/issues", "/feed/en.xml", "/en/outbox"] {
        assert!(!desk.page(path).await.contains("Borealis"), "{path} shows the draft");
    }
    assert_eq!(desk.get("/en/issues/weekly/1").await.status(), StatusCode::NOT_FOUND);
    for (path, words) in [("/en/status", "Needs a hand"), ("/zh/status", "需要处理")] {
        let status = desk.page(path).await;
        assert!(status.contains(words) && status.contains(WEEK) && !status.contains("/draft/"), "{status}");
    }
    send::run(ctx).await.unwrap();
    assert_eq!(desk.reminders().await, ["headsup 2026-W18: the issue waits for you"]);
    let body: String = sqlx::query_scalar("SELECT body FROM operator_mails WHERE period LIKE 'draft-%'")
        .fetch_one(&ctx.pool)
        .await
        .unwrap();
    let link = desk.link(WEEK, Language::En).await;
    assert!(body.contains(&link) && body.contains(&desk.link(WEEK, Language::Zh).await), "{body}");

    for path in [link.clone(), desk.link(WEEK, Language::Zh).await] {
        let page = desk.page(&path).await;
        assert!(page.contains("Borealis") && page.contains("Foxtrot") && page.contains(WEEK), "{page}");
        assert!(!page.contains("<script") && !page.contains("%%"), "no JavaScript, no placeholder");
    }
    assert!(desk.page(&format!("{link}/mail")).await.contains("Borealis"));
    assert!(desk.page(&format!("{link}/text")).await.contains("Borealis"));
    assert_eq!(desk.approve(WEEK).await, StatusCode::SEE_OTHER);
    assert_eq!(count(&desk.app, "SELECT count(*) FROM deliveries").await, 1);
    assert!(desk.page("/en/issues/weekly/1").await.contains("Borealis"));
    assert!(!desk.page("/en/status").await.contains("Needs a hand"));
    assert_eq!(send::run(ctx).await.unwrap().count("sent"), 1);
    let ended = desk.get(&link).await;
    assert_eq!(ended.status(), StatusCode::GONE);
    let ended = ended.text().await.unwrap().replace("&#x2f;", "/");
    assert!(ended.contains("/en/issues/weekly/1"), "it leads to the issue: {ended}");
    assert!(week(&desk.app, WEEK).await.already);
}

#[tokio::test]
async fn what_the_operator_changes_is_published_marked_and_can_be_made_again() {
    let desk = Desk::held().await;
    let (acme, kilo) = (story(&desk, "Acme").await, story(&desk, "Kilo").await);
    let (delta, helios) = (story(&desk, "Delta").await, story(&desk, "Helios").await);
    let juno = story(&desk, "Juno").await;
    let page = desk.page(&desk.link(WEEK, Language::En).await).await;
    assert!(page.contains(&format!("id=\"s{kilo}w\"")), "what is below the floor waits at the end: {page}");

    assert_eq!(desk.press("pin", kilo, &[]).await, StatusCode::SEE_OTHER);
    assert_eq!(desk.shown("leads").await[0], kilo, "also a story below the floor");
    assert_eq!(desk.press("pin", juno, &[]).await, StatusCode::SEE_OTHER);
    assert_eq!(desk.press("up", juno, &[]).await, StatusCode::SEE_OTHER);
    assert_eq!(desk.shown("leads").await[..2], [juno, kilo]);
    assert_eq!(desk.press("unpin", juno, &[]).await, StatusCode::SEE_OTHER);
    assert_eq!(desk.press("drop", acme, &[]).await, StatusCode::SEE_OTHER);
    assert!(!desk.shown("leads").await.contains(&acme));
    assert_eq!(desk.press("drop", helios, &[]).await, StatusCode::SEE_OTHER);
    assert_eq!(desk.press("restore", helios, &[]).await, StatusCode::SEE_OTHER);
    let words =
        [("headline", "Kilo: <b>small</b>, but open"), ("summary", "We read it: 7B, Apache licence.")];
    assert_eq!(desk.press("lines", kilo, &words).await, StatusCode::SEE_OTHER);
    let shown = desk.shown("company").await;
    assert!(shown.contains(&delta), "{shown:?}");
    assert_eq!(desk.press("drop", delta, &[]).await, StatusCode::SEE_OTHER);
    assert_eq!(desk.undo().await, StatusCode::SEE_OTHER);
    assert_eq!(desk.shown("company").await, shown, "the last change is taken back");
    let zh = desk.link(WEEK, Language::Zh).await;
    let revision = desk.draft(WEEK).await.revision.to_string();
    let fields = [
        ("do", "lines"),
        ("revision", &revision),
        ("story", &kilo.to_string()),
        ("headline", "Kilo 开源小模型"),
    ];
    assert_eq!(desk.post(&zh, &fields).await.status(), StatusCode::SEE_OTHER);

    let page = desk.page(&desk.link(WEEK, Language::En).await).await;
    assert!(page.contains("&lt;b&gt;small") && !page.contains("<b>small"), "escaped: {page}");
    assert_eq!(desk.approve(WEEK).await, StatusCode::SEE_OTHER);
    let issue = week(&desk.app, WEEK).await;
    assert_eq!(section(&issue, "leads")[0], kilo);
    let english = &issue.renderings[&Language::En];
    assert!(english.subject.starts_with("Kilo: <b>small</b>, but open"), "{}", english.subject);
    assert!(english.body_html.contains("Kilo: &lt;b&gt;small&lt;/b&gt;, but open"), "escaped in the mail");
    assert!(english.body_text.contains("Apache licence. (edited by the operator)"), "{}", english.body_text);
    assert!(english.body_text.contains("but open (edited by the operator)"), "{}", english.body_text);
    let chinese = &issue.renderings[&Language::Zh].body_text;
    assert!(chinese.contains("Kilo 开源小模型（经运营者改写）") && !chinese.contains("Apache"), "{chinese}");
    let archive = desk.page("/en/issues/weekly/1").await;
    assert!(archive.contains("(edited by the operator)") && !archive.contains("<b>small"), "{archive}");
    let replay = publish::replay(&desk.app.ctx, &publish::Series::Weekly, WEEK).await.unwrap();
    assert!(replay.differences.is_empty(), "{:?}", replay.differences);
}

#[tokio::test]
async fn who_comes_second_is_told_and_loses_nothing() {
    let desk = Desk::held().await;
    let (acme, link) = (story(&desk, "Acme").await, desk.link(WEEK, Language::En).await);
    let id = acme.to_string();
    let old = desk.page(&link).await;
    assert_eq!(desk.press("pin", acme, &[]).await, StatusCode::SEE_OTHER);
    let late =
        [("do", "lines"), ("revision", "1"), ("story", id.as_str()), ("headline", "My <i>careful</i> words")];
    let answer = desk.post(&link, &late).await;
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    let text = answer.text().await.unwrap();
    assert!(
        text.contains("My &lt;i&gt;careful&lt;") && text.contains("Nothing of yours was saved"),
        "{text}"
    );
    assert!(text.contains("pinned"), "the page is the draft as it is now");
    let unseen = [("do", "approve"), ("sha256", &field(&old, "sha256"))];
    assert_eq!(
        desk.post(&link, &unseen).await.status(),
        StatusCode::CONFLICT,
        "nobody approves what he did not see"
    );
    let unseen = [("do", "discard"), ("revision", "1")];
    assert_eq!(desk.post(&link, &unseen).await.status(), StatusCode::CONFLICT);

    let long = "x".repeat(201);
    assert_eq!(desk.press("lines", acme, &[("headline", &long)]).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(desk.press("drop", StoryId(999_999), &[]).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(desk.press("burn", acme, &[]).await, StatusCode::BAD_REQUEST);
    assert_eq!(desk.post(&link, &[("do", "pin"), ("story", "x")]).await.status(), StatusCode::BAD_REQUEST);
    assert_eq!(desk.draft(WEEK).await.revision, 2);
}

#[tokio::test]
async fn scanners_and_forgers_change_nothing() {
    let desk = Desk::held().await;
    let link = desk.link(WEEK, Language::En).await;
    let id = desk.draft(WEEK).await.id;
    for query in ["", "/mail", "/text", "?do=approve", "?do=discard&revision=1", "?do=undo&revision=1"] {
        let answer = desk.get(&format!("{link}{query}")).await;
        assert_eq!(answer.status(), StatusCode::OK, "{query}");
        assert_eq!(answer.headers()["cache-control"], "no-store");
        assert_eq!(answer.headers()["x-robots-tag"], "noindex, nofollow");
        assert_eq!(answer.headers()["referrer-policy"], "no-referrer");
        assert!(answer.headers().get("set-cookie").is_none());
    }
    let other = ballot::draft_token(id, &Key::new(&[1; 32]));
    let (_, token) = link.rsplit_once('/').unwrap();
    let next = token.replacen(&id.to_string(), &DraftId(id.0 + 1).to_string(), 1);
    for forged in [other.as_str(), next.as_str(), "1", "1.", "x.y"] {
        let path = format!("/en/draft/{forged}");
        assert_eq!(desk.get(&path).await.status(), StatusCode::FORBIDDEN, "{forged}");
        assert_eq!(desk.post(&path, &[("do", "approve")]).await.status(), StatusCode::FORBIDDEN, "{forged}");
        assert_eq!(desk.get(&format!("{path}/mail")).await.status(), StatusCode::NOT_FOUND);
    }
    assert_eq!((desk.draft(WEEK).await.revision, desk.draft(WEEK).await.is_held()), (1, true));
    let sha256 = field(&desk.page(&link).await, "sha256");
    assert_eq!(desk.approve(WEEK).await, StatusCode::SEE_OTHER);
    for fields in [
        vec![("do", "approve"), ("sha256", sha256.as_str())],
        vec![("do", "discard"), ("revision", "1")],
        vec![("do", "drop"), ("revision", "1"), ("story", "1")],
        vec![("do", "undo"), ("revision", "1")],
    ] {
        assert_eq!(desk.post(&link, &fields).await.status(), StatusCode::GONE, "an issue does not change");
    }
    assert_eq!(count(&desk.app, "SELECT count(*) FROM issues").await, 1);
    assert_eq!(count(&desk.app, "SELECT count(*) FROM deliveries").await, 1);
}

#[tokio::test]
async fn a_draft_that_waits_is_not_forgotten() {
    let desk = Desk::held().await;
    let hours = |n| at("2026-05-06T08:00:00Z") + TimeDelta::hours(n);
    for (after, n) in [(0, 1), (23, 1), (24, 2), (25, 2), (49, 3)] {
        desk.app.ctx.clock.set(hours(after));
        send::run(&desk.app.ctx).await.unwrap();
        assert_eq!(desk.reminders().await.len(), n, "after {after} hours");
    }
    assert_eq!(desk.reminders().await[1], "headsup 2026-W18: the issue still waits for you");
    assert_eq!(desk.approve(WEEK).await, StatusCode::SEE_OTHER);
    desk.app.ctx.clock.set(hours(200));
    send::run(&desk.app.ctx).await.unwrap();
    assert_eq!(desk.reminders().await.len(), 3, "no more once it is published");
}

/// The same round, told by another outlet and not joined by grouping.
fn round(outlet: &str, score: f32, day: &str) -> Seed {
    seed(outlet, score).with(|seed| {
        seed.happened_at = at(day);
        seed.seen_at = at(day);
        seed.verdict.funding = Some(headsup::model::Funding {
            company: "Gopher Labs".into(),
            amount: Some("$12 million".into()),
            round: Some("Series A".into()),
            ..Default::default()
        });
    })
}

#[tokio::test]
async fn two_weeks_that_wait_tell_no_event_twice_whichever_is_approved_first() {
    for first in ["2026-W17", WEEK] {
        let desk = Desk::open().await;
        let old = add(&desk.app, &round("Sand", 7.0, "2026-04-22T09:00:00Z")).await;
        let new = add(&desk.app, &round("Tern", 7.0, "2026-04-29T09:00:00Z")).await;
        for period in ["2026-W17", WEEK] {
            let held = publish::weekly(&desk.app.ctx, Some(period), Mode::Publish).await.unwrap();
            assert!(!held.already && held.draft.is_some());
        }
        let page = desk.page(&desk.link(WEEK, Language::En).await).await;
        assert!(page.contains("An older draft still waits"), "{page}");
        let second = if first == WEEK { "2026-W17" } else { WEEK };
        let link = desk.link(second, Language::En).await;
        let seen = field(&desk.page(&link).await, "sha256");
        assert_eq!(desk.approve(first).await, StatusCode::SEE_OTHER);
        let blind = desk.post(&link, &[("do", "approve"), ("sha256", &seen)]).await;
        assert_eq!(blind.status(), StatusCode::CONFLICT, "the other issue has changed this one");
        assert_eq!(desk.approve(second).await, StatusCode::SEE_OTHER);
        let told: i64 = sqlx::query_scalar("SELECT count(*) FROM issue_stories WHERE story_id = ANY($1)")
            .bind([old.0, new.0])
            .fetch_one(&desk.app.ctx.pool)
            .await
            .unwrap();
        assert_eq!(told, 1, "{first} first");
        assert_eq!(count(&desk.app, "SELECT count(DISTINCT number) FROM issues").await, 2);
        assert_eq!(week(&desk.app, first).await.content.number, 1);
        for period in ["2026-W17", WEEK] {
            let replay = publish::replay(&desk.app.ctx, &publish::Series::Weekly, period).await.unwrap();
            assert!(replay.differences.is_empty(), "{:?}", replay.differences);
        }
    }
}

#[tokio::test]
async fn a_story_that_was_merged_or_taken_back_meanwhile_is_not_told() {
    let desk = Desk::held().await;
    let (acme, delta) = (story(&desk, "Acme").await, story(&desk, "Delta").await);
    for sql in [
        "UPDATE items SET withdrawn_at = now() WHERE title = 'Acme ships a model'",
        "UPDATE stories SET merged_into = (SELECT id FROM stories WHERE title = 'Borealis ships a model') WHERE title = 'Delta ships a model'",
    ] {
        sqlx::query(sql).execute(&desk.app.ctx.pool).await.unwrap();
    }
    assert_eq!(desk.approve(WEEK).await, StatusCode::SEE_OTHER);
    let told = count(&desk.app, "SELECT count(*) FROM issue_stories").await;
    assert!(told > 3);
    for id in [acme, delta] {
        let n: i64 = sqlx::query_scalar("SELECT count(*) FROM issue_stories WHERE story_id = $1")
            .bind(id.0)
            .fetch_one(&desk.app.ctx.pool)
            .await
            .unwrap();
        assert_eq!(n, 0);
    }
}

#[tokio::test]
async fn of_many_approvals_one_counts_and_senders_mail_it_once() {
    let desk = Desk::held().await;
    for n in 0..20 {
        subscribe(&desk.app, &format!("r{n}"), "zh", true, false).await;
    }
    let (ctx, id) = (&desk.app.ctx, desk.draft(WEEK).await.id);
    let seen = press::open(ctx, id).await.unwrap().unwrap().sha256;
    let approve = || press::approve(ctx, id, &seen);
    let (a, b, c, sent, later) =
        tokio::join!(approve(), approve(), approve(), send::run(ctx), send::run(ctx));
    let n_published =
        [a, b, c].into_iter().filter(|done| matches!(done, Ok(press::Approval::Published(_)))).count();
    assert_eq!(n_published, 1);
    let early = sent.unwrap().count("sent") + later.unwrap().count("sent");
    let (x, y) = tokio::join!(send::run(ctx), send::run(ctx));
    assert_eq!(early + x.unwrap().count("sent") + y.unwrap().count("sent"), 21);
    assert_eq!(count(&desk.app, "SELECT count(*) FROM deliveries WHERE state = 'sent'").await, 21);
}

#[tokio::test]
async fn an_approval_that_dies_half_way_has_published_nothing() {
    let desk = Desk::held().await;
    let pool = &desk.app.ctx.pool;
    let broken = "ALTER TABLE deliveries ADD CONSTRAINT broken CHECK (state <> 'queued')";
    sqlx::query(broken).execute(pool).await.unwrap();
    let id = desk.draft(WEEK).await.id;
    let seen = press::open(&desk.app.ctx, id).await.unwrap().unwrap().sha256;
    assert!(press::approve(&desk.app.ctx, id, &seen).await.is_err());
    for sql in [
        "SELECT count(*) FROM issues",
        "SELECT count(*) FROM issue_stories",
        "SELECT count(*) FROM issue_inputs",
    ] {
        assert_eq!(count(&desk.app, sql).await, 0, "{sql}");
    }
    assert!(desk.draft(WEEK).await.is_held(), "it can be approved again");
    sqlx::query("ALTER TABLE deliveries DROP CONSTRAINT broken").execute(pool).await.unwrap();
    assert_eq!(desk.approve(WEEK).await, StatusCode::SEE_OTHER);
    assert_eq!(count(&desk.app, "SELECT count(*) FROM deliveries").await, 1);
}

#[tokio::test]
async fn a_draft_that_is_thrown_away_is_not_made_again_by_itself() {
    let desk = Desk::held().await;
    let link = desk.link(WEEK, Language::En).await;
    assert_eq!(
        desk.post(&link, &[("do", "discard"), ("revision", "1")]).await.status(),
        StatusCode::SEE_OTHER
    );
    assert_eq!(desk.get(&link).await.status(), StatusCode::GONE);
    let report = publish::run(&desk.app.ctx).await.unwrap();
    assert_eq!((report.count("drafts"), report.count("issues")), (0, 0));
    let anew = week(&desk.app, WEEK).await;
    assert!(!anew.already && anew.draft.is_some(), "by hand it is");
    assert_eq!(desk.get(&link).await.status(), StatusCode::GONE, "the old link stays dead");
    assert_eq!(desk.approve(WEEK).await, StatusCode::SEE_OTHER);
    assert_eq!(week(&desk.app, WEEK).await.content.number, 1, "numbers have no gap");
}

#[tokio::test]
async fn the_command_line_does_what_the_page_does() {
    let (pool, url) = fresh_database_with_url().await;
    let mut app = TestApp::start_with(|settings| settings.digest.review = Review::Hold).await;
    app.ctx.pool = pool;
    subscribe(&app, "joe", "en", true, false).await;
    full_week(&app).await;
    let folder = tempfile::tempdir().unwrap();
    let headsup = |args: &[&str]| crate::config::headsup_on(folder.path(), &url, args);
    let (code, text) = headsup(&["draft", "show"]);
    assert!(code == 2 && text.contains("no draft waits"), "{text}");
    week(&app, WEEK).await;
    assert!(headsup(&["status"]).1.contains("needs a hand: the draft of 2026-W18"));
    assert!(headsup(&["publish", "weekly", "--period", WEEK]).1.contains("held as a draft"));
    let (code, text) = headsup(&["draft", "show"]);
    assert!(code == 0 && text.contains("Acme ships a model") && text.contains("/en/draft/1."), "{text}");
    for (args, words) in [
        (&["draft", "pin", "99"][..], "story 99 is not one of this draft's stories"),
        (&["draft", "drop", "11"], "not in the issue"),
        (&["draft", "pin", "1", "--period", "2026-W19"], "(did you mean \"2026-W18\"?)"),
        (
            &["draft", "line", "1", "x", "--language", "en", "--part", "headlin"],
            "(did you mean \"headline\"?)",
        ),
    ] {
        let (code, text) = headsup(args);
        assert!(code == 2 && text.contains(words), "{args:?}: {code} {text}");
    }
    for args in [
        &["draft", "pin", "11"][..],
        &["draft", "move", "1", "down"],
        &["draft", "drop", "2"],
        &["draft", "undo"],
        &["draft", "line", "11", "Kilo, reread", "--language", "en", "--part", "headline"],
    ] {
        let (code, text) = headsup(args);
        assert_eq!(code, 0, "{args:?}: {text}");
    }
    let (code, text) = headsup(&["draft", "show"]);
    assert!(
        code == 0 && text.contains("Kilo, reread [pinned, edited]") && text.contains("Borealis"),
        "{text}"
    );
    let (code, text) = headsup(&["draft", "approve"]);
    assert!(code == 0 && text.contains("weekly 1 (2026-W18): published, 1 mails queued"), "{text}");
    let (code, text) = headsup(&["draft", "approve", "--period", WEEK]);
    assert!(code == 2 && text.contains("was published as weekly 1"), "{text}");
    assert!(headsup(&["draft", "list"]).1.contains("published as weekly 1"));
    assert_eq!(headsup(&["publish", "weekly", "--period", WEEK, "--replay"]).0, 0);
}
