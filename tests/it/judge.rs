//! The judge with a model that answers, errs, refuses, or is not there.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use headsup::config::Settings;
use headsup::judge;
use headsup::model::{Language, Verdict};
use headsup::store::model_calls;
use serde_json::{Value, json};

use crate::app::TestApp;

const TITLE: &str = "Lumen releases an 8B model with open weights";
const TEXT: &str = "Lumen Labs released a language model with 8 billion parameters. Weights are available under Apache 2.0. \
    It answers with 74 tokens per second on a laptop.";

/// How the fake server behaves.
#[derive(Clone, Copy, PartialEq)]
enum Mood {
    Good,
    Rubbish,
    Invents,
    Refuses,
    Broke,
    NoSchema,
}

struct Server {
    base: String,
    asked: Arc<AtomicUsize>,
    headers: Arc<Mutex<Vec<HeaderMap>>>,
}

#[derive(Clone)]
struct Fake {
    mood: Mood,
    asked: Arc<AtomicUsize>,
    headers: Arc<Mutex<Vec<HeaderMap>>>,
}

async fn model(mood: Mood) -> Server {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    let fake = Fake { mood, asked: Arc::default(), headers: Arc::default() };
    let router = Router::new().route("/v1/chat/completions", post(complete)).with_state(fake.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    Server { base, asked: fake.asked, headers: fake.headers }
}

async fn complete(State(fake): State<Fake>, headers: HeaderMap, body: String) -> Response {
    fake.asked.fetch_add(1, Ordering::SeqCst);
    fake.headers.lock().unwrap().push(headers);
    let request: Value = serde_json::from_str(&body).unwrap();
    let prompt = request["messages"][0]["content"].as_str().unwrap();
    let story: i64 =
        prompt.split("copy the number ").nth(1).unwrap().split('.').next().unwrap().parse().unwrap();
    let content = match fake.mood {
        Mood::Rubbish => "I think this is great news!".to_owned(),
        Mood::Refuses => {
            return (StatusCode::UNAUTHORIZED, r#"{"error":{"message":"bad key","type":"auth"}}"#)
                .into_response();
        }
        Mood::Broke => return (StatusCode::INTERNAL_SERVER_ERROR, "<html>oops</html>").into_response(),
        Mood::NoSchema if request["response_format"]["type"] == "json_schema" => {
            let error = r#"{"error":{"code":400,"message":"This response_format type is unavailable now","type":"invalid"}}"#;
            return (StatusCode::BAD_REQUEST, error).into_response();
        }
        Mood::Good | Mood::NoSchema => answer(
            story,
            "Lumen Labs released a model with 8 billion parameters.",
            "Weights are available under Apache 2.0.",
        ),
        Mood::Invents => answer(
            story,
            "Lumen Labs raised $90 million from Redwood. Weights are available under Apache 2.0.",
            "words that stand nowhere",
        ),
    };
    let usage = json!({ "prompt_tokens": 700, "completion_tokens": 120, "total_tokens": 820 });
    axum::Json(json!({ "id": "x", "object": "chat.completion", "service_tier": "odd", "usage": usage,
        "choices": [{ "index": 0, "finish_reason": "eos_token", "message": { "role": "assistant", "content": content } }] }))
    .into_response()
}

fn answer(story: i64, summary: &str, quote: &str) -> String {
    let no = json!({ "holds": false, "quote": "" });
    json!({ "story": story, "about_ai": true, "headline_en": "Lumen opens an 8B model", "headline_zh": "Lumen 开放 80 亿参数模型",
        "summary_en": summary, "summary_zh": "Lumen 开放了 80 亿参数的模型权重。", "lane": "company", "vendor_claim": no,
        "artifact": no, "independent": { "holds": true, "quote": quote }, "future": no, "anonymous": no, "sensational": no })
    .to_string()
}

async fn app_with(base: &str, change: impl FnOnce(&mut Settings)) -> TestApp {
    let app = TestApp::start_with(|settings| {
        base.clone_into(&mut settings.model.base_url);
        settings.model.name = "test-model".into();
        settings.model.price_prompt = 2.0;
        settings.model.timeout_seconds = 5;
        change(settings);
    })
    .await;
    story(&app, TITLE, TEXT).await;
    app
}

async fn story(app: &TestApp, title: &str, text: &str) {
    let sql = "WITH s AS (INSERT INTO sources (slug, name, kind, url, lane, language, tier, owner, next_at)
            VALUES ('s' || md5($1), 'Source', 'feed', 'http://x', 'company', 'en', 'press', 'x', $3) RETURNING id),
        i AS (INSERT INTO items (source_id, guid, link, canonical_link, title, language, first_seen_at, content_sha256, published_at)
            SELECT id, $1, 'http://x/' || md5($1), md5($1), $1, 'en', $3, '', $3 FROM s RETURNING id),
        a AS (INSERT INTO articles (item_id, title, language, body, how, complete, n_chars, extracted_at)
            SELECT id, $1, 'en', $2, 'feed', true, 1, $3 FROM i),
        st AS (INSERT INTO stories (lead_item_id, title, language, lane, happened_at, first_seen_at, last_seen_at, changed_at)
            SELECT id, $1, 'en', 'company', $3, $3, $3, $3 FROM i RETURNING id)
        INSERT INTO story_items (item_id, story_id, reason, joined_at) SELECT i.id, st.id, 'opens', $3 FROM i, st";
    sqlx::query(sql).bind(title).bind(text).bind(app.ctx.clock.now()).execute(&app.ctx.pool).await.unwrap();
}

async fn verdicts(app: &TestApp) -> Vec<Verdict> {
    let rows: Vec<Value> = sqlx::query_scalar("SELECT verdict FROM verdicts WHERE current ORDER BY story_id")
        .fetch_all(&app.ctx.pool)
        .await
        .unwrap();
    rows.into_iter().map(|row| serde_json::from_value(row).unwrap()).collect()
}

#[tokio::test]
async fn without_a_model_rules_judge_and_a_second_run_changes_nothing() {
    let app = app_with("", |_| ()).await;
    let report = judge::run(&app.ctx).await.unwrap();
    assert_eq!((report.count("stories"), report.count("by_rules")), (1, 1), "{report:?}");
    let verdict = verdicts(&app).await.remove(0);
    assert_eq!((verdict.judge.as_str(), verdict.unscored, verdict.dropped), ("rules", None, None));
    assert!(TEXT.contains(&verdict.summary[&Language::En].short), "the publisher's own words");
    assert_eq!(judge::run(&app.ctx).await.unwrap().count("stories"), 0);
}

#[tokio::test]
async fn a_good_answer_counts_is_booked_and_is_never_paid_for_twice() {
    let server = model(Mood::Good).await;
    let app = app_with(&server.base, |_| ()).await;
    let report = judge::run(&app.ctx).await.unwrap();
    assert_eq!((report.count("by_model"), report.count("tokens")), (1, 820), "{report:?}");
    let verdict = verdicts(&app).await.remove(0);
    assert_eq!(verdict.judge, "test-model");
    assert_eq!(verdict.summary[&Language::En].long, "Lumen Labs released a model with 8 billion parameters.");
    assert!(verdict.parts.iter().any(|part| part.flag == "independent"));
    assert!(verdict.facts_checked > 0 && verdict.sentences_withheld == 0, "{verdict:?}");
    let totals = model_calls::totals(&app.ctx.pool, app.ctx.clock.now()).await.unwrap();
    assert_eq!((totals.calls, totals.failed, totals.prompt_tokens, totals.cost_micros), (1, 0, 700, 1400));

    sqlx::query("UPDATE stories SET changed_at = changed_at + interval '1 minute'")
        .execute(&app.ctx.pool)
        .await
        .unwrap();
    let again = judge::run(&app.ctx).await.unwrap();
    assert_eq!((again.count("cached"), again.count("tokens")), (1, 0), "{again:?}");
    assert_eq!(server.asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn what_the_articles_do_not_say_is_withheld() {
    let server = model(Mood::Invents).await;
    let app = app_with(&server.base, |_| ()).await;
    judge::run(&app.ctx).await.unwrap();
    let verdict = verdicts(&app).await.remove(0);
    assert_eq!(verdict.summary[&Language::En].long, "Weights are available under Apache 2.0.");
    assert_eq!(verdict.sentences_withheld, 1);
    assert!(!verdict.parts.iter().any(|part| part.flag == "independent"), "its quote stands nowhere");
}

#[tokio::test]
async fn a_model_that_fails_leaves_the_rules_verdict_with_the_reason() {
    for (mood, says, outcome) in [
        (Mood::Rubbish, "no JSON in the answer", "rubbish"),
        (Mood::Refuses, "HTTP 401: check the key", "refused"),
        (Mood::Broke, "HTTP 500", "failed"),
    ] {
        let server = model(mood).await;
        let app = app_with(&server.base, |_| ()).await;
        let report = judge::run(&app.ctx).await.unwrap();
        assert_eq!(report.count("unscored"), 1);
        assert!(report.warnings[0].contains(says), "{report:?}");
        let verdict = verdicts(&app).await.remove(0);
        assert_eq!(verdict.judge, "rules");
        assert!(verdict.unscored.unwrap().contains(says));
        let booked: String = sqlx::query_scalar("SELECT outcome FROM model_calls LIMIT 1")
            .fetch_one(&app.ctx.pool)
            .await
            .unwrap();
        assert_eq!(booked, outcome);
    }
}

#[tokio::test]
async fn a_server_that_is_down_is_asked_once_in_a_run_and_again_in_the_next() {
    let app = app_with("http://127.0.0.1:1/v1", |_| ()).await;
    story(&app, "Another model with open weights is out", TEXT).await;
    let report = judge::run(&app.ctx).await.unwrap();
    assert_eq!(report.count("unscored"), 2, "{report:?}");
    let calls: i64 =
        sqlx::query_scalar("SELECT count(*) FROM model_calls").fetch_one(&app.ctx.pool).await.unwrap();
    assert_eq!(calls, 1);
    assert_eq!(judge::run(&app.ctx).await.unwrap().count("unscored"), 2, "tried again");
}

#[tokio::test]
async fn beyond_the_budget_rules_judge_and_say_so() {
    let server = model(Mood::Good).await;
    let app = app_with(&server.base, |settings| settings.model.tokens_per_run = 2_000).await;
    story(&app, "Another model with open weights is out", TEXT).await;
    let report = judge::run(&app.ctx).await.unwrap();
    assert_eq!((report.count("by_model"), report.count("unscored")), (1, 1), "{report:?}");
    assert!(report.warnings[0].contains("over budget: 2000 tokens per run"), "{report:?}");
}

#[tokio::test]
async fn a_server_without_schemas_is_asked_in_plainer_ways() {
    let server = model(Mood::NoSchema).await;
    let app = app_with(&server.base, |_| ()).await;
    assert_eq!(judge::run(&app.ctx).await.unwrap().count("by_model"), 1);
    assert_eq!(server.asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn no_key_but_the_configured_one_is_ever_sent() {
    let server = model(Mood::Good).await;
    let app = app_with(&server.base, |_| ()).await;
    judge::run(&app.ctx).await.unwrap();
    let headers = server.headers.lock().unwrap();
    let sent = headers[0].get("authorization").map(|value| value.to_str().unwrap().trim().to_owned());
    assert!(sent.is_none() || sent.as_deref() == Some("Bearer"), "{sent:?}");
    assert!(headers[0].get("openai-organization").is_none_or(|value| value.is_empty()));
}
