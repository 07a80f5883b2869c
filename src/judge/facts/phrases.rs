//! Numbers that are said without one: "a third", 八成, "doubled", 减半, "half a billion".

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::Mask;
use super::numerals;
use super::quantity::Quantity;
use super::units::{PERCENT, TIMES, Unit};
use crate::judge::amount;

type Reader = fn(&Captures<'_>) -> Option<(f64, Option<Unit>)>;

/// Pattern and what it says; each hides what it has read.
static PHRASES: LazyLock<Vec<(Regex, Reader)>> = LazyLock::new(|| {
    let table: [(&str, Reader); 15] = [
        (r"(?i)(?-u:\b)half[\s-](?:an?[\s-])?(hundred|thousand|million|billion|trillion)(?-u:\b)", |found| {
            Some((0.5 * scale(found.get(1)?.as_str())?, None))
        }),
        (r"(?i)(?-u:\b)an? (hundred|thousand|million|billion|trillion|dozen)(?-u:\b)", |found| {
            Some((scale(found.get(1)?.as_str())?, None))
        }),
        (r"(?i)(?-u:\b)half[\s-]a[\s-]year(?-u:\b)|半年", |_| {
            Some((6.0, Some(Unit { label: "month", factor: 1.0 })))
        }),
        (
            r"([一二三四五六七八九十百千\d]+)分之([一二三四五六七八九十百零两点\d.]+)",
            |found| {
                Some((100.0 * han(found.get(2)?.as_str())? / han(found.get(1)?.as_str())?, Some(PERCENT)))
            },
        ),
        (r"(?i)(?-u:\b)(?:(an?|one|two|three|four)[\s-])(third|quarter|fifth|tenth)s?(?-u:\b)", fraction),
        (r"(?i)(?-u:\b)()(third|quarter|fifth|tenth) of(?-u:\b)", fraction),
        (r"(?i)(?-u:\b)halv(?:e|es|ed|ing)(?-u:\b)|减半|腰斩", |_| Some((50.0, Some(PERCENT)))),
        (r"(?i)(?-u:\b)half(?-u:\b)|半数|一半|过半", |_| Some((50.0, Some(PERCENT)))),
        (
            r"([一二三四五六七八九两])成(?:[^为本立功员果熟长交绩就都分像形品]|$)",
            |found| Some((10.0 * han(found.get(1)?.as_str())?, Some(PERCENT))),
        ),
        (r"([一二三四五六七八九]|\d{1,2}(?:\.\d)?)\s*折(?:[^叠腾扣]|$)", discount),
        (
            r"(?i)(?-u:\b)quadrupl(?:e|es|ed|ing)(?-u:\b)|(?-u:\b)fourfold(?-u:\b)|翻两番|翻了两番",
            |_| Some((4.0, Some(TIMES))),
        ),
        (r"(?i)(?-u:\b)tripl(?:e|es|ed|ing)(?-u:\b)|(?-u:\b)threefold(?-u:\b)", |_| Some((3.0, Some(TIMES)))),
        (
            r"(?i)(?-u:\b)doubl(?:es|ed|ing)(?-u:\b)|(?-u:\b)double(?-u:\b)(?:[^-]|$)|(?-u:\b)(?:twice|twofold)(?-u:\b)|翻(?:了)?(?:一)?[番倍]|翻了?一倍|[^\d]一倍",
            |_| Some((2.0, Some(TIMES))),
        ),
        (r"(?i)(?-u:\b)tenfold(?-u:\b)|(?-u:\b)order of magnitude(?-u:\b)|一个数量级", |_| {
            Some((10.0, Some(TIMES)))
        }),
        (r"百倍", |_| Some((100.0, Some(TIMES)))),
    ];
    table.into_iter().filter_map(|(pattern, reader)| Some((Regex::new(pattern).ok()?, reader))).collect()
});

/// The phrases of what is left of a text; they are hidden in it.
pub fn find(rest: &mut Mask) -> Vec<Quantity> {
    let mut quantities = Vec::new();
    for (pattern, reader) in PHRASES.iter() {
        let mut read = Vec::new();
        for found in pattern.captures_iter(rest.text()) {
            let (Some(whole), Some((value, unit))) = (found.get(0), reader(&found)) else { continue };
            // The character behind 成 and 折 is none of theirs.
            let tail = whole.as_str().chars().next_back().filter(|_| whole.as_str().contains(['成', '折']));
            let tail = tail.filter(|c| !matches!(c, '成' | '折')).map_or(0, char::len_utf8);
            let at = whole.start()..whole.end() - tail;
            let unit = unit.or_else(|| super::units::after(&rest.text()[at.end..]));
            quantities.push(Quantity::new(rest.text(), at.clone(), value, unit));
            read.push(at);
        }
        for at in read {
            rest.hide(at);
        }
    }
    quantities
}

fn han(word: &str) -> Option<f64> {
    word.parse().ok().or_else(|| numerals::chinese(word)).or_else(|| {
        let (whole, part) = word.split_once('点')?;
        Some(numerals::chinese(whole)? + numerals::chinese(part)? / 10.0)
    })
}

/// What stands behind a number word multiplies it.
pub fn scale(word: &str) -> Option<f64> {
    Some(match word.trim().to_lowercase().as_str() {
        "dozen" => 12.0,
        "hundred" | "百" => 1e2,
        "thousand" | "k" | "千" => 1e3,
        "万" => 1e4,
        "十万" => 1e5,
        "million" | "m" | "mn" | "mln" | "百万" => 1e6,
        "千万" => 1e7,
        "亿" => 1e8,
        "billion" | "b" | "bn" | "bln" | "十亿" => 1e9,
        "百亿" => 1e10,
        "千亿" => 1e11,
        "trillion" | "t" | "tn" | "万亿" => 1e12,
        _ => return None,
    })
}

fn fraction(found: &Captures<'_>) -> Option<(f64, Option<Unit>)> {
    let of = match found.get(2)?.as_str().to_lowercase().as_str() {
        "third" => 3.0,
        "quarter" => 4.0,
        "fifth" => 5.0,
        _ => 10.0,
    };
    let n = amount::words(found.get(1)?.as_str()).first().copied().unwrap_or(1.0);
    Some((100.0 * n / of, Some(PERCENT)))
}

/// 八折 leaves eighty percent and takes off twenty.
fn discount(found: &Captures<'_>) -> Option<(f64, Option<Unit>)> {
    let left = han(found.get(1)?.as_str())?;
    let left = if left < 10.0 { left * 10.0 } else { left };
    Some((100.0 - left, Some(PERCENT)))
}
