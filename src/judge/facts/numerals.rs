//! Numbers written in words, in both languages.

/// English words below a hundred.
const ENGLISH: [(&str, f64); 30] = [
    ("zero", 0.0),
    ("one", 1.0),
    ("two", 2.0),
    ("three", 3.0),
    ("four", 4.0),
    ("five", 5.0),
    ("six", 6.0),
    ("seven", 7.0),
    ("eight", 8.0),
    ("nine", 9.0),
    ("ten", 10.0),
    ("eleven", 11.0),
    ("twelve", 12.0),
    ("thirteen", 13.0),
    ("fourteen", 14.0),
    ("fifteen", 15.0),
    ("sixteen", 16.0),
    ("seventeen", 17.0),
    ("eighteen", 18.0),
    ("nineteen", 19.0),
    ("twenty", 20.0),
    ("thirty", 30.0),
    ("forty", 40.0),
    ("fifty", 50.0),
    ("sixty", 60.0),
    ("seventy", 70.0),
    ("eighty", 80.0),
    ("ninety", 90.0),
    ("dozen", 12.0),
    ("both", 2.0),
];

/// A number below a hundred in digits or in words of either language.
pub fn small(word: &str) -> Option<u32> {
    let value = word.parse().ok().or_else(|| chinese(word)).or_else(|| english(word))?;
    (0.0..100.0).contains(&value).then_some(value as u32)
}

/// "seven", "twenty-five", "thirty two".
pub fn english(words: &str) -> Option<f64> {
    let lower = words.to_lowercase();
    let mut value = 0.0;
    for word in lower.split(['-', ' ']).filter(|word| !word.is_empty()) {
        value += ENGLISH.iter().find(|(name, _)| *name == word)?.1;
    }
    (!lower.is_empty()).then_some(value)
}

/// 三, 二十五, 一百二十, 三千万, 一点五亿 is not written so; vague ones (数十, 几百) are none.
pub fn chinese(word: &str) -> Option<f64> {
    let (mut whole, mut part, mut digit, mut n_read) = (0.0, 0.0, None, 0);
    for c in word.chars() {
        n_read += 1;
        if let Some(value) = digit_of(c) {
            // 二〇二六 and 三五 are digits side by side, not one number.
            if digit.is_some_and(|before| before != 0.0) {
                return None;
            }
            digit = Some(value);
            continue;
        }
        let scale = match c {
            '十' => 10.0,
            '百' => 100.0,
            '千' => 1e3,
            '万' => 1e4,
            '亿' => 1e8,
            _ => return None,
        };
        if scale < 1e4 {
            part += digit.take().unwrap_or(1.0) * scale;
        } else {
            let before = part + digit.take().unwrap_or_default();
            // 百万亿: what stands before multiplies all of it.
            whole =
                if before == 0.0 && whole > 0.0 { whole * scale } else { whole + before.max(1.0) * scale };
            part = 0.0;
        }
    }
    (n_read > 0).then_some(whole + part + digit.unwrap_or_default())
}

fn digit_of(c: char) -> Option<f64> {
    let n = "〇一二三四五六七八九".chars().position(|digit| digit == c);
    match c {
        '零' => Some(0.0),
        '两' => Some(2.0),
        _ => n.map(|n| n as f64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_numbers() {
        assert_eq!(english("twenty-five"), Some(25.0));
        assert_eq!(english("Seven"), Some(7.0));
        assert_eq!(english("seventh"), None);
        for (word, value) in [
            ("三", 3.0),
            ("十二", 12.0),
            ("二十五", 25.0),
            ("一百二十", 120.0),
            ("三千万", 3e7),
            ("两亿", 2e8),
        ] {
            assert_eq!(chinese(word), Some(value), "{word}");
        }
        assert_eq!(chinese("二〇二六"), None);
        assert_eq!(chinese("几十"), None);
    }
}
