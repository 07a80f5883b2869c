//! Reads a round out of English news: who, by a verb of raising, how much, in what round, led by whom, at what worth.

use std::sync::LazyLock;

use super::en_about as about;
use super::en_role::{self as roles, Role, Sum};
use super::en_who as who;
use super::money::Money;
use super::words::{Pattern, Reading, Said, compile, matches, places};
use super::{denied, names, round as rounds};

/// A sentence with what is said of money in it. The first of an article is its headline.
pub struct Line<'a> {
    /// Verbatim.
    pub text: &'a str,
    /// Sums in order.
    pub sums: Vec<Sum<'a>>,
}

impl<'a> Line<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, sums: roles::sums(text) }
    }

    /// The first sum of now that was raised.
    pub fn raised(&self) -> Option<&Money<'a>> {
        let first = |wanted: Role| self.sums.iter().find(|sum| sum.role == wanted && !sum.earlier);
        first(Role::Raised).or_else(|| first(Role::Taken)).map(|sum| &sum.money)
    }

    fn worth(&self) -> Option<&Money<'a>> {
        self.sums.iter().find(|sum| sum.role == Role::Valuation && !sum.earlier).map(|sum| &sum.money)
    }

    fn is_past(&self, at: usize) -> bool {
        roles::past(self.text).iter().any(|past| past.contains(&at))
    }
}

/// A sentence about the round that was just told.
static OF_IT: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)^\W*(?:(?:led|co-led)\b|(?:the|this|its|our|[\w’']+[’']s)\s(?:\w+\s)?(?:new|latest|current|fresh|oversubscribed|all-\w+|equity)?\s?(?:\w+\s)?(?:round|funding|financing|investment|deal|raise|series\s[a-k]\d?|seed|extension|transaction|fundraise|capital)\b|(?:according|per|while|investors)\b)|\b(?:lead|led|leads|leading|co-lead|co-led)\s(?:the|this|its)\s(?:[\w-]+\s){0,3}(?:round|funding|financing|investment|raise)\b|\b(?:round|financing|deal|raise|investment|series\s[a-k]\d?),?\s[^.]{0,20}\b(?:was|is|were|would|will|values?|could)\b|\bpost-money\b|\bvalues?\sthe\s(?:company|startup|firm)|\bvaluing\b|\b(?:is|are)\s(?:now\s)?(?:worth|valued)\b|\bnew\svaluation|\bthe\sround\b",
    )
});

/// The round that the article tells of, if that is its news.
pub fn read<'a>(title: &'a str, sentences: &[&'a str]) -> Option<Reading<'a>> {
    let title = Line::new(title);
    let body: Vec<Line<'a>> = sentences.iter().map(|sentence| Line::new(sentence)).collect();
    if about::is_something_else(&title, &body) {
        return None;
    }
    let subject = who::of_title(title.text);
    let (amount, main) = main(&title, &body, subject)?;
    if denied::english(title.text, main.map(|at| body[at].text)) {
        return None;
    }
    let company =
        who::company(&title, &body, main, subject).filter(|company| !who::raises_no_rounds(company.what))?;
    let near = near(&title, &body, main, amount.as_ref().map(|(money, _)| money));
    Some(Reading {
        amount: amount.map(|(money, quote)| Said { what: money, quote }),
        round: round(&near),
        leads: leads(&near),
        valuation: near.iter().find_map(|line| Some(Said { what: line.worth()?.clone(), quote: line.text })),
        announced: about::is_announced(&title, main.map(|at| &body[at]), &body)
            && !denied::denies_english(&mut body.iter().map(|line| line.text)),
        company,
    })
}

type Amount<'a> = (Money<'a>, &'a str);

/// The sum of the round, and the sentence of the body that tells it.
fn main<'a>(
    title: &Line<'a>,
    body: &[Line<'a>],
    subject: Option<&str>,
) -> Option<(Option<Amount<'a>>, Option<usize>)> {
    if let Some(sum) = title.raised() {
        let same = |line: &Line<'a>| {
            line.sums.iter().any(|one| !one.earlier && one.role != Role::Valuation && one.money.is_near(sum))
        };
        let main = body.iter().position(same);
        let confirmed = title.sums.iter().any(|one| one.role == Role::Raised)
            || main.is_none() && about::is_taken(title.text)
            || about::is_round(title, body, main);
        let (amount, at) = equity(title, body, sum).unwrap_or(((sum.clone(), title.text), None));
        return confirmed.then(|| (Some(amount), main.or(at)));
    }
    let hints = about::hints(title.text) || title.worth().is_some();
    // A headline without a word of money is news of a round only if the text soon says so of whom the headline names.
    let reach = if hints { body.len() } else { 6 };
    let is_pressing = |line: &Line<'a>| hints || about::tells_round(line.text, subject, title.text);
    let told = body.iter().take(reach).position(|line| {
        let Some(sum) = line.raised() else { return false };
        let is_strong = line.sums.iter().any(|one| one.money == *sum && one.role == Role::Raised);
        is_strong && is_pressing(line) && about::is_of(line.text, sum.start, subject)
    });
    match told {
        Some(at) => {
            let sum = body[at].raised()?.clone();
            Some((Some((sum, body[at].text)), Some(at)))
        }
        // "raises Series B" without a sum, or talks about a round of unknown size.
        None if about::is_raise_without_sum(title) => Some((None, None)),
        None => None,
    }
}

/// What is left of `sum` without the debt in it, where the article states both parts; and the sentence of the body.
fn equity<'a>(title: &Line<'a>, body: &[Line<'a>], sum: &Money<'a>) -> Option<(Amount<'a>, Option<usize>)> {
    let lines = || {
        [(None, title)].into_iter().chain(body.iter().take(12).enumerate().map(|(at, line)| (Some(at), line)))
    };
    let is_debt = |line: &Line<'a>, one: &Sum<'a>| roles::is_debt(line.text, &one.money);
    let debts: Vec<f64> = lines()
        .flat_map(|(_, line)| line.sums.iter().filter(move |one| is_debt(line, one)))
        .filter_map(|one| one.money.value)
        .collect();
    lines().find_map(|(at, line)| {
        let is_rest = |one: &&Sum<'a>| {
            let parts = one.money.value.zip(sum.value);
            let adds_up = parts
                .is_some_and(|(one, all)| debts.iter().any(|debt| (one + debt - all).abs() <= 0.01 * all));
            adds_up && matches!(one.role, Role::Raised | Role::Taken) && !is_debt(line, one)
        };
        let rest = line.sums.iter().find(is_rest)?;
        Some(((rest.money.clone(), line.text), at))
    })
}

/// The sentences that speak of this round: headline, the one that tells it, and those that follow on it.
fn near<'l, 'a>(
    title: &'l Line<'a>,
    body: &'l [Line<'a>],
    main: Option<usize>,
    sum: Option<&Money<'a>>,
) -> Vec<&'l Line<'a>> {
    let mut near: Vec<&Line<'a>> = vec![title];
    near.extend(main.map(|at| &body[at]));
    let tells_it = |line: &Line<'a>| Some(true) == line.raised().zip(sum).map(|(one, sum)| one.is_near(sum));
    let follows = |at: usize| main != Some(at) && (tells_it(&body[at]) || matches(&OF_IT, body[at].text));
    near.extend((0..body.len().min(40)).filter(|at| follows(*at)).map(|at| &body[at]));
    near
}

fn round<'a>(near: &[&Line<'a>]) -> Option<Said<'a, String>> {
    near.iter().find_map(|line| {
        let sum = line.raised().map(|sum| sum.start);
        let of_now = rounds::english(line.text).into_iter().filter(|round| !line.is_past(round.start));
        let distance = |round: &rounds::Named| sum.map_or(0, |sum| round.start.abs_diff(sum));
        // A sentence of its own round alone is none about what was raised before or will be.
        let named = of_now.min_by_key(distance)?;
        Some(Said { what: named.name, quote: line.text })
    })
}

static LED_BY: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:co-?\s?led|led|headed|spearheaded|anchored|lead)(?:\s(?:jointly|again|primarily|once\sagain))?\sby\s|\b(?:with|by|from)?\s?(?:co-?)?lead(?:\sstrategic)?\sinvestors?,?\s(?:is\s|was\s|were\s|are\s)?",
    )
});
static LEADS: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\s(?:(?:has|have|had|are|is|will|would|was|were|reportedly|just|also|to|set|expected|in|talks|jointly)\s)*(?:co-)?(?:lead|leads|led|leading)\s(?:the|a|an|its|this|in\sthe|[\w’']+[’']s|[$€£])[^.,]{0,40}?\b(?:round|series\s[a-k]\b|series|financing|funding|investment|raise|deal)\b",
    )
});
static SOLE: Pattern = LazyLock::new(|| compile(r"\sfrom\s"));

fn leads<'a>(near: &[&Line<'a>]) -> Option<Said<'a, Vec<&'a str>>> {
    let said = near.iter().find_map(|line| {
        let mut found = Vec::new();
        for place in places(&LED_BY, line.text).into_iter().filter(|place| !line.is_past(place.start)) {
            found.extend(names::listed(&line.text[place.end..]));
        }
        if found.is_empty() {
            // Of several rounds told at once each has its own.
            let n_rounds = rounds::english(line.text).len();
            found = leading(line, if n_rounds > 1 { n_rounds } else { 1 });
        }
        found.dedup();
        (!found.is_empty()).then_some(Said { what: found, quote: line.text })
    });
    said.or_else(|| sole(near))
}

/// "Reed Capital and Tarn are to lead the round".
fn leading<'a>(line: &Line<'a>, n: usize) -> Vec<&'a str> {
    let of_round = places(&LEADS, line.text).into_iter().filter(|place| !line.is_past(place.start));
    of_round.take(n).flat_map(|place| leader(&line.text[..place.start])).collect()
}

/// The names at the end of what stands before "led the round".
fn leader(head: &str) -> Vec<&str> {
    let start = [
        ": ",
        "; ",
        " with ",
        " that ",
        ", while ",
        " when ",
        " by ",
        " round and ",
        " seed and ",
        " series a and ",
    ]
    .iter()
    .filter_map(|mark| Some(head.rfind(mark)? + mark.len()))
    .max();
    let head = &head[start.unwrap_or(0)..];
    let ends_in_name = head.rsplit(' ').next().is_some_and(|word| word.starts_with(char::is_uppercase));
    if ends_in_name { names::listed(head) } else { Vec::new() }
}

/// One investor alone in the headline: "raises $7M from Tarn".
fn sole<'a>(near: &[&Line<'a>]) -> Option<Said<'a, Vec<&'a str>>> {
    static OTHERS: Pattern = LazyLock::new(|| {
        compile(
            r"(?i)\bparticipat\w+|\balongside\b|\bjoined\b|\bother\s(?:investors|backers)\b|\binvestors\sinclud",
        )
    });
    let title = near.first()?;
    if near.iter().any(|line| matches(&OTHERS, line.text)) {
        return None;
    }
    let from = places(&SOLE, title.text).into_iter().find(|from| !title.is_past(from.start))?;
    let (sum, rest) = (title.raised()?, &title.text[from.end..]);
    let listed = names::listed(rest);
    (sum.end <= from.start && listed.len() == 1 && names::first(rest) == Some(listed[0]))
        .then_some(Said { what: listed, quote: title.text })
}
