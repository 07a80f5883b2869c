//! Readers with topics: the frozen mail with the other parts taken out, never a text of their own.

use headsup::model::{Language, Topic};
use headsup::send;
use headsup::store::subscribers;

use crate::app::TestApp;
use crate::publish::{WEEK, count, full_week, subscribe, week};

/// The mails in the outbox by the name before the @, as they read.
fn mails(app: &TestApp) -> std::collections::BTreeMap<String, String> {
    let folder = std::fs::read_dir(app.ctx.settings.home.join("outbox")).unwrap();
    let mails = folder.map(|file| {
        let mail = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let mail = mail.replace("\r\n", "\n").replace("=\n", "").replace("=3D", "=");
        // The title of the page is the issue's.
        let is_subject = |line: &&str| line.starts_with("<title>");
        let mail = mail.lines().filter(|line| !is_subject(line)).collect::<Vec<_>>().join("\n");
        let to = mail.split("To: ").nth(1).unwrap().split('@').next().unwrap().to_owned();
        (to, mail)
    });
    mails.collect()
}

async fn choose(app: &TestApp, name: &str, topics: &[Topic]) {
    subscribe(app, name, "en", true, false).await;
    subscribers::choose_topics(&app.ctx.pool, &format!("{name}@example.org"), topics).await.unwrap();
}

#[tokio::test]
async fn a_reader_gets_what_the_issue_tells_about_their_topics() {
    let app = TestApp::start().await;
    full_week(&app).await;
    choose(&app, "all", &[]).await;
    choose(&app, "money", &[Topic::Funding]).await;
    choose(&app, "cheap", &[Topic::Efficiency, Topic::Research]).await;
    choose(&app, "seer", &[Topic::Multimodal]).await;
    let issue = week(&app, WEEK).await;
    assert_eq!(send::run(&app.ctx).await.unwrap().count("sent"), 4);
    let mails = mails(&app);
    let all = &mails["all"];
    assert!(
        all.contains("Acme ships") && all.contains("minute to read") && !all.contains("cut to your topics")
    );
    assert!(all.contains("Foxtrot") && all.contains("Tall Trees"));

    let money = &mails["money"];
    assert!(all.contains("Subject: Acme") && money.contains("Subject: On your topics"), "{money}");
    assert!(money.contains("cut to your topics") && !money.contains("to read"), "{money}");
    assert!(money.contains("Foxtrot") && money.contains("Tall Trees") && money.contains("$180"), "{money}");
    for other in ["Acme ships", "Borealis ships", "Epsilon ships", "Helios ships", "Long view"] {
        assert!(!money.contains(other), "{other}: {money}");
    }
    assert!(money.contains("Juno"), "what was left out is for everybody");
    assert!(money.contains("/u/") && !money.contains("%%"), "the way out stays: {money}");

    let cheap = &mails["cheap"];
    assert!(cheap.contains("Epsilon ships") && cheap.contains("Long view: cheaper"), "{cheap}");
    assert!(!cheap.contains("Tall Trees") && !cheap.contains("Acme ships"), "{cheap}");
    assert!(!cheap.contains("Company</th>"), "no table without a row");

    let seer = &mails["seer"];
    assert!(seer.contains("Nothing on your topics") && !seer.contains("Acme ships"), "{seer}");

    // Every line of a cut text stands in the whole one, but for what says that it is cut.
    let text = &issue.renderings[&Language::En].body_text;
    let cut = money.split("--=_").nth(1).unwrap();
    let lines =
        cut.lines().skip(4).filter(|line| !line.contains("cut to your topics") && !line.contains("/u/"));
    for line in lines.filter(|line| {
        !line.contains("/v/") && !line.contains("/me/") && line.is_ascii() && !line.contains('=')
    }) {
        assert!(text.contains(line.trim_end()), "{line:?} is new");
    }
}

#[tokio::test]
async fn a_choice_changed_after_publishing_counts_from_the_next_issue_on() {
    let app = TestApp::start().await;
    full_week(&app).await;
    choose(&app, "ann", &[Topic::Funding]).await;
    week(&app, WEEK).await;
    subscribers::choose_topics(&app.ctx.pool, "ann@example.org", &[Topic::Research]).await.unwrap();
    send::run(&app.ctx).await.unwrap();
    let mail = &mails(&app)["ann"];
    assert!(mail.contains("Tall Trees") && !mail.contains("Epsilon ships"), "{mail}");
    assert_eq!(count(&app, "SELECT count(*) FROM deliveries WHERE topics = '{funding}'").await, 1);
}

#[tokio::test]
async fn a_topic_on_which_nothing_happened_says_so() {
    let app = TestApp::start().await;
    let funding = crate::publish::seed("Foxtrot", 6.0).with(|seed| {
        seed.verdict.lane = headsup::model::Lane::Research;
    });
    crate::publish::add(&app, &funding).await;
    choose(&app, "law", &[Topic::Industry]).await;
    week(&app, WEEK).await;
    send::run(&app.ctx).await.unwrap();
    let mail = &mails(&app)["law"];
    assert!(mail.contains("Nothing on your topics this time"), "{mail}");
    assert!(mail.contains("Read on the web") && mail.contains("/u/"), "{mail}");
}
