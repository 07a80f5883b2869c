//! Who raised, in English news.

use std::sync::LazyLock;

use super::en::Line;
use super::names;
use super::words::{Pattern, Said, compile, matches, places};

/// The verb that follows who raised; what stands before it is the subject.
static VERB: Pattern = LazyLock::new(|| {
    compile(
        r"(?ix)(?:^|\s)(?:(?:has|have|had|is|are|was|reportedly|just|now|also|today|said|says|formally|officially|quietly|successfully)\s)*
        (?:rais(?:es|ed|ing|e)|to\srais\w+|could\s(?:raise|be|soon)|may\s|secur(?:es|ed|ing)|lands|landed|nabs|nabbed|bags|bagged|clos(?:es|ed|ing)|picks\sup|snags|snagged|scor(?:es|ed)|receiv(?:es|ed)|attracts|attracted|complet(?:es|ed)|collects|gets|got|nets|locks\s(?:in|up)|grabs|clinches|announc(?:es|ed|ing)|finaliz\w+|hits|reach(?:es|ed)|becomes|became|confirms|confirmed|eyes|eyeing|seeks?|seeking|in\s(?:\w+\s)?talks|more\sthan\s(?:doubles|triples)|doubles|triples|quadruples|emerg(?:es|ed)|exits|comes|wins|snares|haul\w*|pull(?:s|ed)|rakes|reels|tops|valued|valuation|looking|looks|close\sto|near(?:s|ing)|set\sto|plans|targets|targeting|rumou?red|reportedly|potential|is|was|are|launch(?:es|ed)|unveils|soars|jumps|nears|wants|said|says|draws|adds|crosses|scoops|obtains|garners|banks|takes|welcomes|gains|brings|gears|expands|lures|mints|joins|aims|seals|thinks|wants|come|charts|weigh(?:s|ing)|consider(?:s|ing)|mulls|mulling|ponders|explor(?:es|ing)|discuss(?:es|ing)|extends|extended|upsizes|tops\sup|turns|denies)\b",
    )
});
static HAS: Pattern = LazyLock::new(|| {
    compile(
        r"[’']s?\s(?:(?:new|latest|fresh|massive|big|huge|record-breaking|record|reported|planned|potential)\s)?[$€£]",
    )
});
/// "The company, Tarn Labs, closed …", "his startup Tarn, an …", "a company called Tarn".
static NAMED: Pattern = LazyLock::new(|| {
    compile(
        r"(?:\b(?:[Tt]he|[Hh]is|[Hh]er|[Tt]heir|a|an|A|An|new|[\w-]+)\s(?:[\w-]+\s){0,3}?(?:startup|company|venture|firm|lab|platform|business)(?:\s(?:called|named|dubbed|known\sas))?,?|\b(?:co-?founder|CEO|founded|co-founded|started|launched|founder)(?:\sand\s(?:CEO|CTO|co-founder))?\s(?:of|at)?)\s(?:[A-Z0-9])",
    )
});
/// A headline about a person: the company is named in the text.
static PERSON: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\bfor\s(?:his|her|their)\b|\b(?:founder|co-founder|engineer|CEO|CTO|alums?|alumni|duo|researchers?|veterans?|team|creator|exec|executive|employees?|grads?|students?|researcher|startup|company|firm|maker|platform|partner|vets|chief|insider|lawyer|brothers|founders|banker)$",
    )
});

/// The company that the headline names as the one that raises.
pub fn of_title(title: &str) -> Option<&str> {
    let title = unlabelled(title);
    if matches(&PERSON, title) && title.to_lowercase().contains("for h") {
        return None;
    }
    let mut title = title;
    // "After Tarn's purchase, chip startup Nimbo raises": the subject comes after the comma.
    let lower = title.to_lowercase();
    if ["after ", "with ", "as ", "following ", "fresh off ", "months after ", "from ", "amid ", "despite "]
        .iter()
        .any(|word| lower.starts_with(word))
    {
        title = title.split_once(", ").map_or(title, |(_, rest)| rest);
    }
    if let Some(backed) = backed(title) {
        return Some(backed);
    }
    // "Tarn: $5 Million Raised For Robots"
    if let Some((head, rest)) = title.split_once(": ")
        && rest.starts_with(['$', '€', '£'])
    {
        return names::last(head);
    }
    let verb = places(&VERB, title).into_iter().next();
    let owner = places(&HAS, title).into_iter().next();
    let phrase = match (verb, owner) {
        (Some(verb), Some(owner)) if owner.start < verb.start => &title[..owner.start],
        (Some(verb), _) => &title[..verb.start],
        (None, Some(owner)) => &title[..owner.start],
        (None, None) => return names::first(title),
    };
    subject(phrase)
}

/// Whom an investor backs, where the headline is about the investor: "Moss backs chip startup Tarn to …".
fn backed(title: &str) -> Option<&str> {
    static BACKS: Pattern = LazyLock::new(|| {
        compile(
            r"\s(?:[Bb]acks|just\sbacked|leads?\s(?:[\w$.]+\s){0,3}(?:round|investment|funding)\s(?:in|for|of)|[Ii]nvests\sin|[Bb]ets\son)\s",
        )
    });
    static END: Pattern =
        LazyLock::new(|| compile(r"\s(?:to|in|with|on|at|for|as|amid|after|that|who)\s|[,;:]"));
    let verb = places(&BACKS, title).into_iter().next()?;
    let object = &title[verb.end..];
    let end = places(&END, object).into_iter().next().map_or(object.len(), |end| end.start);
    names::last(&object[..end])
}

/// The name that a noun phrase is about: "Tarn, the chip startup," is "Tarn".
fn subject(phrase: &str) -> Option<&str> {
    let phrase = phrase.trim();
    if phrase.is_empty() || matches(&PERSON, phrase) {
        return None;
    }
    match phrase.split_once(", ") {
        Some((head, rest)) => names::last(head).or_else(|| names::last(rest.trim_end_matches(','))),
        None => names::last(phrase),
    }
}

/// Without "Sources:", "(Outlet)" and the like in front.
fn unlabelled(title: &str) -> &str {
    let mut title = title.trim_start_matches(['#', '*', ' ']);
    while let Some((_, rest)) = title.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        title = rest.trim_start();
    }
    match title.split_once(": ") {
        Some((label, rest))
            if label.ends_with('+')
                || label.split(' ').count() <= 3
                    && names::first(label).is_none_or(|name| name.len() < label.len())
                    && !rest.is_empty() =>
        {
            rest
        }
        Some((label, rest))
            if ["sources", "source", "exclusive", "report", "scoop", "breaking", "funding"]
                .contains(&label.to_lowercase().as_str()) =>
        {
            rest
        }
        _ => title,
    }
}

/// The company, from the headline, else from the sentence that tells the round, else from how the text names it.
pub fn company<'a>(
    title: &Line<'a>,
    body: &[Line<'a>],
    main: Option<usize>,
    subject_of_title: Option<&'a str>,
) -> Option<Said<'a, &'a str>> {
    if let Some(name) = subject_of_title {
        let known = main.and_then(|at| longer(name, body[at].text));
        return Some(Said { what: known.unwrap_or(name), quote: title.text });
    }
    if let Some(name) = introduced(title.text) {
        return Some(Said { what: name, quote: title.text });
    }
    let told = main.map(|at| body[at].text);
    let from_told = told.and_then(|text| Some(Said { what: of_sentence(text)?, quote: text }));
    from_told.or_else(|| named(title.text, body))
}

/// "Tarn" of the headline is "Tarn Systems" in the sentence that tells it.
fn longer<'a>(name: &str, sentence: &'a str) -> Option<&'a str> {
    let at = sentence.find(name)?;
    let full = names::first(&sentence[at..])?;
    (!matches(&VERB, full)
        && !full.contains('$')
        && full.len() > name.len()
        && full.len() < name.len() + 20
        && full.starts_with(name)
        && at == 0)
        .then_some(full)
}

fn of_sentence(sentence: &str) -> Option<&str> {
    if let Some(name) = introduced(sentence) {
        return Some(name);
    }
    let mut rest = sentence;
    let lower = sentence.to_lowercase();
    if ["on ", "in ", "today", "this ", "after ", "with ", "to that end"]
        .iter()
        .any(|word| lower.starts_with(word))
    {
        rest = sentence.split_once(", ").map_or(sentence, |(_, rest)| rest);
    }
    let verb = places(&VERB, rest).into_iter().next()?;
    let name = subject(&rest[..verb.start])?;
    names::is_name(name).then_some(name)
}

fn introduced(sentence: &str) -> Option<&str> {
    let place = places(&NAMED, sentence).into_iter().next()?;
    let start = sentence[..place.end].char_indices().next_back()?.0;
    names::first(&sentence[start..])
}

/// The company that the text introduces: of all that it does, the one it then names most. "Ex-Tarn engineer raises" is
/// not about Tarn.
fn named<'a>(title: &str, body: &[Line<'a>]) -> Option<Said<'a, &'a str>> {
    let title = title.to_lowercase();
    let is_left = |name: &str| {
        ["ex-", "former "].iter().any(|ex| title.contains(&format!("{ex}{}", name.to_lowercase())))
    };
    let count = |name: &str| body.iter().map(|line| line.text.matches(name).count()).sum::<usize>();
    let introduced = body.iter().take(30).flat_map(|line| {
        places(&NAMED, line.text).into_iter().filter_map(|place| {
            let start = line.text[..place.end].char_indices().next_back()?.0;
            Some(Said { what: names::first(&line.text[start..])?, quote: line.text })
        })
    });
    introduced.filter(|said| !is_left(said.what)).max_by_key(|said| count(said.what))
}

/// Those who raise no rounds: listed on an exchange, or investors themselves.
static NO_ROUNDS: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)^(?:alphabet|google|oracle|meta|microsoft|amazon|aws|nvidia|apple|tesla|intel|amd|ibm|softbank|coreweave|nebius|samsung|tsmc|alibaba|tencent|baidu|broadcom|qualcomm|micron|dell|salesforce|blackstone|brookfield|a16z|andreessen\shorowitz|sequoia(?:\scapital)?|accel|benchmark|peak\sxv|lightspeed|general\scatalyst|y\scombinator|founders\sfund|khosla\sventures|blackrock)(?:\s(?:ceo|plans|inc))?\b",
    )
});

/// Whether `name` is of one whose sums are no rounds.
pub fn raises_no_rounds(name: &str) -> bool {
    matches(&NO_ROUNDS, name)
}
