//! Names and deeds of the industry in both languages: what lets a Chinese and an English text share a word.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// What happens to companies and products, in the glossary's English.
const DEEDS: [&str; 15] = [
    "lawsuit",
    "acquisition",
    "ipo",
    "layoff",
    "resign",
    "release",
    "price-cut",
    "leak",
    "vulnerability",
    "attack",
    "fine-penalty",
    "ban",
    "funding",
    "outage",
    "jailbreak",
];

/// Those that befall a product or a company: who tells one of them does not tell that the product came out.
const BLOWS: [&str; 10] = [
    "lawsuit",
    "layoff",
    "resign",
    "leak",
    "vulnerability",
    "attack",
    "fine-penalty",
    "ban",
    "outage",
    "jailbreak",
];

/// Where things happen and who judges them: two events may share these names, and name one event's subject they do not.
const STAGE: &str = "eu us u us-country usa uk china chines europe european america american japan japanes korea korean \
    india indian france french germany german canada canadian italy italian spain california texa york london paris \
    washington san francisco silicon valley beij shanghai tokyo taiwan court judg judge white-house pentagon congress senat \
    senate ftc sec doj fcc fda nhtsa federal district supreme commission union state states stat trump biden reuter \
    bloomberg ap afp cnbc january february march april june july august september october november december monday tuesday \
    wednesday thursday friday saturday sunday ai llm gpu api ceo cfo cto ipo q1 q2 q3 q4";

/// Chinese words for what English news says in one word, so that both share a term. Companies, people, deeds.
const CHINESE: &[(&str, &str)] = &[
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
    ("越狱", "jailbreak"),
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
    ("越狱", "attack"),
    ("黑客", "attack"),
    ("宕机", "outage"),
    ("故障", "outage"),
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
    ("jailbreak", "jailbreak"),
    ("jailbroken", "jailbreak"),
    ("jailbrok", "jailbreak"),
    ("jailbroke", "jailbreak"),
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
    ("jailbreak", "attack"),
    ("jailbroken", "attack"),
    ("hack", "attack"),
    ("hacker", "attack"),
    ("breach", "leak"),
    ("outage", "outage"),
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

/// Further nouns before "raises" that name nobody.
const COMMON: [&str; 24] = [
    "startup",
    "firm",
    "lab",
    "platform",
    "developer",
    "maker",
    "back",
    "bas",
    "founder",
    "former",
    "tech",
    "technology",
    "software",
    "hardware",
    "infrastructur",
    "cloud",
    "security",
    "robotic",
    "semiconductor",
    "enterpris",
    "generativ",
    "tool",
    "legal",
    "giant",
];

/// The glossary words of a run of Han, in English: the longest at each place.
pub fn of_chinese(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let hits = CHINESE.iter().filter(|(word, _)| rest.starts_with(word));
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

/// Whether `word` is a common noun of the glossary or of announcements, never a company's name by itself.
pub fn is_common(word: &str) -> bool {
    COMMON.contains(&word) || ENGLISH.iter().any(|(stem, english)| *english == word || *stem == word)
}

/// Whether `word` is something that happened.
pub fn is_deed(word: &str) -> bool {
    DEEDS.contains(&word)
}

/// Whether two titles (of each text its words, and whether they stand in its title) tell of deeds, and of no common one,
/// also not in their texts.
pub fn deeds_differ(a: &HashMap<String, bool>, b: &HashMap<String, bool>) -> bool {
    let of_title = |words: &HashMap<String, bool>| -> Vec<String> {
        words
            .iter()
            .filter(|(word, in_title)| **in_title && is_deed(word))
            .map(|(word, _)| word.clone())
            .collect()
    };
    let (of_a, of_b) = (of_title(a), of_title(b));
    let untold = |deeds: &[String], other: &HashMap<String, bool>| {
        !deeds.is_empty() && !deeds.iter().any(|deed| other.contains_key(deed))
    };
    untold(&of_a, b) && untold(&of_b, a)
}

/// Whether a glossary word is something that befalls a product or a company.
pub fn is_blow(word: &str) -> bool {
    BLOWS.contains(&word)
}

/// Whether a title tells a blow of which the other item says nothing.
pub fn blow_is_untold(title: &HashMap<String, bool>, other: &HashMap<String, bool>) -> bool {
    let mut blows =
        title.iter().filter(|(word, in_title)| **in_title && BLOWS.contains(&word.as_str())).peekable();
    blows.peek().is_some() && !blows.any(|(word, _)| other.contains_key(word))
}

/// Whether `word` is a place, an authority or a mere label, of which many events tell.
pub fn is_stage(word: &str) -> bool {
    static STAGES: LazyLock<HashSet<&str>> = LazyLock::new(|| STAGE.split_whitespace().collect());
    STAGES.contains(word) || is_common(word)
}

/// Whether texts of both languages may share `word`: the glossary translates to it.
pub fn is_known(word: &str) -> bool {
    static KNOWN: LazyLock<HashSet<&str>> =
        LazyLock::new(|| CHINESE.iter().map(|(_, english)| *english).collect());
    KNOWN.contains(word)
}

/// The glossary word of an English stem, else the stem.
pub fn of_stem(term: &str) -> String {
    let known = ENGLISH.iter().find(|(stem, _)| *stem == term);
    known.map_or_else(|| term.to_owned(), |(_, word)| (*word).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_name_wins() {
        assert_eq!(of_chinese("阿里巴巴收购"), ["alibaba", "acquisition"]);
        assert_eq!(of_stem("releas"), "release");
        assert_eq!(of_stem("quokka"), "quokka");
    }
}
