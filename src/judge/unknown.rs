//! What a programmer would ask and the articles do not say. Each key is a question; templates word it in both languages.
//!
//! | key | asked of | until an article |
//! |---|---|---|
//! | `licence` | the release of a model | names a licence, or says that the model is closed or open |
//! | `weights` | the release of a model | says whether the weights can be had |
//! | `price` | the release of a model | states a price or that it is free |
//! | `measured` | the release of a model | reports a measurement by somebody else |
//! | `amount`, `lead`, `valuation` | a round of funding | states it |
//! | `code` | a paper | names code or a repository |
//! | `date` | an announcement for later | names a day, a month or a quarter |

use std::sync::LazyLock;

use super::lexicon::{self, Pattern, compile};
use crate::model::{Funding, Lane};

/// A text of one sentence says so little that a list of what it does not say would be noise; a Chinese character
/// counts as two.
const MIN_CHARS: usize = 120;
/// The same of a text that breaks off: the rest may say it.
const MIN_CUT: usize = 400;

static MODEL: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:llms?|models?|gpt[-\d]\S*|claude|gemini|gemma|llama|qwen|deepseek|mistral|kimi|glm)\b|模型",
    )
});
static RELEASE: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:releas|launch|unveil|introduc|announc|ship|debut|open[- ]?sourc)\w*\b|发布|推出|上线|开源|亮相",
    )
});
static LICENCE: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:licen[cs]\w*|apache|mit|bsd|gpl|proprietary|closed[- ]source|open[- ]source\w*)\b|许可|协议|闭源|开源",
    )
});
static WEIGHTS: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:weights?|open[- ]?(?:source|model)\w*|hugging ?face|download\w*|closed|proprietary|checkpoints?)\b|权重|开源|闭源|下载",
    )
});
static PRICE: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)[$€£¥￥]\s?\d|\b(?:pric\w+|free|costs?|subscription)\b|价格|定价|免费|收费|\d\s?(?:美元|元)|订阅",
    )
});
static CODE: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)github|gitlab|hugging ?face|\b(?:open[- ]?sourc\w*|(?:our|the|source) code|code (?:is|and|will|at|are|on|for|available|released)|repositor(?:y|ies))\b|代码|开源",
    )
});
static DATE: Pattern = LazyLock::new(|| {
    compile(concat!(
        r"(?i)\b(?:january|february|march|april|june|july|august|september|october|november|december|(?:jan|feb|apr|aug|sept?|oct|nov|dec)\.? \d|may \d|in may|q[1-4]|(?:first|second|third|fourth) quarter|(?:early|mid|late)[- ]20\d\d|(?:by|in) 20\d\d|tomorrow|(?:next|this) (?:week|month|year))\b",
        r"|\d{1,2}\s?月|季度|年底|下周|下个?月|明天|明年|20\d\d\s?年"
    ))
});

/// The keys of what `texts` (titles and articles of one story) leave open.
pub fn unknown(lane: Lane, funding: Option<&Funding>, texts: &[&str]) -> Vec<String> {
    let n_chars: usize =
        texts.iter().map(|text| text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>()).sum();
    let is_cut = texts.iter().any(|text| breaks_off(text));
    if n_chars < if is_cut { MIN_CUT } else { MIN_CHARS } {
        return Vec::new();
    }
    let says = |pattern: &Pattern| texts.iter().any(|text| lexicon::find(pattern, text).is_some());
    let title = texts.first().copied().unwrap_or_default();
    let in_title = |pattern: &Pattern| lexicon::find(pattern, title).is_some();
    let mut keys = Vec::new();
    let mut ask = |key: &str, is_said: bool| {
        if !is_said {
            keys.push(key.to_owned());
        }
    };
    if let Some(round) = funding {
        ask("amount", round.amount.is_some());
        ask("lead", !round.leads.is_empty());
        ask("valuation", round.valuation.is_some());
    } else if lane == Lane::Research {
        ask("code", says(&CODE));
    } else if in_title(&MODEL) && in_title(&RELEASE) {
        ask("licence", says(&LICENCE));
        ask("weights", says(&WEIGHTS));
        ask("price", says(&PRICE));
        ask("measured", says(&lexicon::INDEPENDENT));
    }
    if in_title(&lexicon::FUTURE) {
        ask("date", says(&DATE));
    }
    keys
}

fn breaks_off(text: &str) -> bool {
    ["…", "...", "…]", "...]"].iter().any(|mark| text.trim_end().ends_with(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn long(text: &str) -> String {
        format!("{text} {}", "The team has worked on it for a good while and thanks everybody. ".repeat(8))
    }

    #[test]
    fn a_release_is_asked_for_its_terms() {
        let text = long("It costs $2 per million tokens and its weights are on the usual sites.");
        let open = unknown(Lane::Company, None, &["Acme releases a small model", &text]);
        assert_eq!(open, ["licence", "measured"]);
        assert!(unknown(Lane::Company, None, &["Acme opens an office", &text]).is_empty());
    }

    #[test]
    fn two_sentences_are_asked_and_a_teaser_or_a_text_that_breaks_off_is_not() {
        let title = "Quokka releases a small language model";
        let whole = "The model has three billion parameters and reads images too. It was trained in four weeks by six people.";
        assert!(unknown(Lane::Company, None, &[title, whole]).contains(&"licence".to_owned()));
        let cut = format!("{} …", whole.trim_end_matches('.'));
        assert!(unknown(Lane::Company, None, &[title, &cut]).is_empty());
        assert!(unknown(Lane::Company, None, &[title, "It reads images."]).is_empty());
        let chinese = [
            "袋熊推出小型语言模型",
            "该模型有三十亿参数，也能看懂图片，由六个人用四周时间训练完成，团队说它在普通笔记本电脑上也能流畅地运行。",
        ];
        assert!(unknown(Lane::Company, None, &chinese).contains(&"licence".to_owned()));
    }

    #[test]
    fn a_round_is_asked_for_its_lead_and_a_paper_for_its_code() {
        let round = Funding { amount: Some("$5 million".into()), ..Funding::default() };
        let text = long("Acme raised money.");
        assert_eq!(unknown(Lane::Funding, Some(&round), &["Acme raises", &text]), ["lead", "valuation"]);
        assert_eq!(unknown(Lane::Research, None, &["A paper", &text]), ["code"]);
        let text = long("Our code is at github.com/acme/paper.");
        assert!(unknown(Lane::Research, None, &["A paper", &text]).is_empty());
    }

    #[test]
    fn what_is_announced_for_later_is_asked_for_its_day() {
        let text = long("More will be told.");
        assert_eq!(unknown(Lane::Company, None, &["Acme's phone is coming soon", &text]), ["date"]);
        assert!(unknown(Lane::Company, None, &["Acme's phone is coming soon", "A teaser."]).is_empty());
    }
}
