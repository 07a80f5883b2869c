//! One week by two editors: what another model, another prompt or the rules would make of it. Nothing is stored.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use headsup::context::Context;
use headsup::judge;
use headsup::model::{Language, StoryId, Verdict};
use headsup::publish::{self, TwoEditors};
use headsup::store;

use crate::app::TestApp;
use crate::judge::{Mood, TEXT, model};
use crate::publish::{WEEK, add, count, full_week, seed, week};

async fn by(app: &TestApp, second: &Context) -> (TwoEditors, u64) {
    let first = publish::first_editor(&app.ctx, Some(WEEK)).await.unwrap();
    let (verdicts, report) = judge::opinions(second, &first.worth_reading(60)).await.unwrap();
    let two = publish::second_editor(&app.ctx, first, verdicts, Language::En).await.unwrap();
    (two, report.count("tokens"))
}

async fn stored(app: &TestApp, ids: &[StoryId]) -> Vec<Verdict> {
    store::issues::verdicts(&app.ctx.pool, ids).await.unwrap().into_values().collect()
}

#[tokio::test]
async fn an_editor_who_says_the_same_changes_nothing() {
    let app = TestApp::start().await;
    full_week(&app).await;
    let told = week(&app, WEEK).await.content.sections.iter().flat_map(|section| &section.stories).count();
    let first = publish::first_editor(&app.ctx, Some(WEEK)).await.unwrap();
    let ids = first.worth_reading(60);
    let verdicts = stored(&app, &ids).await;
    assert!(verdicts.len() >= told - 1);
    let two = publish::second_editor(&app.ctx, first, verdicts, Language::En).await.unwrap();
    assert!(two.published && two.stories.is_empty(), "{two:?}");
    assert!(two.n_same >= 9, "{two:?}");
}

#[tokio::test]
async fn the_rules_are_an_editor_too_and_leave_the_archive_as_it_is() {
    let app = TestApp::start().await;
    full_week(&app).await;
    let before = count(&app, "SELECT count(*) FROM verdicts").await;
    let (two, tokens) = by(&app, &app.ctx).await;
    assert!(!two.published && tokens == 0);
    assert!(!two.stories.is_empty(), "the seeds are not what the rules would say");
    for story in &two.stories {
        assert!(story.views.iter().any(Option::is_some));
        assert!(story.views[0] != story.views[1]);
    }
    assert_eq!(count(&app, "SELECT count(*) FROM verdicts").await, before);
    assert_eq!(count(&app, "SELECT count(*) FROM issues").await, 0);
}

#[tokio::test]
async fn a_model_is_asked_once_and_every_token_is_booked() {
    let server = model(Mood::Good).await;
    let app = TestApp::start().await;
    for n in 0..5 {
        let name = ["Lumen", "Borealis", "Cirrus", "Delta", "Epsilon"][n];
        add(&app, &seed(name, 8.0 - n as f32).with(|seed| seed.text = TEXT.into())).await;
    }
    week(&app, WEEK).await;
    let mut settings = headsup::config::Settings::clone(&app.ctx.settings);
    settings.model.base_url = server.base.clone();
    settings.model.name = "second".into();
    let second = Context { settings: Arc::new(settings), ..app.ctx.clone() };
    let (two, tokens) = by(&app, &second).await;
    assert!(tokens > 0 && two.n_judged == 5, "{two:?}");
    let asked = server.asked.load(Ordering::SeqCst);
    let judges =
        two.stories.iter().filter_map(|story| story.views[1].as_ref()).map(|view| view.judge.as_str());
    assert!(judges.clone().count() > 0 && judges.clone().all(|judge| judge == "second"), "{two:?}");
    assert_eq!(count(&app, "SELECT count(*) FROM model_calls").await, i64::try_from(asked).unwrap());
    let (again, tokens) = by(&app, &second).await;
    assert_eq!((tokens, server.asked.load(Ordering::SeqCst)), (0, asked), "the answers were kept");
    assert_eq!(again.stories.len(), two.stories.len());
    assert_eq!(count(&app, "SELECT count(*) FROM verdicts WHERE judge = 'second'").await, 0);

    let changed = app.ctx.templates.source("prompts/judge.j2").unwrap() + "\nBe brief.\n";
    let templates = Arc::new(second.templates.replacing("prompts/judge.j2", &changed).unwrap());
    let (_, tokens) = by(&app, &Context { templates, ..second.clone() }).await;
    assert!(tokens > 0, "another prompt is another question");
}
