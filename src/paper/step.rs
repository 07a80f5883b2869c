//! The step of the learning path that a story or a paper belongs to, by what it is about.

use std::sync::LazyLock;

use regex::Regex;

use super::text::pattern;
use crate::model::{ArtifactKind, Lane, Step, Verdict};

/// Words of each step; the step with most of them wins, the earlier one if equal. Words of the title count threefold.
static WORDS: LazyLock<[(Step, Regex); 5]> = LazyLock::new(|| {
    [
        (
            Step::Understand,
            pattern(
                r"(?i)\bwhy\b|\bwhat \w+ (?:can|do|does)\b|analy[sz]|interpret|theor|scaling law|failure|\bstudy\b|survey|audit|anatomy|contamination|benchmark|measur|evaluat|overstate|attack|attention (?:sink|head)|leak|原理|分析|评测|为什么|研究",
            ),
        ),
        (
            Step::Adapt,
            pattern(
                r"(?i)fine-?tun|\btrain|distil|quanti[sz]|\blora\b|\brl\b|reinforcement|prun|federated|low[- ]precision|\bfp[48]\b|post-?train|pre-?train|sparse attention|微调|蒸馏|量化|训练",
            ),
        ),
        (
            Step::Build,
            pattern(
                r"(?i)\bagents?\b|retriev|\brag\b|\btools?\b|framework|pipeline|\bserving|inference (?:server|engine)|\bcach|\bapi\b|\bsdk\b|database|vector|nearest neighbour|index|speculative decoding|permissions|orchestrat|harness|protocol|server|智能体|检索|推理引擎|框架|接口",
            ),
        ),
        (
            Step::Prompt,
            pattern(
                r"(?i)\bprompt|in-context|few-shot|chain[- ]of[- ]thought|system message|context engineering|long context|hallucinat|abst(?:ain|ention)|提示词|上下文|幻觉",
            ),
        ),
        (
            Step::Use,
            pattern(
                r"(?i)\bapp\b|\bprices?\b|pricing|subscription|\bfree\b|launch|assistant|available (?:in|to)|licen[cs]e|download|speech recogni|发布|上线|降价|涨价|定价|价格|免费|许可",
            ),
        ),
    ]
});

/// Of a paper, or any text with a title.
pub fn of_text(title: &str, text: &str) -> Step {
    told(title, text).unwrap_or(Step::Understand)
}

/// `None`: no word of any step stands in it.
fn told(title: &str, text: &str) -> Option<Step> {
    let n_of = |words: &Regex| 3 * words.find_iter(title).count() + words.find_iter(text).count();
    let mut best = None;
    for (step, words) in WORDS.iter() {
        let n = n_of(words);
        if n > best.map_or(0, |(_, most)| most) {
            best = Some((*step, n));
        }
    }
    best.map(|(step, _)| step)
}

/// Of a story; `None`: it teaches nothing (money, courts, rumours, a company's troubles).
pub fn of_story(title: &str, verdict: &Verdict) -> Option<Step> {
    if verdict.rumour || verdict.dropped.is_some() {
        return None;
    }
    let can_touch = |kind: ArtifactKind| verdict.artifacts.iter().any(|artifact| artifact.kind == kind);
    let can_use = can_touch(ArtifactKind::Weights) || can_touch(ArtifactKind::Api);
    let summaries: Vec<&str> = verdict.summary.values().map(|summary| summary.long.as_str()).collect();
    match verdict.lane {
        Lane::Research => Some(of_text(title, &summaries.join(" "))),
        // The name of a release says enough: its notes touch everything.
        Lane::OpenSource => Some(told(title, "").unwrap_or(Step::Build)),
        Lane::Company if can_touch(ArtifactKind::Price) => Some(Step::Use),
        Lane::Company if can_use || can_touch(ArtifactKind::Code) => {
            Some(told(title, "").unwrap_or(if can_use { Step::Use } else { Step::Build }))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_built_with_unless_its_title_says_more() {
        assert_eq!(told("Owl v1.8.2", ""), None);
        assert_eq!(told("提示词缓存降价 90%，价格表更新", ""), Some(Step::Use));
    }

    #[test]
    fn papers_have_the_step_that_a_teacher_would_give_them() {
        for (title, step) in [
            ("Distilling a tutor into one billion parameters", Step::Adapt),
            ("Prompts that survive a new model", Step::Prompt),
            ("A harness for agents that use tools", Step::Build),
            ("Why long chains break: an analysis", Step::Understand),
            ("An assistant for letters, free for schools", Step::Use),
            ("智能体的检索框架", Step::Build),
            ("Something else", Step::Understand),
        ] {
            assert_eq!(of_text(title, ""), step, "{title}");
        }
    }
}
