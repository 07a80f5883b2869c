//! The paper of the month: chosen by signals and duels, explained, recorded, never twice, with or without a model.

use std::net::SocketAddr;

use axum::Json;
use axum::routing::post;
use headsup::model::{Focus, IssueKind, Lane, Language, StoryId};
use headsup::publish::{self, Mode, Pin};
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::publish::{Seed, add, at, count, section, seed, subscribe, with_subject, write_sample};

/// So old that it can be chosen on the day of the app's clock.
const RIPE: &str = "2026-04-20T09:00:00Z";

const CACHES: &str = "Caches of servers grow with every token. We present a cache that shrinks while a model answers. \
     A ring of pages forgets what attention no longer looks at. It cuts the memory of serving by 37% at equal quality. \
     It does not help prompts that change every second. Code is available at github.com/x/y.";

const LEMMA: &str = "We prove a lemma. It is short. It saves 12% of the steps and fails on odd numbers.";

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
    assert_eq!(guide.runners_up[0].why_not, "thin");
    let replay = publish::replay(&app.ctx, IssueKind::Paper, "2026-04").await.unwrap();
    assert!(replay.differences.is_empty(), "{replay:?}");
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
    let other = add(&app, &ripe(paper("On a lemma", 3.0, LEMMA))).await;
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
    let pinned = add(&app, &paper("On a lemma", 3.0, LEMMA)).await;
    for unknown in ["2604.99999", "%", "", "https://blog.example/2604.00010"] {
        let refused = publish::pin(&app.ctx, Some("2026-04"), unknown).await.unwrap();
        assert!(
            matches!(&refused, Pin::Refused(why) if why.contains("no source has told of the paper")),
            "{refused:?}"
        );
    }
    let kept = publish::pin(&app.ctx, None, "https://arxiv.org/pdf/2604.00010v3").await.unwrap();
    assert_eq!(kept, Pin::Kept("2026-04".into()));
    let issue = publish::paper(&app.ctx, None, Mode::Publish).await.unwrap();
    assert_eq!(section(&issue, "leads"), [pinned]);
    assert_eq!(issue.content.guide.as_ref().unwrap().judge, "operator");
    let late = publish::pin(&app.ctx, Some("2026-04"), "2604.00010").await.unwrap();
    assert!(matches!(&late, Pin::Refused(why) if why.contains("it stays")), "{late:?}");
    let again = publish::pin(&app.ctx, Some("2026-05"), "2604.00010").await.unwrap();
    assert!(matches!(&again, Pin::Refused(why) if why.contains("month before")), "{again:?}");
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
    let preferred = add(&app, &paper("On a lemma", 3.0, LEMMA)).await;
    let issue = publish::paper(&app.ctx, Some("2026-04"), Mode::DryRun).await.unwrap();
    assert_eq!(section(&issue, "leads"), [preferred]);
    assert_eq!(issue.content.guide.as_ref().unwrap().judge, "a-model");
    assert_eq!(
        count(&app, "SELECT count(*) FROM model_calls WHERE purpose = 'paper' AND outcome = 'ok'").await,
        2
    );

    let app = TestApp::start_with(|settings| settings.model.base_url = "http://127.0.0.1:9/v1".into()).await;
    let again = caches(&app).await;
    add(&app, &paper("On a lemma", 3.0, LEMMA)).await;
    let issue = publish::paper(&app.ctx, Some("2026-04"), Mode::Publish).await.unwrap();
    assert_eq!((section(&issue, "leads"), strong.0), (vec![again], strong.0));
    assert_eq!(issue.content.guide.as_ref().unwrap().judge, "rules");
}

#[tokio::test]
async fn a_month_without_a_paper_worth_it_says_so() {
    let app = TestApp::start().await;
    subscribe(&app, "ann", "en", false, true).await;
    add(&app, &seed("Acme", 9.0)).await;
    let nothing = publish::paper(&app.ctx, Some("2026-04"), Mode::Publish).await.unwrap_err().to_string();
    assert!(nothing.contains("no paper of the month for 2026-04"), "{nothing}");
    let near = add(&app, &paper("On a lemma", 6.0, "We prove a lemma on $x_1^2$.")).await;
    let issue = publish::paper(&app.ctx, Some("2026-04"), Mode::Publish).await.unwrap();
    assert!(issue.content.quiet && issue.content.guide.is_none());
    assert_eq!((section(&issue, "leads"), section(&issue, "research")), (vec![], vec![near]));
    for (language, rendering) in &issue.renderings {
        write_sample(&format!("no-paper-{language}"), rendering);
        insta::assert_snapshot!(format!("no_paper_{language}_text"), with_subject(rendering));
    }
    let replay = publish::replay(&app.ctx, IssueKind::Paper, "2026-04").await.unwrap();
    assert!(replay.differences.is_empty(), "{replay:?}");
    // Nobody was chosen, so nobody is chosen twice.
    app.ctx.clock.set(at("2026-06-01T08:00:00Z"));
    let next = paper("Paged caches for everybody", 5.0, CACHES)
        .with(|seed| seed.happened_at = at("2026-05-10T09:00:00Z"));
    let next = add(&app, &next).await;
    let issue = publish::paper(&app.ctx, Some("2026-05"), Mode::Publish).await.unwrap();
    assert_eq!(section(&issue, "leads"), [next]);
    assert!(issue.content.guide.as_ref().unwrap().last.is_none());
}

const LONG: &str = "Supercalifragilistic-Quantisation-And-Sparsity-Aware-Speculative-Decoding-Of-Mixture-Of-Experts:      A Long Title <script>alert(1)</script> That No Mail Program Should Ever Have To Break, 以及一个很长很长的中文副标题";

#[tokio::test]
async fn long_names_and_hostile_markup_stay_text_in_the_mail() {
    let app = TestApp::start().await;
    subscribe(&app, "ann", "en", false, true).await;
    let text = "We <b onclick=x()>present</b> a decoder with [links](javascript:alert(1)). It is 3.5 times faster than          %%UNSUBSCRIBE%% </td></table><script>alert(2)</script>. It fails on \u{202e}tables. Code is at github.com/x/y.";
    let long = paper("Long", 5.0, &text.replace("\\u{202e}", "\u{202e}")).with(|seed| {
        seed.title = LONG.into();
        seed.verdict.headline = [(Language::En, LONG.to_owned())].into();
    });
    let id = add(&app, &long).await;
    let authors: Vec<String> =
        (0..9).map(|n| format!("Prof. Dr. Maximiliane-Wilhelmine von und zu Hohenfels-{n}")).collect();
    let sql = format!("UPDATE items SET authors = '{{{}}}'", authors.join(","));
    run(&app, &sql).await;
    let whole = WHOLE.replace("2 A ring of pages", "2 <img src=x onerror=alert(3)> A ring of pages");
    run(
        &app,
        &format!(
        "INSERT INTO articles (item_id, title, language, body, how, complete, n_chars, extracted_at, paper)
         SELECT id, title, 'en', summary, 'abstract', true, 100, now(), '{whole}' FROM items"
    ),
    )
    .await;
    let issue = publish::paper(&app.ctx, Some("2026-04"), Mode::Publish).await.unwrap();
    assert_eq!(section(&issue, "leads"), [id]);
    for (language, rendering) in &issue.renderings {
        write_sample(&format!("paper-long-{language}"), rendering);
        insta::assert_snapshot!(format!("paper_long_{language}_text"), with_subject(rendering));
        let html = rendering.body_html.to_lowercase();
        for bad in ["<script", "<img", "<b onclick", "href=\"javascript"] {
            assert!(!html.contains(bad), "{bad}");
        }
        assert_eq!(html.matches("%%unsubscribe%%").count(), 1, "no text looks like a reader's own link");
    }
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
