//! Which sentences of an article can be quoted alone, and what of them: no bylines, captions and calls to subscribe; no dateline;
//! nothing that leans on a sentence before it.

use crate::judge::sentences::is_han;

use std::sync::LazyLock;

use regex::Regex;

/// Shorter is a heading or a caption: Latin letters, and Chinese characters.
const MIN_LATIN: usize = 28;
const MIN_HAN: usize = 14;

type Pattern = LazyLock<Option<Regex>>;

/// Sentences about the page instead of the news.
static BOILERPLATE: Pattern = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^(?:subscribe|sign up|read more|share this|click|follow us|photo|image|picture|credit|source:|by (?-i:[A-Z][\w.'’-]+(?: [A-Z][\w.'’-]+){1,3})(?:$|,| \||—)|published|updated|advertisement|loading|skip to|comments?\b|copyright|©|arxiv:\d|table of contents|last updated|\d+ min(?:ute)? read|in this (?:post|article|tutorial|guide)|this (?:article|story|post) (?:originally|first|was|has|is part)|editor'?s note|disclosure|disclaimer|related:|read (?:also|next|on)\b|also read|see also|share:|more (?:on|from) (?:this|us)|watch:|listen|welcome (?:back )?to|thanks for|if you (?:buy|click|purchase)|we may (?:earn|receive)|you are seeing this|making sure you|please enable|note:)",
        r"|cookies?\b|newsletter|all rights reserved|privacy policy|terms of (?:use|service)|enable javascript|affiliate|subscribe to|share on|your browser|log in|sign in to|getty images|file photo|earn a commission|(?:story|article) has been updated|contributed to this (?:report|story)",
        r"|^(?:延伸|相关|推荐)?(?:阅读|文章)[：:]|^(?:延伸|相关|推荐)阅读|点击(?:关注|上方|蓝字|查看)|关注(?:我们|公众号)|扫码|来源[：:]|作者[：:丨|]|编辑[：:丨|]|责编|转载|版权|原文链接|题图|图源|阅读原文|编译[：:丨|]|文[丨|]|广告|图片(?:来自|来源)|图片由|投稿|^（?图[/丨|：:]|供图|^注[：:]|以下(?:为|是)(?:原文|译文|正文)|本文(?:最初|首发|转自|经授权|将|为你|从)|欢迎(?:关注|订阅|来到|加入)|公众号|你看到此页面|正在确认|由于原文|为您整理"
    ))
    .ok()
});

/// Place, date, agency or site before the first words: "BERLIN, Nov. 3 (Agency) — ", "某站11月3日消息，".
static DATELINE: Pattern = LazyLock::new(|| {
    Regex::new(concat!(
        r"^(?:[A-Z][A-Z.'’ -]{2,30}(?:, [A-Z][A-Za-z. ]{1,20}){0,2}(?:, (?:\d{1,2} )?[A-Z][a-z]{2,8}\.?(?: \d{1,2})?(?:, \d{4})?)?(?: ?[(/][A-Z][\w .&/-]{1,40}[)/])?\s*(?:—|–|--|-)+\s+",
        r"|\([A-Z][\w .]{2,24}\)\s*(?:—|–|-)+\s+",
        r"|(?:\[[^\]]{1,24}\]|【[^】]{1,24}】)\s*",
        r"|(?:[^\s，。：“]{0,12}\s?)?(?:\d{4}\s?年\s?)?\d{1,2}\s?月\s?\d{1,2}\s?日\s?(?:[^\s，。：“]{0,6})?(?:消息|讯|电|报道)(?:，|：|,|:|\s)\s*",
        r"|[^\s，。“]{1,8}(?:讯|电)(?:\s|（[^）]{1,16}）)\s*",
        r"|(?:[-*•·●▪◦✨🚀▶]|\d{1,2}[.)、])\s*)"
    ))
    .ok()
});

/// Speaks of what stood before.
static LEANS: Pattern = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^\(?(?:it|its|they|their|them|he|she|his|her|this|that|these|those|such|both|neither|the (?:former|latter|same|two|move|result|company|startup|firm|deal|feature|tool|model|update|report|announcement)s?|and|but|or|so|yet|then|thus|hence|however|therefore|moreover|furthermore|instead|also|additionally|meanwhile|still|besides|otherwise|consequently|similarly|likewise|for (?:example|instance)|in (?:addition|contrast|other words|short|turn|fact)|as (?:a result|such)|at the same time|on the other hand|to be (?:clear|fair)|of course|after all|again|even so|that said|not only that|here'?s|here(?: is| are|,)|there|which|turns out|now that|by comparison|of these|among them)\b",
        r"|^(?:它|其|他|她|这|那|该|此|上述|前者|后者|两者|二者|但|而|并|且|也|还|则|因此|所以|此外|另外|同时|然而|不过|于是|随后|接着|例如|比如|换句话说|总之|与此同时|除此之外|相比之下|具体来说|事实上|值得注意|当然|以下|如下|首先|其次|最后|对此|据此|为此|随之|好在|第[一二三]篇)"
    ))
    .ok()
});

/// Begins like a pronoun and is a time.
static TIME: Pattern = LazyLock::new(|| {
    Regex::new(r"(?i)^this (?:week|month|year|quarter|morning|summer|autumn|fall|winter|spring|monday|tuesday|wednesday|thursday|friday)\b").ok()
});

/// A thing told by a person about himself, a question, a greeting: no news.
static CHAT: Pattern = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^(?:I|I'?(?:m|ve|d|ll)|my|me|if you(?:'re|’re)?|when you|imagine|let'?s|let’s|have you|do you|are you|what if|picture this|remember|ever|hi|hello|hey|okay|ok|well|yes|no|sure|you)\b",
        r"|[?？][”」\x22]?$|^(?:我|你|您|想象|大家好|各位|如果你|有没有|是不是|说到|众所周知|试想)"
    ))
    .ok()
});

/// Words that are only quoted; whoever said them stands elsewhere.
static NOBODY_SAYS: Pattern =
    LazyLock::new(|| Regex::new(r#"^(?:“[^”]*”|「[^」]*」|"[^"]*")[.。]?$|^[‘'][^’']*[’']$"#).ok());

/// The sentence without its dateline and list mark.
pub fn without_dateline(sentence: &str) -> &str {
    let rest = DATELINE
        .as_ref()
        .and_then(|found| found.find(sentence))
        .map_or(sentence, |found| &sentence[found.end()..]);
    if rest.chars().count() < MIN_HAN { sentence } else { rest.trim_start() }
}

/// Whether a sentence tells something at all.
pub fn is_worth(sentence: &str, title: &str) -> bool {
    let n_chars = sentence.chars().count();
    let n_han = sentence.chars().filter(|c| is_han(*c)).count();
    let long_enough = if n_han > 0 { n_han >= MIN_HAN || n_chars >= MIN_LATIN } else { n_chars >= MIN_LATIN };
    let n_letters = sentence.chars().filter(|c| c.is_alphabetic()).count();
    let is_list = sentence.matches(['|', '•', '›', '·', '#', '{', '}', '`', '=', '\\', '<', '→']).count() > 2
        || sentence.contains("://")
        || sentence.contains("**")
        || n_letters * 2 < n_chars;
    // A heading has no end.
    let ends = sentence.ends_with(['.', '!', '?', '。', '！', '？', '；', '”', '"', ')', '）', '…', '」']);
    let same = |text: &str| text.trim_end_matches(['.', '。', '!', '！', '?', '？']).trim().to_lowercase();
    long_enough
        && ends
        && !is_list
        && !matches(&BOILERPLATE, sentence)
        && !same(title).contains(&same(sentence))
}

/// Whether it can be read without the sentence before it, and says who speaks.
pub fn stands_alone(sentence: &str) -> bool {
    (!matches(&LEANS, sentence) || matches(&TIME, sentence)) && is_told(sentence)
}

/// Whether somebody tells it: no question, no talk, no lone quotation, no beginning of more.
pub fn is_told(sentence: &str) -> bool {
    !matches(&NOBODY_SAYS, sentence)
        && !matches(&CHAT, sentence)
        && !sentence.ends_with('…')
        && !sentence.ends_with("...")
}

fn matches(pattern: &Pattern, text: &str) -> bool {
    pattern.as_ref().is_some_and(|pattern| pattern.is_match(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datelines_and_list_marks_go() {
        for (sentence, expected) in [
            ("BERLIN, Nov. 3 (Agency) — Acme opened a data centre.", "Acme opened a data centre."),
            ("SAN LUCAS, Calif. – Acme opened a data centre.", "Acme opened a data centre."),
            (
                "某站 11 月 3 日消息，某公司发布了一款可在手机上运行的小模型。",
                "某公司发布了一款可在手机上运行的小模型。",
            ),
            ("- Acme opened a second data centre.", "Acme opened a second data centre."),
            ("AI models from Acme run on phones now.", "AI models from Acme run on phones now."),
        ] {
            assert_eq!(without_dateline(sentence), expected);
        }
    }

    #[test]
    fn sentences_about_the_page_are_not_worth_it() {
        for sentence in [
            "Sign up for more stories like this one, every day.",
            "By Ann Example, who writes about chips for us.",
            "Photo by Ann Example for the morning paper.",
            "图源：某公司官网发布会现场的直播截图画面。",
            "本文转自某公众号，作者为某位工程师本人。",
        ] {
            assert!(!is_worth(sentence, ""), "{sentence}");
        }
        assert!(is_worth("Acme opened a second data centre.", ""));
        assert!(!is_worth("Acme opened a second data centre.", "Acme opened a second data centre. Why?"));
    }

    #[test]
    fn pronouns_questions_and_lone_quotations_lean_on_others() {
        for sentence in [
            "It runs on a phone.",
            "The company declined to comment.",
            "“We are happy with it.”",
            "What does that mean for you?",
            "该公司拒绝置评。",
            "不过，这一功能仍在测试。",
        ] {
            assert!(!stands_alone(sentence), "{sentence}");
        }
        for sentence in
            ["“We are happy,” said Ann Example.", "某公司发布了新模型。", "Italy's Acme raised money."]
        {
            assert!(stands_alone(sentence), "{sentence}");
        }
    }
}
