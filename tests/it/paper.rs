//! The paper of the month: chosen by signals and duels, explained, recorded, never twice, with or without a model.

use std::net::SocketAddr;

use axum::Json;
use axum::routing::post;
use headsup::model::{Focus, Lane, Language, StoryId};
use headsup::publish::{self, Mode};
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::publish::{Seed, add, at, count, section, seed, subscribe, with_subject, write_sample};

/// So old that it can be chosen on the day of the app's clock.
const RIPE: &str = "2026-04-20T09:00:00Z";

const CACHES: &str = "Caches of servers grow with every token. We present a cache that shrinks while a model answers. \
     A ring of pages forgets what attention no longer looks at. It cuts the memory of serving by 37% at equal quality. \
     It does not help prompts that change every second. Code is available at github.com/x/y.";

const WHOLE: &str = "1 Introduction\n\nServing is dear, and most of it is memory.\n\n2 A ring of pages\n\n\
     Pages are dropped by age. Every run fits on one GPU with 24 GB.\n\nFigure 1: Overview of the ring.\n\n\
     3 Experiments\n\nMemory falls by 37%.\n\n4 Limitations\n\nThe ring fails on prompts that are read only once.";

fn paper(name: &str, score: f32, text: &str) -> Seed {
    seed(name, score).with(|seed| {
        seed.title = name.into();
        seed.kind = "arxiv";
        seed.owners = vec!["arXiv".into()];
        seed.link = format!("https://arxiv.org/abs/2604.{:05}v1", name.len());
        seed.text = text.into();
        seed.happened_at = at(RIPE);
        seed.seen_at = at(RIPE);
        seed.verdict.lane = Lane::Research;
        seed.verdict.headline = [(Language::En, name.to_owned())].into();
        seed.verdict.summary.remove(&Language::Zh);
    })
}

async fn caches(app: &TestApp) -> StoryId {
    let caches = paper("Paged caches for everybody", 5.0, CACHES);
    let caches = caches.with(|seed| {
        seed.verdict.focus = vec![Focus::Efficiency];
        seed.owners.push("A Blog".into());
    });
    let id = add(app, &caches).await;
    run(app, "UPDATE items SET authors = '{Mei Lin,Ann Ode}' WHERE title LIKE 'Paged%'").await;
    for (kind, value) in [("upvotes", 120), ("comments", 14)] {
        let sql = format!(
            "INSERT INTO signals (item_id, source_id, kind, value, read_at, age_minutes)
             SELECT id, source_id, '{kind}', {value}, '2026-04-29T09:00:00Z', 12960 FROM items WHERE title LIKE 'Paged%' ORDER BY id LIMIT 1"
        );
        run(app, &sql).await;
    }
    id
}

async fn run(app: &TestApp, sql: &str) {
    sqlx::query(sqlx::AssertSqlSafe(sql.to_owned())).execute(&app.ctx.pool).await.unwrap();
}

async fn whole_text(app: &TestApp) {
    let sql = format!(
        "INSERT INTO articles (item_id, title, language, body, how, complete, n_chars, extracted_at, paper)
         SELECT id, title, 'en', summary, 'abstract', true, 100, now(), '{WHOLE}' FROM items WHERE title LIKE 'Paged%' ORDER BY id LIMIT 1"
    );
    run(app, &sql).await;
}

#[tokio::test]
async fn the_paper_of_the_month_is_explained_and_its_choice_written_down() {
    let app = TestApp::start().await;
    subscribe(&app, "ann", "en", false, true).await;
    let strong = caches(&app).await;
    whole_text(&app).await;
    let weak = add(&app, &paper("On a lemma", 6.0, "We prove a lemma on $x_1^2$.")).await;
    let dropped = paper("Dropped", 9.0, "Hype.").with(|seed| seed.verdict.dropped = Some("hype".into()));
    add(&app, &dropped).await;
    let young =
        paper("Too young to choose", 9.0, CACHES).with(|seed| seed.happened_at = at("2026-05-01T09:00:00Z"));
    add(&app, &young).await;
    add(&app, &seed("Acme", 9.0)).await;
    let report = publish::run(&app.ctx).await.unwrap();
    assert_eq!((report.count("papers"), report.count("deliveries")), (1, 1));
    let issue = publish::paper(&app.ctx, Some("2026-04"), Mode::Publish).await.unwrap();
    assert!(issue.already);
    assert_eq!((section(&issue, "leads"), section(&issue, "research")), (vec![strong], vec![weak]));
    let guide = issue.content.guide.as_ref().unwrap();
    assert_eq!((guide.paper.as_str(), guide.n_candidates, guide.says.len()), ("2604.00026", 2, 5));
    assert_eq!(count(&app, "SELECT count(*) FROM paper_choices").await, 2);
    let chosen =
        "SELECT count(*) FROM paper_choices WHERE place = 1 AND outcome = 'chosen' AND paper = '2604.00026'";
    assert_eq!(count(&app, chosen).await, 1);
    for (language, rendering) in &issue.renderings {
        write_sample(&format!("paper-{language}"), rendering);
        insta::assert_snapshot!(format!("paper_{language}_text"), with_subject(rendering));
    }
}

#[tokio::test]
async fn neither_a_paper_nor_its_group_is_chosen_twice_in_a_row() {
    let app = TestApp::start().await;
    let strong = caches(&app).await;
    let issue = publish::paper(&app.ctx, Some("2026-04"), Mode::Publish).await.unwrap();
    assert_eq!(section(&issue, "leads"), [strong]);
    app.ctx.clock.set(at("2026-06-01T08:00:00Z"));
    let ripe = |seed: Seed| seed.with(|seed| seed.happened_at = at("2026-05-10T09:00:00Z"));
    add(&app, &ripe(paper("Of the same group again", 9.0, CACHES))).await;
    run(&app, "UPDATE items SET authors = '{ANN ODE}' WHERE title LIKE 'Of the same%'").await;
    let other = add(&app, &ripe(paper("On a lemma", 3.0, "We prove a lemma. It is short."))).await;
    let issue = publish::paper(&app.ctx, Some("2026-05"), Mode::Publish).await.unwrap();
    assert_eq!(section(&issue, "leads"), [other]);
    let guide = issue.content.guide.as_ref().unwrap();
    assert_eq!(guide.runners_up.iter().map(|one| one.why_not.as_str()).collect::<Vec<_>>(), ["same-group"]);
    let last = guide.last.as_ref().unwrap();
    assert_eq!((last.number, last.story_id), (1, strong));
    let text = &issue.renderings[&Language::En].body_text;
    assert!(
        text.contains("Last month's pick, in hindsight") && text.contains("Nobody else has taken it up"),
        "{text}"
    );
}

#[tokio::test]
async fn the_operator_may_choose_another_until_it_is_published() {
    let app = TestApp::start().await;
    caches(&app).await;
    let pinned = add(&app, &paper("On a lemma", 3.0, "We prove a lemma. It is short.")).await;
    let unknown = publish::pin(&app.ctx, Some("2026-04"), "2604.99999").await.unwrap_err().to_string();
    assert!(unknown.contains("no source has told of the paper"), "{unknown}");
    run(&app, "UPDATE items SET guid = 'arXiv:2604.00010' WHERE title = 'On a lemma'").await;
    assert_eq!(publish::pin(&app.ctx, None, "2604.00010").await.unwrap(), "2026-04");
    let issue = publish::paper(&app.ctx, None, Mode::Publish).await.unwrap();
    assert_eq!(section(&issue, "leads"), [pinned]);
    assert_eq!(issue.content.guide.as_ref().unwrap().judge, "operator");
    let late = publish::pin(&app.ctx, Some("2026-04"), "2604.00010").await.unwrap_err().to_string();
    assert!(late.contains("it stays"), "{late}");
}

#[tokio::test]
async fn a_model_compares_and_without_its_answer_rules_do() {
    let address = model_that_prefers("On a lemma").await;
    let app = TestApp::start_with(|settings| {
        settings.model.base_url = format!("http://{address}/v1");
        settings.model.name = "a-model".into();
    });
    let app = app.await;
    let strong = caches(&app).await;
    let preferred = add(&app, &paper("On a lemma", 3.0, "We prove a lemma. It is short.")).await;
    let issue = publish::paper(&app.ctx, Some("2026-04"), Mode::DryRun).await.unwrap();
    assert_eq!(section(&issue, "leads"), [preferred]);
    assert_eq!(issue.content.guide.as_ref().unwrap().judge, "a-model");
    assert_eq!(
        count(&app, "SELECT count(*) FROM model_calls WHERE purpose = 'paper' AND outcome = 'ok'").await,
        2
    );

    let app = TestApp::start_with(|settings| settings.model.base_url = "http://127.0.0.1:9/v1".into()).await;
    let again = caches(&app).await;
    add(&app, &paper("On a lemma", 3.0, "We prove a lemma. It is short.")).await;
    let issue = publish::paper(&app.ctx, Some("2026-04"), Mode::Publish).await.unwrap();
    assert_eq!((section(&issue, "leads"), strong.0), (vec![again], strong.0));
    assert_eq!(issue.content.guide.as_ref().unwrap().judge, "rules");
}

/// Answers by the paper, wherever it stands.
async fn model_that_prefers(title: &'static str) -> SocketAddr {
    let answer = move |Json(request): Json<Value>| async move {
        let question = request["messages"][0]["content"].as_str().unwrap().to_owned();
        let second = question.find("<paper number=\"2\">").unwrap();
        let better = if question.find(title).unwrap() > second { 2 } else { 1 };
        let said = json!({ "better": better, "quote": "We prove a lemma." }).to_string();
        Json(
            json!({ "choices": [{ "message": { "content": said } }], "usage": { "prompt_tokens": 9, "completion_tokens": 3 } }),
        )
    };
    let router = axum::Router::new().route("/v1/chat/completions", post(answer));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}
