//! The language of a text: by its script, else by its words and by what its page declares.

use whatlang::{Detector, Lang};

use super::clean::{is_han, is_kana};
use crate::model::{Language, Tongue};

/// Characters looked at.
const LOOKED_AT: usize = 4000;

/// Letters that a text needs for its words to tell more than its source's language does.
const ENOUGH: usize = 20;

/// Letters with which words alone tell a language that nobody declares.
const PLENTY: usize = 200;

/// ISO 639-1 of the languages that are told by their words.
const CODES: [(Lang, &str); 24] = [
    (Lang::Eng, "en"),
    (Lang::Deu, "de"),
    (Lang::Fra, "fr"),
    (Lang::Spa, "es"),
    (Lang::Ita, "it"),
    (Lang::Por, "pt"),
    (Lang::Nld, "nl"),
    (Lang::Pol, "pl"),
    (Lang::Ces, "cs"),
    (Lang::Swe, "sv"),
    (Lang::Dan, "da"),
    (Lang::Nob, "no"),
    (Lang::Fin, "fi"),
    (Lang::Hun, "hu"),
    (Lang::Ron, "ro"),
    (Lang::Tur, "tr"),
    (Lang::Vie, "vi"),
    (Lang::Ind, "id"),
    (Lang::Ell, "el"),
    (Lang::Rus, "ru"),
    (Lang::Ukr, "uk"),
    (Lang::Ara, "ar"),
    (Lang::Heb, "he"),
    (Lang::Tha, "th"),
];

/// The language of `text`; `default` where it is too short to tell.
pub fn of(text: &str, declared: Option<&str>, default: &Tongue) -> Tongue {
    let head: String = text.chars().take(LOOKED_AT).collect();
    let count = |is: fn(char) -> bool| head.chars().filter(|c| is(*c)).count();
    let (n_han, n_kana, n_hangul) = (count(is_han), count(is_kana), count(is_hangul));
    let n_letters = count(char::is_alphabetic);
    if n_kana * 10 > n_han && n_kana >= 4 && n_kana * 8 > n_letters {
        return Tongue::new("ja");
    }
    if n_hangul >= 4 && n_hangul * 4 > n_letters {
        return Tongue::new("ko");
    }
    // Chinese articles about software are full of Latin names, so a fifth of Han is enough.
    if n_han * 5 >= n_letters && n_han >= 4 {
        return Language::Zh.into();
    }
    if n_letters < ENOUGH {
        return default.clone();
    }
    by_words(&head, n_letters, declared)
}

/// Words alone are believed of a long text; of a shorter one if its page says the same. Otherwise it is English.
fn by_words(text: &str, n_letters: usize, declared: Option<&str>) -> Tongue {
    let found = Detector::new().detect(text);
    let code = |lang: Lang| CODES.iter().find(|(known, _)| *known == lang).map(|(_, code)| *code);
    let told = found.and_then(|found| Some((code(found.lang())?, found.is_reliable())));
    match told {
        Some((code, _)) if declared.map(Tongue::new).is_some_and(|own| own.as_str() == code) => {
            Tongue::new(code)
        }
        Some((code, true)) if n_letters >= PLENTY => Tongue::new(code),
        _ => Language::En.into(),
    }
}

fn is_hangul(c: char) -> bool {
    matches!(c, '\u{ac00}'..='\u{d7a3}' | '\u{1100}'..='\u{11ff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, declared: Option<&str>, default: Language) -> String {
        of(text, declared, &default.into()).as_str().to_owned()
    }

    #[test]
    fn languages_are_told_apart_and_short_texts_keep_the_source_s() {
        assert_eq!(told("OpenAI 发布 GPT-5 API，价格下降一半，开发者欢迎", None, Language::En), "zh");
        assert_eq!(told("The lab shipped a model that runs on a laptop.", None, Language::Zh), "en");
        assert_eq!(told("v2.1", None, Language::Zh), "zh");
    }

    #[test]
    fn what_readers_do_not_read_is_not_called_english() {
        assert_eq!(
            told("研究所は小さなモデルを公開し、ノートパソコンで動くと述べた。", None, Language::En),
            "ja"
        );
        assert_eq!(
            told("연구소는 노트북에서 실행되는 작은 모델을 공개했다고 밝혔다.", None, Language::En),
            "ko"
        );
        let german = "Das Labor hat am Dienstag ein kleines Modell veröffentlicht, das auf einem Rechner ohne Netz läuft. ";
        assert_eq!(told(german, Some("de-DE"), Language::En), "de");
        assert_eq!(told(&german.repeat(4), None, Language::En), "de");
        // A page that was made by an English template says nothing.
        assert_eq!(told("The lab shipped a model that runs on a laptop.", Some("ja"), Language::En), "en");
    }
}
