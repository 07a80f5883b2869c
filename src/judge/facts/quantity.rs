//! Numbers with their units as a text states them. Digits alone are never compared.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::units::{self, Unit};
use super::{Mask, numerals, phrases};
use crate::judge::amount::same;

/// How a number is hedged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hedge {
    /// It is the number.
    Exact,
    /// "about", 约.
    About,
    /// "more than", 逾.
    More,
    /// "nearly", 近.
    Less,
}

/// A number with what it counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    /// The words.
    pub text: String,
    /// Where they stand.
    pub at: Range<usize>,
    /// Digits times scale.
    pub value: f64,
    /// What is counted; unknown nouns are none.
    pub unit: Option<Unit>,
    /// How sure.
    pub hedge: Hedge,
    /// Digits that count: 2 for "1.5 billion".
    pub n_digits: usize,
    /// Has a scale or a point: no mere count.
    pub is_fine: bool,
    /// Both ends, if it is one end of a range.
    pub range: Option<(f64, f64)>,
    /// "one", 一个: hardly a number.
    pub is_weak: bool,
}

impl Quantity {
    /// A quantity of `text`, unhedged digits unknown.
    pub fn new(text: &str, at: Range<usize>, value: f64, unit: Option<Unit>) -> Self {
        let words = text[at.clone()].trim_matches(super::HIDDEN).trim().to_owned();
        let hedge = hedge(&text[..at.start], &text[at.end..]);
        let shown = format!("{value:e}");
        let n_digits =
            shown.split('e').next().unwrap_or_default().chars().filter(char::is_ascii_digit).count();
        Self {
            text: words,
            at,
            value,
            unit,
            hedge,
            n_digits,
            is_fine: value.fract() != 0.0 || value >= 1e4,
            range: None,
            is_weak: false,
        }
    }

    /// Whether it is a bare number that may be a year.
    pub fn is_year(&self) -> bool {
        self.unit.is_none() && self.text.len() == 4 && (1900.0..2100.0).contains(&self.value)
    }

    /// Whether `self`, stated in a summary, is what `source` says.
    pub fn agrees(&self, source: &Self) -> bool {
        // 2 and 5 of "2 to 3" and "4 to 5" are no "2 to 5".
        let is_other = matches!((self.range, source.range), (Some(ours), Some(theirs)) if ours != theirs);
        match (self.unit, source.unit) {
            _ if is_other => false,
            (Some(ours), Some(theirs)) if ours.label == theirs.label => {
                self.rounds(self.value * ours.factor, source.value * theirs.factor, source.n_digits)
            }
            (Some(_), Some(_)) => false,
            (Some(ours), None) => {
                !is_strict(ours, source) && self.rounds(self.value, source.value, source.n_digits)
            }
            (None, Some(theirs)) => {
                !is_strict(theirs, self) && self.rounds(self.value, source.value, source.n_digits)
            }
            (None, None) => self.rounds(self.value, source.value, source.n_digits),
        }
    }

    /// The same up to rounding: a summary may say "about 9 million" of 8.75 million.
    fn rounds(&self, ours: f64, theirs: f64, their_digits: usize) -> bool {
        if same(ours, theirs) {
            return true;
        }
        if their_digits <= self.n_digits && self.hedge != Hedge::More && self.hedge != Hedge::Less {
            return false;
        }
        let step = 10f64.powi(ours.abs().max(1e-12).log10().floor() as i32 + 1 - self.n_digits as i32);
        let is_rounded = same((theirs / step + 1e-9).round() * step, ours);
        match self.hedge {
            Hedge::More => theirs > ours && theirs < ours * 1.1 && theirs < ours + step,
            Hedge::Less => theirs < ours && theirs > ours * 0.9 && theirs > ours - step,
            Hedge::About => is_rounded && (ours - theirs).abs() < 0.1 * ours,
            Hedge::Exact => is_rounded && self.n_digits >= 2,
        }
    }
}

/// Whether a number without a unit cannot stand for one with `unit`: money is always named, and 30 is not 30 %.
/// Scores with a point often lack their percent sign in tables.
fn is_strict(unit: Unit, bare: &Quantity) -> bool {
    !bare.is_fine && (unit.is_money() || unit == units::PERCENT || unit.is_measure())
}

static DIGITS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?P<sign>US\$|HK\$|NT\$|[$€£¥￥₹₩]|(?-u:\b)(?:USD|EUR|GBP|RMB|CNY|JPY|HKD|KRW|INR|TWD))?\s?(?P<num>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<scale>[\s-]?(?:hundred|thousand|million|billion|trillion|Million|Billion|Trillion|bn|mn|tn|bln|mln)(?-u:\b)|\s?[多余]?(?:万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千|百)|(?:tn|bn|mn|[KkMBbTtm])(?-u:\b))?").ok()
});
static WORDS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)(?-u:\b)(?P<num>(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?|zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|dozen|both)(?-u:\b)(?P<scale>[\s-](?:hundred|thousand|million|billion|trillion)(?-u:\b))?").ok()
});
/// 数 and 几 make a number vague; what follows must count, else it is a part of a word (四川, 三思).
static HAN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?P<num>[一二三四五六七八九十百千万亿两零]+)(?P<next>[个款项名位家种条张台份枚套组座次起例篇部只人年天周小分秒倍步大类代级层轮国省市所元美欧岁核块颗场门到至]|$)").ok()
});
static ORDINAL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)(?-u:\b)(first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)(?-u:\b)").ok()
});

/// The numbers of what is left of a text, in its order.
pub fn find(rest: &Mask) -> Vec<Quantity> {
    let mut rest = Mask { text: rest.text().to_owned() };
    let mut quantities = phrases::find(&mut rest);
    let text = rest.text();
    quantities.extend(
        DIGITS
            .iter()
            .flat_map(|digits| digits.captures_iter(text))
            .filter_map(|found| of_digits(text, &found)),
    );
    quantities.extend(
        WORDS.iter().flat_map(|words| words.captures_iter(text)).filter_map(|found| of_words(text, &found)),
    );
    quantities
        .extend(HAN.iter().flat_map(|han| han.captures_iter(text)).filter_map(|found| of_han(text, &found)));
    quantities.sort_by_key(|quantity| quantity.at.start);
    spread(text, &mut quantities);
    quantities
}

/// The ranks of a text, which a summary in the other language may count: "third-generation" is 第3代.
pub fn ranks(text: &str) -> Vec<f64> {
    const RANKS: [&str; 10] =
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];
    let place = |word: &str| RANKS.iter().position(|rank| rank.eq_ignore_ascii_case(word));
    let found = ORDINAL.iter().flat_map(|ordinal| ordinal.find_iter(text));
    found.filter_map(|found| place(found.as_str())).map(|n| n as f64 + 1.0).collect()
}

fn of_digits(text: &str, found: &Captures<'_>) -> Option<Quantity> {
    let (num, mut end) = (found.name("num")?, found.get(0)?.end());
    let value: f64 = num.as_str().replace(',', "").parse().ok()?;
    let mut scale = found.name("scale");
    // 千瓦 and 百分点 are units.
    let is_unit = scale.is_some_and(|scale| {
        let next = text[scale.end()..].chars().next();
        matches!((scale.as_str().trim(), next), ("千", Some('瓦' | '克' | '米' | '赫')) | ("百", Some('分')))
    });
    if is_unit {
        scale = None;
        end = num.end();
    }
    // "$0.93$" is TeX, not money.
    let sign = found.name("sign").filter(|sign| sign.as_str() != "$" || !text[end..].starts_with('$'));
    let start = sign.map_or(num.start(), |sign| sign.start());
    let factor = scale
        .and_then(|scale| phrases::scale(scale.as_str().trim_start_matches(['-', ' ', '多', '余'])))
        .unwrap_or(1.0);
    let unit = sign.and_then(|sign| units::of_sign(sign.as_str()));
    let unit = unit.or_else(|| units::after(&text[end..])).or_else(|| units::before(&text[..start]));
    let mut quantity = Quantity::new(text, start..end, value * factor, unit);
    quantity.n_digits =
        num.as_str().trim_start_matches(['0', '.']).chars().filter(char::is_ascii_digit).count().max(1);
    if !num.as_str().contains('.') {
        quantity.n_digits = num.as_str().replace(',', "").trim_end_matches('0').len().max(1);
    }
    quantity.is_fine = num.as_str().contains('.') || scale.is_some();
    Some(quantity)
}

fn of_words(text: &str, found: &Captures<'_>) -> Option<Quantity> {
    let (whole, num) = (found.get(0)?, found.name("num")?.as_str());
    let scale = found.name("scale").and_then(|scale| phrases::scale(scale.as_str().trim_matches(['-', ' '])));
    let value = numerals::english(num)? * scale.unwrap_or(1.0);
    let mut quantity = Quantity::new(text, whole.range(), value, units::after(&text[whole.end()..]));
    quantity.is_weak = scale.is_none() && matches!(num.to_lowercase().as_str(), "one" | "both" | "zero");
    Some(quantity)
}

fn of_han(text: &str, found: &Captures<'_>) -> Option<Quantity> {
    let num = found.name("num")?;
    let before = text[..num.start()].chars().next_back();
    // 数十, 几百, 第三 and 每一 are no counts; 百度 and 万一 no numbers.
    let is_scale = matches!(num.as_str(), "百" | "千" | "万" | "亿");
    let is_hedged = before.is_some_and(|c| "超逾近上过".contains(c));
    if before.is_some_and(|c| "数几第每某其同这那另任唯之".contains(c)) || is_scale && !is_hedged
    {
        return None;
    }
    let value = if is_scale { phrases::scale(num.as_str()) } else { numerals::chinese(num.as_str()) }?;
    let mut quantity = Quantity::new(text, num.range(), value, units::after(&text[num.end()..]));
    quantity.is_weak = num.as_str() == "一";
    Some(quantity)
}

/// "10 to 15 million dollars": the last number names scale and unit for both.
fn spread(text: &str, quantities: &mut [Quantity]) {
    for n in (1..quantities.len()).rev() {
        let (left, right) = quantities.split_at_mut(n);
        let (Some(first), Some(second)) = (left.last_mut(), right.first_mut()) else { continue };
        let between = text.get(first.at.end..second.at.start).unwrap_or("?").trim_start_matches('%').trim();
        let is_range = matches!(between, "-" | "–" | "—" | "~" | "to" | "至" | "到");
        if !is_range && !matches!(between, "and" | "or" | "和" | "或") || first.is_year() {
            continue;
        }
        if first.unit.is_none() {
            first.unit = second.unit;
        }
        let scale = 10f64.powi((second.value.max(1.0).log10() / 3.0).floor() as i32 * 3);
        let is_scaled = second.is_fine && second.value >= 1e4 && first.value < 1e3;
        if is_range && is_scaled && first.value * scale < second.value {
            first.value *= scale;
        }
        if is_range && first.value < second.value {
            first.range = Some((first.value, second.value));
            second.range = first.range;
        }
    }
}

fn hedge(before: &str, after: &str) -> Hedge {
    let near: String = before.chars().rev().take(14).collect::<Vec<_>>().into_iter().rev().collect();
    let near = near.trim_end().to_lowercase();
    let near = near.trim_end_matches(['$', '€', '£', '¥', ' ']);
    let ends = |words: &[&str]| words.iter().any(|word| near.ends_with(word));
    let begins = |words: &[&str]| words.iter().any(|word| after.starts_with(word));
    if ends(&[
        "more than",
        "over",
        "above",
        "at least",
        "exceeding",
        "surpassing",
        "topping",
        "超过",
        "超",
        "逾",
        "高于",
        "至少",
        "突破",
    ]) || begins(&["+", "多", "余", " or more", "以上"])
    {
        Hedge::More
    } else if ends(&[
        "nearly",
        "almost",
        "close to",
        "under",
        "less than",
        "below",
        "近",
        "接近",
        "不到",
        "将近",
    ]) {
        Hedge::Less
    } else if ends(&["about", "around", "roughly", "some", "approximately", "~", "约", "大约", "大概"])
        || begins(&["左右", "上下"])
    {
        Hedge::About
    } else {
        Hedge::Exact
    }
}
