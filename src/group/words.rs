//! Texts to terms: English words cut to their stems, Chinese by pairs of characters, names and versions in either.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Words that say nothing about an event.
const STOP: &str = "a about above after again against all also am amid an and any are as at back be because been before being \
    below between both but by can could did do does doing down during each even ever every few first for from further get gets \
    getting go goes going got had has have having he her here hers him his how however i if in into is it its itself just know \
    last less let like likely made make makes making many may me might more most much must my new news no nor not now of off on \
    once one only or other our out over own per put says said say same see set she should since so some still such take takes \
    than that the their them then there these they thing things this those through to today told too toward two under until up \
    upon us use used uses using very via want wants was way we well were what when where which while who whom why will with \
    within without would year years yet you your yours company companies announces announced announce according report reports \
    reported week monday tuesday wednesday thursday friday saturday sunday time day days month months ai";

/// Chinese words for what English news says in one word, so that both share a term. Companies, people, deeds.
const GLOSSARY: &[(&str, &str)] = &[
    ("英伟达", "nvidia"),
    ("微软", "microsoft"),
    ("谷歌", "google"),
    ("苹果", "apple"),
    ("亚马逊", "amazon"),
    ("特斯拉", "tesla"),
    ("阿里巴巴", "alibaba"),
    ("阿里云", "alibaba"),
    ("阿里", "alibaba"),
    ("通义千问", "qwen"),
    ("千问", "qwen"),
    ("百度", "baidu"),
    ("腾讯", "tencent"),
    ("混元", "hunyuan"),
    ("字节跳动", "bytedance"),
    ("字节", "bytedance"),
    ("豆包", "doubao"),
    ("智谱", "zhipu"),
    ("月之暗面", "moonshot"),
    ("深度求索", "deepseek"),
    ("华为", "huawei"),
    ("小米", "xiaomi"),
    ("美团", "meituan"),
    ("京东", "jd"),
    ("英特尔", "intel"),
    ("高通", "qualcomm"),
    ("博通", "broadcom"),
    ("台积电", "tsmc"),
    ("三星", "samsung"),
    ("海力士", "hynix"),
    ("软银", "softbank"),
    ("甲骨文", "oracle"),
    ("脸书", "meta"),
    ("推特", "twitter"),
    ("寒武纪", "cambricon"),
    ("商汤", "sensetime"),
    ("科大讯飞", "iflytek"),
    ("阶跃星辰", "stepfun"),
    ("红杉", "sequoia"),
    ("思科", "cisco"),
    ("索尼", "sony"),
    ("任天堂", "nintendo"),
    ("马斯克", "musk"),
    ("奥特曼", "altman"),
    ("阿尔特曼", "altman"),
    ("奥尔特曼", "altman"),
    ("黄仁勋", "huang"),
    ("扎克伯格", "zuckerberg"),
    ("纳德拉", "nadella"),
    ("皮查伊", "pichai"),
    ("库克", "cook"),
    ("梁文锋", "liang"),
    ("杨立昆", "lecun"),
    ("辛顿", "hinton"),
    ("李飞飞", "fei-fei"),
    ("哈萨比斯", "hassabis"),
    ("阿莫迪", "amodei"),
    ("苏茨克维", "sutskever"),
    ("特朗普", "trump"),
    ("拜登", "biden"),
    ("欧盟", "eu"),
    ("欧洲", "europe"),
    ("中国", "china"),
    ("美国", "us-country"),
    ("日本", "japan"),
    ("韩国", "korea"),
    ("英国", "uk"),
    ("法国", "france"),
    ("德国", "germany"),
    ("印度", "india"),
    ("加拿大", "canada"),
    ("加州", "california"),
    ("白宫", "white-house"),
    ("五角大楼", "pentagon"),
    ("国会", "congress"),
    ("法院", "court"),
    ("法官", "judge"),
    ("起诉", "lawsuit"),
    ("诉讼", "lawsuit"),
    ("融资", "funding"),
    ("估值", "valuation"),
    ("领投", "lead-investor"),
    ("收购", "acquisition"),
    ("并购", "acquisition"),
    ("上市", "ipo"),
    ("裁员", "layoff"),
    ("辞职", "resign"),
    ("离职", "resign"),
    ("离开", "resign"),
    ("合作", "partner"),
    ("投资", "invest"),
    ("开源", "open-source"),
    ("发布", "release"),
    ("推出", "release"),
    ("上线", "release"),
    ("降价", "price-cut"),
    ("价格", "price"),
    ("芯片", "chip"),
    ("数据中心", "data-center"),
    ("算力", "compute"),
    ("显卡", "gpu"),
    ("内存", "memory"),
    ("显存", "memory"),
    ("模型", "model"),
    ("多模态", "multimodal"),
    ("视频", "video"),
    ("图像", "image"),
    ("语音", "voice"),
    ("推理", "inference"),
    ("训练", "training"),
    ("隐私", "privacy"),
    ("数据", "data"),
    ("泄露", "leak"),
    ("漏洞", "vulnerability"),
    ("攻击", "attack"),
    ("智能体", "agent"),
    ("论文", "paper"),
    ("基准", "benchmark"),
    ("编程", "coding"),
    ("代码", "code"),
    ("浏览器", "browser"),
    ("搜索", "search"),
    ("机器人", "robot"),
    ("自动驾驶", "self-driving"),
    ("版权", "copyright"),
    ("罚款", "fine-penalty"),
    ("监管", "regulation"),
    ("法案", "bill"),
    ("禁令", "ban"),
    ("禁止", "ban"),
    ("出口", "export"),
    ("安全", "safety"),
    ("上下文", "context"),
    ("参数", "parameter"),
    ("许可", "license"),
    ("权重", "weights"),
    ("专家", "expert"),
    ("医疗", "health"),
    ("药物", "drug"),
    ("蛋白质", "protein"),
    ("数学", "math"),
    ("量子", "quantum"),
    ("翻译", "translation"),
    ("广告", "advert"),
    ("订阅", "subscription"),
    ("免费", "free"),
    ("教育", "education"),
    ("手机", "phone"),
    ("眼镜", "glasses"),
    ("电网", "grid"),
];

/// English words for the same, by stem.
const ENGLISH: &[(&str, &str)] = &[
    ("fund", "funding"),
    ("rais", "funding"),
    ("round", "funding"),
    ("valu", "valuation"),
    ("acquir", "acquisition"),
    ("acquisition", "acquisition"),
    ("buy", "acquisition"),
    ("lawsuit", "lawsuit"),
    ("su", "lawsuit"),
    ("sue", "lawsuit"),
    ("layoff", "layoff"),
    ("leav", "resign"),
    ("resign", "resign"),
    ("depart", "resign"),
    ("partner", "partner"),
    ("partnership", "partner"),
    ("invest", "invest"),
    ("investment", "invest"),
    ("releas", "release"),
    ("launch", "release"),
    ("unveil", "release"),
    ("ship", "release"),
    ("introduc", "release"),
    ("debut", "release"),
    ("publish", "release"),
    ("opensourc", "open-source"),
    ("price", "price"),
    ("pric", "price"),
    ("chip", "chip"),
    ("datacenter", "data-center"),
    ("comput", "compute"),
    ("gpu", "gpu"),
    ("memory", "memory"),
    ("model", "model"),
    ("multimodal", "multimodal"),
    ("video", "video"),
    ("imag", "image"),
    ("voic", "voice"),
    ("speech", "voice"),
    ("inference", "inference"),
    ("inferenc", "inference"),
    ("reason", "inference"),
    ("train", "training"),
    ("privacy", "privacy"),
    ("data", "data"),
    ("leak", "leak"),
    ("vulnerability", "vulnerability"),
    ("flaw", "vulnerability"),
    ("attack", "attack"),
    ("agent", "agent"),
    ("paper", "paper"),
    ("benchmark", "benchmark"),
    ("cod", "coding"),
    ("programm", "coding"),
    ("browser", "browser"),
    ("search", "search"),
    ("robot", "robot"),
    ("selfdriv", "self-driving"),
    ("copyright", "copyright"),
    ("fin", "fine-penalty"),
    ("fine", "fine-penalty"),
    ("regulation", "regulation"),
    ("regulator", "regulation"),
    ("bill", "bill"),
    ("ban", "ban"),
    ("bann", "ban"),
    ("export", "export"),
    ("safety", "safety"),
    ("context", "context"),
    ("parameter", "parameter"),
    ("licens", "license"),
    ("licenc", "license"),
    ("weight", "weights"),
    ("expert", "expert"),
    ("health", "health"),
    ("medical", "health"),
    ("drug", "drug"),
    ("protein", "protein"),
    ("math", "math"),
    ("quantum", "quantum"),
    ("translation", "translation"),
    ("translat", "translation"),
    ("advert", "advert"),
    ("ads", "advert"),
    ("subscription", "subscription"),
    ("free", "free"),
    ("education", "education"),
    ("phone", "phone"),
    ("glass", "glasses"),
    ("grid", "grid"),
    ("chines", "china"),
    ("america", "us-country"),
    ("american", "us-country"),
    ("europ", "europe"),
    ("european", "europe"),
    ("court", "court"),
    ("judg", "judge"),
];

static STOPPED: LazyLock<HashSet<&'static str>> = LazyLock::new(|| STOP.split_whitespace().collect());

/// The terms of `text` in its order: stems, pairs of Han, names with their version ("gpt-5.1").
pub fn terms(text: &str) -> Vec<String> {
    let mut terms = Vec::new();
    for run in runs(text) {
        match run {
            Run::Han(chars) => terms.extend(pairs(&chars)),
            Run::Latin(word) => terms.extend(word_terms(&word)),
        }
    }
    terms
}

/// The terms that texts of both languages share: names, versions, and glossary words.
pub fn bridges(text: &str) -> Vec<String> {
    let mut bridges = Vec::new();
    for run in runs(text) {
        match run {
            Run::Han(chars) => bridges.extend(glossary(&chars.iter().collect::<String>())),
            Run::Latin(word) => bridges.extend(word_terms(&word).into_iter().map(|term| in_english(&term))),
        }
    }
    bridges
}

enum Run {
    Han(Vec<char>),
    Latin(String),
}

/// Runs of Han, and Latin words with the digits, dots, hyphens and signs inside them.
fn runs(text: &str) -> Vec<Run> {
    let mut runs = Vec::new();
    let chars: Vec<char> = text.chars().map(plain).collect();
    let mut at = 0;
    while at < chars.len() {
        let start = at;
        if is_han(chars[at]) {
            while at < chars.len() && is_han(chars[at]) {
                at += 1;
            }
            runs.push(Run::Han(chars[start..at].to_vec()));
        } else if is_letter(chars[at]) {
            while at < chars.len() && (is_letter(chars[at]) || is_inner(&chars, at)) {
                at += 1;
            }
            runs.push(Run::Latin(chars[start..at].iter().collect()));
        } else {
            at += 1;
        }
    }
    runs
}

/// Hyphens, dots and apostrophes count as a part of a word only between its letters and digits.
fn is_inner(chars: &[char], at: usize) -> bool {
    let next_is_letter = chars.get(at + 1).is_some_and(|c| is_letter(*c));
    match chars[at] {
        '-' | '\'' | '+' => next_is_letter,
        '.' | ',' => next_is_letter && chars[at - 1].is_ascii_digit() && chars[at + 1].is_ascii_digit(),
        _ => false,
    }
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() && !is_han(c)
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

/// Full-width forms, odd hyphens and quotes to their plain ones; lower case.
fn plain(c: char) -> char {
    let c = match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '‐' | '‑' | '‒' | '–' => '-',
        '’' | '‘' => '\'',
        other => other,
    };
    c.to_lowercase().next().unwrap_or(c)
}

fn pairs(chars: &[char]) -> Vec<String> {
    chars.windows(2).map(|pair| pair.iter().collect()).collect()
}

/// The longest glossary word at each place.
fn glossary(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let hits = GLOSSARY.iter().filter(|(word, _)| rest.starts_with(word));
        let step = match hits.max_by_key(|(word, _)| word.len()) {
            Some((word, english)) => {
                found.push((*english).to_owned());
                word.len()
            }
            None => c.len_utf8(),
        };
        rest = &rest[step..];
    }
    found
}

/// "gpt-5.1" gives itself; "open-source" gives its parts and their joint; a number alone is numbers.rs's.
fn word_terms(word: &str) -> Vec<String> {
    let word = word.trim_end_matches("'s").replace('\'', "");
    let has_digit = word.contains(|c: char| c.is_ascii_digit());
    if !word.contains(|c: char| c.is_alphabetic()) {
        return Vec::new();
    }
    if has_digit {
        return vec![word.replace('-', "")];
    }
    let parts: Vec<&str> = word.split(['-', '+']).filter(|part| !part.is_empty()).collect();
    let mut terms: Vec<String> = parts
        .iter()
        .filter(|part| part.len() > 1 && !STOPPED.contains(**part))
        .map(|part| stem(part))
        .collect();
    if parts.len() > 1 {
        terms.push(stem(&parts.concat()));
    }
    terms
}

/// A crude stem: the same for raise, raises, raised and raising.
fn stem(word: &str) -> String {
    let cut =
        |ending: &str, least: usize| word.strip_suffix(ending).filter(|rest| rest.chars().count() >= least);
    if let Some(rest) = cut("ies", 3) {
        return format!("{rest}y");
    }
    let is_plural = !word.ends_with("ss") && !word.ends_with("us") && !word.ends_with("is");
    let rest = cut("ing", 4)
        .or_else(|| cut("ed", 4))
        .or_else(|| cut("es", 4))
        .or_else(|| cut("s", 3).filter(|_| is_plural))
        .unwrap_or(word);
    let is_long = rest.chars().count() > 4;
    rest.strip_suffix('e').filter(|_| is_long).unwrap_or(rest).to_owned()
}

fn in_english(term: &str) -> String {
    let known = ENGLISH.iter().find(|(stem, _)| *stem == term);
    known.map_or_else(|| term.to_owned(), |(_, word)| (*word).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_are_one_term() {
        assert_eq!(terms("raises raised raising raise"), ["rais"; 4]);
        assert_eq!(terms("the companies and policies"), ["policy"]);
    }

    #[test]
    fn names_keep_their_version() {
        assert_eq!(terms("GPT‑5.1 vs gpt-5.2"), ["gpt5.1", "vs", "gpt5.2"]);
        assert_eq!(terms("Ｑｗｅｎ3发布"), ["qwen3", "发布"]);
    }

    #[test]
    fn both_languages_share_names_and_deeds() {
        let zh = bridges("英伟达收购Groq，估值上升");
        let en = bridges("Nvidia acquires Groq as valuations rise");
        for word in ["nvidia", "acquisition", "groq"] {
            assert!(zh.iter().any(|w| w == word) && en.iter().any(|w| w == word), "{word}: {zh:?} {en:?}");
        }
    }
}
