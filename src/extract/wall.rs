//! Pages that answer but do not speak: a captcha, a login, a paywall, a consent dialogue, an error with status 200.

use std::sync::LazyLock;

use regex::RegexSet;

use super::clean;

/// A text longer than this is an article even if it speaks of captchas (a Chinese character is two).
const LONGEST_WALL: usize = 1500;

/// So short a text is a wall's wherever a wall's words stand in it; a longer one's only at its begin.
const SHORT: usize = 600;

/// Where a longer text says what it is.
const BEGIN: usize = 300;

/// So much of an article is shown before a paywall that it says no more than its summary.
const LONGEST_STUB: usize = 500;

/// What a wall calls itself, by kind.
const TITLES: [(&str, &str); 9] = [
    (
        "captcha",
        r"^(just a moment|attention required|verify (you are|that you)|verifying (you are|your)|are you (a )?(human|robot)|(robot|human) or (human|robot)|please (verify|wait)\b.{0,30}$|security (check|verification|checkpoint)|.{0,20}security checkpoint|human verification|client challenge|pardon our interruption|one more step|making sure you.?re not a bot|ddos protection|checking your browser|安全验证|人机验证|滑动验证|访问验证|验证码|环境异常|请完成验证)",
    ),
    (
        "access denied",
        r"^(access (to this page )?(has been )?(denied|blocked)|403\W*(forbidden|error|access.{0,20})?$|error\W+403\b|forbidden$|(sorry, )?you have been blocked|request (blocked|rejected|denied)|unsupported (client|browser)|not available in your (country|region)|451\W|访问被拒绝|禁止访问|访问受限|请求被拦截)",
    ),
    (
        "too many requests",
        r"^(429\b|too many requests|rate limit(ed| exceeded)|请求过于频繁|访问(过于)?频繁)",
    ),
    (
        "login wall",
        r"^((log|sign) ?in|sign ?up|login)(\s*[|·–—-].{0,40}|\s+to\b.{0,40}|\s+or (sign|join|register).{0,30})?$|^(登录|用户登录|请登录|登入|登录注册|会员登录)(\s*[|·–—_-].{0,20})?$",
    ),
    (
        "not found",
        r"^(404\W*(page|error|not found|file|-|–|\||:|$)|error\W+404|http 404|(page|article|post|story|content|file|document) (was )?(not found|no longer available|unavailable|has moved|removed)|not found$|(oops|sorry|uh[- ]oh|whoops)\b.{0,60}(page|found|wrong|lost|exist)|(sorry, )?(this|the|that) (page|article|content|post) (could not|can.?t|cannot|isn.?t|is not|does ?n.?t|no longer)|we (can.?t|couldn.?t|could not) find|410 gone|nothing found|seite nicht gefunden|page (introuvable|non trouvée)|página no encontrada|ページが見つかりません|お探しのページ|页面(不存在|未找到|走丢|找不到|已删除)|(找不到|抱歉).{0,8}(页面|网页)|(内容|文章|帖子|链接|资源)(不存在|已(被)?(删除|下架)|已失效|已过期))",
    ),
    (
        "server error",
        r"^(5\d\d\W*(internal|server|bad|service|gateway|error|$)|(http )?error 5\d\d|internal server error|bad gateway|service (temporarily )?unavailable|gateway time-?out|web server is down|(application|a database) error|服务器(内部)?错误|系统(繁忙|错误|异常))",
    ),
    (
        "maintenance",
        r"^((site|website|scheduled|under|down for) maintenance|(we.?ll|we will) be (right )?back|coming soon$|(网站|系统)(正在)?(维护|升级)(中)?)",
    ),
    (
        "consent dialogue",
        r"^(cookie (consent|preferences|settings|policy)$|your privacy( choices)?$|before you continue|bevor sie fortfahren|avant d.accéder|we value your privacy|(manage )?consent( preferences)?$|privacy (consent|preference cent(er|re)))",
    ),
    (
        "no page",
        r"^(index of /|welcome to nginx|apache2 .{0,20}default page|it works!?$|.{0,60}domain (is|may be) for sale|domain parked|redirecting(\.\.\.|…)?$|loading(\.\.\.|…)?$|正在跳转|页面跳转)",
    ),
];

/// What stands in the text of a wall, by kind. These count only where the text is short.
const PHRASES: [(&str, &str); 9] = [
    (
        "captcha",
        r"(verif(y|ying) (that )?you are (a |not a )?(human|robot|real)|verify(ing)? your (browser|identity as a human)|checking (your browser|if the site connection)|(complete|solve) (the|this) (captcha|security check|puzzle|challenge)|unusual (traffic|activity) (from|on|coming)|i.?m not a robot|\bray id\b|press (&|and) hold|are not a robot|incapsula incident|needs to review the security of your connection|请完成(下方|以下|下列)?(安全)?验证|完成验证后|拖动(下方)?滑块|验证(您|你)(是否)?(是|为)真人|环境(存在)?异常|请输入验证码)",
    ),
    (
        "access denied",
        r"(you (don.?t|do not) have permission to (access|view)|access to this (page|site|resource) (has been|is) (denied|blocked)|you have been blocked|errors\.edgesuite\.net|not available in your (country|region|location)|your (ip|access) (address )?(has been|was|is) (blocked|limited|banned)|(您的访问|访问请求|您的请求|您的ip)(被|已|已被)(拒绝|阻断|拦截|限制))",
    ),
    (
        "too many requests",
        r"(too many requests|rate limit(ed| exceeded)|请求(过于|太)频繁|访问(过于|太)频繁)",
    ),
    (
        "login wall",
        r"((log|sign) ?in (or (sign up|register|join) )?to (continue|read|view|access|see|your account)|create (a free|an|your free) account to (continue|read|view)|please (log|sign) ?in|you must be (logged|signed) in|登录后(可|才|即可|方可)?(查看|阅读|继续|可见)|请先?登录|打开(app|微信|客户端).{0,8}(查看|阅读|继续))",
    ),
    (
        "JavaScript needed",
        r"((please )?(enable|turn on|activate|allow) (java ?script|js\b|cookies)|java ?script (is|must be|seems to be|has been|appears to be) (disabled|required|enabled|not available|turned off)|requires java ?script|without java ?script|you need to enable javascript|(启用|开启|打开|激活) ?(浏览器的? ?)?javascript|(不支持|禁用了?) ?javascript)",
    ),
    (
        "not found",
        r"(page (that )?you(.re| are| were|.ve| have)? ?(looking|requested|tried|trying).{0,60}(not|n.t|moved|removed|exist|found|gone)|(could not|couldn.t|can.?t|cannot|unable to) (be found|find) (the|that|this|what)? ?(page|article|content)?|(page|article|content|post|story) (is no longer available|does ?n.?t exist|does not exist|isn.t available|has been (removed|deleted|moved)|may have been (moved|removed|deleted))|(您|你)?(访问|查看|查找|请求)的(页面|内容|文章|资源|网页).{0,10}(不存在|找不到|已(被)?删除|失踪|丢失)|(该|此)(内容|文章|页面|链接)(已被(发布者|作者)?(删除|下架)|因违规|不存在|已失效)|お探しのページ|指定されたページ)",
    ),
    (
        "server error",
        r"((an|some) (internal|unexpected|unknown) (server )?error (has )?(occurred|happened)|something went wrong|(server|service) is (temporarily|currently) (unavailable|unable|overloaded)|please try again (later|in a (few )?(minutes?|moments?))|(服务器|系统|网络)(内部)?(错误|繁忙|异常|开小差)|请稍后(再试|重试))",
    ),
    (
        "consent dialogue",
        r"((we|our partners|we and our (\d+ )?(\w+ )?partners) (use|store|process) (and/or access )?(cookies|information on (a|your) device|personal data)|accept (all|and (continue|close))( cookies)?|(reject|refuse) all|manage (your )?(cookie )?(preferences|options|choices)|我们使用 ?cookie|接受(所有|全部) ?cookie)",
    ),
    (
        "paywall",
        r"(subscribe (now )?to (continue|keep|read|unlock)|(this|the) (article|story|post|content) is (only )?(for|available to|reserved for) (paid |paying |premium )?(subscribers|members)|you.?ve (read|reached|used) (your|all|the) .{0,30}(free )?(articles|limit)|(付费|订阅|购买|开通(会员|vip))(后|才|即|方)?(可|可以|能)?(继续)?(阅读|查看|解锁)|本文为(付费|会员))",
    ),
];

/// Words with which a paywall ends the part that may be read.
static CUT: LazyLock<RegexSet> = LazyLock::new(|| {
    set(&[
        r"subscribe (now )?to (continue|keep|read|unlock)",
        r"(this|the) (article|story|post|content) is (only )?(for|available to|only for|reserved for) (paid |paying |premium )?(subscribers|members)",
        r"(to )?continue reading (this|with|subscribe|for free)",
        r"already (a )?(subscriber|member)\?",
        r"unlock (this|the (full|rest)|full)",
        r"(付费|订阅|会员|登录)(后|才|即)?(可|可以|能|方可|继续)?(阅读|查看|解锁)(全文|剩余|更多)?",
        r"(剩余|以下)(内容|部分).{0,12}(付费|会员|订阅|未显示)",
        r"本文为(付费|会员)",
    ])
});

/// Titles and first words that no article has, however much stands around them.
static SURE: LazyLock<[RegexSet; 2]> = LazyLock::new(|| {
    let titles = [
        r"^(just a moment|attention required|security check|安全验证)\W*(\W.{0,30})?$",
        r"^access denied\W*(\W.{0,30})?$",
        r"^((error )?404\W*)?(page |file )?not found\W*([|–—·-].{0,40})?$|^(error )?404\W*([|–—·-].{0,40})?$|^页面(不存在|未找到)\W*([|_–—·-].{0,20})?$",
    ];
    let begins = [r"^.{0,160}\bwe and our (\d+ )?(\w+ )?partners (store|use|process|access)\b"];
    [set(&titles), set(&begins)]
});

static WALLS: LazyLock<[RegexSet; 2]> =
    LazyLock::new(|| [TITLES, PHRASES].map(|rules| set(&rules.map(|rule| rule.1))));

fn set(patterns: &[&str]) -> RegexSet {
    let folded = patterns.iter().map(|pattern| format!("(?i){pattern}"));
    RegexSet::new(folded).unwrap_or_else(|_| RegexSet::empty())
}

/// Why a page of this title and text is no article, if it is none.
pub fn found(title: &str, text: &str) -> Option<&'static str> {
    let sure = SURE[0].matches(title.trim()).iter().next();
    let by_title = sure.map(|n| ["captcha", "access denied", "not found"][n]);
    let by_begin = || SURE[1].is_match(text).then_some("consent dialogue");
    if let Some(kind) = by_title.or_else(by_begin) {
        return Some(kind);
    }
    let weight = clean::weight(text);
    if weight > LONGEST_WALL {
        return None;
    }
    let first = |set: &RegexSet, rules: &[(&'static str, &str)], text: &str| {
        set.matches(text).iter().next().map(|n| rules[n].0)
    };
    let begin = if weight <= SHORT { text.to_owned() } else { text.chars().take(BEGIN).collect() };
    let by_text =
        || first(&WALLS[1], &PHRASES, &begin).filter(|kind| *kind != "paywall" || weight <= LONGEST_STUB);
    first(&WALLS[0], &TITLES, title.trim()).or_else(by_text)
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
            (
                "Example Checkpoint",
                "We noticed unusual activity from your network. Press & Hold to go on.",
                "captcha",
            ),
            ("某公众号", "当前环境异常，完成验证后即可继续访问。去验证", "captcha"),
            ("News", "Please enable JavaScript and reload the page.", "JavaScript needed"),
            ("某网站", "请开启JavaScript后刷新页面。", "JavaScript needed"),
            ("404 - Page", "Nothing here.", "not found"),
            ("Example Times", "Sorry, the page you were looking for does not exist any more.", "not found"),
            ("文章", "抱歉，您访问的页面不存在。", "not found"),
            ("某公众号", "该内容已被发布者删除", "not found"),
            ("Error", "Something went wrong. Please try again later.", "server error"),
            ("提示", "系统繁忙，请稍后再试", "server error"),
            ("503 Service Unavailable", "", "server error"),
            ("Too Many Requests", "Slow down.", "too many requests"),
            ("Sign in to Example", "Email Password", "login wall"),
            ("Paper review", "Sign in to continue reading on our site.", "login wall"),
            ("某论坛", "请先登录 登录后查看全部内容", "login wall"),
            ("Today", "We and our partners store information on a device. Accept all.", "consent dialogue"),
            ("Chip maker doubles output", "It grew. Subscribe to continue reading this story.", "paywall"),
            ("芯片产能翻倍", "公司表示……订阅后可继续阅读", "paywall"),
            ("Index of /pub", "Parent Directory", "no page"),
        ] {
            assert_eq!(found(title, text), Some(kind), "{title}: {text}");
        }
    }

    #[test]
    fn a_wall_with_much_around_it_is_still_one() {
        let teasers = "The lab shipped another small model on Monday, and it runs on a laptop. ".repeat(40);
        assert_eq!(found("Page not found | Example Times", &teasers), Some("not found"));
        assert_eq!(found("Just a moment...", &teasers), Some("captcha"));
        let consent =
            format!("Your choice. We and our 812 partners store and access data on your device. {teasers}");
        assert_eq!(found("Example Times", &consent), Some("consent dialogue"));
    }

    #[test]
    fn an_article_about_walls_is_an_article() {
        let text = "The team trained a model that can complete the captcha. ".repeat(40);
        assert_eq!(found("Are you a robot? A model answers", &text), None);
        for (title, text) in [
            ("A startup raises money", "It said on Monday that it raised $5 million."),
            ("404 Media sues over records", "The outlet filed a complaint on Monday in a federal court."),
            (
                "Forbidden topics: how a model refuses",
                "The lab lists what its model does not talk about, and why.",
            ),
            ("Login tokens leaked by a model", "A researcher found that the assistant repeats secrets."),
            ("500 robots for one warehouse", "The order is the largest so far, the maker said."),
            ("Loading weights faster", "A new format halves the time until the first token."),
            ("登录新平台：模型开放下载", "公司宣布模型可在新平台下载，开发者表示欢迎。"),
        ] {
            assert_eq!(found(title, text), None, "{title}");
        }
    }

    #[test]
    fn a_teaser_is_cut() {
        assert!(is_cut("The company said that it would…"));
        assert!(is_cut("It grew fast.\n\nThis article is for paying subscribers"));
        assert!(is_cut("公司今天发布了新模型。\n\n订阅后可阅读全文"));
        assert!(!is_cut("The company shipped it on Monday."));
    }
}
