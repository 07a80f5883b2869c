//! Names out of English noun phrases: who raised, and who led.

use std::sync::LazyLock;

use regex::Regex;

use super::words::{Pattern, compile, matches};

/// Nouns that say what a company is; the name follows them.
const KINDS: &str = "startup start-up startups company firm maker chipmaker platform unicorn decacorn darling lab \
    provider developer developers builder specialist giant operator rival competitor player pioneer \
    upstart newcomer marketplace scaleup scale-up fintech neobank neocloud biotech spinout spinoff \
    spin-off alum business outfit venture group manufacturer creator app vendor tech investor investors \
    backer backers fund founder network toolmaker carmaker designer owner agency studio service tool \
    assistant model engine brand parent subsidiary arm system insurtech shareholder team firms funds \
    companies ai-native ceo cofounder co-founder engineer cto";
/// Words with a capital that are no name, alone.
const NO_NAMES: &str = "the a an this that it its we they he she his her our their here how why what who when where after \
    with as for from and but in on at to by of new exclusive report sources source breaking updated \
    update former ex both ai vc vcs ceo cto cfo investors founders founder other others existing today \
    monday tuesday wednesday thursday friday saturday sunday also meanwhile now one each all every these \
    those while if so yet series seed round funding company startup us uk u.s u.k eu january february \
    march april may june july august september october november december previously altogether overall \
    since then there billion million exclusively watch video opinion according just more";

/// The name at the end of `phrase`: "AI coding startup Zorble Labs" is "Zorble Labs", "Ada's robot maker Nimbo" "Nimbo".
pub fn last(phrase: &str) -> Option<&str> {
    let phrase = phrase.trim().trim_end_matches([',', ':', ';', '-', '–', '—']).trim();
    let words: Vec<(usize, &str)> = words(phrase);
    let mut start = words.len();
    while start > 0 {
        let word = words[start - 1].1;
        let joins = matches!(word, "of" | "&" | "+" | "the") && start < words.len() && start > 1;
        if !(is_capital(word) || joins && is_capital(words[start - 2].1)) {
            break;
        }
        // What a possessive ends belongs to somebody else.
        if start < words.len() && is_possessive(word) || is_kind(word) && start < words.len() {
            break;
        }
        start -= 1;
    }
    while start < words.len()
        && (is_stop(words[start].1) && start + 1 < words.len() || is_kind_led(&words[start..]))
    {
        start += 1;
    }
    let (at, _) = *words.get(start)?;
    clean(&phrase[at..])
}

/// The name at the start of `phrase`: of "Zorble Labs, which …" it is "Zorble Labs".
pub fn first(phrase: &str) -> Option<&str> {
    let phrase = phrase.trim_start();
    let mut end = 0;
    for (at, word) in words(phrase) {
        let is_part = is_capital(word) || matches!(word, "of" | "&" | "+" | "de" | "van");
        if !is_part || at > 60 {
            break;
        }
        let bare = word.trim_end_matches([',', '.', ';', ':', ')', '"', '”']);
        end = at + bare.len();
        if bare.len() < word.len() && !word.ends_with('.')
            || word.ends_with('.') && bare.len() > 3
            || is_possessive(word)
        {
            break;
        }
    }
    clean(phrase[..end].trim_end_matches(" of").trim_end_matches(" &"))
}

/// The investors of a list: "Reed Capital, Moss & Co and existing backer Tarn" are three. What describes them is left
/// out; the list ends where something else begins.
pub fn listed(list: &str) -> Vec<&str> {
    static END: Pattern = LazyLock::new(|| {
        compile(
            r"(?x)\s(?:with|alongside|at|in|for|as|to|into|via|valuing|bringing|that|which|participat\w+|who|is|was|has|have|said|after|than|on|along|plus|joined|while|including)\b
          |,\s(?:the|a|an|with|which|who|valuing|at|known|bringing|along|giving|making|just|according|pushing|and\s(?:joined|included|saw|includes|also|will|values?|with|has|is|was))\b|[();:\[—–?!|]|\s-\s|,\s(?:[Ff]ormer|[Bb]est|[A-Za-z]+ing)\b|\.(?:\s|$)|\$",
        )
    });
    let end = END.as_ref().and_then(|end| ended(end, list)).unwrap_or(list.len());
    let mut names = Vec::new();
    let Some(joint) = &*JOINT else { return names };
    for part in joint.split(&list[..end]) {
        let part = part.trim().trim_start_matches("by ");
        let of_it = part.strip_suffix("’s").or(part.strip_suffix("'s")).unwrap_or(part);
        let ends_in_name = words(of_it).last().is_some_and(|(_, word)| is_capital(word));
        match last(of_it).filter(|_| ends_in_name) {
            Some(name) if !names.contains(&name) => names.push(name),
            Some(_) => {}
            // "a friend's venture firm, Tarn": the name comes after the comma.
            None if part.is_empty() || names.is_empty() => {}
            None => break,
        }
    }
    names
}

static JOINT: Pattern = LazyLock::new(|| compile(r",\s(?:and\s)?|\sand\s"));

/// Where the list ends; a full stop of an abbreviation ("Q.R. Moss") ends none.
fn ended(end: &Regex, list: &str) -> Option<usize> {
    let is_short = |at: usize| {
        let word = list[..at].rsplit([' ', '.']).next().unwrap_or_default();
        list[at..].starts_with('.') && word.chars().count() <= 2 && !list[at..].trim_end().eq(".")
    };
    end.find_iter(list).map(|found| found.start()).find(|at| !is_short(*at))
}

/// Whether `name` can be that of a company.
pub fn is_name(name: &str) -> bool {
    let words: Vec<&str> = name.split_whitespace().collect();
    let n_chars = name.chars().count();
    let lower = |word: &str| word.trim_matches('.').to_lowercase();
    (2..=50).contains(&n_chars)
        && name.contains(char::is_alphabetic)
        && !words.iter().all(|word| NO_NAMES.split(' ').any(|other| other == lower(word)) || is_kind(word))
}

fn clean(name: &str) -> Option<&str> {
    let name = name.trim().trim_matches(['"', '“', '”', '‘', ',', ':', ';', '(', ')', '[', ']', '*', '#']);
    let name = name.strip_suffix("’s").or(name.strip_suffix("'s")).unwrap_or(name);
    let name = name.trim_end_matches(['’', '\'', '.']).trim();
    is_name(name).then_some(name)
}

fn words(phrase: &str) -> Vec<(usize, &str)> {
    phrase
        .split(' ')
        .scan(0, |at, word| {
            let start = *at;
            *at += word.len() + 1;
            Some((start, word))
        })
        .filter(|(_, word)| !word.is_empty())
        .collect()
}

fn is_capital(word: &str) -> bool {
    let word = word.trim_start_matches(['"', '“', '‘', '(', '*', '#', '[']);
    // Some names begin with a small letter or a digit: "zOrb", "42 Labs".
    word.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
        || word.chars().skip(1).any(char::is_uppercase) && !word.contains('-')
        || word.contains(|c: char| c.is_ascii_digit()) && word.starts_with(char::is_alphabetic)
}

fn is_possessive(word: &str) -> bool {
    word.ends_with("’s") || word.ends_with("'s") || word.ends_with("s’") || word.ends_with("s'")
}

fn is_kind(word: &str) -> bool {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    KINDS.split(' ').any(|kind| kind == bare)
        || bare.ends_with("-backed")
        || bare.ends_with("-led")
        || bare.ends_with("-based")
        || bare.ends_with("-powered")
}

/// In a headline all words have capitals: "Insurance Startup Zorble" begins with what it is, "Tech Forge" with its name.
fn is_kind_led(words: &[(usize, &str)]) -> bool {
    let Some(at) = words.iter().rposition(|(_, word)| is_kind(word)) else { return false };
    at + 1 < words.len() && matches(&HYPHENED, words[0].1)
}

static HYPHENED: Pattern = LazyLock::new(|| compile(r"(?i)-(?:backed|led|based|powered|native|focused)$"));

fn is_stop(word: &str) -> bool {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    matches!(
        bare.as_str(),
        "the"
            | "and"
            | "of"
            | "with"
            | "as"
            | "for"
            | "a"
            | "an"
            | "after"
            | "why"
            | "how"
            | "new"
            | "inside"
            | "ex"
    ) || bare.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_follows_what_it_is() {
        for (phrase, name) in [
            ("AI coding startup Zorble Labs", "Zorble Labs"),
            ("Insurance Startup Zorble", "Zorble"),
            ("Ada Byrne’s robot maker Nimbo", "Nimbo"),
            ("Princeton’s Tarn Energy", "Tarn Energy"),
            ("Gil Reed-backed defense tech Nimbo", "Nimbo"),
            ("Bank of Tarn", "Bank of Tarn"),
        ] {
            assert_eq!(last(phrase), Some(name), "{phrase}");
        }
        assert_eq!(last("this founder"), None);
    }

    #[test]
    fn investors_of_a_list() {
        assert_eq!(
            listed("Reed Capital, Moss & Co and existing backer Tarn, with participation from X"),
            ["Reed Capital", "Moss & Co", "Tarn"]
        );
        assert_eq!(listed("a friend of Gil Reed’s venture firm, Nine Nine."), ["Nine Nine"]);
        assert_eq!(listed("deep tech fund Tarn Capital, the arm of Moss"), ["Tarn Capital"]);
        assert!(listed("people who know").is_empty());
    }
}
