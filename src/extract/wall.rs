//! Pages that answer but do not speak: a captcha, a login, a consent dialogue, an error with status 200.

use std::sync::LazyLock;

use regex::RegexSet;

use super::clean;

/// A text longer than this is an article even if it speaks of captchas (a Chinese character is two).
const LONGEST_WALL: usize = 1500;

/// What a wall calls itself, by kind.
const TITLES: [(&str, &str); 6] = [
    (
        "captcha",
        r"^(just a moment|attention required|verify (you are|that you)|are you (a )?(human|robot)|please (verify|wait)|security check|human verification|安全验证|人机验证|滑动验证|访问验证|验证码)",
    ),
    (
        "access denied",
        r"^(access (to this page )?(has been )?denied|403\b|forbidden|blocked|you have been blocked|unsupported (client|browser)|访问被拒绝|禁止访问)",
    ),
    ("login wall", r"^(log ?in|sign ?in|sign ?up|login|登录|用户登录|请登录|登入)\b?.{0,40}$"),
    (
        "not found",
        r"^(404\b|error 404|page not found|not found|(sorry, )?(this|the) page (could not|can.?t|cannot) be found|410 gone|页面不存在|页面未找到|找不到(页面|网页)|内容不存在|文章(不存在|已删除))",
    ),
    (
        "server error",
        r"^(50\d\b|internal server error|bad gateway|service (temporarily )?unavailable|gateway time-?out|服务器(内部)?错误)",
    ),
    (
        "consent dialogue",
        r"^(cookie (consent|preferences|settings)|your privacy( choices)?$|before you continue|we value your privacy|consent)",
    ),
];

/// What stands in the text of a wall, by kind. These count only where the text is short.
const PHRASES: [(&str, &str); 6] = [
    (
        "captcha",
        r"(verify(ing)? (that )?you are (a )?human|checking your browser|complete the (captcha|security check)|unusual traffic|i.?m not a robot|ray id|请完成(安全)?验证|拖动滑块|验证您(是否)?是真人|环境异常)",
    ),
    (
        "access denied",
        r"(you don.?t have permission to (access|view)|access to this (page|site|resource) (has been|is) (denied|blocked)|您的访问(被|已)(拒绝|阻断))",
    ),
    (
        "login wall",
        r"((log|sign) ?in to (continue|read|view|access)|create (a free|an) account to (continue|read)|please (log|sign) in|登录后(可|才|即可|方可)?(查看|阅读|继续)|请先登录)",
    ),
    (
        "JavaScript needed",
        r"((please )?(enable|turn on) javascript|javascript (is|must be) (disabled|required|enabled)|requires javascript|(启用|开启|打开) ?javascript|不支持 ?javascript)",
    ),
    (
        "not found",
        r"(page (you (are|were) looking for|you requested).{0,60}(not|n.t|moved|removed|exist)|(could not|couldn.t|can.?t) find (the|that|this) page|您(访问|查看)的(页面|内容|文章)(不存在|已(被)?删除))",
    ),
    (
        "consent dialogue",
        r"((we|our partners) (and our partners )?(use|store) (and/or access )?(cookies|information on a device)|accept all( cookies)?|manage (your )?(cookie )?preferences|我们使用 ?cookie)",
    ),
];

/// Words with which a paywall ends the part that may be read.
static CUT: LazyLock<RegexSet> = LazyLock::new(|| {
    set(&[
        r"subscribe (now )?to (continue|keep|read|unlock)",
        r"(this|the) (article|story|post|content) is (for|available to|only for|reserved for) (paid |paying |premium )?(subscribers|members)",
        r"(to )?continue reading (this|with|subscribe|for free)",
        r"already (a )?(subscriber|member)\?",
        r"unlock (this|the (full|rest)|full)",
        r"(付费|订阅|会员|登录)(后|才|即)?(可|可以|能|方可|继续)?(阅读|查看|解锁)(全文|剩余|更多)?",
        r"(剩余|以下)(内容|部分).{0,12}(付费|会员|订阅|未显示)",
        r"本文为(付费|会员)",
    ])
});

static WALLS: LazyLock<[RegexSet; 2]> =
    LazyLock::new(|| [TITLES, PHRASES].map(|rules| set(&rules.map(|rule| rule.1))));

fn set(patterns: &[&str]) -> RegexSet {
    let folded = patterns.iter().map(|pattern| format!("(?i){pattern}"));
    RegexSet::new(folded).unwrap_or_else(|_| RegexSet::empty())
}

/// Why a page of this title and text is no article, if it is none.
pub fn found(title: &str, text: &str) -> Option<&'static str> {
    if clean::weight(text) > LONGEST_WALL {
        return None;
    }
    let first = |set: &RegexSet, rules: &[(&'static str, &str)], text: &str| {
        set.matches(text).iter().next().map(|n| rules[n].0)
    };
    first(&WALLS[0], &TITLES, title.trim()).or_else(|| first(&WALLS[1], &PHRASES, text))
}

/// Whether `text` ends where a paywall, a teaser or a cut begins.
pub fn is_cut(text: &str) -> bool {
    let text = text.trim_end();
    let tail: String = text.chars().rev().take(400).collect::<Vec<_>>().into_iter().rev().collect();
    let ends = ["…", "...", "[…]", "[...]", "(more…)", "……", "阅读全文", "查看全文"];
    ends.iter().any(|end| text.ends_with(end)) || CUT.is_match(&tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walls_are_told_from_articles() {
        for (title, text, kind) in [
            ("Just a moment...", "", "captcha"),
            ("example.com", "Verifying you are human. This may take a few seconds. Ray ID: 8f", "captcha"),
            ("News", "Please enable JavaScript and reload the page.", "JavaScript needed"),
            ("404 - Page", "Nothing here.", "not found"),
            ("文章", "抱歉，您访问的页面不存在。", "not found"),
            ("Sign in to Example", "Email Password", "login wall"),
            ("Paper review", "Sign in to continue reading on our site.", "login wall"),
            ("某论坛", "请先登录 登录后查看全部内容", "login wall"),
            ("Today", "We and our partners store information on a device. Accept all.", "consent dialogue"),
        ] {
            assert_eq!(found(title, text), Some(kind), "{title}: {text}");
        }
    }

    #[test]
    fn an_article_about_captchas_is_an_article() {
        let text = "The team trained a model that can complete the captcha. ".repeat(40);
        assert_eq!(found("Are you a robot? A model answers", &text), None);
        assert_eq!(found("A startup raises money", "It said on Monday that it raised $5 million."), None);
    }

    #[test]
    fn a_teaser_is_cut() {
        assert!(is_cut("The company said that it would…"));
        assert!(is_cut("It grew fast.\n\nThis article is for paying subscribers"));
        assert!(is_cut("公司今天发布了新模型。\n\n订阅后可阅读全文"));
        assert!(!is_cut("The company shipped it on Monday."));
    }
}
