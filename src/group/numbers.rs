//! Amounts, shares and counts of a text in one spelling: "$1.5 billion", "15亿美元" and "1.5bn" are the same number.

/// Units behind a number and what they multiply it by; the longer ones of the same beginning stand first.
const UNITS: [(&str, f64); 26] = [
    ("trillion", 1e12),
    ("billion", 1e9),
    ("million", 1e6),
    ("thousand", 1e3),
    ("万亿", 1e12),
    ("千亿", 1e11),
    ("百亿", 1e10),
    ("十亿", 1e9),
    ("亿", 1e8),
    ("千万", 1e7),
    ("百万", 1e6),
    ("十万", 1e5),
    ("万", 1e4),
    ("千", 1e3),
    ("tn", 1e12),
    ("bn", 1e9),
    ("mn", 1e6),
    ("mln", 1e6),
    ("bln", 1e9),
    ("t", 1e12),
    ("b", 1e9),
    ("m", 1e6),
    ("k", 1e3),
    ("percent", 0.01),
    ("per cent", 0.01),
    ("%", 0.01),
];

/// The telling numbers of `text` in its order, each as a canonical word ("n1.50e9"). Years and small counts tell nothing.
pub fn numbers(text: &str) -> Vec<String> {
    amounts(text).into_iter().filter(|amount| amount.is_telling()).map(|amount| amount.word()).collect()
}

/// The numbers of two digits and more as they are written, without the commas between thousands.
pub fn bare(text: &str) -> Vec<String> {
    let is_part = |c: char| c.is_ascii_digit() || c == '.' || c == ',';
    let runs = text.split(|c: char| !is_part(c)).map(|run| run.trim_matches(['.', ',']));
    runs.filter(|run| run.len() > 1).map(|run| run.replace(',', "")).collect()
}

/// The sums of money of `text`, as canonical words.
pub fn money(text: &str) -> Vec<String> {
    amounts(text).into_iter().filter(|amount| amount.is_money).map(|amount| amount.word()).collect()
}

/// Whether `word` is a number with its unit and nothing else: "3b", "1.5bn"; not "gpt4", "h100", "4bit".
pub fn is_amount(word: &str) -> bool {
    let unit = word.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.' || c == ',');
    unit.len() < word.len() && UNITS.iter().any(|(known, _)| *known == unit)
}

/// What a canonical word says.
pub fn value(word: &str) -> Option<f64> {
    word.strip_prefix('n')?.parse().ok()
}

/// A canonical word for people: "n1.50e9" is "1.5 billion".
pub fn shown(word: &str) -> Option<String> {
    let value = value(word)?;
    let scale = [(1e12, " trillion"), (1e9, " billion"), (1e6, " million")];
    let (scale, name) = scale.into_iter().find(|(scale, _)| value >= *scale).unwrap_or((1.0, ""));
    let rounded = (value / scale * 100.0).round() / 100.0;
    Some(if value < 1.0 { format!("{}%", (value * 1e4).round() / 100.0) } else { format!("{rounded}{name}") })
}

struct Amount {
    value: f64,
    has_unit: bool,
    has_dot: bool,
    is_money: bool,
}

impl Amount {
    fn word(&self) -> String {
        format!("n{:.2e}", self.value)
    }

    fn is_telling(&self) -> bool {
        let is_year = !self.has_unit && !self.has_dot && (1990.0..2040.0).contains(&self.value);
        !is_year && (self.has_unit || self.is_money || self.value >= 100.0)
    }
}

fn amounts(text: &str) -> Vec<Amount> {
    let text = text.to_lowercase().replace('％', "%");
    let mut amounts = Vec::new();
    let mut at = 0;
    while let Some(found) = text[at..].find(|c: char| c.is_ascii_digit()) {
        let start = at + found;
        let len = text[start..]
            .find(|c: char| !c.is_ascii_digit() && c != ',' && c != '.')
            .unwrap_or(text.len() - start);
        at = start + len;
        amounts.extend(amount(&text[..start], &text[start..at], &text[at..]));
    }
    amounts
}

fn amount(before: &str, digits: &str, after: &str) -> Option<Amount> {
    let digits = digits.trim_end_matches(['.', ',']);
    let mut ahead = before.chars().rev();
    let first = ahead.next().unwrap_or(' ');
    let is_name = |c: char| c.is_ascii_alphanumeric();
    // "gpt-5.1", "h100": a part of a name.
    if is_name(first) || (first == '-' && ahead.next().is_some_and(is_name)) {
        return None;
    }
    let value: f64 = digits.replace(',', "").parse().ok()?;
    let rest = after.trim_start_matches([' ', '\u{a0}', '-']);
    let unit = UNITS.iter().find(|(unit, _)| rest.starts_with(unit) && ends(rest, unit));
    let tail = unit.map_or(rest, |(unit, _)| &rest[unit.len()..]).trim_start();
    let is_currency = |c: char| matches!(c, '$' | '€' | '£' | '¥' | '￥');
    let named = [
        "美元",
        "元",
        "人民币",
        "欧元",
        "英镑",
        "日元",
        "港元",
        "dollars",
        "usd",
        "euros",
        "euro",
        "yuan",
        "rmb",
        "pounds",
    ];
    let is_money = is_currency(before.trim_end().chars().next_back().unwrap_or(' '))
        || named.iter().any(|n| tail.starts_with(n));
    Some(Amount {
        value: value * unit.map_or(1.0, |(_, factor)| *factor),
        has_unit: unit.is_some(),
        has_dot: digits.contains('.'),
        is_money,
    })
}

/// A Latin unit ends where no Latin letter follows: "5 models" are not five million.
fn ends(rest: &str, unit: &str) -> bool {
    let is_latin = unit.ends_with(|c: char| c.is_ascii_alphabetic());
    !is_latin || !rest[unit.len()..].starts_with(|c: char| c.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_one_number_in_every_spelling() {
        for text in ["raises $1.5 billion", "融资15亿美元", "a $1.5bn round", "$1,500 million", "1.5B 美元"]
        {
            assert_eq!(numbers(text), ["n1.50e9"], "{text}");
            assert_eq!(money(text), ["n1.50e9"], "{text}");
        }
        assert_eq!(numbers("700亿参数"), numbers("a 70B model"));
        assert_eq!(numbers("下降30％"), numbers("30 percent less"));
    }

    #[test]
    fn a_number_is_shown_as_people_write_it() {
        assert_eq!(shown(&numbers("15亿美元")[0]).unwrap(), "1.5 billion");
        assert_eq!(shown(&numbers("30%")[0]).unwrap(), "30%");
        assert_eq!(shown(&numbers("laid off 1,100 people")[0]).unwrap(), "1100");
        assert_eq!(shown("nvidia"), None);
    }

    #[test]
    fn years_versions_and_small_counts_tell_nothing() {
        assert_eq!(numbers("In 2026 GPT-5.1 beat 3 models on H100 and 5 more"), Vec::<String>::new());
    }
}
