//! How the weekly issue looks in weeks that are not like others: very long names, no money, a quiet week, the first issue.

use headsup::model::{Funding, Lane, Language};

use crate::app::TestApp;
use crate::publish::{WEEK, add, seed, week, wide_lines, with_subject, write_sample};

/// Text and HTML in both languages, for a person and for the snapshots of text.
async fn look(app: &TestApp, name: &str) {
    let issue = week(app, WEEK).await;
    for (language, rendering) in &issue.renderings {
        write_sample(&format!("{name}-{language}"), rendering);
        insta::assert_snapshot!(format!("{name}_{language}"), with_subject(rendering));
        let links = |line: &&&str| !line.contains("://");
        let wide: Vec<_> = wide_lines(&rendering.body_text);
        assert_eq!(wide.iter().filter(links).collect::<Vec<_>>(), [] as [&&str; 0]);
        assert!(rendering.body_html.len() <= 90_000);
        assert!(rendering.subject.chars().count() <= 120, "{}", rendering.subject);
    }
}

#[tokio::test]
async fn very_long_names_stay_within_their_lines() {
    let app = TestApp::start().await;
    let long = "The Extraordinarily Well Capitalised Consortium for Distributed Reinforcement Learning Infrastructure";
    let chinese = "面向超大规模分布式强化学习与多模态推理基础设施的产业创新联合体有限责任公司";
    for (n, lane) in [Lane::Company, Lane::OpenSource, Lane::Research, Lane::Industry].into_iter().enumerate()
    {
        let name = format!("{long} {n}");
        let seed = seed(&name, 9.0 - n as f32).with(|seed| {
            seed.verdict.lane = lane;
            seed.link = format!("https://news.example/{n}");
            seed.verdict.headline.insert(Language::Zh, format!("{chinese}{n}发布模型"));
        });
        add(&app, &seed).await;
    }
    let round = seed(long, 4.0).with(|seed| {
        seed.verdict.lane = Lane::Funding;
        seed.link = "https://news.example/round".into();
        seed.verdict.funding = Some(Funding {
            company: long.into(),
            amount: Some("1.234.567.890,12 Zimbabwean dollars and a further undisclosed sum".into()),
            round: Some("Series Seed Extension, Second Closing, Convertible".into()),
            leads: (0..6).map(|n| format!("{long} Ventures {n}")).collect(),
            ..Funding::default()
        });
    });
    add(&app, &round).await;
    look(&app, "long_names").await;
}

#[tokio::test]
async fn a_week_without_money_has_no_empty_table() {
    let app = TestApp::start().await;
    for (n, lane) in [Lane::Company, Lane::OpenSource, Lane::Research, Lane::Company].into_iter().enumerate()
    {
        let seed = seed(["Acme", "Borealis", "Cirrus", "Delta"][n], 8.0 - n as f32);
        add(&app, &seed.with(|seed| seed.verdict.lane = lane)).await;
    }
    look(&app, "no_funding").await;
}

#[tokio::test]
async fn a_quiet_week_is_short_and_says_so() {
    let app = TestApp::start().await;
    add(&app, &seed("Acme", 4.0)).await;
    add(&app, &seed("Borealis", 0.4)).await;
    look(&app, "quiet").await;
}

#[tokio::test]
async fn the_first_issue_speaks_of_no_earlier_one() {
    let app = TestApp::start().await;
    for (name, score) in [("Acme", 8.0), ("Borealis", 7.0), ("Cirrus", 6.0), ("Delta", 5.0)] {
        add(&app, &seed(name, score)).await;
    }
    let issue = week(&app, WEEK).await;
    assert_eq!(issue.content.number, 1);
    for rendering in issue.renderings.values() {
        let text = &rendering.body_text;
        assert!(
            !text.contains("we wrote") && !text.contains("期写") && !text.contains("Still developing"),
            "{text}"
        );
    }
}
