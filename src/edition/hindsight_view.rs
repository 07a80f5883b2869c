//! The section "hindsight" of an issue, in words, in one language.

use serde::Serialize;

use super::clean::plain;
use super::view::Edition;
use crate::model::{HindsightNote, HindsightStory, Language};

/// Lists in order of reading: key, English, 简体中文.
const LISTS: [(&str, &str, &str); 3] = [
    ("lasted", "We told it, and it lasted", "收录了，而且站住了"),
    ("faded", "We told it, and it was noise", "收录了，后来证明是噪音"),
    ("missed", "We left it out, and it lasted", "没有收录，却站住了"),
];

/// What a mail template knows of hindsight.
#[derive(Debug, Serialize)]
pub struct HindsightView {
    /// Its heading.
    pub title: String,
    /// How many lasted and faded.
    pub counts: String,
    /// How well the score foresaw it.
    pub foresight: String,
    /// A few stories; none is empty.
    pub lists: Vec<ListView>,
    /// The page in the archive.
    pub url: String,
    /// What leads there.
    pub more: &'static str,
}

/// Stories of one fate.
#[derive(Debug, Serialize)]
pub struct ListView {
    /// Its heading.
    pub title: &'static str,
    /// In order.
    pub stories: Vec<StoryView>,
}

/// A story in a line.
#[derive(Debug, Serialize)]
pub struct StoryView {
    /// Headline.
    pub headline: String,
    /// What came of it.
    pub fate: String,
    /// Its page in the archive.
    pub url: String,
}

/// The view of `note` for an edition.
pub fn view(note: &HindsightNote, edition: Edition<'_>) -> HindsightView {
    let language = edition.language;
    let lists = LISTS.iter().map(|(key, en, zh)| ListView {
        title: if language == Language::En { en } else { zh },
        stories: note
            .stories
            .iter()
            .filter(|story| story.list == *key)
            .map(|story| story_view(story, edition))
            .collect(),
    });
    HindsightView {
        title: title(&note.quarter, language),
        counts: counts(note, language),
        foresight: foresight(note.auc, language),
        lists: lists.filter(|list| !list.stories.is_empty()).collect(),
        url: format!("{}/{language}/hindsight?quarter={}", edition.base_url, note.quarter),
        more: match language {
            Language::En => "All of them, with reasons",
            Language::Zh => "完整名单与理由",
        },
    }
}

fn story_view(story: &HindsightStory, edition: Edition<'_>) -> StoryView {
    let language = edition.language;
    let other = Language::ALL.iter().find(|other| **other != language);
    let headline = [Some(&language), other].into_iter().flatten().find_map(|own| story.headline.get(own));
    StoryView {
        headline: headline.map_or_else(|| story.story_id.to_string(), |text| plain(text)),
        fate: fate(story, language),
        url: format!("{}/{language}/story/{}", edition.base_url, story.story_id),
    }
}

fn title(quarter: &str, language: Language) -> String {
    match language {
        Language::En => format!("Hindsight: what lasted of {quarter}"),
        Language::Zh => format!("事后回看：{quarter} 的消息，哪些站住了"),
    }
}

fn counts(note: &HindsightNote, language: Language) -> String {
    let ((lasted, faded), (missed, rightly)) = (note.told, note.left_out);
    let (told, left_out) = (lasted + faded, missed + rightly);
    let early = match (note.n_early, language) {
        (0, _) => String::new(),
        (n, Language::En) => format!(" For {n} more it is too early to say."),
        (n, Language::Zh) => format!("另有 {n} 件尚早，暂不下结论。"),
    };
    match language {
        Language::En => format!(
            "Of {told} that we told, {lasted} lasted and {faded} faded. Of {left_out} that we left out and kept an eye on, {missed} lasted.{early}"
        ),
        Language::Zh => format!(
            "收录的 {told} 件里，{lasted} 件站住了，{faded} 件没站住；未收录但继续留意的 {left_out} 件里，{missed} 件站住了。{early}"
        ),
    }
}

fn foresight(auc: Option<f64>, language: Language) -> String {
    match (auc, language) {
        (Some(auc), Language::En) => format!(
            "Our score put the one that lasted above the one that faded in {:.0} of 100 pairs; chance is 50.",
            auc * 100.0
        ),
        (Some(auc), Language::Zh) => {
            format!("任取一件站住的和一件没站住的，评分把前者排在前面的有 {:.0}%，随机为 50%。", auc * 100.0)
        }
        (None, Language::En) => "Too few stories yet to say how well our score foresaw it.".to_owned(),
        (None, Language::Zh) => "样本太少，还不能说评分预见得准不准。".to_owned(),
    }
}

fn fate(story: &HindsightStory, language: Language) -> String {
    let HindsightStory { age_days, n_owners, n_updates, .. } = story;
    let plural = |n: i32| if n == 1 { "" } else { "s" };
    match (language, n_owners + n_updates) {
        (Language::En, 0) => format!("{age_days} days later: nobody came back to it"),
        (Language::Zh, 0) => format!("{age_days} 天后：无人再提"),
        (Language::En, _) => format!(
            "{age_days} days later: mentioned by {n_owners} other owner{}, {n_updates} update{}",
            plural(*n_owners),
            plural(*n_updates)
        ),
        (Language::Zh, _) => format!("{age_days} 天后：又有 {n_owners} 家提到，{n_updates} 次后续"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::StoryId;

    fn note() -> HindsightNote {
        let story = |list: &str, n_owners| HindsightStory {
            story_id: StoryId(7),
            list: list.into(),
            headline: [(Language::Zh, "燕鸥 3 发布".to_owned())].into(),
            age_days: 90,
            n_owners,
            n_updates: 0,
        };
        HindsightNote {
            quarter: "2026-Q1".into(),
            told: (4, 3),
            left_out: (1, 9),
            n_early: 2,
            auc: None,
            stories: vec![story("lasted", 1), story("missed", 0)],
        }
    }

    fn edition(language: Language) -> Edition<'static> {
        let day = "2026-05-01".parse().unwrap();
        Edition { language, base_url: "https://a.example", days: (day, day) }
    }

    #[test]
    fn a_note_says_what_lasted_and_what_nobody_knows_yet() {
        let view = super::view(&note(), edition(Language::En));
        assert_eq!(
            view.counts,
            "Of 7 that we told, 4 lasted and 3 faded. Of 10 that we left out and kept an eye on, 1 lasted. For 2 more it is too early to say."
        );
        assert!(view.foresight.starts_with("Too few"));
        let titles: Vec<_> = view.lists.iter().map(|list| list.title).collect();
        assert_eq!(titles, ["We told it, and it lasted", "We left it out, and it lasted"]);
        let first = &view.lists[0].stories[0];
        assert_eq!(
            (first.headline.as_str(), first.fate.as_str()),
            ("燕鸥 3 发布", "90 days later: mentioned by 1 other owner, 0 updates")
        );
        assert_eq!(first.url, "https://a.example/en/story/7");
        assert_eq!(view.url, "https://a.example/en/hindsight?quarter=2026-Q1");
    }

    #[test]
    fn the_chinese_note_has_its_own_words() {
        let view =
            super::view(&HindsightNote { auc: Some(0.714), n_early: 0, ..note() }, edition(Language::Zh));
        assert!(view.foresight.contains("71%"), "{}", view.foresight);
        assert!(!view.counts.contains("尚早"));
        assert_eq!(view.lists[1].stories[0].fate, "90 天后：无人再提");
    }
}
