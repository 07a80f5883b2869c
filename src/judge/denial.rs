//! "No", and whom it is said of: words in a sentence that takes them back show nothing.

use std::ops::Range;
use std::sync::LazyLock;

use super::lexicon::{self, Pattern, compile};

/// Where a clause begins, after which a "no" of the one before holds no more.
static CLAUSE: Pattern =
    LazyLock::new(|| compile(r"[,;:，；：。！？]\s?|\b(?:but|although|though|while)\b|但|而"));
static DENIED: Pattern = LazyLock::new(|| {
    compile(concat!(
        r"(?i)\b(?:no|not|never|without|neither|nor|none|cannot|lacks?|den(?:y|ies|ied)|refus\w+|declin\w+|withheld|instead of|\w+n['’]t)\b",
        r"|不会|不再|不是|不算|并不|并非|不予|拒绝|否认|没有|[并尚从还]未|未(?:公|开|提|发|披)|暂[不无]|[并尚]无|无(?:权重|论文|代码|开源)|不(?:开[源放]|公开|提供|发布)"
    ))
});
static DENIED_AFTER: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)^\W*(?:\w+ ){0,2}(?:not|never|no longer|\w+n['’]t)\b|^(?:尚|暂|还|仍|目前)?(?:未|不会|没有|不)",
    )
});
/// Somebody says that it is not so.
static DISPUTED: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:den(?:y|ies|ied|ial)|refut\w+|debunk\w*|dismiss(?:es|ed)|false|untrue|not true|no truth)\b|否认|辟谣|不实|澄清|驳斥",
    )
});
/// A headline by which those concerned say what is so.
static SETTLED: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)^(?:[\w.&'’-]+ ){1,4}(?:officially )?(?:confirms|confirmed|denies|denied)\b|(?:官方|公司|本人|创始人)?(?:证实|确认|辟谣|否认)",
    )
});
/// People without a name, whatever they say.
static NAMELESS: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:(?:people|person|sources?|employees?|insiders?) (?:who|familiar|with|close|briefed|say|said|told|claim)|unnamed|anonymous)|知情人士|消息人士|内部人士|不愿具名",
    )
});
/// A work about hearsay is none.
static STUDIED: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\brumou?rs? (?:detection|management|spread\w*|propagation|mitigation|classif\w+|verification|control|data ?sets?)\b|(?:传闻|谣言|爆料)(?:检测|识别|传播|治理|数据集)|疑似(?:病|度|样本)",
    )
});

/// The words of the clause up to and with those at `at`, and those before them alone.
pub fn clause(sentence: &str, at: Range<usize>) -> (&str, &str) {
    let edge = CLAUSE.as_ref().and_then(|clause| clause.find_iter(&sentence[..at.start]).last());
    let begin = edge.map_or(0, |edge| edge.end());
    (&sentence[begin..at.end], &sentence[begin..at.start])
}

/// Whether the clause takes back the words at `at`.
pub fn is_denied(sentence: &str, at: Range<usize>) -> bool {
    let after = &sentence[at.end..];
    let (said, _) = clause(sentence, at);
    // What stands within the words counts too: 权重尚未公开.
    lexicon::find(&DENIED, said).is_some() || lexicon::find(&DENIED_AFTER, after).is_some()
}

/// Whether `pattern` stands in the sentence and is not taken back.
pub fn is_affirmed(pattern: &Pattern, sentence: &str) -> bool {
    let Some(pattern) = pattern.as_ref() else { return false };
    pattern.find_iter(sentence).any(|found| !is_denied(sentence, found.range()))
}

/// Whether a headline says that those concerned have confirmed or denied it, and nobody nameless stands in it.
pub fn settles(headline: &str) -> bool {
    let is = |pattern: &Pattern| lexicon::find(pattern, headline).is_some();
    is(&SETTLED) && !is(&NAMELESS)
}

/// Whether the sentence tells what somebody without a name said: not where the rumour is denied or studied.
pub fn is_hearsay(sentence: &str) -> bool {
    let is = |pattern: &Pattern| lexicon::find(pattern, sentence).is_some();
    is(&lexicon::ANONYMOUS) && (is(&NAMELESS) || !is(&DISPUTED) && !is(&STUDIED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rumour_that_is_denied_or_studied_is_no_hearsay() {
        for hearsay in [
            "Rumours suggest that Quokka builds a phone.",
            "Quokka is reportedly raising money, people familiar with the matter said, though it denied this.",
            "知情人士透露，袋熊将造手机。",
        ] {
            assert!(is_hearsay(hearsay), "{hearsay}");
        }
        for other in [
            "Rumor detection with language models",
            "On the RumourQuiz benchmark it reaches 81 %.",
            "Quokka's head of research, Ada Fern, denied rumours that it builds a phone.",
            "袋熊否认造手机的传闻。",
            "面向传闻检测的大模型",
        ] {
            assert!(!is_hearsay(other), "{other}");
        }
    }

    #[test]
    fn a_headline_that_confirms_or_denies_settles_hearsay() {
        assert!(settles("Quokka confirms that its phone comes in May"));
        assert!(settles("袋熊官方否认造手机"));
        assert!(!settles("Quokka builds a phone, sources say"));
        assert!(!settles("Insiders say Quokka has denied a bonus"), "{}", "not by itself");
    }

    #[test]
    fn what_is_denied_is_not_affirmed_and_a_no_elsewhere_denies_nothing() {
        for (pattern, text) in [
            (&lexicon::SUPERLATIVE, "The result is not state of the art."),
            (&lexicon::SUPERLATIVE, "这并非业界领先的成绩。"),
            (&lexicon::FUTURE, "Quokka denies it is set to launch a phone."),
            (&lexicon::FUTURE, "Quokka has no roadmap for it."),
        ] {
            assert!(!is_affirmed(pattern, text), "{text}");
        }
        assert!(is_affirmed(&lexicon::SUPERLATIVE, "It is not cheap, but state of the art."));
        assert!(is_affirmed(&lexicon::FUTURE, "袋熊不缺钱，即将推出新模型。"));
    }
}
