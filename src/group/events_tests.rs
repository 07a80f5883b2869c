//! What becomes of whole sets of items.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Cutoffs, Document, events};
use crate::model::{ItemId, Lane, Language, SourceId, SourceKind, Tier};

fn at(hours: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_780_000_000, 0).unwrap() + TimeDelta::hours(hours)
}

/// An item of a source of its own.
pub fn item(id: i64, hours: i64, title: &str, text: &str) -> Document {
    let is_chinese = title.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    Document {
        item_id: ItemId(id),
        source_id: SourceId(id),
        tier: Tier::Press,
        kind: SourceKind::Feed,
        lane: Lane::Company,
        language: if is_chinese { Language::Zh.into() } else { Language::En.into() },
        link: format!("https://news{id}.example/{id}"),
        title: title.to_owned(),
        text: text.to_owned(),
        complete: true,
        at: at(hours),
        story_id: None,
    }
}

/// The ids of each story.
pub fn stories(documents: Vec<Document>) -> Vec<Vec<i64>> {
    let documents = documents.into_iter().map(|document| (document, None)).collect();
    let mut stories: Vec<Vec<i64>> = events(documents, Cutoffs { same: 0.9, across: 0.86 })
        .into_iter()
        .map(|story| {
            let mut ids: Vec<i64> = story.into_iter().map(|id| id.0).collect();
            ids.sort_unstable();
            ids
        })
        .collect();
    stories.sort();
    stories
}

fn quokka() -> Vec<Document> {
    vec![
        item(
            1,
            0,
            "Quokka raises $120 million Series B to shrink language models",
            "Quokka, which prunes models for laptops, raised $120 million in a Series B led by Harbor Capital.",
        ),
        item(
            2,
            5,
            "Model-pruning startup Quokka secures $120M",
            "The startup Quokka has secured $120 million from Harbor Capital and others for pruning language models.",
        ),
        item(
            3,
            9,
            "Quokka 完成1.2亿美元B轮融资，专注模型压缩",
            "模型压缩公司 Quokka 宣布完成1.2亿美元B轮融资，由 Harbor Capital 领投。",
        ),
    ]
}

#[test]
fn one_event_in_two_languages_is_one_story() {
    assert_eq!(stories(quokka()), [[1, 2, 3]]);
}

#[test]
fn a_release_told_in_chinese_joins_the_english_one() {
    let items = vec![
        item(
            1,
            0,
            "Lumen Labs releases Pharos-2, an open 34B multimodal model",
            "Lumen Labs published the weights of Pharos-2, a 34B model that reads images and video, under Apache 2.0.",
        ),
        item(
            2,
            8,
            "Lumen Labs 开源 340亿参数多模态模型 Pharos-2",
            "Lumen Labs 今天发布并开源了 Pharos-2，参数量 340亿，支持图像与视频，采用 Apache 2.0 许可。",
        ),
    ];
    assert_eq!(stories(items), [[1, 2]]);
}

#[test]
fn a_release_note_a_post_and_the_press_tell_one_release() {
    let items = vec![
        item(1, 0, "Heron v2.0.0", "Breaking: the option batch is gone, see the notes."),
        item(2, 3, "Heron 2.0: paged caches across cards, twice the throughput", "Heron 2.0 is here today."),
        item(3, 20, "推理引擎 Heron 2.0 发布：跨卡分页缓存", "开源推理引擎今天发布了新版本。"),
        item(4, 22, "Heron v2.0.1", "Fixes a crash on start."),
    ];
    assert_eq!(stories(items), [vec![1, 2, 3], vec![4]]);
}

#[test]
fn a_paper_is_found_by_the_name_that_it_gives_its_subject() {
    let mut paper =
        item(1, 0, "OwlBench: Asking Small Models Hard Questions", "We ask small models 900 questions.");
    paper.kind = SourceKind::Arxiv;
    let chinese = item(2, 20, "OwlBench 研究：小模型也会答错", "研究者向小模型提出了难题。");
    let other = item(3, 21, "Regulator opens inquiry into voice cloning", "It asks for records.");
    assert_eq!(stories(vec![paper, chinese, other]), [vec![1, 2], vec![3]]);
}

#[test]
fn the_order_of_arrival_decides_nothing() {
    let mut items = quokka();
    items.push(item(
        4,
        7,
        "Regulator opens inquiry into voice cloning",
        "The regulator asks makers of voice clones for their records.",
    ));
    let forward = stories(items.clone());
    items.reverse();
    assert_eq!(stories(items), forward);
}

#[test]
fn two_events_of_one_company_stay_two_stories() {
    let items = vec![
        item(
            1,
            0,
            "Quokka opens an office in Lisbon",
            "The startup Quokka hires fifty engineers for an office in Lisbon.",
        ),
        item(
            2,
            20,
            "Quokka sued over training data",
            "Three publishers sued Quokka in New York over books in its training data.",
        ),
        item(3, 30, "Quokka 发布新的压缩工具", "Quokka 发布了一个命令行工具，用于压缩模型。"),
    ];
    assert_eq!(stories(items), [[1], [2], [3]]);
}

#[test]
fn versions_rounds_and_roundups_keep_events_apart() {
    let text = "The lab says that the model is faster and cheaper than the one before it.";
    let versions = vec![
        item(1, 0, "Lab releases Pharos-5.1 model", text),
        item(2, 9, "Lab releases Pharos-5.2 model", text),
    ];
    assert_eq!(stories(versions), [[1], [2]]);
    let text = "The startup raised $50 million in a Series A led by Harbor Capital for AI agents.";
    let rounds = vec![
        item(1, 0, "Startup Alpaca raises $50 million Series A for AI agents", text),
        item(2, 3, "Startup Vicuna raises $50 million Series A for AI agents", text),
    ];
    assert_eq!(stories(rounds), [[1], [2]]);
    let mut items = quokka();
    items.push(item(
        4,
        9,
        "AI weekly: Quokka raises $120 million Series B",
        "Quokka raised $120 million in a Series B.",
    ));
    assert_eq!(stories(items), [vec![1, 2, 3], vec![4]]);
}

#[test]
fn a_post_about_a_paper_joins_the_paper() {
    let mut paper =
        item(1, 0, "Sparse Attention at the Edge of Memory", "We propose a scheme for attention.");
    paper.link = "https://arxiv.org/abs/2605.01234".into();
    let post = item(
        2,
        30,
        "A trick that halves the memory of a laptop's chatbot",
        "The authors (arxiv.org/abs/2605.01234) show how.",
    );
    assert_eq!(stories(vec![paper, post]), [[1, 2]]);
}

#[test]
fn one_source_tells_two_events_unless_its_texts_are_equal() {
    let mut items = quokka();
    items.truncate(2);
    items[1].source_id = items[0].source_id;
    assert_eq!(stories(items), [[1], [2]]);
}

#[test]
fn one_source_tells_an_event_twice_if_words_and_meaning_say_so() {
    let mut items = vec![
        item(
            1,
            0,
            "Tamarind strikes its first deal with Okapi for robot taxis",
            "Taxis of Tamarind join the app of Okapi in Harbor this summer, the first deal of its kind.",
        ),
        item(
            2,
            20,
            "Tamarind lands its first Okapi deal for robot taxis",
            "Okapi will offer the taxis of Tamarind to riders in Harbor from this summer.",
        ),
    ];
    items[1].source_id = items[0].source_id;
    let n_stories = |meanings: [Option<Vec<f32>>; 2]| {
        let documents = items.clone().into_iter().zip(meanings).collect();
        events(documents, Cutoffs { same: 0.9, across: 0.86 }).len()
    };
    assert_eq!(n_stories([None, None]), 2);
    assert_eq!(n_stories([Some(vec![1.0, 0.0]), Some(vec![0.97, 0.243])]), 1);
    assert_eq!(n_stories([Some(vec![1.0, 0.0]), Some(vec![0.5, 0.866])]), 2);
}

#[test]
fn a_common_word_proves_nothing() {
    let items = vec![
        item(
            1,
            0,
            "Why Software Is a Curse and a Blessing",
            "Maintainers of software say that patches written by machines help and hurt.",
        ),
        item(2, 5, "Harbor Highlights Its Software", "The port of Harbor uses software to plan its cranes."),
        item(3, 6, "A Library for Software", "It sorts lists; most software sorts lists."),
    ];
    assert_eq!(stories(items), [[1], [2], [3]]);
}

#[test]
fn a_week_later_it_is_another_event() {
    let mut items = quokka();
    items.truncate(2);
    items[1].at = at(24 * 8);
    assert_eq!(stories(items), [[1], [2]]);
}
