//! The parts of a paper whose whole text is known: sections with their length, and captions of figures.

use std::sync::LazyLock;

use regex::Regex;

use super::text::{pattern, sentences};
use crate::model::SectionTime;

/// A paper is read slower than news.
const WORDS_A_MINUTE: usize = 160;
/// Sections that a guide names.
const MOST: usize = 5;
/// Longest caption that is quoted, in characters.
const CAPTION: usize = 280;

static HEADING: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(\d{1,2}|[IVX]{1,4}|Appendix [A-Z]|[A-Z])[.:]?\s+\p{Lu}"));
static DEEPER: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\d{1,2}\.\d"));
static FIGURE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:Figure|Fig\.|图)\s*\d+\s*[:.：]\s*\S"));
/// Words of a section's title, and what it is to a reader.
static KINDS: LazyLock<[(&str, Regex); 5]> = LazyLock::new(|| {
    [
        (
            "skip",
            pattern(
                r"(?i)related work|^appendix|background|preliminar|acknowledg|references|ethic|broader impact|附录",
            ),
        ),
        ("start", pattern(r"(?i)introduc|overview|motivation|引言")),
        ("limits", pattern(r"(?i)limitation|conclusion|discussion|threats|future|failure|局限|结论")),
        (
            "evidence",
            pattern(r"(?i)experiment|result|evaluat|measure|ablation|benchmark|case stud|实验|结果"),
        ),
        ("core", pattern(r".")),
    ]
});
/// In the order in which a programmer reads: what it is, what it does not do, how, and whether it holds.
/// Of each kind so many at first.
const ORDER: [(&str, usize); 4] = [("start", 1), ("limits", 1), ("core", 2), ("evidence", 1)];

/// A section with its text.
#[derive(Debug)]
pub struct Part<'a> {
    /// As headed.
    pub title: &'a str,
    /// What it is to a reader.
    pub kind: &'static str,
    /// Its paragraphs.
    pub text: Vec<&'a str>,
}

/// The sections in the paper's order.
pub fn sections(whole: &str) -> Vec<Part<'_>> {
    let mut parts: Vec<Part<'_>> = Vec::new();
    for paragraph in whole.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()) {
        let is_short = paragraph.chars().count() <= 90 && !paragraph.ends_with(['.', ':', '。', '：']);
        if is_short && HEADING.is_match(paragraph) && !DEEPER.is_match(paragraph) {
            parts.push(Part { title: paragraph, kind: kind(paragraph), text: Vec::new() });
        } else if let Some(part) = parts.last_mut() {
            part.text.push(paragraph);
        }
    }
    parts
}

fn kind(title: &str) -> &'static str {
    // "A Proofs" after "5 Conclusion" is an appendix.
    if title.starts_with(|c: char| c.is_ascii_uppercase())
        && title[1..].starts_with([' ', '.', ':'])
        && !title.starts_with(['I', 'V', 'X'])
    {
        return "skip";
    }
    let rest = title.trim_start_matches(|c: char| c.is_ascii_digit() || " .:".contains(c));
    KINDS.iter().find(|(_, words)| words.is_match(rest)).map_or("core", |(kind, _)| kind)
}

/// Which to read, in which order, with the time for each. The introduction's place is first, the method's before the
/// proof of it; what only specialists need is left out.
pub fn plan(parts: &[Part<'_>]) -> Vec<SectionTime> {
    let timed = |part: &Part<'_>| SectionTime {
        title: part.title.to_owned(),
        minutes: minutes(part),
        why: part.kind.to_owned(),
    };
    let of = |kind: &str| parts.iter().filter(|part| part.kind == kind).collect::<Vec<_>>();
    let mut chosen: Vec<&Part<'_>> =
        ORDER.iter().flat_map(|(kind, n)| of(kind).into_iter().take(*n)).collect();
    let rest = ORDER.iter().rev().flat_map(|(kind, n)| of(kind).into_iter().skip(*n));
    let room = MOST.saturating_sub(chosen.len());
    chosen.extend(rest.filter(|part| part.kind != "limits").take(room));
    let place = |part: &&Part<'_>| {
        let kind = ORDER.iter().position(|(kind, _)| *kind == part.kind);
        (kind, parts.iter().position(|other| std::ptr::eq(other, *part)))
    };
    chosen.sort_by_key(place);
    chosen.into_iter().map(timed).collect()
}

fn minutes(part: &Part<'_>) -> u32 {
    let n_words: usize = part
        .text
        .iter()
        .map(|text| {
            let n_han = text.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).count();
            text.split_whitespace().count() + n_han / 2
        })
        .sum();
    u32::try_from(n_words.div_ceil(WORDS_A_MINUTE)).unwrap_or(u32::MAX).max(1)
}

/// The figure that shows the idea or the result at a glance: an overview if one says so, else the first.
pub fn figure(whole: &str) -> Option<String> {
    let captions: Vec<&str> =
        whole.split("\n\n").map(str::trim).filter(|text| FIGURE.is_match(text)).collect();
    let tells = |caption: &&&str| {
        let lower = caption.to_lowercase();
        ["overview", "architecture", "pipeline", "at a glance", "compar", "总览"]
            .iter()
            .any(|word| lower.contains(word))
    };
    let caption = captions.iter().find(tells).or(captions.first())?;
    let mut said = String::new();
    for sentence in sentences(caption) {
        if said.chars().count() + sentence.chars().count() > CAPTION && said.chars().count() > 20 {
            break;
        }
        said.push_str(if said.is_empty() { "" } else { " " });
        said.push_str(sentence);
    }
    Some(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = "1 Introduction\n\nWe begin here.\n\n2 Related Work\n\nOthers did.\n\n3 A Page Table\n\n\
        It pages.\n\n3.1 The prefetcher\n\nIt fetches.\n\nFigure 1: A trace.\n\nFigure 2: Overview of the table. It spans nodes.\n\n\
        4 Experiments\n\nIt is faster.\n\n5 Limitations\n\nOnly one vendor.\n\nA Proofs";

    #[test]
    fn limits_are_read_before_the_method_and_related_work_is_not() {
        let parts = sections(WHOLE);
        let plan: Vec<(String, String)> =
            plan(&parts).into_iter().map(|section| (section.title, section.why)).collect();
        let expected = [
            ("1 Introduction", "start"),
            ("5 Limitations", "limits"),
            ("3 A Page Table", "core"),
            ("4 Experiments", "evidence"),
        ];
        assert_eq!(plan, expected.map(|(title, why)| (title.to_owned(), why.to_owned())));
        assert_eq!(parts[2].text.len(), 5, "{:?}", parts[2].text);
    }

    #[test]
    fn an_overview_is_the_figure_to_look_at() {
        assert_eq!(figure(WHOLE).unwrap(), "Figure 2: Overview of the table. It spans nodes.");
        assert_eq!(figure("Figure 3 shows nothing."), None);
    }
}
