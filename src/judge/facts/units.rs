//! What a number counts or measures, in both languages: 3 million users are not $3 million, 5 GW not 5 MW.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A unit: what is counted, and how many of the label's base it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unit {
    /// The same for all units of one kind: "usd", "watt", "month", "people" …
    pub label: &'static str,
    /// 1e9 for gigawatts.
    pub factor: f64,
}

/// A share of a hundred.
pub const PERCENT: Unit = Unit { label: "%", factor: 1.0 };
/// A multiple.
pub const TIMES: Unit = Unit { label: "x", factor: 1.0 };

/// Labels of money.
const MONEY: [&str; 9] = ["usd", "eur", "gbp", "cny", "jpy", "inr", "hkd", "krw", "twd"];

/// Label, factor, Latin words (singular), Chinese words. Only what is hardly ever said of the same thing in two ways.
const UNITS: &[(&str, f64, &str, &str)] = &[
    ("usd", 1.0, "dollar usd", "美元 美金"),
    ("eur", 1.0, "euro eur", "欧元"),
    ("gbp", 1.0, "pound gbp sterling", "英镑"),
    ("cny", 1.0, "yuan rmb renminbi cny", "元 元人民币 人民币"),
    ("jpy", 1.0, "yen jpy", "日元 日圆"),
    ("inr", 1.0, "rupee inr", "卢比"),
    ("hkd", 1.0, "hkd", "港元 港币 港纸"),
    ("krw", 1.0, "won krw", "韩元"),
    ("twd", 1.0, "twd", "新台币 台币"),
    ("%", 1.0, "% percent pct percentage", "% 个百分点 百分点"),
    ("x", 1.0, "x X × times fold", "倍 次"),
    ("watt", 1.0, "W watt", "瓦 瓦特"),
    ("watt", 1e3, "kW KW kilowatt", "千瓦"),
    ("watt", 1e6, "MW megawatt", "兆瓦"),
    ("watt", 1e9, "GW gigawatt", "吉瓦"),
    ("watt", 1e12, "TW terawatt", "太瓦"),
    ("watthour", 1e3, "kWh", "千瓦时 度电"),
    ("watthour", 1e6, "MWh", "兆瓦时"),
    ("watthour", 1e9, "GWh", "吉瓦时"),
    ("byte", 1e3, "KB kB kilobyte", ""),
    ("byte", 1e6, "MB megabyte", ""),
    ("byte", 1e9, "GB gigabyte", ""),
    ("byte", 1e12, "TB terabyte", ""),
    ("byte", 1e15, "PB petabyte", ""),
    ("bitrate", 1e6, "Mbps", "兆比特"),
    ("bitrate", 1e9, "Gbps", ""),
    ("hertz", 1.0, "Hz hertz", "赫兹"),
    ("hertz", 1e3, "kHz KHz", "千赫"),
    ("hertz", 1e6, "MHz megahertz", "兆赫"),
    ("hertz", 1e9, "GHz gigahertz", "吉赫"),
    ("second", 1e-3, "ms millisecond", "毫秒"),
    ("second", 1.0, "s sec second", "秒 秒钟"),
    ("minute", 1.0, "min minute", "分钟"),
    ("hour", 1.0, "h hr hour", "小时 个小时"),
    ("day", 1.0, "day", "天"),
    ("week", 1.0, "week", "周 星期 个星期"),
    ("month", 1.0, "month", "个月"),
    ("month", 12.0, "year", "年 周年"),
    ("decade", 1.0, "decade", ""),
    ("age", 1.0, "", "岁"),
    ("metre", 1.0, "meter metre", "米"),
    ("metre", 1e3, "km kilometer kilometre", "公里 千米"),
    ("metre", 1e-2, "cm", "厘米"),
    ("metre", 1e-3, "mm", "毫米"),
    ("metre", 1e-9, "nm nanometer nanometre", "纳米"),
    ("mile", 1.0, "mile", "英里"),
    ("foot", 1.0, "feet foot ft", "英尺"),
    ("inch", 1.0, "inch inches", "英寸"),
    ("gram", 1e3, "kg kilogram", "公斤 千克"),
    ("charge", 1.0, "mAh", "毫安时"),
    ("nit", 1.0, "nit", "尼特"),
    ("frame", 1.0, "fps", "帧"),
    ("param", 1.0, "parameter param", "参数"),
    ("token", 1.0, "token", "词元"),
    ("gpu", 1.0, "gpu chip accelerator", "芯片 显卡 块GPU"),
    ("core", 1.0, "core", "核"),
    (
        "people",
        1.0,
        "people person user customer subscriber employee worker developer staff patient student doctor participant player researcher engineer woman women girl men man child children member viewer listener reader teacher scientist adult job staffer programmer author",
        "人 用户 员工 客户 开发者 患者 学生 医生 名 位 女性 男性 会员 订阅者 观众 作者 程序员 研究人员 岗位",
    ),
    ("model", 1.0, "model", "模型"),
    ("image", 1.0, "image picture photo", "图片 图像 照片"),
    ("video", 1.0, "video", "视频"),
    ("country", 1.0, "country nation", "国家 国"),
    ("city", 1.0, "city", "城市"),
    ("company", 1.0, "company firm startup enterprise", "公司 企业 初创公司"),
    ("language", 1.0, "language", "语言 语种"),
    ("benchmark", 1.0, "benchmark", "基准 基准测试"),
    ("task", 1.0, "task", "任务"),
    ("domain", 1.0, "domain", "领域"),
    ("lawsuit", 1.0, "lawsuit suit", "诉讼"),
    ("vehicle", 1.0, "vehicle car truck", "辆 车辆"),
    ("aircraft", 1.0, "aircraft plane jet", "架 飞机"),
    ("satellite", 1.0, "satellite", "卫星"),
    ("step", 1.0, "step", "步"),
    ("game", 1.0, "game", "游戏"),
    ("brand", 1.0, "brand", "品牌"),
    ("paper", 1.0, "paper", "论文"),
    ("dimension", 1.0, "dimension dimensional", "维"),
    ("degree", 1.0, "degree", "度"),
    ("page", 1.0, "page", "页"),
    ("word", 1.0, "word", "字 单词"),
    ("star", 1.0, "star", "星标"),
    ("agent", 1.0, "agent", "智能体"),
    ("version", 1.0, "version", "版本"),
    ("school", 1.0, "school", "学校"),
    ("store", 1.0, "store", "门店"),
];

/// Words between a number and its noun end at these.
const STOPS: [&str; 34] = [
    "of", "in", "on", "at", "for", "to", "from", "by", "with", "and", "or", "as", "than", "that", "which",
    "over", "per", "a", "an", "the", "is", "are", "was", "were", "has", "have", "its", "their", "into",
    "since", "after", "each", "more", "times",
];

/// What may stand between a Chinese number and its noun.
const CLASSIFIERS: &str = "个款项名位家种条张台份枚套组座次起例篇部只多余余多块类颗";

struct Table {
    latin: HashMap<&'static str, Unit>,
    /// Longest first.
    han: Vec<(&'static str, Unit)>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table { latin: HashMap::new(), han: Vec::new() };
    for (label, factor, latin, han) in UNITS {
        let unit = Unit { label, factor: *factor };
        table.latin.extend(latin.split(' ').filter(|word| !word.is_empty()).map(|word| (word, unit)));
        table.han.extend(han.split(' ').filter(|word| !word.is_empty()).map(|word| (word, unit)));
    }
    table.han.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
    table
});

/// Labels of time: such a unit is always named.
const MEASURES: [&str; 6] = ["second", "minute", "hour", "day", "week", "month"];

impl Unit {
    /// Whether it measures time.
    pub fn is_measure(self) -> bool {
        MEASURES.contains(&self.label)
    }

    /// Whether it is money.
    pub fn is_money(self) -> bool {
        MONEY.contains(&self.label)
    }
}

/// The currency of a sign before a number.
pub fn of_sign(sign: &str) -> Option<Unit> {
    let label = match sign {
        "$" | "US$" | "USD" => "usd",
        "€" | "EUR" => "eur",
        "£" | "GBP" => "gbp",
        "¥" | "￥" | "CNY" | "RMB" => "cny",
        "JPY" => "jpy",
        "₹" | "INR" => "inr",
        "₩" | "KRW" => "krw",
        "HK$" | "HKD" => "hkd",
        "NT$" | "TWD" => "twd",
        _ => return None,
    };
    Some(Unit { label, factor: 1.0 })
}

/// Whether `suffix`, written at a number without a blank, measures it: "GB" and "x", not "o" of "4o".
pub fn measures(suffix: &str) -> bool {
    let scales =
        ["k", "K", "m", "M", "b", "B", "t", "T", "bn", "mn", "tn", "st", "nd", "rd", "th", "p", "s", "mm"];
    scales.contains(&suffix) || TABLE.latin.contains_key(suffix)
}

/// The unit that the text behind a number names.
pub fn after(rest: &str) -> Option<Unit> {
    let rest = rest.strip_prefix(['+', '多', '余']).unwrap_or(rest);
    let joined = rest.strip_prefix(['-', ' ']).unwrap_or(rest);
    han(joined).or_else(|| latin(joined))
}

/// The unit that the text before a number names: 总参数1.6万亿.
pub fn before(text: &str) -> Option<Unit> {
    let near: String = text.chars().rev().take(8).take_while(|c| !"，。；、,;\n".contains(*c)).collect();
    let near: String = near.chars().rev().collect();
    let param = Unit { label: "param", factor: 1.0 };
    (near.contains("参数") && !near.chars().any(|c| c.is_ascii_digit())).then_some(param)
}

fn han(rest: &str) -> Option<Unit> {
    let at_start =
        |text: &str| TABLE.han.iter().find(|(word, _)| text.starts_with(word)).map(|(_, unit)| *unit);
    let mut tail = rest;
    if let Some(unit) = at_start(tail) {
        // 名, 位 and 架 are also classifiers; 年度 and 周期 are no years and weeks.
        let not = tail.starts_with("周期")
            || tail.starts_with("度") && tail.starts_with("度过")
            || tail.starts_with("国内");
        return (!not).then_some(unit);
    }
    let first = tail.chars().next()?;
    if CLASSIFIERS.contains(first) {
        tail = tail[first.len_utf8()..].trim_start();
        if let Some(unit) = at_start(tail) {
            return Some(unit);
        }
        if tail.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return latin(tail);
        }
    } else if !super::is_han(first) {
        return None;
    }
    // An adjective or two may stand before the noun; a single character is too little to tell there.
    let mut skipped = tail.char_indices().skip(1).take(4);
    skipped.find_map(|(at, _)| {
        let clear = tail[..at].chars().all(super::is_han);
        at_start(&tail[at..]).filter(|_| {
            clear
                && TABLE.han.iter().any(|(word, _)| word.chars().count() > 1 && tail[at..].starts_with(word))
        })
    })
}

fn latin(rest: &str) -> Option<Unit> {
    if let Some(unit) =
        ["%", "×"].iter().find(|sign| rest.starts_with(**sign)).and_then(|sign| TABLE.latin.get(sign))
    {
        return Some(*unit);
    }
    let mut tail = rest;
    for n in 0..4 {
        let len = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
        let word = &tail[..len];
        let lower = word.to_lowercase();
        let singular = singular(&lower);
        let known = TABLE
            .latin
            .get(word)
            .or_else(|| TABLE.latin.get(lower.as_str()).filter(|_| len > 2))
            .or_else(|| TABLE.latin.get(singular.as_str()).filter(|_| len > 2));
        // A letter is a unit only at the number itself.
        if let Some(unit) = known.filter(|_| n == 0 || len > 2) {
            return Some(*unit);
        }
        if len == 0 || STOPS.contains(&lower.as_str()) {
            return None;
        }
        tail = tail[len..].strip_prefix([' ', '-'])?;
    }
    None
}

fn singular(word: &str) -> String {
    match word.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => word.strip_suffix('s').unwrap_or(word).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(rest: &str, label: Option<&str>) {
        assert_eq!(after(rest).map(|unit| unit.label), label, "{rest}");
    }

    #[test]
    fn both_languages_name_the_same_unit() {
        check(" open models", Some("model"));
        check("款开源模型", Some("model"));
        check(" billion", None);
        check("-week", Some("week"));
        check("个城市", Some("city"));
        check("个 token", Some("token"));
        check("元人民币", Some("cny"));
        check("美元", Some("usd"));
        check("%", Some("%"));
        check("GB of memory", Some("byte"));
        check(" of the users", None);
        check("。用户", None);
    }
}
