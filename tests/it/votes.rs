//! Readers correct: a vote behind a signed link, one a reader, and a confirmed error that comes back to who read it, once.

use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use headsup::ballot::{Ballot, Key};
use headsup::model::{IssueKind, Language, StoryId, SubscriberId, VoteKind, Voter};
use headsup::publish::{self, Mode};
use headsup::send;
use headsup::store::errata::{self, Changed, New};
use headsup::store::votes::{self, Cast, Said};
use headsup::store::{self, subscribers};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};

use crate::app::{TestApp, fresh_database_with_url};
use crate::publish::{WEEK, add, at, count, seed, subscribe, week, wide_lines, with_subject, write_sample};

/// The archive with one story, and a browser.
struct Booth {
    app: TestApp,
    base: String,
    story: StoryId,
    browser: Client,
}

impl Booth {
    async fn open() -> Self {
        let app = TestApp::start().await;
        subscribe(&app, "joe", "en", true, false).await;
        let story = add(&app, &seed("Acme", 9.0)).await;
        let base = app.serve().await;
        let browser = Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
        Self { app, base, story, browser }
    }

    async fn get(&self, path: &str, cookie: &str) -> Response {
        let url = format!("{}{path}", self.base);
        self.browser.get(url).header("cookie", cookie).send().await.unwrap()
    }

    async fn page(&self, path: &str) -> String {
        let answer = self.get(path, "").await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.text().await.unwrap()
    }

    async fn post(&self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Response {
        let body: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let post = self.browser.post(format!("{}{path}", self.base)).header("cookie", cookie);
        post.header("content-type", "application/x-www-form-urlencoded").body(body).send().await.unwrap()
    }

    /// The link of the reader, as a mail has it that was queued then.
    async fn link(&self, queued_at: DateTime<Utc>) -> String {
        let key = Key::new(&votes::secret(&self.app.ctx.pool).await.unwrap());
        let reader = subscribers::list(&self.app.ctx.pool).await.unwrap()[0].id;
        format!("/v/{}", Ballot::of_reader(self.story, reader, Language::En, queued_at).token(&key))
    }

    /// What stands: by whom, what, with which words.
    async fn said(&self) -> Vec<(String, String, String)> {
        let votes = votes::list(&self.app.ctx.pool, None, None, 100).await.unwrap();
        votes.into_iter().map(|vote| (vote.voter, vote.kind, vote.comment)).collect()
    }
}

fn vote(by: &str, kind: &str, comment: &str) -> (String, String, String) {
    (by.into(), kind.into(), comment.into())
}

/// The path that the page's forms are sent to.
fn action(page: &str) -> String {
    let rest = page.split("action=\"").nth(1).unwrap();
    rest.split('"').next().unwrap().replace("&#x2f;", "/")
}

/// The one mail in the outbox.
fn mail(folder: &Path) -> String {
    let mut texts: Vec<String> = Vec::new();
    for entry in std::fs::read_dir(folder.join("outbox")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "eml") {
            texts.push(std::fs::read_to_string(path).unwrap());
        }
    }
    assert_eq!(texts.len(), 1);
    texts.remove(0).replace("=\r\n", "").replace("=3D", "=")
}

#[tokio::test]
async fn a_reader_votes_by_the_link_in_the_mail_and_the_last_vote_counts() {
    let booth = Booth::open().await;
    week(&booth.app, WEEK).await;
    assert_eq!(send::run(&booth.app.ctx).await.unwrap().count("sent"), 1);
    let mail = mail(&booth.app.ctx.settings.home);
    assert!(!mail.contains("%%"), "a placeholder is left: {mail}");
    assert!(mail.contains("/hype\"") && mail.contains("/wrong\""), "each question has a link: {mail}");
    let token = mail.split("Hype? Wrong? ").nth(1).unwrap().split("/v/").nth(1).unwrap();
    let link = format!("/v/{}", token.split_whitespace().next().unwrap());
    assert_eq!(link, booth.link(booth.app.ctx.clock.now()).await);

    // Scanners follow every link, as often as they like.
    for path in [link.clone(), format!("{link}/hype"), format!("{link}/wrong"), format!("{link}/other")] {
        let answer = booth.get(&path, "").await;
        assert_eq!(
            (answer.status(), &answer.headers()["x-robots-tag"] == "noindex, nofollow"),
            (StatusCode::OK, true)
        );
        assert_eq!(answer.headers()["cache-control"], "no-store");
        assert!(answer.headers().get("set-cookie").is_none(), "a reader needs no cookie");
    }
    assert_eq!(booth.said().await, [], "GET changes nothing");

    for (kind, comment) in [("hype", ""), ("solid", ""), ("wrong", "It has 7B parameters.")] {
        let answer = booth.post(&link, "", &[("kind", kind), ("comment", comment)]).await;
        assert_eq!(
            (answer.status(), answer.headers()["location"].to_str().unwrap()),
            (StatusCode::SEE_OTHER, &*link)
        );
        assert_eq!(booth.said().await, [vote("reader 1", kind, comment)]);
    }
    let page = booth.page(&link).await;
    assert!(page.contains("You said:") && page.contains("It has 7B parameters."), "{page}");
    assert!(booth.page("/en/status").await.contains("1 Wrong"));

    booth.post(&link, "", &[("kind", "none")]).await;
    assert_eq!(booth.said().await, [], "taken back");
    assert_eq!(count(&booth.app, "SELECT count(*) FROM votes WHERE comment <> ''").await, 0);
    booth.post(&link, "", &[("kind", "hype")]).await;
    assert_eq!(booth.said().await, [vote("reader 1", "hype", "")]);
    assert_eq!(count(&booth.app, "SELECT count(*) FROM votes").await, 1);
}

#[tokio::test]
async fn a_visitor_of_the_archive_has_one_vote_a_browser() {
    let booth = Booth::open().await;
    let door = format!("/v/story/zh/{}/hype", booth.story);
    assert!(booth.page(&format!("/zh/story/{}", booth.story)).await.replace("&#x2f;", "/").contains(&door));
    let first = booth.get(&door, "").await;
    let cookie = first.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.contains("; Path=/v/;") && cookie.contains("HttpOnly; SameSite=Lax"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap();
    let form = action(&first.text().await.unwrap());
    assert_eq!(booth.said().await, [], "GET changes nothing");

    // Another site makes the browser send its own form, with this browser's cookie or none.
    let other = booth.get(&door, "").await;
    let other_cookie = other.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    for foreign in ["", &other_cookie, "voter=00000000000000000000000000000063.AAAA"] {
        let refused = booth.post(&form, foreign, &[("kind", "hype")]).await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN);
        assert_eq!(booth.get(&form, foreign).await.status(), StatusCode::FORBIDDEN, "nor sees the vote");
    }
    assert_eq!(booth.said().await, []);

    let voted = booth.post(&form, cookie, &[("kind", "hype")]).await;
    assert_eq!(voted.status(), StatusCode::SEE_OTHER);
    let again = booth.get(&door, &format!("a=b; {cookie}")).await;
    assert!(again.headers().get("set-cookie").is_none());
    let page = again.text().await.unwrap();
    assert!(page.contains("你的看法") && page.contains("撤回"), "{page}");
    booth.post(&action(&page), cookie, &[("kind", "wrong"), ("comment", "参数有误")]).await;
    assert_eq!(booth.said().await, [vote("visitor", "wrong", "参数有误")]);
    booth.post(&action(&other.text().await.unwrap()), &other_cookie, &[("kind", "solid")]).await;
    assert_eq!(booth.said().await.len(), 2, "two browsers, two votes");
}

#[tokio::test]
async fn a_link_that_is_forged_or_too_old_is_refused_in_both_languages() {
    let booth = Booth::open().await;
    let now = booth.app.ctx.clock.now();
    let good = booth.link(now).await;
    let other_reader = good.replacen(".r1.", ".r2.", 1);
    let other_story = good.replacen("/v/1.", "/v/2.", 1);
    assert!(other_reader != good && other_story != good);
    let old = booth.link(now - TimeDelta::days(181)).await;
    let cases = [
        (other_reader.as_str(), StatusCode::FORBIDDEN, "not one of ours", "不是我们发出的"),
        (&other_story, StatusCode::FORBIDDEN, "not one of ours", "不是我们发出的"),
        (&good[..good.len() - 1], StatusCode::FORBIDDEN, "not one of ours", "不是我们发出的"),
        ("/v/%00", StatusCode::FORBIDDEN, "not one of ours", "不是我们发出的"),
        (&old, StatusCode::GONE, "too old", "已过期"),
    ];
    for (link, status, english, chinese) in cases {
        for answer in [booth.get(link, "").await, booth.post(link, "", &[("kind", "hype")]).await] {
            assert_eq!(answer.status(), status, "{link}");
            let page = answer.text().await.unwrap();
            assert!(page.contains(english) && page.contains(chinese), "{page}");
        }
    }
    let chinese = booth.get(&other_story.replacen(".en.", ".zh.", 1), "").await.text().await.unwrap();
    assert!(
        chinese.contains("<html lang=\"zh-CN\""),
        "a link that claims to be Chinese is refused in Chinese first"
    );
    for fields in [&[("kind", "hyper")][..], &[("comment", "no kind")], &[]] {
        assert_eq!(booth.post(&good, "", fields).await.status(), StatusCode::BAD_REQUEST);
    }
    assert_eq!(booth.said().await, []);
    let unknown = ["/v/story/en/abc/hype", "/v/story/en/99/hype", "/v/story/en/1/loud", "/v/story/fr/1/hype"];
    for path in unknown {
        assert_eq!(booth.get(path, "").await.status(), StatusCode::NOT_FOUND, "{path}");
    }
    assert!(booth.page("/robots.txt").await.contains("Disallow: /v/"));
}

#[tokio::test]
async fn a_robot_with_ever_new_cookies_cannot_fill_the_table() {
    let booth = Booth::open().await;
    let (pool, now) = (&booth.app.ctx.pool, booth.app.ctx.clock.now());
    let said = Said { kind: VoteKind::Hype, comment: "" };
    let visit = async |n: u128| votes::cast(pool, booth.story, Voter::Visitor(n), said, now).await.unwrap();
    for n in 0..votes::VISITORS_A_MINUTE {
        assert_eq!(visit(n as u128).await, Cast::Counted);
    }
    assert_eq!(visit(1000).await, Cast::TooMany);
    assert_eq!(visit(0).await, Cast::Counted, "a known visitor may change the vote");
    let door = booth.get(&format!("/v/story/en/{}/hype", booth.story), "").await;
    let cookie = door.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let form = action(&door.text().await.unwrap());
    let refused = booth.post(&form, &cookie, &[("kind", "hype")]).await;
    assert_eq!(
        (refused.status(), &refused.headers()["retry-after"] == "60"),
        (StatusCode::TOO_MANY_REQUESTS, true)
    );
    let link = booth.link(now).await;
    assert_eq!(
        booth.post(&link, "", &[("kind", "wrong")]).await.status(),
        StatusCode::SEE_OTHER,
        "readers always may"
    );
    booth.app.ctx.clock.set(now + TimeDelta::minutes(2));
    assert_eq!(booth.post(&form, &cookie, &[("kind", "hype")]).await.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn votes_at_once_are_one_vote() {
    let booth = Booth::open().await;
    let link = booth.link(booth.app.ctx.clock.now()).await;
    let kinds = ["hype", "wrong", "solid", "hype"];
    let posts = kinds.map(|kind| async { booth.post(&link, "", &[("kind", kind)]).await.status() });
    let done = futures::future::join_all(posts).await;
    assert_eq!(done, [StatusCode::SEE_OTHER; 4]);
    assert_eq!(count(&booth.app, "SELECT count(*) FROM votes").await, 1);
}

#[tokio::test]
async fn a_comment_is_text_wherever_it_is_shown() {
    let booth = Booth::open().await;
    let link = booth.link(booth.app.ctx.clock.now()).await;
    let evil = format!("</textarea><script>alert(1)</script>\0\u{202E}\r\nx{}", "y".repeat(900));
    booth.post(&link, "", &[("kind", "wrong"), ("comment", &evil)]).await;
    let stored = booth.said().await.remove(0).2;
    assert!(stored.chars().count() == 500 && !stored.contains(['\0', '\n', '\u{202E}']), "{stored}");
    let page = booth.page(&link).await;
    assert!(!page.contains("<script") && page.matches("</textarea>").count() == 1, "{page}");
    for public in ["/en/status", &format!("/en/story/{}", booth.story)] {
        assert!(
            !booth.page(public).await.contains("alert(1)"),
            "anybody may vote: {public} shows no comment"
        );
    }
    let large = "z".repeat(70_000);
    let refused = booth.post(&link, "", &[("kind", "wrong"), ("comment", &large)]).await;
    assert!(refused.status().is_client_error(), "{}", refused.status());
}

/// The issue as it was frozen: content and both renderings.
async fn frozen(app: &TestApp, number: i32) -> String {
    let issue = store::issues::by_number(&app.ctx.pool, IssueKind::Weekly, number).await.unwrap().unwrap();
    let mut all = format!("{} {}", issue.sha256, serde_json::to_string(&issue.content).unwrap());
    for language in Language::ALL {
        let rendering = store::issues::rendering(&app.ctx.pool, issue.id, *language).await.unwrap().unwrap();
        all += &serde_json::to_string(&rendering).unwrap();
    }
    all
}

async fn correct(app: &TestApp, story: StoryId, en: &str, zh: &str) -> bool {
    let new = New { story_id: story, vote_id: None, en, zh };
    errata::add(&app.ctx.pool, new, app.ctx.clock.now()).await.unwrap().is_some()
}

const EN: &str = "The model has 7 billion parameters, not 70 billion as we wrote.";
const ZH: &str = "该模型的参数量是 70 亿，不是我们所写的 700 亿。";

#[tokio::test]
async fn a_confirmed_error_stands_on_its_pages_at_once_and_in_the_next_issue_once() {
    let booth = Booth::open().await;
    let app = &booth.app;
    week(app, WEEK).await;
    let before = frozen(app, 1).await;
    assert!(!before.contains("errata"), "an issue without errata is stored as ever");
    assert!(correct(app, booth.story, EN, ZH).await);
    assert!(!correct(app, booth.story, EN, ZH).await, "the same once more changes nothing");
    let pages = [format!("story/{}", booth.story), "issues/weekly/1".into()];
    for page in &pages {
        assert!(booth.page(&format!("/en/{page}")).await.contains(EN), "{page}");
        assert!(booth.page(&format!("/zh/{page}")).await.contains(ZH), "{page}");
    }

    app.ctx.clock.set(at("2026-05-11T08:00:00Z"));
    let next = |name: &str, day: &str| seed(name, 7.0).with(|seed| seed.happened_at = at(day));
    add(app, &next("Borealis", "2026-05-05T09:00:00Z")).await;
    add(app, &next("Earlier", "2026-04-21T09:00:00Z")).await;
    let late = week(app, "2026-W17").await;
    assert!(
        late.content.errata.is_empty(),
        "an earlier week that comes late corrects nothing of a later one"
    );
    let draft = publish::weekly(&app.ctx, Some("2026-W19"), Mode::DryRun).await.unwrap();
    assert_eq!(draft.content.errata.len(), 1, "a dry run shows it and keeps nothing");
    let issue = week(app, "2026-W19").await;
    let told = &issue.content.errata;
    assert_eq!(
        (told.len(), &told[0].issues, told[0].story_id),
        (1, &vec![(IssueKind::Weekly, 1)], booth.story)
    );
    for (language, rendering) in &issue.renderings {
        write_sample(&format!("errata-{language}"), rendering);
        insta::assert_snapshot!(format!("errata_{language}_text"), with_subject(rendering));
        assert_eq!(wide_lines(&rendering.body_text), [] as [&str; 0]);
        let text = if *language == Language::En { EN } else { ZH };
        assert!(rendering.body_html.contains(text), "{}", rendering.body_html);
    }
    let page = booth.page("/en/issues/weekly/3").await;
    assert!(page.contains(EN) && page.replace("&#x2f;", "/").contains("/en/issues/weekly/1"), "{page}");

    let again = week(app, "2026-W19").await;
    assert!(again.already && again.renderings == issue.renderings);
    add(app, &next("Cirrus", "2026-05-12T09:00:00Z")).await;
    app.ctx.clock.set(at("2026-05-18T08:00:00Z"));
    assert!(week(app, "2026-W20").await.content.errata.is_empty(), "each erratum in one issue");
    assert_eq!(errata::list(&app.ctx.pool).await.unwrap()[0].told_in, Some(3));
    assert_eq!(frozen(app, 1).await, before, "what was published stays as it was");
    let mail = booth.page("/en/issues/weekly/1/mail").await;
    assert!(!mail.contains(EN) && mail.contains(&format!("/v/story/en/{}/hype", booth.story)));
}

#[tokio::test]
async fn an_issue_that_fails_leaves_its_errata_to_the_next() {
    let app = TestApp::start().await;
    let story = add(&app, &seed("Acme", 9.0)).await;
    correct(&app, story, EN, ZH).await;
    subscribe(&app, "joe", "en", true, false).await;
    let break_it = "ALTER TABLE deliveries ADD CONSTRAINT broken CHECK (state <> 'queued')";
    sqlx::query(break_it).execute(&app.ctx.pool).await.unwrap();
    assert!(publish::weekly(&app.ctx, Some(WEEK), Mode::Publish).await.is_err());
    assert_eq!(errata::list(&app.ctx.pool).await.unwrap()[0].told_in, None);
    sqlx::query("ALTER TABLE deliveries DROP CONSTRAINT broken").execute(&app.ctx.pool).await.unwrap();
    let told = week(&app, WEEK).await.content.errata;
    assert!(told.len() == 1 && told[0].issues.is_empty(), "no issue before told the story");
}

#[tokio::test]
async fn what_was_said_of_a_story_follows_it_into_the_one_it_was_merged_into() {
    let booth = Booth::open().await;
    let app = &booth.app;
    week(app, WEEK).await;
    let link = booth.link(app.ctx.clock.now()).await;
    booth.post(&link, "", &[("kind", "wrong"), ("comment", "7B")]).await;
    correct(app, booth.story, EN, ZH).await;
    let into = add(app, &seed("Acme again", 9.0)).await;
    let merge =
        sqlx::query("UPDATE stories SET merged_into = $2 WHERE id = $1").bind(booth.story.0).bind(into.0);
    merge.execute(&app.ctx.pool).await.unwrap();
    assert!(booth.page(&format!("/en/story/{into}")).await.contains(EN));
    assert!(booth.page("/en/issues/weekly/1").await.contains(EN));
    let listed = votes::list(&app.ctx.pool, Some(into), None, 10).await.unwrap();
    assert_eq!((listed.len(), listed[0].story_id), (1, into));
    assert!(booth.page(&link).await.contains("Acme again"));
}

#[tokio::test]
async fn the_operator_confirms_a_vote_and_measures_the_judge_by_votes() {
    let mut app = TestApp::start().await;
    let (pool, url) = fresh_database_with_url().await;
    app.ctx.pool = pool.clone();
    let folder = tempfile::tempdir().unwrap();
    let headsup = |args: &[&str]| crate::config::headsup_on(folder.path(), &url, args);
    let (code, text) = headsup(&["eval", "feedback"]);
    assert!(code == 2 && text.contains("nothing to measure"), "{code} {text}");
    let loud = add(&app, &seed("Acme", 1.0).with(|seed| seed.verdict.dropped = Some("hype".into()))).await;
    let calm = add(&app, &seed("Borealis", 8.0)).await;
    subscribe(&app, "joe", "en", true, true).await;
    let now = app.ctx.clock.now();
    let cast = async |story, kind, comment| {
        let voter = Voter::Reader(SubscriberId(1));
        votes::cast(&pool, story, voter, Said { kind, comment }, now).await.unwrap()
    };
    cast(loud, VoteKind::Hype, "").await;
    cast(calm, VoteKind::Wrong, "It has 7B.").await;
    let (code, text) = headsup(&["votes", "list", "--story", "2", "--json"]);
    assert!(code == 0 && text.contains("It has 7B.") && !text.contains("joe@"), "{text}");
    assert_eq!(headsup(&["votes", "confirm", "1", "--en", EN, "--zh", ZH]).0, 2, "hype is no error");
    assert_eq!(headsup(&["votes", "confirm", "2", "--en", " ", "--zh", ZH]).0, 2);
    assert_eq!(headsup(&["errata", "add", "99", "--en", EN, "--zh", ZH]).0, 2);
    let (code, text) = headsup(&["votes", "confirm", "2", "--en", EN, "--zh", ZH]);
    assert!(code == 0 && text.contains("next weekly issue"), "{text}");
    assert!(headsup(&["votes", "confirm", "2", "--en", EN, "--zh", ZH]).1.contains("known already"));
    let other = headsup(&["votes", "confirm", "2", "--en", "Other.", "--zh", ZH]);
    assert!(other.0 == 0 && other.1.contains("has these words now"), "{}", other.1);
    assert_eq!(headsup(&["errata", "edit", "1", "--en", EN, "--zh", ZH]).0, 0);
    assert_eq!(headsup(&["errata", "edit", "99", "--en", EN, "--zh", ZH]).0, 2);
    assert_eq!(headsup(&["errata", "remove", "99"]).0, 2);
    let (code, text) = headsup(&["errata", "list"]);
    assert!(code == 0 && text.contains("the next issue"), "{text}");
    assert!(headsup(&["votes", "list"]).1.contains("reader 1"));

    cast(calm, VoteKind::Solid, "").await;
    let (code, text) = headsup(&["eval", "feedback", "--json", "--export", "labels.jsonl"]);
    let figures: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (code, &figures["score_auc"], &figures["signs"][0]["precision"]),
        (0, &1.0.into(), &1.0.into())
    );
    assert!(headsup(&["eval", "feedback"]).1.contains("screened out"));
    let labels = std::fs::read_to_string(folder.path().join("labels.jsonl")).unwrap();
    let first: serde_json::Value = serde_json::from_str(labels.lines().next().unwrap()).unwrap();
    assert_eq!(
        (labels.lines().count(), &first["label"], &first["title"]),
        (2, &1.into(), &"Acme ships a model".into())
    );
}

#[tokio::test]
async fn an_erratum_can_be_reworded_and_taken_back_until_an_issue_has_told_it() {
    let booth = Booth::open().await;
    let (app, pool) = (&booth.app, &booth.app.ctx.pool);
    let now = app.ctx.clock.now();
    let new = |en| New { story_id: booth.story, vote_id: None, en, zh: ZH };
    let first = errata::add(pool, new(EN), now).await.unwrap().unwrap();
    let second = errata::add(pool, new("Another one."), now).await.unwrap().unwrap();
    assert_eq!(errata::edit(pool, second, EN, ZH).await.unwrap(), Changed::Doubled);
    assert_eq!(errata::edit(pool, first, "It has 8 billion.", "是 80 亿。").await.unwrap(), Changed::Done);
    assert_eq!(errata::remove(pool, second).await.unwrap(), Changed::Done);
    assert_eq!(errata::remove(pool, second).await.unwrap(), Changed::Missing);
    let page = booth.page(&format!("/en/story/{}", booth.story)).await;
    assert!(page.contains("It has 8 billion.") && !page.contains("Another one."), "{page}");

    assert_eq!(week(app, WEEK).await.content.errata.len(), 1);
    assert_eq!(
        errata::edit(pool, first, EN, ZH).await.unwrap(),
        Changed::Told(1),
        "an issue does not change"
    );
    assert_eq!(errata::remove(pool, first).await.unwrap(), Changed::Told(1));
}

#[tokio::test]
async fn visitors_votes_are_shown_apart_and_label_nothing() {
    let booth = Booth::open().await;
    let (pool, now) = (&booth.app.ctx.pool, booth.app.ctx.clock.now());
    for n in 0..5 {
        let said = Said { kind: VoteKind::Hype, comment: "" };
        votes::cast(pool, booth.story, Voter::Visitor(n), said, now).await.unwrap();
    }
    let link = booth.link(now).await;
    booth.post(&link, "", &[("kind", "solid")]).await;
    let opinion = votes::opinions(pool, 100).await.unwrap().remove(0);
    assert_eq!((opinion.n_hype, opinion.n_solid, opinion.n_by_visitors), (0, 1, 5));
    assert_eq!(booth.said().await[0], vote("reader 1", "solid", ""), "readers come first");
    let status = booth.page("/en/status").await;
    assert!(status.contains("5 Hype") && status.contains("who may vote more than once"), "{status}");
}
