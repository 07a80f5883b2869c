//! What an editor of AI news would make of an item by its title and link: how weighty it is, whether it is a rumour, and
//! which section it belongs to.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::learn::{self, Plan};
use super::tokens::{self, Token};
use super::{Feature, Weights, feature, slots};

/// Names of the outputs; those of sections follow [`SECTION`].
const TOP: &str = "top";
const RUMOUR: &str = "rumour";
const SECTION: &str = "section ";
/// A section with fewer items cannot be learnt.
const FEWEST: usize = 5;
/// Above these log-odds an item is called a rumour.
pub const HEARSAY: f32 = -0.2;
/// Above these log-odds an item is called top news.
pub const WEIGHTY: f32 = 0.2;
/// The table has 2^`BITS` weights an output.
const BITS: u8 = 15;

static SHIPPED: LazyLock<Weights> =
    LazyLock::new(|| Weights::read(include_bytes!("../weights/news.bin")).unwrap_or_default());

/// Whose news, in both scripts: the makers of models and tools that most of us use.
static MAKERS: LazyLock<Vec<(&str, Regex)>> = LazyLock::new(|| {
    compile(&[
        ("openai", "openai|chatgpt|gpt|codex|sora"),
        ("anthropic", "anthropic|claude"),
        ("google", "google|谷歌|gemini|deepmind|notebooklm|gemma"),
        ("deepseek", "deepseek|深度求索"),
        ("zhipu", "智谱|glm|z\\.ai"),
        ("alibaba", "阿里|千问|qwen|通义"),
        ("meta", "\\bmeta\\b|llama"),
        ("microsoft", "微软|microsoft|copilot|github"),
        ("nvidia", "英伟达|nvidia"),
        ("xai", "\\bxai\\b|grok|马斯克"),
        ("bytedance", "字节|豆包|火山引擎|seedance|trae|扣子"),
        ("tencent", "腾讯|混元|微信"),
        ("xiaomi", "小米|mimo"),
        ("moonshot", "月之暗面|kimi"),
        ("minimax", "minimax"),
        ("cursor", "cursor"),
        ("openclaw", "openclaw"),
        ("apple", "苹果|apple"),
        ("baidu", "百度|文心|ernie"),
        ("mistral", "mistral"),
    ])
});

/// What happened.
static ACTS: LazyLock<Vec<(&str, Regex)>> = LazyLock::new(|| {
    compile(&[
        ("release", "发布|推出|releas|launch|introduc|announc"),
        ("open", "开源|开放权重|open[- ]?(?:sourc|weight)"),
        ("available", "上线|开放|接入|登陆|支持|availab"),
        ("price", "价格|计费|订阅|套餐|定价|降价|限时|额度|优惠|免费|\\bplan\\b|pric"),
        ("money", "融资|估值|投资|ipo|上市|rais|fund|valu"),
        ("buy", "收购|acqui"),
        ("trouble", "致歉|承认|回应|澄清|泄露|漏洞|攻击|异常|下架|关闭|apolog|leak|outage|breach"),
        ("says", "称|表示|透露|谈|say"),
        (
            "heard",
            "据传|据称|据报|据悉|传闻|消息称|媒体称|知情|爆料|被曝|误曝|^传|传将|传拟|泄露|疑似|reportedly|rumou?r|leak",
        ),
        (
            "soon",
            "即将|或将|将于|将推|将发|将开|将接|拟|预计|计划|筹备|筹划|下周|预告|考虑|洽谈|coming|soon|plans? to|weighs|in talks",
        ),
        ("trial", "内测|灰度|测试|beta|preview|预览|研究预览"),
        ("law", "禁止|政府|法院|监管|诉|ban|court|law"),
    ])
});

/// Who publishes: press that tells what others will not say yet, a person, code, a paper.
static PLACES: LazyLock<Vec<(&str, Regex)>> = LazyLock::new(|| {
    compile(&[
        (
            "press",
            r"reuters|bloomberg|wsj\.|ft\.com|nytimes|theinformation|thein\.fo|cnbc|axios|fortune|wired|techcrunch|theverge|businessinsider|the-decoder|testingcatalog|ithome|36kr|sina|caixin|latepost|zhidx",
        ),
        ("person", r"^(?:x|twitter|weibo|threads)\.com/|linux\.do|v2ex|reddit"),
        ("code", r"github\.com|huggingface\.co|modelscope|gitee"),
        ("paper", r"arxiv|openreview|\.pdf$"),
        ("documents", r"^(?:docs|developers?|help|support|platform|api-docs)\.|/docs?/|changelog|release"),
    ])
});

/// Names a model, or a version of a tool, or speaks officially.
static MARKS: LazyLock<Vec<(&str, Regex)>> = LazyLock::new(|| {
    compile(&[
        ("model", r"[a-z][- ]?\d+(?:\.\d+)?|模型"),
        ("version", r"\d+\.\d+\.\d+"),
        ("series", "系列"),
        ("official", "正式|官宣|宣布"),
        ("or", "或"),
        ("will", "将"),
    ])
});

fn compile(rows: &[(&'static str, &str)]) -> Vec<(&'static str, Regex)> {
    rows.iter().filter_map(|(name, pattern)| Some((*name, Regex::new(pattern).ok()?))).collect()
}

/// An item as an editor placed it.
#[derive(Clone, Debug)]
pub struct Placed {
    /// As published.
    pub title: String,
    /// Its link; may be empty.
    pub link: String,
    /// The editor's section.
    pub section: String,
}

/// What two kinds of sections are called in a set.
#[derive(Clone, Debug)]
pub struct Names {
    /// Sections that hold the weightiest news.
    pub top: Vec<String>,
    /// The section of what is not confirmed.
    pub rumour: String,
}

/// What an item looks like to the editor from whom the weights were learnt.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Log-odds that it is among the day's weightiest.
    pub top: f32,
    /// Log-odds that it is a rumour.
    pub rumour: f32,
    /// The likeliest section.
    pub section: String,
}

/// Reads a title and its link by the weights that ship.
pub fn read(title: &str, link: &str) -> Reading {
    read_by(&SHIPPED, title, link)
}

/// Reads a title and its link by `weights`.
pub fn read_by(weights: &Weights, title: &str, link: &str) -> Reading {
    let features = features(title, link);
    let sections = weights.names().enumerate().filter_map(|(n, name)| Some((n, name.strip_prefix(SECTION)?)));
    let likeliest =
        sections.map(|(n, name)| (weights.margin(n, &features), name)).max_by(|a, b| a.0.total_cmp(&b.0));
    Reading {
        top: weights.margin_of(TOP, &features),
        rumour: weights.margin_of(RUMOUR, &features),
        section: likeliest.map_or_else(String::new, |(_, name)| name.to_owned()),
    }
}

/// Trains on what an editor placed.
pub fn train(set: &[Placed], names: &Names) -> Weights {
    let texts: Vec<Vec<u32>> = set.iter().map(|one| slots(&features(&one.title, &one.link), BITS)).collect();
    let mut n_of: BTreeMap<&str, usize> = BTreeMap::new();
    for one in set {
        *n_of.entry(one.section.as_str()).or_default() += 1;
    }
    let of = |holds: &dyn Fn(&Placed) -> bool| set.iter().map(holds).collect::<Vec<bool>>();
    let mut labels = vec![
        (TOP.to_owned(), of(&|one| names.top.contains(&one.section))),
        (RUMOUR.to_owned(), of(&|one| one.section == names.rumour)),
    ];
    for section in n_of.iter().filter(|(_, n)| **n >= FEWEST).map(|(section, _)| *section) {
        labels.push((format!("{SECTION}{section}"), of(&|one| one.section == section)));
    }
    learn::pack(&texts, &labels, plan)
}

fn plan(output: &str) -> Plan {
    let cost = match output {
        TOP => 3.0,
        RUMOUR => 10.0,
        _ => 20.0,
    };
    Plan { bits: BITS, cost, balanced: true }
}

fn features(title: &str, link: &str) -> Vec<Feature> {
    let tokens = tokens::split(title);
    let mut found = vec![
        feature("bias", "", (0, 0)),
        feature("length", &(title.chars().count() / 5).min(8).to_string(), (0, 0)),
    ];
    found.extend(words(&tokens));
    found.extend(marks(&title.to_lowercase()));
    found.extend(link_parts(link));
    found
}

/// Words and pairs of words of Latin script, one to three Chinese characters in a row, and what comes first.
fn words(tokens: &[Token]) -> Vec<Feature> {
    let mut found: Vec<Feature> = Vec::new();
    let word = |token: &Token| feature("w", &without_digits(&token.text), token.span);
    found.extend(tokens.iter().filter(|token| token.is_word() || token.text.starts_with('#')).map(word));
    for length in 1..=3 {
        for run in tokens.windows(length).filter(|run| run.iter().all(Token::is_han)) {
            let text: String = run.iter().map(|token| token.text.as_str()).collect();
            found.push(feature("c", &text, (run[0].span.0, run[length - 1].span.1)));
        }
    }
    let latin: Vec<&Token> = tokens.iter().filter(|token| !token.is_han() && !token.is_mark()).collect();
    for pair in latin.windows(2) {
        let text = format!("{} {}", without_digits(&pair[0].text), without_digits(&pair[1].text));
        found.push(feature("b", &text, (pair[0].span.0, pair[1].span.1)));
    }
    found.extend(tokens.first().map(|token| feature("first", &without_digits(&token.text), token.span)));
    found
}

/// Versions pass, names stay.
fn without_digits(word: &str) -> String {
    word.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect()
}

/// Whose news it is, what happened, and both together.
fn marks(title: &str) -> Vec<Feature> {
    let place = |pattern: &Regex| pattern.find(title).map(|found| found.start());
    let mut makers: Vec<(usize, &str)> =
        MAKERS.iter().filter_map(|(name, pattern)| Some((place(pattern)?, *name))).collect();
    makers.sort_unstable();
    let (at, first) = makers.first().copied().unwrap_or((usize::MAX, "none"));
    let acts: Vec<&str> =
        ACTS.iter().filter(|(_, pattern)| pattern.is_match(title)).map(|(name, _)| *name).collect();
    let mut found = vec![
        feature("maker-first", if at < 9 { first } else { "none" }, (0, 0)),
        feature("makers", &makers.len().min(2).to_string(), (0, 0)),
    ];
    found.extend(makers.iter().map(|(_, name)| feature("maker", name, (0, 0))));
    for act in acts {
        found.push(feature("act", act, (0, 0)));
        found.push(feature("maker-act", &format!("{first} {act}"), (0, 0)));
    }
    for (name, pattern) in MARKS.iter() {
        let holds = pattern.is_match(title);
        found.push(feature(name, &holds.to_string(), (0, 0)));
        found.push(feature(name, &format!("{first} {holds}"), (0, 0)));
    }
    found
}

/// Host, its registered part, and the first two folders.
fn link_parts(link: &str) -> Vec<Feature> {
    let bare = link.split_once("://").map_or(link, |(_, rest)| rest);
    let mut parts = bare.split(['?', '#']).next().unwrap_or_default().split('/');
    let host = parts.next().unwrap_or_default().trim_start_matches("www.").to_lowercase();
    let labels: Vec<&str> = host.split('.').collect();
    let domain = labels[labels.len().saturating_sub(2)..].join(".");
    let mut found = vec![feature("host", &host, (0, 0)), feature("domain", &domain, (0, 0))];
    let bare = bare.trim_start_matches("www.").to_lowercase();
    let place = PLACES.iter().find(|(_, pattern)| pattern.is_match(&bare)).map_or("other", |(name, _)| name);
    found.push(feature("place", if bare.is_empty() { "none" } else { place }, (0, 0)));
    let folders = parts.filter(|part| !part.is_empty()).take(2);
    found.extend(folders.map(|part| feature("folder", &without_digits(&part.to_lowercase()), (0, 0))));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hearsay_is_told_from_a_release() {
        let heard = read("据传某巨头拟收购芯片初创公司", "");
        let there = read("Qwen 开源新一代语音模型", "https://qwen.ai/blog/voice");
        assert!(heard.rumour > 0.0 && there.rumour < 0.0, "{} {}", heard.rumour, there.rumour);
    }

    #[test]
    fn a_release_of_a_maker_that_all_use_weighs_more_than_a_small_tool() {
        let great = read("OpenAI 正式发布新一代旗舰模型", "https://openai.com/index/flagship/");
        let small = read("某团队更新命令行待办工具", "https://github.com/someone/todo");
        assert!(great.top > small.top);
    }

    #[test]
    fn whatever_stands_in_title_and_link_can_be_read() {
        for (title, link) in
            [("", ""), ("？", "https://"), ("a", "not a link"), ("智谱", "https://x.example/a/b/c?d#e")]
        {
            assert!(read(title, link).top.is_finite());
        }
    }

    #[test]
    fn a_section_too_small_to_learn_is_left_out() {
        let placed = |n: usize| Placed {
            title: format!("模型 {n}"),
            link: String::new(),
            section: if n == 0 { "rare".to_owned() } else { "models".to_owned() },
        };
        let set: Vec<Placed> = (0..8).map(placed).collect();
        let names = Names { top: vec!["none".to_owned()], rumour: "none".to_owned() };
        let weights = train(&set, &names);
        assert_eq!(weights.names().collect::<Vec<_>>(), ["top", "rumour", "section models"]);
    }
}
