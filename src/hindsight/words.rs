//! What became of a story in words, in both languages.

use super::{Afterlife, Artifact, Outcome, Popularity, Reason};
use crate::model::Language;

/// From so many days on a late look is said to be one.
const LATE: i32 = 7;

/// What became of it, in a word or two.
pub fn outcome(outcome: Outcome, language: Language) -> &'static str {
    match (outcome, language) {
        (Outcome::Lasted, Language::En) => "lasted",
        (Outcome::Lasted, Language::Zh) => "站住了",
        (Outcome::Faded, Language::En) => "faded",
        (Outcome::Faded, Language::Zh) => "没站住",
        (Outcome::Early, Language::En) => "too early to say",
        (Outcome::Early, Language::Zh) => "尚早",
    }
}

/// A sign with its number.
pub fn reason(reason: &Reason, language: Language) -> String {
    let n = reason.n;
    let (en, zh) = match reason.sign.as_str() {
        "widely" | "mentioned" => (
            format!("mentioned by {n} other owner{} after its first 72 hours", plural(n)),
            format!("72 小时之后又有 {n} 家提到"),
        ),
        "late" => {
            (format!("by {n} of them in the second half of this time"), format!("其中 {n} 家在后半段才提到"))
        }
        "updates" => (
            format!("{n} later stor{} from it", if n == 1 { "y goes on" } else { "ies go on" }),
            format!("有 {n} 条后续"),
        ),
        "grew" => (format!("its popularity grew to {n}"), format!("热度升至 {n}")),
        "silent" => (format!("nobody came back to it after day {n}"), format!("第 {n} 天之后无人再提")),
        "gone" => ("what it links to is gone".to_owned(), "所链接的内容已不存在".to_owned()),
        "alive" => ("what it links to is still there".to_owned(), "所链接的内容仍在".to_owned()),
        "nobody" => ("no other owner came back to it".to_owned(), "没有其他来源再提到".to_owned()),
        other => (other.to_owned(), other.to_owned()),
    };
    if language == Language::En { en } else { zh }
}

/// All signs of a look in one line.
pub fn reasons(life: &Afterlife, language: Language) -> String {
    let between = if language == Language::En { "; " } else { "；" };
    let signs = life.reasons.iter().map(|sign| reason(sign, language));
    signs.chain(life.popularity.iter().map(popularity)).collect::<Vec<_>>().join(between)
}

/// A look as the story's own page says it: "90 days later: mentioned by 4 other owners, 2 updates, its link answers".
pub fn line(life: &Afterlife, language: Language) -> String {
    let is_en = language == Language::En;
    let (owners, updates) = (i64::from(life.n_owners), i64::from(life.n_updates));
    let mut parts = vec![match (is_en, owners) {
        (true, 0) => "nobody else came back to it".to_owned(),
        (true, n) => format!("mentioned by {n} other owner{}", plural(n)),
        (false, 0) => "没有其他来源再提到".to_owned(),
        (false, n) => format!("又有 {n} 家提到"),
    }];
    if updates > 0 {
        parts.push(if is_en {
            format!("{updates} update{}", plural(updates))
        } else {
            format!("{updates} 条后续")
        });
    }
    parts.extend(life.artifact.map(|artifact| artifact_words(artifact, is_en).to_owned()));
    parts.extend(life.popularity.iter().map(popularity));
    let late = match life.real_age_days - life.age_days {
        0..LATE => String::new(),
        _ if is_en => format!(" (link looked at on day {})", life.real_age_days),
        _ => format!("（链接在第 {} 天查看）", life.real_age_days),
    };
    let (days, fate) = (life.age_days, outcome(life.outcome, language));
    if is_en {
        format!("{days} days later: {}{late}. It {fate}.", parts.join(", "))
            .replace("It too early", "Too early")
    } else {
        format!("{days} 天后：{}{late}。结论：{fate}。", parts.join("，"))
    }
}

fn artifact_words(artifact: Artifact, is_en: bool) -> &'static str {
    match (artifact, is_en) {
        (Artifact::Alive, true) => "what it links to is still there",
        (Artifact::Alive, false) => "所链接的内容仍在",
        (Artifact::Gone, true) => "what it links to is gone",
        (Artifact::Gone, false) => "所链接的内容已不存在",
        (Artifact::Unknown, true) => "nobody can say whether its link is still there",
        (Artifact::Unknown, false) => "链接是否仍在不得而知",
    }
}

/// "stars 400 → 900 (day 41)": as sources counted, the same in every language.
fn popularity(popularity: &Popularity) -> String {
    let Popularity { kind, first, last, day } = popularity;
    match first.filter(|first| first != last) {
        Some(first) => format!("{kind} {first} → {last} (day {day})"),
        None => format!("{kind} {last} (day {day})"),
    }
}

fn plural(n: i64) -> &'static str {
    if n == 1 { "" } else { "s" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hindsight::SIGNS;

    fn life() -> Afterlife {
        Afterlife {
            age_days: 90,
            real_age_days: 92,
            n_owners: 4,
            n_mentions: 5,
            n_updates: 2,
            artifact: Some(Artifact::Alive),
            artifact_says: None,
            popularity: vec![Popularity { kind: "stars".into(), first: Some(400), last: 900, day: 41 }],
            outcome: Outcome::Lasted,
            reasons: vec![Reason { sign: "widely".into(), points: 2, n: 4 }],
        }
    }

    #[test]
    fn a_look_is_a_sentence_in_both_languages() {
        assert_eq!(
            line(&life(), Language::En),
            "90 days later: mentioned by 4 other owners, 2 updates, what it links to is still there, stars 400 → 900 (day 41). It lasted."
        );
        assert_eq!(
            line(&Afterlife { artifact: None, popularity: Vec::new(), ..life() }, Language::Zh),
            "90 天后：又有 4 家提到，2 条后续。结论：站住了。"
        );
        let young = Afterlife { outcome: Outcome::Early, n_updates: 1, ..life() };
        assert!(line(&young, Language::En).ends_with("Too early to say."));
    }

    #[test]
    fn a_late_look_says_so() {
        let late = Afterlife { real_age_days: 140, ..life() };
        assert!(line(&late, Language::En).contains("(link looked at on day 140)"));
    }

    #[test]
    fn every_sign_has_words_in_both_languages() {
        for sign in SIGNS {
            for language in Language::ALL {
                let words = reason(&Reason { sign: sign.name.into(), points: 0, n: 1 }, *language);
                assert_ne!(words, sign.name);
            }
        }
    }
}
