//! Text to tokens: words of Latin script, numbers, marks, and single Chinese characters.

use crate::judge::sentences::is_han;

/// A token in lower case, and the bytes of the text it stands at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// In lower case; a number is `#` and its length, since its value says nothing.
    pub text: String,
    /// Where.
    pub span: (usize, usize),
}

impl Token {
    /// A Chinese character.
    pub fn is_han(&self) -> bool {
        self.text.chars().next().is_some_and(is_han)
    }

    /// A word of Latin script.
    pub fn is_word(&self) -> bool {
        self.text.starts_with(|c: char| c.is_alphabetic() && !is_han(c))
    }

    /// Neither word, number nor character.
    pub fn is_mark(&self) -> bool {
        self.text.starts_with(|c: char| !c.is_alphanumeric() && c != '#')
    }
}

/// Whether a title is to be read as Chinese.
pub fn is_chinese(title: &str) -> bool {
    title.chars().filter(|c| is_han(*c)).count() * 4 > title.chars().count()
}

/// The tokens of `text`.
pub fn split(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut open: Option<(usize, Kind)> = None;
    let ends = text.char_indices().map(|(at, c)| (at, Some(c))).chain([(text.len(), None)]);
    for (at, c) in ends {
        let kind = c.map_or(Kind::Blank, |c| kind(c, open.map(|(_, kind)| kind)));
        if let Some((start, was)) = open {
            if was == kind && matches!(kind, Kind::Word | Kind::Number) {
                continue;
            }
            tokens.push(token(&text[start..at], was, (start, at)));
        }
        open = (kind != Kind::Blank).then_some((at, kind));
    }
    tokens
}

/// The places of the words, for naming reasons.
pub fn spans(text: &str) -> Vec<(usize, usize)> {
    split(text).into_iter().map(|token| token.span).collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Blank,
    Word,
    Number,
    Han,
    Mark,
}

fn kind(c: char, before: Option<Kind>) -> Kind {
    match c {
        c if is_han(c) => Kind::Han,
        // GPT4 is one word, 4K is a number and a word.
        c if c.is_ascii_digit() && before != Some(Kind::Word) => Kind::Number,
        '\'' | '’' | '‘' if before == Some(Kind::Word) => Kind::Word,
        '.' | ',' if before == Some(Kind::Number) => Kind::Number,
        c if c.is_alphanumeric() => Kind::Word,
        c if c.is_whitespace() || c.is_control() => Kind::Blank,
        _ => Kind::Mark,
    }
}

fn token(text: &str, kind: Kind, span: (usize, usize)) -> Token {
    let lower = match kind {
        Kind::Number => {
            let digits = text.trim_end_matches(['.', ',']);
            format!("#{}", digits.len().min(5))
        }
        _ => text.to_lowercase().replace(['’', '‘'], "'").trim_end_matches('\'').to_owned(),
    };
    Token { text: if lower.is_empty() { text.to_owned() } else { lower }, span }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_numbers_marks_and_characters_are_tokens_of_their_own() {
        let texts = |text: &str| split(text).into_iter().map(|token| token.text).collect::<Vec<_>>();
        assert_eq!(texts("Here’s why GPT4 won!"), ["here's", "why", "gpt4", "won", "!"]);
        assert_eq!(texts("1,200 tests in 7 days"), ["#5", "tests", "in", "#1", "days"]);
        assert_eq!(texts("开源7B模型"), ["开", "源", "#1", "b", "模", "型"]);
        assert!(texts("").is_empty());
    }

    #[test]
    fn a_token_knows_where_it_stands() {
        let text = "涨价了, really";
        let tokens = split(text);
        assert!(tokens.iter().all(|token| text.get(token.span.0..token.span.1).is_some()));
        assert_eq!(&text[tokens[4].span.0..tokens[4].span.1], "really");
    }
}
