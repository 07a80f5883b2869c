//! What a headline says of its text: a list of many events, advice, or thoughts about what happened.

use std::sync::LazyLock;

use regex::RegexSet;

/// A title of more words is no headline.
const LONGEST: usize = 18;

/// How lists, newsletters and daily collections call themselves.
static ROUNDUP: LazyLock<RegexSet> = LazyLock::new(|| {
    RegexSet::new([
        r"(?i)\b(weekly|newsletter|round-?up|digest|recap|this week in|week in review|last week in|daily brief|morning brief|in brief|the download|import ai|tldr|links for|link ?log|wrap-?up|live updates|what to know this week)\b",
        r"(?i)^(the )?(top|best)?\s?\d{1,3} (best|top|ways|things|tips|tools|reasons|startups|companies|stocks|lessons|takeaways|ideas|questions|papers|stories|of the)\b",
        r"(?i)\b(top|best) \d{1,3}\b",
        r"(?i)\b(issue|vol\.?|episode|ep\.?|no\.) ?#?\d{1,4}\b",
        r"(周报|日报|早报|晚报|周刊|月报|早知道|一周|本周|盘点|合集|汇总|速览|要闻|资讯精选|每日|快讯合集|第\s?\d+\s?期)",
        r"(?i)^(ai )?news (for|of|from) \w+ \d{1,2}\b",
    ])
    .unwrap_or_else(|_| RegexSet::empty())
});

/// How advice, trials, comparisons and offers call themselves, and who speaks of oneself.
static GUIDE: LazyLock<RegexSet> = LazyLock::new(|| {
    RegexSet::new([
        r"(?i)^(why )?(i|we|i'm|i’m|i've|i’ve) ",
        r"(?i)\b(i|we) (\w+ )?(tested|tried|asked|used|ditched|switched|spent|replaced|built|compared)\b",
        r"(?i)\b(how to|here'?s how|here’s how|hands-on|buyer['’]?s guide|explained|tips|tricks|prompts?|deals|vs\.?|my)\b",
        r"(?i)\breview\b\s*([:(—–-]|$)|^review\b",
        r"(?i)\b(you should|should you|you need to|everything you need|most \w+( \w+)? users)\b",
        r"(?i)\b(i|we) (\w+ )?(prefer|love|hate|like|recommend|created|made|bought|returned|learned|found|wish|want|need|regret|miss|trust|stopped|quit|think)\b",
        r"(?i)\bi['’](m|ve|d|ll)\b",
        r"(?i)^(don['’]t|stop|looking for|forget|meet|try|avoid|skip)\b",
        r"(?i)\b(closer look|worth (it|buying|the money|upgrading)|before you buy|don['’]t buy|on sale|\d+% off)\b",
        r"(实测|评测|测评|教程|指南|攻略|体验|对比|上手|怎么用|如何用|值得买|折扣|[一二三四五六七八九]折|优惠)",
    ])
    .unwrap_or_else(|_| RegexSet::empty())
});

/// How thoughts about an event and looks back at it call themselves.
static COMMENT: LazyLock<RegexSet> = LazyLock::new(|| {
    RegexSet::new([
        r"(?i)^(here['’]s )?(why|how|what|who|where|inside|behind|is|are|can|could|should|will|does|do)\b",
        r"(?i)\b(opinion|analysis|commentary|op-ed|column|editorial|interview|explainer|podcast|roundtables?|takeaways?|lessons?|q&a)\b",
        r"(?i)\b\d{1,2} (biggest|best|most|key|prompts?|charts|moments|quotes|things|features|reasons|ways|questions)\b",
        r"(?i)\b(proved|proves|shows?|showed) (that|how|why)\b|\bsaid\b.*\bbut\b",
        r"[?？]\s*$",
        r"(为什么|为何|如何|怎样|怎么|意味着|启示|解读|观察|评论|专访|对话|复盘|深度|背后|证明了?[：:]|迄今|是什么)",
    ])
    .unwrap_or_else(|_| RegexSet::empty())
});

/// A first sentence in place of a headline names more than its subject.
pub fn is_one(title: &str) -> bool {
    !title.trim_end().ends_with('.') && title.split_whitespace().count() <= LONGEST
}

/// A list, a newsletter, a daily collection.
pub fn is_roundup(title: &str) -> bool {
    ROUNDUP.is_match(title)
}

/// Advice, a trial, a comparison.
pub fn is_guide(title: &str) -> bool {
    is_one(title) && GUIDE.is_match(title)
}

/// Thoughts about an event, or a look back at it.
pub fn is_comment(title: &str) -> bool {
    is_one(title) && COMMENT.is_match(title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thoughts_about_an_event_are_told_from_its_news() {
        for title in [
            "Why Tamarind lost its suit",
            "Here’s how Okapi trains its models",
            "The Okapi trial proved that nobody reads contracts",
            "Roundtable: Tamarind in court",
            "Tamarind 为何败诉",
            "Okapi 案复盘：三个细节",
        ] {
            assert!(is_comment(title), "{title}");
        }
        for title in [
            "Tamarind loses its suit against Okapi",
            "Okapi shows a new robot",
            "Tamarind 败诉",
            "Okapi 发布新机器人",
        ] {
            assert!(!is_comment(title), "{title}");
        }
    }

    #[test]
    fn who_speaks_of_oneself_or_sells_tells_no_news() {
        for title in [
            "5 note apps I prefer over Tamarind",
            "I'm leaving Okapi for Tamarind",
            "Don't buy an Okapi until you read this",
            "Tamarind's $200 lamp: a closer look",
            "Okapi 耳机八折优惠",
        ] {
            assert!(is_guide(title), "{title}");
        }
        for title in [
            "Okapi wants a court to stop Tamarind",
            "Tamarind's chips worth $3 billion stolen",
            "Okapi 打折出售股份",
        ] {
            assert!(!is_guide(title), "{title}");
        }
    }
}
