//! Which three sentences of an article are quoted: what happened, what is new in it, and why it matters to a programmer.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::worth::{is_told, stands_alone};
use crate::judge::gist::en::content_words;
use crate::judge::lexicon::{self, compile};
use crate::judge::sentences::is_han;

/// The sentence that tells the event stands among the first ones.
const LEAD: usize = 6;
/// So far are the other two looked for.
const REST: usize = 16;
/// Two sentences that share more of the shorter's words than this say the same.
const REPEATS: f64 = 0.6;

/// Somebody did something.
static EVENT: lexicon::Pattern = LazyLock::new(|| {
    compile(concat!(
        r"(?i)\b(?:announc|releas|launch|unveil|introduc|rais|acquir|publish|open[- ]?sourc|ship|sued|sues|file[sd]|agree|sign|report|reveal|confirm|plan|roll|add|cut|ban|block|partner|invest|hire|appoint|find|found|propos|present)(?:e?d|es?|s|ing)?\b",
        r"|发布|推出|宣布|开源|上线|融资|收购|起诉|推出|公布|披露|达成|签署|任命|升级|更新|下线|涨价|降价|推行|提出|开放|完成"
    ))
});

/// What a programmer would have of it: price, licence, access, speed, change, who can use it.
static MATTERS: lexicon::Pattern = LazyLock::new(|| {
    compile(concat!(
        r"(?i)\b(?:pric(?:e|es|ed|ing)|costs?|free|per (?:month|user|seat|token|million)|licen[cs]e[ds]?|apache|mit license|open[- ]?(?:source|weights?)|available|availability|api|sdk|self[- ]host(?:ed)?|on[- ]prem\w*|locally|download\w*|deprecat\w*|breaking change|migrat\w*|compatib\w*|developers?|engineers?|customers can|users can|lets? (?:you|users|developers)|allows?|enabl\w+|supports?|requires?|runs? on|faster|cheaper|slower|latency|throughput|vulnerab\w*|patch\w*|privacy|regulat\w*|waitlist|beta|preview)\b",
        r"|价格|定价|收费|免费|元/|每月|许可|协议|开源|权重|可用|上线|开放|接口|API|SDK|本地|私有化|下载|弃用|不兼容|迁移|兼容|开发者|程序员|用户可|支持|需要|运行|更快|更低|成本|延迟|吞吐|漏洞|补丁|隐私|监管|内测|预览"
    ))
});

/// Places of the chosen sentences.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chosen {
    /// What happened.
    pub happened: usize,
    /// A number, something to touch, a comparison.
    pub new: Option<usize>,
    /// Price, licence, access, speed.
    pub matters: Option<usize>,
}

/// Chooses among sentences that are worth reading; none if there are none.
pub fn choose(title: &str, sentences: &[&str]) -> Option<Chosen> {
    let title = terms(title);
    let weigh = |at: usize| {
        let shared = terms(sentences[at]).intersection(&title).count();
        let share = shared as f64 / title.len().max(1) as f64;
        let event = f64::from(u8::from(lexicon::find(&EVENT, sentences[at]).is_some()));
        share + 0.25 * event - 0.12 * at as f64
    };
    let alone = |most: usize| (0..sentences.len().min(most)).filter(|at| stands_alone(sentences[*at]));
    let best = alone(LEAD)
        .map(|at| (weigh(at), at))
        .reduce(|best, one| if one.0 > best.0 { one } else { best })
        .map(|(_, at)| at);
    let told = || sentences.iter().position(|sentence| is_told(sentence));
    let happened = best.or_else(|| alone(sentences.len()).next()).or_else(told)?;
    Some(choose_around(happened, sentences))
}

/// Chooses the other two beside the sentence at `happened`.
pub fn choose_around(happened: usize, sentences: &[&str]) -> Chosen {
    let new = |sentence: &str| {
        2 * lexicon::count(&lexicon::MEASURED, sentence, 3)
            + 2 * lexicon::count(&lexicon::ARTIFACT, sentence, 1)
            + lexicon::count(&lexicon::BENCHMARK, sentence, 2)
    };
    let matters = |sentence: &str| 2 * lexicon::count(&MATTERS, sentence, 3);
    let new = heaviest(sentences, &[happened], new);
    let taken: Vec<usize> = new.into_iter().chain([happened]).collect();
    Chosen { happened, new, matters: heaviest(sentences, &taken, matters) }
}

/// The sentence that carries most, and says none of what is said already. Of equals the first: news stands at the top.
fn heaviest(sentences: &[&str], taken: &[usize], weigh: impl Fn(&str) -> usize) -> Option<usize> {
    let said: Vec<HashSet<String>> = taken.iter().map(|at| terms(sentences[*at])).collect();
    let mut best: Option<(usize, usize)> = None;
    for (at, sentence) in sentences.iter().enumerate().take(REST) {
        let own = terms(sentence);
        let repeats = said.iter().any(|other| {
            own.intersection(other).count() as f64 > REPEATS * own.len().min(other.len()) as f64
        });
        if taken.contains(&at) || repeats || !is_told(sentence) {
            continue;
        }
        // What leans on the sentence before it is read only after that.
        let leans = !stands_alone(sentence) && !taken.iter().any(|taken| taken + 1 == at);
        let weight = weigh(sentence).saturating_sub(usize::from(leans) * 2);
        if weight > best.map_or(0, |best| best.0) {
            best = Some((weight, at));
        }
    }
    best.map(|(_, at)| at)
}

/// Words, and pairs of Chinese characters.
fn terms(text: &str) -> HashSet<String> {
    let chars: Vec<char> = text.chars().collect();
    let latin: String = chars.iter().map(|c| if is_han(*c) { ' ' } else { *c }).collect();
    let pairs =
        chars.windows(2).filter(|pair| pair.iter().all(|c| is_han(*c))).map(|pair| pair.iter().collect());
    content_words(&latin).into_iter().chain(pairs).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sentence_has_its_part() {
        let sentences = [
            "Phones have grown slow at many things over the years.",
            "Acme released a small model for phones on Tuesday.",
            "The team spent a long time on it and is happy.",
            "The model answers in 38 ms, compared with 90 ms of the last one.",
            "Developers may download it for free and run it locally.",
        ];
        let chosen = choose("Acme releases a small model", &sentences);
        assert_eq!(chosen, Some(Chosen { happened: 1, new: Some(3), matters: Some(4) }));
    }

    #[test]
    fn what_is_said_is_not_said_again() {
        let sentences = [
            "某公司周二发布了面向手机的小型语言模型。",
            "周二，某公司发布面向手机的小型语言模型，内存2GB。",
            "模型在手机上的首字延迟为38毫秒。",
        ];
        assert_eq!(choose("某公司发布小模型", &sentences).and_then(|chosen| chosen.new), Some(2));
    }

    #[test]
    fn nothing_comes_of_nothing() {
        assert_eq!(choose("title", &[]), None);
        assert_eq!(choose("title", &["Why would anybody want such a thing?"]), None);
    }
}
