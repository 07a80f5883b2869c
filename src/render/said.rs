//! What the crawl says of a source, in the reader's language. On its row it stands in English, which the operator's log
//! and the command line have too; here each known sentence has its Chinese.

use crate::model::Language;

/// English and Chinese; `{}` is an argument, which may be a sentence itself. The more special one stands first.
const SENTENCES: &[(&str, &str)] = &[
    ("the feed has no entries", "信源里没有条目"),
    ("no entries", "没有条目"),
    ("no entry has a date: the time of discovery stands in", "条目都没有日期，以发现时间代替"),
    ("nothing new since {}", "{} 之后没有新内容"),
    (
        "HTTP {}: its publisher took it down; tried again after {} days",
        "HTTP {}：发布方已关闭此信源，{} 天后再试",
    ),
    ("HTTP 304 although nobody asked for changes", "没有问是否有变化，却回答 HTTP 304"),
    ("{} asked for a pause", "{} 要求暂缓访问"),
    (
        "private address refused (allow_private = true allows it for a source)",
        "拒绝访问内网地址（可为某个信源设 allow_private = true）",
    ),
    ("larger than {} bytes", "超过 {} 字节"),
    ("no answer within {} s", "{} 秒内没有回答"),
    ("no connection within {} s", "{} 秒内没有连上"),
    ("cannot connect: {}", "无法连接：{}"),
    ("more than {} redirects", "重定向超过 {} 次"),
    ("the answer broke off: {}", "回答中断：{}"),
    ("{}; what arrived of it was read", "{}；已收到的部分照读"),
    ("not an address: {}", "不是网址：{}"),
    ("robots.txt forbids it", "robots.txt 不允许"),
    ("its robots.txt cannot be had: {}", "取不到它的 robots.txt：{}"),
    ("cannot be stored: {}", "存不进数据库：{}"),
    ("is nested too deeply", "嵌套过深，不像网页"),
    ("has a tag of endless attributes", "有属性多得没有尽头的标签，不像网页"),
    ("has more elements than any text", "元素多得不像网页"),
    ("has more character references than any text", "字符引用多得不像网页"),
    ("its robots.txt cannot be had: {}", "取不到它的 robots.txt：{}"),
    ("{}; the API stands in", "{}；暂由 API 代替"),
    ("{}; the API fails too: {}", "{}；API 也出错：{}"),
    ("the feed fails ({})", "信源读取出错（{}）"),
    ("serves the announcements of {}", "给出的仍是 {} 的公告"),
    (
        "has moved to {} and is read there: put that into feeds.toml",
        "已迁到 {}，现从那里读取：请写入 feeds.toml",
    ),
    ("its sitemap {} cannot be read: {}", "其中的网站地图 {} 读取不了：{}"),
    ("kind \"page\" without selectors", "page 类信源没有选择器"),
    ("empty answer", "回答是空的"),
    ("answers HTML instead of a feed", "返回网页而非信源"),
    ("not readable as a feed: the parser gave up", "无法作为信源读取：解析器放弃了"),
    ("not readable as a feed: JSON without items", "无法作为信源读取：JSON 里没有 items"),
    ("not readable as a feed: {}", "无法作为信源读取：{}"),
    ("not readable as a feed", "无法作为信源读取"),
    ("the parser gave up on it", "解析器放弃了"),
    ("the answer is not JSON: {}", "回答不是 JSON：{}"),
    ("the answer has no \"hits\": is it Algolia's search?", "回答里没有 hits：这是 Algolia 的搜索吗？"),
    (
        "the answer is no list: is it the Hub's daily_papers or models?",
        "回答不是列表：这是 Hub 的 daily_papers 或 models 吗？",
    ),
    (
        "the answer has no \"items\": is it GitHub's search for repositories?",
        "回答里没有 items：这是 GitHub 的仓库搜索吗？",
    ),
    ("is an index of sitemaps: use the address of one of them", "是网站地图的索引：请用其中一个的网址"),
    ("is an index of sitemaps: use the address of one of them{}", "是网站地图的索引：请用其中一个的网址{}"),
    (", such as {}", "，例如 {}"),
    (
        "none of {} sources could be reached: is this machine offline?",
        "{} 个信源全都连不上：这台机器断网了吗？",
    ),
    ("answers no sitemap: the root is not <urlset>", "返回的不是网站地图：根元素不是 <urlset>"),
    (
        "the sitemap has no pages under {}: has the site changed?",
        "网站地图里没有 {} 下的页面：网站改版了吗？",
    ),
    ("the selector {} finds no items: has the page changed?", "选择器 {} 找不到条目：页面改版了吗？"),
    ("selector {}: {}", "选择器 {}：{}"),
    // What had to be mended.
    ("read as {} without a byte order mark", "没有字节顺序标记，按 {} 读取"),
    ("is UTF-8 but declares another encoding", "实为 UTF-8，却声明了别的编码"),
    ("invalid UTF-8 bytes replaced", "替换了无效的 UTF-8 字节"),
    ("encoding guessed: {}", "猜测编码为 {}"),
    ("read entry by entry ({})", "逐条读取（{}）"),
    ("the strict parser finds none", "严格的解析器一条也没找到"),
    ("comments without end dropped", "去掉了没有结尾的注释"),
    ("junk before the first tag dropped", "去掉了第一个标签前的杂物"),
    ("control characters dropped", "去掉了控制字符"),
    ("document type dropped", "去掉了文档类型"),
    ("entities mended", "修正了实体"),
    ("RSS root mended", "修正了 RSS 根元素"),
    ("channel added", "补上了 channel"),
    ("Atom 0.3 read as Atom 1.0", "Atom 0.3 按 Atom 1.0 读取"),
    ("RSS 0.90 read as RSS 1.0", "RSS 0.90 按 RSS 1.0 读取"),
    ("base64 opened", "解开了 base64"),
    ("text types mended", "修正了文本类型"),
];

/// What the operating system says of a connection.
const OF_SYSTEM: &[(&str, &str)] = &[
    ("Connection refused (os error {})", "连接被拒绝"),
    ("Connection reset by peer (os error {})", "连接被对方断开"),
    ("No route to host (os error {})", "没有到该主机的路由"),
    ("Network is unreachable (os error {})", "网络不通"),
    ("failed to lookup address information: {}", "查不到域名（{}）"),
];

/// The sentence in the reader's language; one that is not known stays as it is.
pub fn said(text: &str, language: Language) -> String {
    match language {
        Language::En => text.to_owned(),
        Language::Zh => in_chinese(text),
    }
}

fn in_chinese(text: &str) -> String {
    for (english, chinese) in SENTENCES.iter().chain(OF_SYSTEM) {
        if let Some(arguments) = arguments(english, text) {
            let mut arguments = arguments.into_iter().map(in_chinese);
            let mut parts = chinese.split("{}");
            let first = parts.next().unwrap_or_default().to_owned();
            return parts.fold(first, |all, part| all + &arguments.next().unwrap_or_default() + part);
        }
    }
    // "gh-owl: HTTP 500": whom it concerns.
    match text.split_once(": ") {
        Some((name, rest)) if !name.contains(char::is_whitespace) => format!("{name}：{}", in_chinese(rest)),
        _ => text.to_owned(),
    }
}

/// What stands for each `{}` of `pattern` in `text`; `None`: it is another sentence.
fn arguments<'a>(pattern: &str, text: &'a str) -> Option<Vec<&'a str>> {
    let (first, parts) =
        pattern.split_once("{}").map_or((pattern, None), |(first, rest)| (first, Some(rest)));
    let mut left = text.strip_prefix(first)?;
    let Some(parts) = parts else { return left.is_empty().then(Vec::new) };
    let mut found = Vec::new();
    let mut parts = parts.split("{}").peekable();
    while let Some(part) = parts.next() {
        let (argument, rest) = match parts.peek() {
            None => (left.strip_suffix(part)?, ""),
            Some(_) => left.split_once(part)?,
        };
        found.push(argument);
        left = rest;
    }
    found.iter().all(|argument| !argument.is_empty()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zh(text: &str) -> String {
        said(text, Language::Zh)
    }

    #[test]
    fn known_sentences_are_said_in_chinese_with_their_arguments() {
        assert_eq!(zh("nothing new since 2026-05-01"), "2026-05-01 之后没有新内容");
        assert_eq!(
            zh("crawl: owls: cannot connect: Connection refused (os error 111)"),
            "crawl：owls：无法连接：连接被拒绝"
        );
        assert_eq!(
            zh("the feed fails (HTTP 500); the API fails too: no answer within 30 s"),
            "信源读取出错（HTTP 500）；API 也出错：30 秒内没有回答"
        );
        assert_eq!(
            zh("read entry by entry (not readable as a feed: no root)"),
            "逐条读取（无法作为信源读取：no root）"
        );
        assert_eq!(said("empty answer", Language::En), "empty answer");
    }

    #[test]
    fn what_is_not_known_stays_as_it_is() {
        for text in ["HTTP 500", "", "an owl sat on it", "https://a.example/x", "larger than  bytes"] {
            assert_eq!(zh(text), text);
        }
    }

    #[test]
    fn the_sentences_are_those_of_the_crawl() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/crawl");
        let files = std::fs::read_dir(folder)
            .unwrap()
            .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
        let deadline = include_str!("../deadline.rs").to_owned();
        let markup = include_str!("../markup.rs").to_owned();
        let crawl = files.chain([deadline, markup]).collect::<String>().replace("\\\"", "\"");
        for (english, chinese) in SENTENCES {
            for part in english.split("{}").filter(|part| part.len() > 2) {
                assert!(crawl.contains(part), "the crawl does not say {part:?} of {english:?}");
            }
            assert_eq!(english.matches("{}").count(), chinese.matches("{}").count(), "{english}");
        }
    }
}
