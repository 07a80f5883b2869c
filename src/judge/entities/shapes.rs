//! Names of models and software by their shape alone: "Falcon 3" and 霜峰-4, not "B2" and "Python 3".

use std::sync::LazyLock;

use crate::judge::facts::{gazetteer, ordinary};
use crate::judge::funding::words::{Pattern, compile, matches};
use crate::model::EntityKind;

/// Languages, systems and tools whose numbers are versions of software.
const SOFTWARE: &str = "android angular bluetooth bun chrome debian deno django docker elixir fedora firefox go golang \
    hdmi http ios ipados java javascript jax kernel kotlin kubernetes linux macos mysql node node.js \
    next.js opengl openssl pcie php postgres postgresql python pytorch rails react redis ruby rust \
    sqlite swift typescript ubuntu vulkan";

/// Whether `word` is an outlet or a network, which is where a thing stands and not what it is about.
pub fn is_outlet(word: &str) -> bool {
    const OUTLETS: &str = "axios bloomberg businesswire cnbc coindesk devclass fastcompany geekwire globenewswire hackernews \
        hackernoon infoq infoworld linkedin macrumors marketwatch medium prnewswire reddit siliconangle substack \
        techcrunch techmeme techradar testingcatalog theinformation thestreet theverge twitter venturebeat wechat \
        whatsapp wired yahoo youtube zdnet";
    let plain: String = word.chars().filter(char::is_ascii_alphanumeric).collect();
    OUTLETS.split_whitespace().any(|outlet| outlet == plain.to_ascii_lowercase())
}

/// Whether `name` is letters with a number at them, or a number of a version: "B2", "x86", "v1.4.2".
pub fn is_code(name: &str) -> bool {
    static CODE: Pattern = LazyLock::new(|| {
        compile(
            r"^(?:[A-Z]{1,8}\d+[A-Za-z]?|[vV]\.?\d+(?:\.\d+)*(?:-?(?:rc|alpha|beta|pre|dev)\.?\d*)?|[a-np-z]\d+[a-z]?|[a-z]{2,}\d+)$",
        )
    });
    let letters = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_known =
        |letters: &str| gazetteer::find(letters).first().is_some_and(|hit| hit.at.len() == letters.len());
    let capital = letters.chars().next().map(|first| first.to_ascii_uppercase());
    let capital = capital.into_iter().chain(letters.chars().skip(1)).collect::<String>();
    matches(&CODE, name) && !is_known(letters) && !is_known(&capital)
}

/// Whether the number of `name` is one that counts: a bare one of two digits or more.
pub fn counts(name: &str) -> bool {
    let number = name.rsplit(' ').next().unwrap_or_default();
    name.contains(' ') && number.len() >= 2 && number.bytes().all(|c| c.is_ascii_digit())
}

/// Whether `name` is an ordinary word with a whole number: "Week 12".
pub fn is_counted(name: &str) -> bool {
    let Some((word, number)) = name.split_once(' ') else { return false };
    number.bytes().all(|c| c.is_ascii_digit()) && ordinary::may_open(&word.to_lowercase())
}

/// Whether `name`, between `before` and `after`, is software: known, with three numbers, or called so.
pub fn is_software(name: &str, before: &str, after: &str) -> bool {
    static CALLED: Pattern = LazyLock::new(|| {
        compile(
            r"(?i)^\s(?:[\w-]+\s)?(?:engine|framework|library|toolkit|sdk|runtime|compiler|database|browser|editor|plugin|package|driver)s?\b|^\s?(?:推理)?(?:引擎|框架|工具包|工具链|编译器|数据库|浏览器|插件)",
        )
    });
    static KIND: Pattern =
        LazyLock::new(|| compile(r"(?:引擎|框架|工具包|工具链|编译器|数据库|浏览器|插件|编程语言)\s?$"));
    let first = name.split([' ', '-']).next().unwrap_or_default().to_lowercase();
    let number = name.rsplit([' ', '-']).next().unwrap_or_default();
    let is_release = number.matches('.').count() >= 2;
    let is_kit = ["kit", "sdk", "lib", "db", "js", "py", "flow"].iter().any(|end| first.ends_with(end));
    is_kit
        || SOFTWARE.split(' ').any(|known| known == first)
        || is_release
        || matches(&CALLED, after)
        || matches(&KIND, before)
}

/// Names with numbers in a headline that capitals do not tell, each with its place.
pub fn named(title: &str) -> Vec<(usize, &str, EntityKind)> {
    let mut found = in_characters(title);
    found.extend(in_small_letters(title));
    found
}

/// 霜峰-4: what stands before the hyphen, from the last word that is no name on.
fn in_characters(title: &str) -> Vec<(usize, &str, EntityKind)> {
    static NAMED: Pattern = LazyLock::new(|| compile(r"(\p{Han}{2,16})-(\d{1,2}(?:\.\d+)?)"));
    const WORDS: [&str; 34] = [
        "模型",
        "发布",
        "开源",
        "推出",
        "上线",
        "升级",
        "新一代",
        "系列",
        "产品",
        "公司",
        "实验室",
        "团队",
        "旗舰",
        "版",
        "的",
        "称",
        "为",
        "了",
        "是",
        "与",
        "和",
        "将",
        "用",
        "从",
        "由",
        "在",
        "对",
        "支持",
        "使用",
        "机器人",
        "芯片",
        "引擎",
        "平台",
        "智能体",
    ];
    let Some(named) = &*NAMED else { return Vec::new() };
    let read = |found: regex::Captures<'_>| {
        let (han, whole) = (found.get(1)?, found.get(0)?);
        let cut = WORDS.iter().filter_map(|word| Some(han.as_str().rfind(word)? + word.len())).max();
        let start = han.start() + cut.unwrap_or(0);
        let name = &title[start..han.end()];
        let counts = name.contains(|c: char| "一二三四五六七八九十年月日周第点".contains(c));
        let goes_on = title[whole.end()..]
            .starts_with(|c: char| "年月日周万亿元倍%-.".contains(c) || c.is_ascii_digit());
        let fits = (2..=4).contains(&name.chars().count()) && !counts && !goes_on;
        fits.then(|| (start, start..whole.end()))
    };
    let places = named.captures_iter(title).filter_map(read);
    places.map(|(start, at)| (start, &title[at], EntityKind::Model)).collect()
}

/// "quillmodel 3.2" where a headline begins, or after a verb of releases.
fn in_small_letters(title: &str) -> Vec<(usize, &str, EntityKind)> {
    static NAMED: Pattern = LazyLock::new(|| {
        compile(
            r"(?:^|[:：]\s?|\b(?:[Rr]eleas(?:es|ed|ing)|[Ll]aunch(?:es|ed|ing)|[Aa]nnounc(?:es|ed|ing)|[Ii]ntroduc(?:es|ed|ing)|[Ss]hips|[Oo]pen-sourc(?:es|ed|ing))\s|(?:发布|开源|推出)\s?)([a-z][a-z0-9_-]{3,})\s(v?\d+\.\d+(?:\.\d+)*)",
        )
    });
    static COUNTS: Pattern = LazyLock::new(|| {
        compile(
            r"(?i)^\s?(?:%|x\b|×|percent|points?|times|thousand|million|billion|trillion|[kmb]\b|bn|万|亿|倍|元)",
        )
    });
    let Some(named) = &*NAMED else { return Vec::new() };
    let read = |found: regex::Captures<'_>| {
        let (word, number) = (found.get(1)?, found.get(2)?);
        let is_word = ordinary::may_open(word.as_str()) || matches(&COUNTS, &title[number.end()..]);
        let is_release = number.as_str().matches('.').count() >= 2;
        let kind = if is_release { EntityKind::Product } else { EntityKind::Model };
        (!is_word).then(|| (word.start()..number.end(), kind))
    };
    let places: Vec<_> = named.captures_iter(title).filter_map(read).collect();
    places.into_iter().map(|(at, kind)| (at.start, &title[at], kind)).collect()
}
