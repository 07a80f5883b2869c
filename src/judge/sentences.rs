//! Text to sentences, in English and Chinese.

/// Words before a full stop that do not end a sentence.
const ABBREVIATIONS: [&str; 30] = [
    "mr", "mrs", "ms", "dr", "prof", "inc", "ltd", "co", "corp", "vs", "etc", "e.g", "i.e", "u.s", "u.k",
    "u.n", "no", "fig", "eq", "al", "st", "jr", "sr", "approx", "jan", "feb", "aug", "sept", "oct", "dec",
];

/// Marks that may follow the end of a sentence and belong to it.
const CLOSING: [char; 10] = ['"', '\'', ')', ']', '”', '’', '」', '』', '）', '》'];

/// The sentences of `text`, verbatim slices of it, in order. A line break always ends one.
pub fn split(text: &str) -> Vec<&str> {
    text.split('\n').flat_map(split_line).map(str::trim).filter(|sentence| !sentence.is_empty()).collect()
}

fn split_line(line: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut start = 0;
    let mut chars = line.char_indices().peekable();
    while let Some((at, mark)) = chars.next() {
        if !matches!(mark, '.' | '!' | '?' | '。' | '！' | '？' | '；' | '…') {
            continue;
        }
        let mut end = at + mark.len_utf8();
        while let Some((next, c)) = chars.peek().copied() {
            if !(CLOSING.contains(&c) || matches!(c, '.' | '!' | '?' | '！' | '？' | '…')) {
                break;
            }
            end = next + c.len_utf8();
            chars.next();
        }
        if is_end(&line[start..at], mark, &line[end..]) {
            sentences.push(&line[start..end]);
            start = end;
        }
    }
    sentences.push(&line[start..]);
    sentences
}

fn is_end(before: &str, mark: char, after: &str) -> bool {
    if matches!(mark, '。' | '！' | '？' | '；') {
        return true;
    }
    let Some(next) = after.chars().next() else { return true };
    if !next.is_whitespace() {
        return false;
    }
    let opens = after.trim_start().chars().next().is_none_or(|c| !c.is_lowercase());
    if mark != '.' {
        return opens;
    }
    let word = before.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
    let is_initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
    opens && !is_initial && !ABBREVIATIONS.contains(&word.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english() {
        let text =
            "Acme Inc. raised $1.5 million. It said \"no.\" Version 2.1 is out! See e.g. Fig. 3 for more.";
        assert_eq!(
            split(text),
            [
                "Acme Inc. raised $1.5 million.",
                "It said \"no.\"",
                "Version 2.1 is out!",
                "See e.g. Fig. 3 for more."
            ]
        );
    }

    #[test]
    fn chinese_and_mixed() {
        assert_eq!(
            split("推理成本下降38%。“太好了！”他说。GPT-4.1发布"),
            ["推理成本下降38%。", "“太好了！”", "他说。", "GPT-4.1发布"]
        );
    }
}
