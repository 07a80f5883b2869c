//! Walls as sites put them up, and articles about walls.

use super::super::inspect;
use super::*;
use crate::config::ArticleRules;

fn wall(title: &str, text: &str) -> Option<&'static str> {
    found(&Signs { titles: vec![title.to_owned()], ..Signs::default() }, text)
}

fn page(title: &str, body: &str) -> Result<crate::model::Article, String> {
    let html = format!(
        "<!doctype html><html><head><title>{title}</title></head><body><nav><a href=/>Home</a></nav>\
         <main><article><h1>{title}</h1>{body}</article></main><footer>© 2026 Example</footer></body></html>"
    );
    inspect::page(
        html.as_bytes(),
        None,
        "https://lab.example/post",
        &ArticleRules::default(),
        chrono::DateTime::default(),
    )
}

const PROSE: &str =
    "The workshop printed its first chip on Thursday and lent it to three schools in the valley. ";

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
        (
            "lab.example",
            "Performing security verification\n\nThis site is protected while it checks that you are not a robot.",
            "captcha",
        ),
        ("Nur einen Moment…", "lab.example muss die Sicherheit Ihrer Verbindung prüfen.", "captcha"),
        ("某公众号", "当前环境异常，完成验证后即可继续访问。去验证", "captcha"),
        (
            "某问答 - 总有人知道答案",
            "您的网络请求存在异常，暂时限制本次访问。可在手机上登录后联系客服。",
            "captcha",
        ),
        ("News", "Please enable JavaScript and reload the page.", "JavaScript needed"),
        ("Hub", "Loading…", "JavaScript needed"),
        ("某站", "加载中...", "JavaScript needed"),
        ("某网站", "请开启JavaScript后刷新页面。", "JavaScript needed"),
        ("404 - Page", "Nothing here.", "not found"),
        ("404_某网", "很抱歉，您要找的内容飞走了", "not found"),
        ("某网", "该文章已被作者删除\n\n返回首页", "not found"),
        ("ニュース", "指定された記事は見つかりませんでした。", "not found"),
        ("Beispielblatt", "Die gesuchte Seite existiert leider nicht mehr.", "not found"),
        ("Example Times", "Sorry, the page you were looking for does not exist any more.", "not found"),
        ("文章", "抱歉，您访问的页面不存在。", "not found"),
        ("某公众号", "该内容已被发布者删除", "not found"),
        ("Error", "Something went wrong. Please try again later.", "server error"),
        ("Example", "The server encountered an error and could not finish your request.", "server error"),
        ("Blog › Error", "There has been a critical error on this website.", "server error"),
        ("lab.example | 524: A timeout occurred", "The origin web server did not answer.", "server error"),
        ("提示", "系统繁忙，请稍后再试", "server error"),
        ("503 Service Unavailable", "", "server error"),
        ("Too Many Requests", "Slow down.", "too many requests"),
        ("Sign in to Example", "Email Password", "login wall"),
        ("Paper review", "Sign in to continue reading on our site.", "login wall"),
        ("某论坛", "请先登录 登录后查看全部内容", "login wall"),
        ("某社区", "扫码登录\n\n手机号登录", "login wall"),
        ("Today", "We and our partners store information on a device. Accept all.", "consent dialogue"),
        ("Beispielblatt", "Weiterlesen mit Werbung\n\nBesuchen Sie uns wie gewohnt.", "consent dialogue"),
        ("Le Quotidien", "Nous et nos 80 partenaires stockons des informations.", "consent dialogue"),
        ("Chip maker doubles output", "It grew. Subscribe to continue reading this story.", "paywall"),
        ("芯片产能翻倍", "公司表示……订阅后可继续阅读", "paywall"),
        ("Index of /pub", "Parent Directory", "no page"),
        ("lab.example", "This domain has expired. Renew it at your registrar.", "no page"),
    ] {
        assert_eq!(wall(title, text), Some(kind), "{title}: {text}");
    }
}

#[test]
fn a_wall_with_much_around_it_is_still_one() {
    let teasers = "The lab shipped another small model on Monday, and it runs on a laptop. ".repeat(40);
    assert_eq!(wall("Page not found | Example Times", &teasers), Some("not found"));
    assert_eq!(wall("Just a moment...", &teasers), Some("captcha"));
    let consent = "Your choice. We and our 812 partners store and access data on your device, and use what your browser \
                   tells us to show you what you may like. You can refuse with the button below, or choose for each of our partners. "
        .to_owned()
        + &"You may change your mind at any time on the page about your data. ".repeat(30);
    assert_eq!(wall("Example Times", &consent), Some("consent dialogue"));
}

#[test]
fn forms_and_scripts_speak_where_the_text_does_not() {
    let bare = Signs { titles: vec!["Example Forum".into()], ..Signs::default() };
    let asked = Signs { asks_for_password: true, ..bare.clone() };
    assert_eq!(found(&asked, "New here? Join us"), Some("login wall"));
    assert_eq!(found(&Signs { asks_for_proof: true, ..bare.clone() }, "One second"), Some("captcha"));
    assert_eq!(found(&Signs { leads_away: true, ..bare.clone() }, "New place"), Some("no page"));
    assert_eq!(found(&asked, &PROSE.repeat(3)), None);
    assert_eq!(found(&bare, "New here? Join us"), None);
}

#[test]
fn an_article_about_walls_is_an_article() {
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
        ("Are you human? Puzzles fail at last", "Verify you are human: that test is over, a study says."),
        ("Security check: three labs fail", "An auditor looked at the doors of three labs."),
        ("Rate limits are gone for good", "The maker dropped them on Monday."),
        (
            "Paper gives up its wall",
            "The note “Subscribe to continue reading” is gone, and so is the one below it.",
        ),
        (
            "Chatbot down for a day",
            "Visitors saw \"Something went wrong. Please try again later.\" until noon.",
        ),
        ("服务器错误让机器人停工一天", "周一，用户看到“系统繁忙，请稍后再试”。公司称已修复。"),
        ("验证码走到尽头：小模型全部破解", "研究人员表示，请完成安全验证这句话已经没有意义。"),
        ("Access denied: what export rules do", "Chips may leave the port only with a paper."),
        (
            "Panel 4.0 is out",
            "The dashboard no longer requires JavaScript to be on. It is half as large as the last one was.",
        ),
    ] {
        assert_eq!(wall(title, text), None, "{title}");
    }
    for title in [
        "Access Denied: How a ban on chips bites",
        "Just a moment - the story of one second",
        "404 Not Found: a short history",
    ] {
        assert_eq!(wall(title, &PROSE.repeat(20)), None, "{title}");
    }
    let regulator = format!(
        "The regulator said that “we and our 700 partners store and access information” is no question. {}",
        PROSE.repeat(20)
    );
    assert_eq!(wall("Privacy choices: a fine", &regulator), None);
}

#[test]
fn a_paywall_is_seen_though_its_box_is_cleaned_away() {
    let gate = "<div class=paywall><h3>Subscribe to keep reading</h3><a href=/in>Log in</a></div>";
    let stub = page("Print shop lends a chip to schools", &format!("<p>{}</p>{gate}", PROSE.repeat(2)));
    assert_eq!(stub.unwrap_err(), "not an article: paywall");
    let paragraphs = format!("<p>{}</p>", PROSE.repeat(2)).repeat(4);
    let longer = page("Print shop lends a chip to schools", &format!("{paragraphs}{gate}")).unwrap();
    assert!(!longer.complete && longer.text.ends_with("valley."), "{}", longer.text);
    for line in [
        "To read the rest of this story, become a member.",
        "This is the end of your free preview.",
        "この記事は有料会員限定です。残り900文字",
        "会員登録すると続きをお読みいただけます。",
        "Dieser Artikel ist nur für Abonnenten lesbar.",
    ] {
        let article =
            page("Print shop lends a chip to schools", &format!("{paragraphs}<p>{line}</p>")).unwrap();
        assert!(!article.complete, "{line}");
    }
    // What every page of a site says in its frame, and what is kept for later, stops nobody.
    let free = format!(
        "{paragraphs}<template>{gate}</template><aside><p>Subscribe to continue reading more like this.</p></aside>"
    );
    assert!(page("Print shop lends a chip to schools", &free).unwrap().complete);
}

#[test]
fn an_answer_for_programs_is_no_article() {
    let json = inspect::page(
        br#"{"error":"gone","message":"no such post"}"#,
        None,
        "https://lab.example/x",
        &ArticleRules::default(),
        chrono::DateTime::default(),
    );
    assert_eq!(json.unwrap_err(), "the page is not HTML");
}

#[test]
fn a_teaser_is_cut() {
    assert!(ends_early("The company said that it would…"));
    assert!(ends_early("It grew fast.\n\nThis article is for paying subscribers"));
    assert!(ends_early("公司今天发布了新模型。\n\n订阅后可阅读全文"));
    assert!(!ends_early("The company shipped it on Monday."));
    assert!(!ends_early("Until now the note “Subscribe to continue reading” stood here."));
}

#[test]
fn quotations_are_taken_out_and_what_only_looks_like_one_stays() {
    assert_eq!(without_quotes("He said “no” and \"yes\" and 「はい」."), "He said  and  and .");
    assert_eq!(without_quotes("A 5\" disk\nand a quote\" later"), "A 5\" disk\nand a quote\" later");
}
