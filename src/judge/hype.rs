//! The flags of hype: how a story is told, not what it tells.

use super::classify::headline;
use super::lexicon::mill::{self as mill, PRESS_RELEASE, STOCK_TIP};
use super::rules::{MAX_QUOTE, Reading};
use super::{denial, lexicon, score, summary};
use crate::judge::sentences::is_han;
use crate::model::{ScorePart, SourceKind, StoryItem, Tier};

/// A text that is not longer than its title by more than this says nothing more, in Latin letters: English teasers add
/// "read more at" and a name, Chinese ones do not.
const THIN: (usize, usize) = (30, 15);
/// A text shorter than this need not repeat the numbers of its headline, in characters.
const WHOLE: usize = 600;
/// Log-odds from which the classifier of headlines is heard, English and Chinese. It learnt on general news, where half
/// of the headlines are bait; so far above even odds, what it calls bait is so in the news of AI as well.
const BAIT: (f32, f32) = (6.0, 2.5);

/// All flags of hype that hold, beside what is known as evidence.
pub fn flags(reading: &Reading<'_>, evidence: &[ScorePart]) -> Vec<ScorePart> {
    let mut parts = headline_flags(reading, evidence);
    parts.extend(mill_flags(reading));
    parts.extend(claim_flags(reading, evidence));
    parts
}

fn has(evidence: &[ScorePart], name: &str) -> bool {
    evidence.iter().any(|part| part.flag == name)
}

/// What the headline itself does.
fn headline_flags(reading: &Reading<'_>, evidence: &[ScorePart]) -> Vec<ScorePart> {
    let (lead, mut parts) = (reading.lead, Vec::new());
    let said = || summary::cut(lead, MAX_QUOTE);
    let n_loud = lexicon::count(&lexicon::SENSATIONAL, lead, 2);
    if n_loud > 0 {
        parts.push(score::part("sensational", 1.0 + (n_loud - 1) as f32 / 3.0, &said()));
    }
    if lexicon::find(&lexicon::LIST_BAIT, lead).is_some() {
        parts.push(score::part("list-bait", 1.0, &said()));
    }
    parts.extend(bait(reading).map(|reason| score::part("clickbait", 1.0, &summary::cut(reason, MAX_QUOTE))));
    let asks = lead.ends_with(['?', '？']) && !has(evidence, "corroborated") && !has(evidence, "artifact");
    if asks || n_loud > 0 && !has(evidence, "numbers") || lost_number(reading).is_some() {
        parts.push(score::part("headline", 1.0, &said()));
    }
    parts
}

/// The words by which the headline is bait. Papers, releases and those who speak about themselves are let be, and so is
/// whoever shows how a thing is done.
fn bait<'a>(reading: &Reading<'a>) -> Option<&'a str> {
    let is_work = |item: &StoryItem| {
        item.tier == Tier::Primary || matches!(item.kind, SourceKind::Arxiv | SourceKind::Github)
    };
    if reading.story.items.iter().any(is_work) || lexicon::find(&lexicon::HOW_TO, reading.lead).is_some() {
        return None;
    }
    let body = reading.story.items.first().map_or("", |item| item.text.as_str());
    let verdict = headline::judge(reading.lead, body);
    let enough = if headline::is_chinese(reading.lead) { BAIT.1 } else { BAIT.0 };
    (verdict.margin > enough).then_some(verdict.reason)
}

/// A number of the headline whose digits stand in no text of the story, though there is text enough.
pub(super) fn lost_number<'a>(reading: &Reading<'a>) -> Option<&'a str> {
    let texts: Vec<&str> = reading.story.items.iter().map(|item| item.text.as_str()).collect();
    if texts.iter().map(|text| text.chars().count()).sum::<usize>() < WHOLE {
        return None;
    }
    let plain: String = texts.concat().chars().filter(|c| !matches!(c, ',' | '，' | '.')).collect();
    let words = reading.lead.split(|c: char| c.is_whitespace() || is_han(c));
    // GPT-41 is a name.
    let named = |word: &&str| !word.starts_with(|c: char| c.is_alphabetic());
    let number = |word: &'a str| word.trim_matches(|c: char| !c.is_ascii_digit());
    let words = words.map(|word| word.trim_start_matches(|c: char| !c.is_alphanumeric())).filter(named);
    words.map(number).find(|number| {
        // 1,200 million may stand there as 1.2 billion: the digits that carry the value are the same.
        let digits: String = number.chars().filter(|c| !matches!(c, ',' | '.')).collect();
        let value = digits.trim_matches('0');
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
        is_number && value.len() >= 2 && !is_year(&digits) && !plain.contains(value)
    })
}

fn is_year(digits: &str) -> bool {
    digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20"))
}

/// Texts that are made for a market.
fn mill_flags(reading: &Reading<'_>) -> Vec<ScorePart> {
    let (lead, mut parts) = (reading.lead, Vec::new());
    let is_advert = lexicon::find(&lexicon::PROMO, lead).is_some()
        || reading.texts.first().is_some_and(|text| lexicon::count(&lexicon::PROMO, text, 3) >= 3);
    if is_advert {
        parts.extend(reading.quote(&lexicon::PROMO).map(|quote| score::part("promo", 1.0, &quote)));
    } else if let Some(quote) = reading.quote(&lexicon::PAID) {
        parts.push(score::part("promo", 1.0, &quote));
    }
    if lexicon::find(&STOCK_TIP, lead).is_some() {
        parts.push(score::part("stock-tip", 1.0, &summary::cut(lead, MAX_QUOTE)));
    }
    let paid =
        |item: &StoryItem| mill::is_mill(&item.link) || lexicon::count(&PRESS_RELEASE, &item.text, 1) > 0;
    // Where others tell it too, the release is only one of the sources.
    if !reading.story.items.is_empty() && reading.story.items.iter().all(paid) {
        let quote = reading.quote(&PRESS_RELEASE).unwrap_or_default();
        parts.push(score::part("press-release", 1.0, &quote));
    }
    let enough = if headline::is_chinese(lead) { THIN.1 } else { THIN.0 };
    let is_thin = |item: &StoryItem| width(&item.text) <= width(&item.title) + enough;
    if reading.story.items.iter().all(is_thin) {
        parts.push(score::part("thin", 1.0, ""));
    }
    parts
}

/// Length in Latin letters: a Chinese character says as much as two.
fn width(text: &str) -> usize {
    text.chars().map(|c| if ('\u{3400}'..='\u{9fff}').contains(&c) { 2 } else { 1 }).sum()
}

/// Claims that nothing carries yet.
fn claim_flags(reading: &Reading<'_>, evidence: &[ScorePart]) -> Vec<ScorePart> {
    let has = |name: &str| has(evidence, name);
    let mut parts = Vec::new();
    let mut quoted = |flag: &str, holds: &dyn Fn(&str) -> bool| {
        parts.extend(reading.quote_where(holds).map(|quote| score::part(flag, 1.0, &quote)));
    };
    if !has("corroborated") && !has("independent") && !has("benchmark") {
        quoted("vendor-claim", &|sentence| denial::is_affirmed(&lexicon::SUPERLATIVE, sentence));
    }
    if !has("artifact") {
        quoted("future", &|sentence| denial::is_affirmed(&lexicon::FUTURE, sentence));
    }
    if !has("primary") {
        // Hearsay that the headline itself says is over.
        if !denial::settles(reading.lead) {
            quoted("anonymous", &denial::is_hearsay);
        }
    }
    let progress = denial::is_affirmed(&lexicon::PROGRESS, reading.lead);
    if !has("artifact") && !has("numbers") && progress {
        parts.push(score::part("no-artifact", 1.0, &summary::cut(reading.lead, MAX_QUOTE)));
    }
    parts
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::model::{ItemId, Lane, Language, Story, StoryId};

    /// A story of one article.
    pub fn story(title: &str, text: &str, tier: Tier) -> Story {
        let item = StoryItem {
            item_id: ItemId(1),
            link: "https://press.example/a".to_owned(),
            title: title.to_owned(),
            text: text.to_owned(),
            language: Language::En.into(),
            links: Vec::new(),
            source: "Press".to_owned(),
            source_slug: "press".to_owned(),
            owner: "press".to_owned(),
            tier,
            kind: SourceKind::Feed,
            lane: Lane::Industry,
            published_at: chrono::DateTime::UNIX_EPOCH,
            reason: String::new(),
        };
        Story {
            id: StoryId(1),
            title: title.to_owned(),
            language: Language::En.into(),
            lane: Lane::Industry,
            happened_at: chrono::DateTime::UNIX_EPOCH,
            items: vec![item],
            owners: vec!["press".to_owned()],
        }
    }

    fn names(title: &str, text: &str, tier: Tier) -> Vec<String> {
        let story = story(title, text, tier);
        flags(&Reading::new(&story), &[]).into_iter().map(|part| part.flag).collect()
    }

    fn has(names: &[String], flag: &str) -> bool {
        names.iter().any(|name| name == flag)
    }

    #[test]
    fn bait_is_flagged_in_the_press_and_never_where_somebody_speaks_for_himself() {
        let title = "I tried this one weird prompt trick and here's what you need to know";
        assert!(has(&names(title, "", Tier::Press), "clickbait"));
        assert!(!has(&names(title, "", Tier::Primary), "clickbait"));
    }

    #[test]
    fn plain_news_of_ai_and_lessons_are_no_bait() {
        for title in [
            "Quokka AI releases a 7B vision model under Apache 2.0",
            "How to fine-tune a small model on your own laptop",
            "Sparse attention with learned block patterns",
            "Quokka AI raises $40 million to build chips for inference",
            "Regulator fines chatbot maker over data retention",
            "What we learned from serving a thousand models",
            "某实验室开源语音模型，支持 30 种语言",
            "国产推理芯片公司完成新一轮融资",
        ] {
            assert!(!has(&names(title, "", Tier::Press), "clickbait"), "{title}");
        }
    }

    #[test]
    fn a_headline_number_that_no_text_carries_is_seen() {
        let text = "The new engine serves requests at 38% lower cost, the team writes. ".repeat(12);
        assert!(has(&names("Engine cuts the cost of serving by 97%", &text, Tier::Press), "headline"));
        assert!(!has(&names("Engine cuts the cost of serving by 38%", &text, Tier::Press), "headline"));
        assert!(!has(&names("Engine cuts the cost of serving by 97%", "Short.", Tier::Press), "headline"));
        assert!(!has(&names("Engine of 2031 cuts the cost", &text, Tier::Press), "headline"));
    }

    #[test]
    fn a_whole_chinese_sentence_is_not_thin_and_a_repeated_headline_is() {
        let title = "袋熊发布新推理引擎";
        let whole = "袋熊发布新推理引擎，单卡每秒处理请求数提升至原来的三倍。";
        assert!(!has(&names(title, whole, Tier::Press), "thin"));
        assert!(has(&names(title, title, Tier::Press), "thin"));
        assert!(has(&names("Quokka shows an engine", "Quokka shows an engine today.", Tier::Press), "thin"));
    }

    #[test]
    fn a_text_that_is_paid_for_is_an_advert_and_a_saving_is_none() {
        for paid in [
            "Presented by Heron Hosting.\nServers for models are hard to find. Ours are not.",
            "Servers for models are hard to find. This post is sponsored by Heron Hosting.",
            "模型服务器很难找。本文由苍鹭云赞助。",
        ] {
            assert!(has(&names("How to find a server", paid, Tier::Press), "promo"), "{paid}");
        }
        let saving = "Cache takes 30% off the memory of serving";
        assert!(!has(&names(saving, "It was presented by the team in May.", Tier::Press), "promo"));
        assert!(has(&names("Tickets for the summit: 30% off until Friday", "", Tier::Press), "promo"));
    }

    #[test]
    fn texts_made_for_a_market_are_named() {
        assert!(has(&names("2 AI stocks to buy and hold", "", Tier::Press), "stock-tip"));
        let release = "OSLO, May 3 /PRNewswire/ -- Quokka today announced a partnership.";
        assert!(has(&names("Quokka announces a partnership", release, Tier::Press), "press-release"));
    }
}
