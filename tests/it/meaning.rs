//! Grouping with a server of embeddings that answers, errs, or is not there; and stories that merge, split and go on.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use chrono::Duration;
use headsup::context::Context;
use headsup::group;
use serde_json::{Value, json};

use crate::app::TestApp;

/// How the fake server behaves.
#[derive(Clone, Copy, PartialEq)]
enum Mood {
    Good,
    Broke,
    Short,
    NoList,
}

#[derive(Clone)]
struct Fake {
    mood: Mood,
    asked: Arc<AtomicUsize>,
    headers: Arc<Mutex<Vec<HeaderMap>>>,
}

async fn server(mood: Mood) -> (String, Fake) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    let fake = Fake { mood, asked: Arc::default(), headers: Arc::default() };
    let router = Router::new().route("/v1/embeddings", post(embed)).with_state(fake.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (base, fake)
}

/// What is about lighthouses points one way, all else another; the odd words of other servers are in the answer.
async fn embed(State(fake): State<Fake>, headers: HeaderMap, body: String) -> Response {
    fake.asked.fetch_add(1, Ordering::SeqCst);
    fake.headers.lock().unwrap().push(headers);
    let request: Value = serde_json::from_str(&body).unwrap();
    let texts = request["input"].as_array().unwrap();
    let direction = |text: &str| {
        let is_about = text.contains("lighthouse") || text.contains("灯塔");
        if is_about { json!([3.0, 0.1, 0.0]) } else { json!([0.0, 0.2, text.len() as f64]) }
    };
    let rows: Vec<Value> = texts
        .iter()
        .enumerate()
        .map(|(n, text)| json!({ "index": n, "object": "odd", "embedding": direction(text.as_str().unwrap()) }))
        .rev()
        .collect();
    match fake.mood {
        Mood::Broke => (StatusCode::BAD_GATEWAY, "<html>oops</html>").into_response(),
        Mood::NoList => {
            axum::Json(json!({ "error": { "code": 501, "message": "no embeddings here" } })).into_response()
        }
        Mood::Short => axum::Json(json!({ "data": rows[1..] })).into_response(),
        Mood::Good => {
            axum::Json(json!({ "data": rows, "model": "other", "usage": { "prompt_tokens": 9 }, "tier": 1 }))
                .into_response()
        }
    }
}

const PHAROS_EN: (&str, &str) = (
    "A lighthouse keeps its own log now",
    "The keeper of the lighthouse at Oldhaven lets a machine write the log.",
);
const PHAROS_ZH: (&str, &str) = ("灯塔开始自己写日志", "Oldhaven 灯塔的看守人让机器来写日志。");

struct Piece<'a> {
    title: &'a str,
    text: &'a str,
    language: &'a str,
    owner: &'a str,
    hours_ago: i64,
}

fn piece<'a>((title, text): (&'a str, &'a str), language: &'a str, hours_ago: i64) -> Piece<'a> {
    Piece { title, text, language, owner: title, hours_ago }
}

async fn publish(app: &TestApp, piece: Piece<'_>) -> i64 {
    let at = app.ctx.clock.now() - Duration::hours(piece.hours_ago);
    let sql = "WITH s AS (INSERT INTO sources (slug, name, kind, url, lane, language, tier, owner, next_at)
            VALUES (md5($1 || $4), $4, 'feed', 'https://e.example', 'company', $3, 'press', $4, now()) RETURNING id),
        i AS (INSERT INTO items (source_id, guid, link, canonical_link, title, language, published_at, first_seen_at,
                                 content_sha256, page_state)
            SELECT id, $1, 'https://e.example/' || md5($1 || $4), md5($1 || $4), $1, $3, $5, $5, '', 'not-needed' FROM s RETURNING id)
        INSERT INTO articles (item_id, title, language, body, how, complete, n_chars, extracted_at)
            SELECT id, $1, $3, $2, 'page', true, 100, $6 FROM i RETURNING item_id";
    sqlx::query_scalar(sql)
        .bind(piece.title)
        .bind(piece.text)
        .bind(piece.language)
        .bind(piece.owner)
        .bind(at)
        .bind(app.ctx.clock.now())
        .fetch_one(&app.ctx.pool)
        .await
        .unwrap()
}

async fn one<T>(app: &TestApp, sql: &'static str) -> T
where
    T: Send + Unpin + sqlx::Type<sqlx::Postgres> + for<'r> sqlx::Decode<'r, sqlx::Postgres>,
{
    sqlx::query_scalar(sql).fetch_one(&app.ctx.pool).await.unwrap()
}

async fn app_with(base: &str) -> TestApp {
    TestApp::start_with(|settings| {
        base.clone_into(&mut settings.embeddings.base_url);
        settings.embeddings.model = "fake-model".into();
        settings.embeddings.timeout_seconds = 5;
    })
    .await
}

#[tokio::test]
async fn what_shares_hardly_a_word_is_joined_by_its_meaning() {
    let (base, fake) = server(Mood::Good).await;
    let app = app_with(&base).await;
    publish(&app, piece(PHAROS_EN, "en", 9)).await;
    publish(&app, piece(PHAROS_ZH, "zh", 5)).await;
    publish(&app, piece(("Potato prices fall", "Farmers are unhappy."), "en", 5)).await;
    let report = group::run(&app.ctx).await.unwrap();
    assert_eq!((report.count("stories"), report.count("embedded")), (2, 3), "{report:?}");
    let stored: (String, i32) = sqlx::query_as("SELECT model, dimension FROM embeddings LIMIT 1")
        .fetch_one(&app.ctx.pool)
        .await
        .unwrap();
    assert_eq!(stored, ("fake-model".to_owned(), 3));
    let tokens: i32 = one(&app, "SELECT prompt_tokens FROM model_calls WHERE purpose = 'embed'").await;
    assert_eq!(tokens, 9);
    let headers = fake.headers.lock().unwrap().clone();
    let key = headers[0].get("authorization").map(|key| key.to_str().unwrap().trim().to_owned());
    assert!(key.is_none_or(|key| key == "Bearer"), "no key was configured");
    assert!(headers[0].get("openai-organization").is_none_or(|name| name.is_empty()));
    group::run(&app.ctx).await.unwrap();
    assert_eq!(fake.asked.load(Ordering::SeqCst), 1, "nothing is read twice");
}

#[tokio::test]
async fn a_server_that_fails_leaves_it_to_the_words_and_the_operator_reads_why() {
    for mood in [Mood::Broke, Mood::Short, Mood::NoList] {
        let (base, _) = server(mood).await;
        let app = app_with(&base).await;
        publish(&app, piece(PHAROS_EN, "en", 9)).await;
        publish(&app, piece(PHAROS_ZH, "zh", 5)).await;
        let report = group::run(&app.ctx).await.unwrap();
        assert_eq!(report.count("stories"), 2);
        assert!(report.warnings[0].starts_with("grouped by words alone"), "{report:?}");
    }
    let app = app_with("http://127.0.0.1:9/v1").await;
    publish(&app, piece(PHAROS_EN, "en", 9)).await;
    let report = group::run(&app.ctx).await.unwrap();
    assert!(report.warnings[0].contains("does not accept connections"), "{report:?}");
    assert_eq!(report.count("stories"), 1);
}

#[tokio::test]
async fn a_failure_is_said_until_a_success_and_what_was_missed_is_read_then() {
    let (broken, _) = server(Mood::Broke).await;
    let (base, _) = server(Mood::Good).await;
    let app = app_with(&broken).await;
    let log = ("A lighthouse at Oldhaven keeps its own log now", PHAROS_EN.1);
    publish(&app, piece(log, "en", 9)).await;
    for _ in 0..2 {
        let report = group::run(&app.ctx).await.unwrap();
        assert!(report.warnings[0].contains("HTTP 502"), "{report:?}");
    }
    let mut settings = (*app.ctx.settings).clone();
    base.clone_into(&mut settings.embeddings.base_url);
    let mended = Context { settings: Arc::new(settings), ..app.ctx.clone() };
    let report = group::run(&mended).await.unwrap();
    assert_eq!((report.count("embedded"), report.warnings.len()), (1, 0), "{report:?}");
    publish(&app, piece(("Oldhaven 灯塔开始自己写日志", PHAROS_ZH.1), "zh", 5)).await;
    let report = group::run(&mended).await.unwrap();
    assert_eq!((report.count("embedded"), report.count("joined")), (1, 1), "{report:?}");
}

#[tokio::test]
async fn other_vectors_under_the_same_name_are_said_and_the_newest_texts_read_again() {
    let (base, _) = server(Mood::Good).await;
    let app = app_with(&base).await;
    publish(&app, piece(PHAROS_EN, "en", 9)).await;
    group::run(&app.ctx).await.unwrap();
    sqlx::query("UPDATE embeddings SET dimension = 2, vector = '{1,0}'")
        .execute(&app.ctx.pool)
        .await
        .unwrap();
    publish(&app, piece(PHAROS_ZH, "zh", 5)).await;
    let report = group::run(&app.ctx).await.unwrap();
    assert!(report.warnings[0].contains("gives 3 numbers for a text now and gave 2 before"), "{report:?}");
    let n_new: i64 = one(&app, "SELECT count(*) FROM embeddings WHERE dimension = 3").await;
    assert_eq!(n_new, 2);
}

const ROUND: (&str, &str) = (
    "Quokka raises $120 million Series B to shrink language models",
    "Quokka, which prunes models for laptops, raised $120 million in a Series B led by Harbor Capital.",
);

#[tokio::test]
async fn a_syndicated_text_is_one_voice() {
    let app = TestApp::start().await;
    let text = "Quokka, which prunes language models for laptops and phones, said on Monday that it raised $120 million in a \
        Series B led by Harbor Capital, with Redwood Partners and Birch Angels taking part; the founders, Ada Moreno and Piotr \
        Lind, want to hire forty engineers in Lisbon and publish their pruning library under an open licence this autumn.";
    for (n, owner) in ["Agency", "Daily", "Evening"].into_iter().enumerate() {
        publish(&app, Piece { owner, text, ..piece(ROUND, "en", 9 - n as i64) }).await;
    }
    let other = (
        "Startup Quokka secures $120M for pruning",
        "Quokka has closed a Series B of $120 million, its second this year.",
    );
    publish(&app, Piece { owner: "Own reporter", ..piece(other, "en", 3) }).await;
    group::run(&app.ctx).await.unwrap();
    let story: (i32, i32) =
        sqlx::query_as("SELECT n_items, n_owners FROM stories").fetch_one(&app.ctx.pool).await.unwrap();
    assert_eq!(story, (4, 2), "an agency's text printed twice more, and one that reported itself");
}

#[tokio::test]
async fn late_evidence_makes_one_story_of_two_and_the_old_address_leads_on() {
    let app = TestApp::start().await;
    let short = ("A pruning start-up has fresh money", "Its backers are new, and its founders want to hire.");
    let first = publish(&app, piece(ROUND, "en", 30)).await;
    let second = publish(&app, piece(short, "en", 20)).await;
    group::run(&app.ctx).await.unwrap();
    let story = |item: i64| {
        let pool = app.ctx.pool.clone();
        async move {
            let sql = "SELECT story_id FROM story_items WHERE item_id = $1";
            sqlx::query_scalar::<_, i64>(sql).bind(item).fetch_one(&pool).await.unwrap()
        }
    };
    let (kept, gone) = (story(first).await, story(second).await);
    assert_ne!(kept, gone);
    let bridge = (
        "A pruning start-up has fresh money: Quokka raises $120 million Series B to shrink language models",
        "Quokka, which prunes models for laptops, raised $120 million. Its backers are new, and its founders want to hire.",
    );
    publish(&app, piece(bridge, "en", 10)).await;
    let report = group::run(&app.ctx).await.unwrap();
    assert_eq!(report.count("merged"), 1, "{report:?}");
    assert_eq!(story(second).await, kept);
    let into: Option<i64> = one(&app, "SELECT merged_into FROM stories WHERE merged_into IS NOT NULL").await;
    assert_eq!(into, Some(kept));
    let reason: String = one(&app, "SELECT reason FROM story_decisions WHERE kind = 'merged'").await;
    assert!(reason.contains("Quokka"), "{reason}");

    let base = app.serve().await;
    let client =
        reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let answer = client.get(format!("{base}/en/story/{gone}")).send().await.unwrap();
    assert_eq!(answer.status(), reqwest::StatusCode::PERMANENT_REDIRECT);
    assert_eq!(answer.headers()["location"], format!("/en/story/{kept}"));
}

#[tokio::test]
async fn a_follow_up_with_new_facts_is_an_update_and_no_repeat() {
    let app = TestApp::start().await;
    let sued = (
        "Publishers sue Quokka over books in its training data",
        "Three publishers sued Quokka in New York over books in the training data of its Marsupial models.",
    );
    let settled = (
        "Quokka to pay publishers $40 million over books in its training data",
        "Quokka will pay $40 million to the three publishers that sued over books in the data of its Marsupial models.",
    );
    publish(&app, piece(sued, "en", 24 * 6)).await;
    group::run(&app.ctx).await.unwrap();
    publish(&app, piece(settled, "en", 2)).await;
    let report = group::run(&app.ctx).await.unwrap();
    assert_eq!((report.count("stories"), report.count("updates")), (1, 1), "{report:?}");
    let earlier: String = one(&app, "SELECT e.title FROM stories s JOIN stories e ON e.id = s.follows").await;
    assert_eq!(earlier, sued.0);
}

#[tokio::test]
async fn an_article_that_turns_out_to_tell_something_else_leaves_its_story() {
    let app = TestApp::start().await;
    publish(&app, piece(ROUND, "en", 30)).await;
    let second = publish(
        &app,
        Piece { owner: "Daily", ..piece(("Quokka raises $120 million Series B", ROUND.1), "en", 20) },
    )
    .await;
    group::run(&app.ctx).await.unwrap();
    let n_stories: i64 = one(&app, "SELECT count(*) FROM stories").await;
    assert_eq!(n_stories, 1);
    app.ctx.clock.set(app.ctx.clock.now() + Duration::hours(3));
    sqlx::query("UPDATE items SET title = 'AI weekly: what Quokka and others did' WHERE id = $1")
        .bind(second)
        .execute(&app.ctx.pool)
        .await
        .unwrap();
    sqlx::query("UPDATE articles SET extracted_at = $2 WHERE item_id = $1")
        .bind(second)
        .bind(app.ctx.clock.now())
        .execute(&app.ctx.pool)
        .await
        .unwrap();
    let report = group::run(&app.ctx).await.unwrap();
    assert_eq!((report.count("left"), report.count("stories")), (1, 1), "{report:?}");
    let reason: String = one(&app, "SELECT reason FROM story_decisions WHERE kind = 'left'").await;
    assert!(reason.contains("a list of many events"), "{reason}");
    let again = group::run(&app.ctx).await.unwrap();
    assert_eq!((again.count("left"), again.count("items")), (0, 0));
}
