//! What walls call themselves, and what they tell their visitor, by kind and in the languages of the web.
//!
//! A title counts only whole, a phrase only in a sentence of the wall's own: see the rule in [`super`].

use std::sync::LazyLock;

use regex::{Regex, RegexSet};

/// Titles that no article has, however much stands around them.
const SURE: [(&str, &str); 3] = [
    (
        "captcha",
        r"just a moment|attention required|nur einen moment|einen moment( bitte)?|un instant|un momento|один момент|잠시만 기다리십시오|しばらくお待ちください|请稍候|請稍候|安全验证",
    ),
    ("access denied", r"(error )?(403\W*)?access denied|zugriff verweigert|accès refusé"),
    (
        "not found",
        r"((error|http) )?404(\W*(error|page|oops))?|((error )?404\W*)?(page|file) (was )?not found|((error )?404\W*)?页面(不存在|未找到|走丢了?)|seite nicht gefunden|page (introuvable|non trouvée)|página no encontrada|ページが見つかりません(でした)?",
    ),
];

/// Titles that an article may have too.
const TITLES: [(&str, &str); 9] = [
    (
        "captcha",
        r"(please )?(verify|verifying) (that )?(you are|you.re|your) .{1,30}|are you (a )?(human|robot)|(robot|human) or (human|robot)|please (verify|wait)[^:：]{0,30}|.{0,20}security (check|verification|checkpoint)|(human|bot) verification|client challenge|pardon our interruption|one more step|making sure you.?re not a bot|ddos protection.{0,20}|checking your browser.{0,40}|captcha|人机验证|滑动验证|访问验证|验证码|验证中心|环境异常|请完成.{0,6}验证",
    ),
    (
        "access denied",
        r"access (to this page )?(has been )?(denied|blocked)|403\W*(forbidden|error|access.{0,20})?|error\W+403\b.{0,20}|error 10(05|06|07|08|09|10|12|15|20)|forbidden|(sorry, )?you (have|ve) been blocked|request (blocked|rejected|denied)|unsupported (client|browser)|(not available|unavailable)( in your (country|region)| (for|due to) legal reasons)?|451\W*(error|unavailable.{0,30})?|访问被拒绝|禁止访问|访问受限|请求被拦截",
    ),
    (
        "too many requests",
        r"429\W*(error)?|(429\W*)?too many requests|rate limit(ed| exceeded)|请求过于频繁|访问(过于)?频繁",
    ),
    (
        "login wall",
        r"(log|sign) ?in|sign ?up|login|(log|sign) ?in (to|or) .{0,40}|anmelden|einloggen|(se )?connexion|iniciar sesión|ログイン|登录|用户登录|请登录|登入|登录注册|会员登录",
    ),
    (
        "not found",
        r"404\W*(page|error|file|oops)\b.{0,24}|404\W*not found|((page|article|post|story|content|file|document) (was )?)?(not found|no longer available|unavailable|removed)|page has moved|(oops|sorry|uh[- ]oh|whoops)\b[^:：]{0,60}|(sorry, )?(this|the|that) (page|article|content|post) (could not|can.?t|cannot|isn.?t|is not|does ?n.?t|no longer)[^:：]{0,40}|we (can.?t|couldn.?t|could not) find[^:：]{0,40}|410\W*(gone)?|nothing found|お探しの(ページ|記事).{0,20}|页面.{0,4}(找不到|已删除|走丢).{0,4}|(找不到|抱歉).{0,8}(页面|网页).{0,6}|(内容|文章|帖子|链接|资源).{0,4}(不存在|(被)?(删除|下架)|已失效|已过期)",
    ),
    (
        "server error",
        r"5\d\d\W*(error|a timeout occurred|origin is unreachable|ssl handshake failed|unknown error)?|(5\d\d\W*)?((http )?error (code )?5\d\d.{0,20}|error|(internal )?server error|bad gateway|service (temporarily )?unavailable|gateway time-?out|web server is down|connection timed out)|(application|a|database|fatal|unexpected)( database)? error|服务器(内部)?错误|系统(繁忙|错误|异常)|serverfehler|interner serverfehler|erreur interne.{0,20}",
    ),
    (
        "maintenance",
        r"(site|website|scheduled|under|down for) maintenance|(we.?ll|we will) be (right )?back( soon| shortly)?|coming soon|wartungsarbeiten|メンテナンス中|(网站|系统)(正在)?(维护|升级)中?",
    ),
    (
        "consent dialogue",
        r"cookie (consent|preferences|settings|policy|notice)|your privacy( choices)?|before you continue( to .{0,30})?|bevor sie (zu .{0,30} )?(fortfahren|weitergehen)|avant d.accéder.{0,30}|avant de continuer.{0,30}|antes de (continuar|ir a).{0,30}|we value your privacy|(manage )?consent( preferences)?|privacy (consent|preference cent(er|re)|settings)|datenschutz-?einstellungen|cookie-?einstellungen",
    ),
    (
        "no page",
        r"index of /.*|welcome to nginx|apache2 .{0,20}default page|it works!?|[\w-]+\.\w+ (is|may be) for sale|domain (parked|expired)|redirecting|loading|weiterleitung|正在跳转|页面跳转|加载中",
    ),
];

/// What a wall tells its visitor.
const PHRASES: [(&str, &str); 10] = [
    (
        "captcha",
        r"verif(y|ies|ying) (that )?you are (a |not a )?(human|robot|real|bot)|verify(ing)? your (browser|identity as a human)|^checking (your browser|if the site connection)|^(please )?(to continue,? )?(please )?(complete|solve) (the|this) (captcha|security check|puzzle|challenge)|unusual (traffic|activity) (from|on|coming)|^\W*i.?m not a robot|\bray id\b|press (&|and) hold|are not a robot|incapsula incident|needs to review the security of your connection|(performing|running) (a )?security (verification|check)|^this (web)?site (is using|uses) a security service|before you can (continue|proceed|access)|(site|connection) is secure\W*$|(die|ob die) (sicherheit|verbindung) .{0,40}(überprüf|sicher)|sicherheit ihrer verbindung|vérifi.{1,20}(connexion|humain)|que vous êtes (un )?humain|接続の(安全性|セキュリティ)|ロボットではない|人間であることを確認|^.{0,10}请完成(下方|以下|下列)?(安全|拼图)?验证|完成验证后|^.{0,4}拖动(下方)?滑块|验证(您|你)(是否)?(是|为)真人|^.{0,6}环境(存在)?异常|请输入验证码|(请求|访问|账号|网络)(行为)?(存在|出现)?异常|限制(本次|您的)访问|安全性验证",
    ),
    (
        "access denied",
        r"you (don.?t|do not) have permission to (access|view)|you are unable to access|access to this (page|site|resource) (has been|is) (denied|blocked)|you have been blocked|errors\.edgesuite\.net|(content|site|service|page|video) is (not available|unavailable) in your (country|region|location)|your (ip|access) (address )?(has been|was|is) (blocked|limited|banned)|(european economic area|gdpr|general data protection).{0,120}(cannot|can not|unable|not) be (granted|provided|available)|unavailable (due to|for) legal reasons|(您的访问|访问请求|您的请求|您的ip)(被|已|已被)(拒绝|阻断|拦截|限制)|アクセスが(拒否|制限)",
    ),
    (
        "too many requests",
        r"^.{0,20}too many requests|^(sorry,? )?(you have been |you.re )?rate limit(ed| exceeded)|(请求|访问|操作)(过于|太)频繁",
    ),
    (
        "login wall",
        r"^(please )?(log|sign) ?in (or (sign up|register|join) )?to (continue|read|view|access|see|your account)|create (a free|an|your free) account to (continue|read|view)|^please (log|sign) ?in|you (must|need to) be (logged|signed) in|^(already )?have an account\?|^already (a member|registered)\?|^(forgot|forgotten) (your )?password|by (signing up|logging in|continuing|registering),? you agree|bitte (melden sie sich|loggen sie sich)|passwort vergessen|登录后(可|才|即可|方可)?(查看|阅读|继续|可见)|^.{0,4}请先?登录|(扫码|手机号|验证码|密码|微信|一键)登录|自动登录|注册即(代表|表示)?同意|打开(app|微信|客户端).{0,8}(查看|阅读|继续)|ログインして(ください|続)",
    ),
    (
        "JavaScript needed",
        r"^(please |you need to |you must |to [^.]{0,40}, (please )?)?(enable|turn on|activate|allow) (java ?script|js\b|cookies)|java ?script (is|must be|seems to be|has been|appears to be) (disabled|required|not enabled|not available|turned off|off)|(site|page|app|application|website|browser|it) (requires|needs) java ?script|without java ?script|bitte aktivieren sie java ?script|(启用|开启|打开|激活) ?(浏览器的? ?)?javascript|(不支持|禁用了?) ?javascript|java ?scriptを有効",
    ),
    (
        "not found",
        r"page (that )?you(.re| are| were|.ve| have)? ?(looking|requested|tried|trying).{0,60}(not|n.t|moved|removed|exist|found|gone)|^(oops|sorry|whoops)?\W*(we|it seems we)?\W*(could not|couldn.t|can.?t|cannot|unable to) (be found|find) (the|that|this|what)? ?(page|article|content)?|(page|article|content|post|story) (is no longer available|does ?n.?t exist|does not exist|isn.t available|has been (removed|deleted|moved)|may have been (moved|removed|deleted))|^(it|the page|this page) may have (been )?(moved|expired|removed)|die (von ihnen )?(gesuchte|angeforderte|gewünschte|aufgerufene) seite|existiert (leider )?nicht|page (que vous .{0,40})?n.existe (pas|plus)|(您|你)?(访问|查看|查找|请求|要找|寻找|浏览)的(页面|内容|文章|资源|网页).{0,10}(不存在|找不到|已(被)?删除|失踪|丢失|走丢|飞走|不见)|(该|此|本)?(内容|文章|页面|链接|帖子|视频)(可能)?(不存在|已(被)?(发布者|作者|用户)?(删除|下架)|因违规|已失效|走丢)|涉嫌违反|经平台审核|お探しの(ページ|記事|情報)|指定された(ページ|url)|(ページ|記事)(は|が)(見つかりません|存在しません|削除)|掲載期間が(終了|過ぎ)",
    ),
    (
        "server error",
        r"(an|some) (internal|unexpected|unknown) (server )?error (has )?(occurred|happened)|^(oops\W*|sorry\W*|whoops\W*)?something went wrong|(server|service) is (temporarily|currently) (unavailable|unable|overloaded)|please try again (later|in (a|\d+) ?(few )?(seconds?|minutes?|moments?))|server encountered an? (internal |temporary )?(error|misconfiguration)|there has been a critical error on (this|your) website|^error establishing a database connection|^(sorry|error)\W+(connection|request) (timed out|failed)|\berror code:? [45]\d\d\b|origin (web )?server (timed out|is not|returned)|web ?page can ?not be displayed|unable to connect to (the )?database|^(fatal|parse) error: |uncaught (exception|error)|^.{0,8}(服务器|系统|网络)(内部)?(错误|繁忙|异常|开小差)|请稍后(再试|重试)|(es|da) ist ein (interner )?fehler aufgetreten|une erreur (interne |inattendue )?(est survenue|s.est produite)|エラーが発生しました|しばらく(して|経って)から",
    ),
    (
        "consent dialogue",
        r"(we|our partners|we and our (\d+ )?(\w+ )?partners,?( including .{0,60},)?( will)?( also)?) (use|store|process)( and/or access)? (cookies|information on (a|your) device|personal data|and/or access)|accept (all|and (continue|close))( cookies)?|(reject|refuse) all|manage (your )?(cookie )?(preferences|options|choices)|we use cookies|wir (und unsere (\d+ )?partner )?(verwenden|nutzen|speichern|verarbeiten).{0,30}(cookies|daten|informationen)|weiterlesen mit (werbung|cookies)|mit werbung und (tracking|cookies)|alle (akzeptieren|ablehnen|cookies)|nous (et nos (\d+ )?partenaires )?(utilisons|stockons|traitons)|(continuer sans|tout) accepter|tout (refuser|accepter)|(nosotros|utilizamos|usamos) .{0,20}cookies|我们使用 ?cookie|接受(所有|全部) ?cookie|cookieを使用",
    ),
    (
        "no page",
        r"^(this|the) domain (name )?(has expired|is parked|is for sale|may be for sale)|^buy this domain|domain registration service provider|^if you are not (automatically )?redirected|^you (are being|will be) redirected|(该|此|本)?域名(已过期|出售|正在出售|可能)|(如果|若).{0,8}没有(自动)?跳转|diese domain (steht|ist)|このドメインは",
    ),
    ("paywall", STOP),
];

/// Words of a paywall about the very text that stands before it.
const STOP: &str = r"^(now |please )?(subscribe|upgrade|become a (paid |paying )?(member|subscriber)|start your .{0,20}trial|join( now)?|register|buy) (now |today |here )?(to (continue|keep|read|unlock|access)|for full access|for all of)|(this|the) (article|story|post|content|report|piece) is (only |exclusively )?(for|available (only )?to|reserved for) (our )?(paid |paying |premium )?(subscribers|members)|^to (continue reading|(read|view|see|unlock|access) (the (rest|full|whole|remainder)|this (story|article|post)|the article)).{0,60}(subscri|member|sign|log|register|account|trial|pay)|^(this is )?(you.ve reached )?the end of (the|this|your) free (preview|article|sample)|^you.?ve (read|reached|used) (your|all|the) .{0,30}(free )?(articles|limit)|while we verify access|^member-only story|create an account to read the full|dieser (artikel|inhalt|beitrag) ist (nur|exklusiv) für|^(jetzt )?(abonnieren|weiterlesen) (und|mit .{0,20}(abo|plus))|mit .{0,12}(abo|plus) weiterlesen|(cet article|article|contenu) (est )?(réservé|exclusivement) .{0,12}abonnés|il vous reste .{1,8}% de (cet|l.)|(contenido|artículo) exclusivo para (suscriptores|socios)|suscríbete para (seguir|continuar|leer)|(付费|订阅|购买|开通(会员|vip))(后|才|即|方)?(可|可以|能)?(继续)?(阅读|查看|解锁)|(剩余|以下)(内容|部分).{0,12}(付费|会员|订阅|未显示)|本文为(付费|会员)|该?文章(为|属于)付费|有料(会員|記事)(限定|の方|です|向け)|会員(限定|登録すると)|残り[:：]?\s*[\d,０-９]+\s*(文字|字)|この(続き|先)(は|を).{0,20}(会員|購入|ログイン|登録)|続きをお読み";

/// Words with which the part that may be read ends, a paywall's or a teaser's.
const CUT: [&str; 4] = [
    STOP,
    r"^(to )?continue reading (this|with|subscribe|for free)|^already (a|an) (paid )?(subscriber|member)\?|^unlock (this|the (full|rest)|full)|^(get|for) unlimited access",
    r"^(please )?(log|sign) ?in to (continue|keep|read|view)|^create (a free|an|your free) account to (continue|read|view)",
    r"(付费|订阅|会员|登录)(后|才|即)?(可|可以|能|方可|继续)?(阅读|查看|解锁)(全文|剩余|更多)?",
];

/// Nobody but a reporter says so.
const REPORTS: &str = r"\b(said|says|say|told|wrote|writes|according to|reported|reports|announced|researchers|readers|users|customers|visitors)\b|表示|宣布|报道|据|用户(看到|反映|称|说)|发布了|研究人员|と述べ|発表した|sagte|a déclaré";

/// Whoever is spoken to is the visitor.
const VISITOR: &str =
    r"\b(you|your|please|sie|ihre?n?|bitte|vous|votre|usted)\b|您|你|请|ください|お客様|我们|\bwe\b|\bour\b";

/// Titles of pages that are no article, the sure ones first.
pub static TITLE_RULES: LazyLock<[Rules; 2]> = LazyLock::new(|| {
    [
        Rules::of(&SURE, |rule| format!(r"^\W*({rule})\W*$")),
        Rules::of(&TITLES, |rule| format!(r"^\W*({rule})\W*$")),
    ]
});

/// Sentences of pages that are no article.
pub static PHRASE_RULES: LazyLock<Rules> = LazyLock::new(|| Rules::of(&PHRASES, str::to_owned));

/// Sentences with which a text is cut off.
pub static CUT_RULES: LazyLock<Rules> =
    LazyLock::new(|| Rules::of(&CUT.map(|rule| ("paywall", rule)), str::to_owned));

/// The first sentences of a dialogue that is longer than many an article.
pub static DIALOGUE_RULE: LazyLock<Rules> = LazyLock::new(|| {
    let begin = r"^.{0,160}\b(we and our (\d+ )?(\w+ )?partners (store|use|process|access)|wir und unsere (\d+ )?(\w+ )?partner (speichern|nutzen|verarbeiten|greifen)|nous et nos (\d+ )?partenaires (stockons|utilisons|traitons))\b";
    Rules::of(&[("consent dialogue", begin)], str::to_owned)
});

/// Sentences of a paywall alone.
pub static STOP_RULE: LazyLock<Rules> = LazyLock::new(|| Rules::of(&[("paywall", STOP)], str::to_owned));

static REPORT: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(&format!("(?i){REPORTS}")).ok());
static ADDRESS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(&format!("(?i){VISITOR}")).ok());

/// Patterns and the kind of wall that each means.
pub struct Rules {
    set: RegexSet,
    kinds: Vec<&'static str>,
}

impl Rules {
    fn of(rules: &[(&'static str, &'static str)], whole: impl Fn(&str) -> String) -> Self {
        let patterns = rules.iter().map(|(_, rule)| format!("(?i){}", whole(rule)));
        let set = RegexSet::new(patterns).unwrap_or_else(|_| RegexSet::empty());
        Self { set, kinds: rules.iter().map(|(kind, _)| *kind).collect() }
    }

    /// The first kind of which `text` speaks.
    pub fn kind(&self, text: &str) -> Option<&'static str> {
        self.set.matches(text).iter().next().map(|n| self.kinds[n])
    }
}

/// Whether a sentence reports what others say.
pub fn is_report(sentence: &str) -> bool {
    REPORT.as_ref().is_some_and(|report| report.is_match(sentence))
}

/// Whether a sentence speaks to whoever reads it.
pub fn is_to_visitor(sentence: &str) -> bool {
    ADDRESS.as_ref().is_some_and(|address| address.is_match(sentence))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        assert_eq!(TITLE_RULES[0].set.len() + TITLE_RULES[1].set.len(), SURE.len() + TITLES.len());
        assert_eq!((PHRASE_RULES.set.len(), CUT_RULES.set.len()), (PHRASES.len(), CUT.len()));
        assert!(REPORT.is_some() && ADDRESS.is_some());
    }
}
