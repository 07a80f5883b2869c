//! Text to sentences, in English and Chinese.

/// Words before a full stop that do not end a sentence.
const ABBREVIATIONS: [&str; 46] = [
    "mr", "mrs", "ms", "dr", "prof", "gen", "gov", "sen", "rep", "inc", "ltd", "co", "corp", "llc", "vs",
    "etc", "e.g", "i.e", "cf", "u.s", "u.k", "u.n", "e.u", "a.k.a", "figs", "eq", "eqs", "al", "st", "jr",
    "sr", "approx", "est", "resp", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct",
    "nov", "dec",
];
/// Words that are abbreviations only before a number: "No. 3", "Fig. 2".
const BEFORE_NUMBER: [&str; 8] = ["no", "fig", "sec", "ch", "vol", "pp", "p", "v"];

/// Marks that may follow the end of a sentence and belong to it.
const CLOSING: [char; 10] = ['"', '\'', ')', ']', '”', '’', '」', '』', '）', '》'];

/// Openings and endings of what is said or named: no sentence ends inside.
const PAIRS: [(char, char); 7] =
    [('“', '”'), ('「', '」'), ('『', '』'), ('《', '》'), ('（', '）'), ('(', ')'), ('"', '"')];
/// A quotation without an end protects nothing; neither does one as long as a paragraph. In bytes.
const LONGEST_QUOTE: usize = 600;

/// What may follow a Chinese quotation and still belongs to it: who said it.
const SPEAKS: [&str; 12] =
    ["说", "表示", "称", "指出", "认为", "写道", "道", "强调", "补充", "解释", "透露", "回应"];

/// The sentences of `text`, verbatim slices of it, in order. A line break always ends one.
pub fn split(text: &str) -> Vec<&str> {
    text.split('\n').flat_map(split_line).map(str::trim).filter(|sentence| !sentence.is_empty()).collect()
}

fn split_line(line: &str) -> Vec<&str> {
    let quoted = quotations(line);
    let mut sentences = Vec::new();
    let mut start = 0;
    let mut chars = line.char_indices().peekable();
    while let Some((at, mark)) = chars.next() {
        if !matches!(mark, '.' | '!' | '?' | '。' | '！' | '？' | '…') {
            continue;
        }
        let mut end = at + mark.len_utf8();
        while let Some((next, c)) = chars.peek().copied() {
            if !(CLOSING.contains(&c) || matches!(c, '.' | '!' | '?' | '。' | '！' | '？' | '…')) {
                break;
            }
            end = next + c.len_utf8();
            chars.next();
        }
        let is_inside = quoted.iter().any(|(open, close)| *open < end && end < *close);
        if !is_inside && is_end(&line[start..at], mark, (&line[at..end], &line[end..])) {
            sentences.push(&line[start..end]);
            start = end;
        }
    }
    sentences.push(&line[start..]);
    sentences
}

/// Where quotations and brackets stand: from their opening to their end, in bytes.
pub fn quotations(line: &str) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (at, mark) in line.char_indices() {
        let Some((_, closing)) = PAIRS.iter().find(|(opening, _)| *opening == mark) else { continue };
        let is_known = found.iter().any(|(open, close)| (*open..*close).contains(&at));
        let after = at + mark.len_utf8();
        let end = line[after..].find(*closing).map(|length| after + length + closing.len_utf8());
        if let Some(end) = end.filter(|end| !is_known && end - at <= LONGEST_QUOTE) {
            found.push((at, end));
        }
    }
    found
}

fn is_end(before: &str, mark: char, (marks, after): (&str, &str)) -> bool {
    let Some(next) = after.chars().next() else { return true };
    if matches!(mark, '。' | '！' | '？') {
        // “好！”他说。 is one sentence.
        return !(marks.ends_with(['”', '」', '』', '"']) && names_speaker(after));
    }
    let last = before.chars().next_back().unwrap_or(' ');
    if is_han(last) && is_han(next) && mark != '…' {
        return true;
    }
    if !next.is_whitespace() {
        return false;
    }
    let opens = after.trim_start().chars().next().is_none_or(|c| !c.is_lowercase());
    opens && (mark != '.' || !is_abbreviation(before, after.trim_start()))
}

fn is_abbreviation(before: &str, after: &str) -> bool {
    let word = before.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
    // The letter of a round or of a class is no initial.
    const LETTERED: [&str; 5] = ["series", "class", "plan", "vitamin", "grade"];
    let noun = before[..before.len() - word.len()].trim_end().rsplit(' ').next().unwrap_or_default();
    let is_letter = LETTERED.contains(&noun.to_lowercase().as_str());
    let is_initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase) && !is_letter;
    // "3." at the head of a line counts a list.
    let counts = before.trim() == word && !word.is_empty() && word.chars().all(|c| c.is_ascii_digit());
    let word = word.to_lowercase();
    let is_short = BEFORE_NUMBER.contains(&word.as_str()) && after.starts_with(|c: char| c.is_ascii_digit());
    is_initial || counts || is_short || ABBREVIATIONS.contains(&word.as_str())
}

fn names_speaker(after: &str) -> bool {
    let clause: String = after.chars().take_while(|c| !"，。！？；：,“".contains(*c)).take(16).collect();
    SPEAKS.iter().any(|word| clause.contains(word))
}

/// A Chinese character.
pub fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: &[&str]) {
        assert_eq!(split(text), expected);
    }

    #[test]
    fn the_letter_of_a_round_ends_a_sentence_and_an_initial_does_not() {
        check(
            "It closed a Series A. The lead is J. Moss.",
            &["It closed a Series A.", "The lead is J. Moss."],
        );
    }

    #[test]
    fn english() {
        check(
            "Acme Inc. raised $1.5 million. It said \"no.\" Version 2.1 is out! See e.g. Fig. 3 for more.",
            &[
                "Acme Inc. raised $1.5 million.",
                "It said \"no.\"",
                "Version 2.1 is out!",
                "See e.g. Fig. 3 for more.",
            ],
        );
        check("The answer is no. We go on with v2.0 now.", &["The answer is no.", "We go on with v2.0 now."]);
        check(
            "The U.S. Senate met on Jan. 5 with J. Doe. It voted.",
            &["The U.S. Senate met on Jan. 5 with J. Doe.", "It voted."],
        );
        check("1. Install it. 2. Run it.", &["1. Install it.", "2. Run it."]);
    }

    #[test]
    fn chinese_and_mixed() {
        check(
            "推理成本下降38%。“太好了！”他说。GPT-4.1发布",
            &["推理成本下降38%。", "“太好了！”他说。", "GPT-4.1发布"],
        );
        check(
            "新模型A1.5支持中英文；价格不变。它今天上线！",
            &["新模型A1.5支持中英文；价格不变。", "它今天上线！"],
        );
        check("模型已开源.权重可下载.", &["模型已开源.", "权重可下载."]);
    }

    #[test]
    fn what_is_said_stays_whole() {
        check(
            "“We tried. We failed,” said Ann. Then it worked.",
            &["“We tried. We failed,” said Ann.", "Then it worked."],
        );
        check(
            "公司回应：“已修复。请升级。”用户可以放心。",
            &["公司回应：“已修复。请升级。”", "用户可以放心。"],
        );
        check("A “quote without an end. It goes on.", &["A “quote without an end.", "It goes on."]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost(text in "[a-zA-Z0-9 .!?\"“”()一二说。！？；：「」\n]{0,120}") {
            let squeeze = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(squeeze(&split(&text).concat()), squeeze(&text));
        }
    }
}
