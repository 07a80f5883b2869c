//! Whether English news is about a round at all, and whether who raised says so.

use std::ops::Range;
use std::sync::LazyLock;

use super::en::Line;
use super::en_role::Role;
use super::words::{Pattern, after, before, compile, matches, places};

/// Headlines that are about something else, whatever sums they name.
static ELSE: Pattern = LazyLock::new(|| {
    compile(
        r"(?ix)\b(?:in|its|s|through|via|from|first|ever|huge|blockbuster|record)\s(?:\w+\s){0,3}IPO\b|\bIPO\s(?:price|priced|prices|raises|filing|target|of|share|at)|\bfiles\sfor\b|\bpublic\soffering
        |\b(?:stock|shares?|shareholders?)\b(?:\s(?:sale|offering|price|tumbl\w+|pops?|falls?|soars?|jumps?))?|\bat-the-market\b|\bregistered\sdirect\b|\bprivate\splacement\b|\bPIPE\b
        |\b(?:non-dilutive|debt\sfinancing|credit\sfacility|term\sloan|green\sbonds?|convertible\snotes?)\b
        |^(?:every|these|here|list|the\s\d+|\d+|top|inside|meet\sthe\s\d+)\b.*\b(?:startups|companies|rounds|deals)\b|^(?:every|here\sare)\b
        |\b(?:startups|companies|VCs|unicorns|firms|funds|hyperscalers|businesses)\s(?:have\s|has\s|just\s|are\s|to\s)?(?:rais\w+|secur\w+|attract\w*|land\w*|pull\w*|hit|collect\w*)\b
        |\bacross\s(?:\w+\s)?(?:startups|companies|ventures)\b|\b(?:fund(?:ing|raising)|deals?)\s(?:roundup|round-up|wrap|tracker|weekly|recap|report|news\sof)\b|\bquarterly\b
        |\brais\w+\s(?:\w+\s){0,3}(?:prices?|alarms?|concerns?|questions?|eyebrows|stakes?|guidance|forecasts?|outlook|bar|red\sflags?|rates?|wages?|fears|capex|spending|targets?)\b",
    )
});
/// Headlines of purchases, courts and crime; one that raises money first, and then buys, is about a round.
static PURCHASE: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:sells?\sfor|sold\sfor|agrees?\sto\s(?:buy|sell|acquire)|to\s(?:buy|acquire)|buys|bought|acquires?|acquired|takeover|merges?|merger|acquisition\sof)\b",
    )
});
static CRIME: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:hack(?:ed|ers?)?|stolen|lawsuit|sues|sued|fined?|charged|layoffs|lays\soff|shuts?\sdown|bankruptcy|tariffs?|fraud|IPO|joint\sventures?|goes?\spublic|deal\sworth)\b",
    )
});
/// Whole groups that raise: statistics, unless a sum is told.
static MANY: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:founders|investors|women|entrepreneurs|startups|companies)\s(?:have\s|are\s)?(?:rais\w+|secur\w+|attract\w*|pivot\w*)",
    )
});
/// Headlines with a verb of taking money and who gave it or what it is for.
static TAKEN: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:nabs|lands|bags|snags|secures|closes\s(?:on\s)?|picks\sup|pulls\sin|seek(?:s|ing)|emerges\sfrom\sstealth\swith)\s(?:\w+\s){0,3}[$€£][\d.,]+\s?(?:[MB]n?|million|billion)\b(?:\s(?:from|to|for|as|at|led|after)\b|[,;.]|$)",
    )
});
/// What puts a money-raising verb before all of that.
static RAISES: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:raises|raised|raising|raise|closes|secures|lands|nabs|bags|snags|scores)\b[^.;]{0,40}$",
    )
});
/// Headlines that give or spend money.
static GIVES: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:invests?|investing|to\sinvest|will\sinvest|invested|bets|commits?|pledges?|spends?|spending|to\sspend|pours?|pouring|backs|plows?)\b(?:\s[\w’'-]+){0,5}\s[$€£\d]|\b(?:invests?|bets)\s(?:up\sto\s|over\s|another\s)?[$€£]|\bcapex\b",
    )
});
/// A fund or a firm of investors raises money of its own.
static FUND: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:venture|climate|growth|debut|seed|crypto|flagship|new|first|second|third|fourth|fifth|sixth|inaugural|early-stage|million|billion|[$€£][\d.]+\s?[MB]|AI|tech|opportunity|investment|deeptech|impact|oversubscribed)\sfunds?\b(?:\s(?:[IVX]+|for|to|focus\w*|that|back\w*|target\w*|dedicated|aimed)\b|[,.:;]|$)|\bFund\s(?:[IVX]+|\d)\b|\bfunds\b[^.]{0,20}$",
    )
});
static OF_FIRM: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:VC|venture(?:\scapital)?)\sfirm\b|\bto\s(?:back|invest\sin)\b.{0,60}\b(?:startups|companies|founders|tech)\b|^[\w\s]{2,30}\s(?:Ventures|Capital|Partners|VC)\s(?:rais|clos|secur)\w+",
    )
});
/// Listed companies sell stock, or borrow.
static LISTED: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\((?:NASDAQ|NYSE|LSE|TSX|ASX|OTC\w*|CSE|TSXV|AIM|NYSE\sAmerican|HKEX)\w*\s?:|\b(?:selling|sell|sold|sells|sale\sof)\s(?:\w+\s){0,4}(?:shares|stock)\b|\b(?:stock|share|equity)\s(?:sale|offering)\b|\bin\s(?:cash\sand\s)?stock\b|\bin\sits\s(?:IPO|initial)|\bpublic\soffering\b|\bat-the-market\b|\bnon-dilutive\b|\bpricing\sshares\b|\bper\sshare\b|\b(?:its|company[’']s|the)\s(?:shares|stock)\s(?:\w+\s)?(?:price|rose|fell|slid|\w+ed)\b|\bshare\sprice\b|\bmarket\scap\w*\b|\bprivate\splacement\b|\bsenior\s(?:secured\s)?notes\b",
    )
});
static HINTS: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:raises?|raised|raising|funding|financing|round|valuation|valued|unicorn|decacorn|series\s[a-k]|seed|backing|backed|bags|nabs|lands|secures|investors?|invest(?:s|ed|ment)?|bet|bets|stealth|venture|funded|worth|fundraise|mega-round|capital)\b",
    )
});
static NO_SUM: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:raises|secures|closes|lands|nabs|bags|announces|completes)\s(?:\w+\s){0,3}(?:series\s[a-k]\d?|seed|pre-seed|funding|extension|strategic\sinvestment|growth\sinvestment)\b",
    )
});
static ROUND: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:funding|financing|fundrais\w+|series\s[a-k]\d?|pre-?seed|seed|venture|led\sby|equity|investors?|valuation|post-money|rais(?:e|es|ed|ing)|capital|unicorn|stealth)\b|\binvestment\s(?:round|led|from)|\bround\b",
    )
});
static HEARSAY: Pattern = LazyLock::new(|| {
    compile(
        r"(?ix)\b(?:reportedly|rumou?red|rumou?rs?|in\s(?:\w+\s)?(?:talks|discussions|negotiations)|sources?\b(?:\s(?:say|said|tell|told|close|familiar|with)|:)|people\s(?:familiar|with\sknowledge|close)|is\ssaid\sto|are\ssaid\sto|said\sto\sbe|could\s(?:raise|be|value|close|happen)|may\sraise|might\sraise|looking\sto\sraise|look\sto\sraise|seek(?:s|ing)?|eyes|eyeing|mulls?|weighs?|weighing|considers?|considering|plans?\sto|planning\sto|aims?\s(?:to|for)|hopes\sto|wants\sto|targets|targeting|close\sto|near(?:s|ing)\s(?:a\s)?(?:deal|close|[$€£]?[\d.]+\s?\w*\s(?:round|raise|funding|deal))|set\sto\s(?:raise|close)|to\sraise|nearing|finali[sz]ing|advanced\stalks|expected\sto\s(?:close|raise|be|total)|anonymous|approached|in\sthe\sprocess\sof|potential|poised|about\sto\sraise|courts?|courting|preemptive\soffers)\b",
    )
});
/// A headline that says it as done.
static DONE: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:raises|raised|closes|closed|secures|secured|lands|landed|nabs|bags|snags|completes|announces|picks\sup)\b",
    )
});
static CONFIRMED: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:confirms?|confirmed|announce[sd]?|announcing|the\scompany\s(?:said|announced|told|says)|today|press\srelease|blog\spost)\b",
    )
});
static SAID_BY_OTHERS: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:reportedly|rumou?red|in\s(?:\w+\s)?talks|sources|people\s(?:familiar|with\sknowledge)|anonymous)\b|:\sreports?$",
    )
});
/// Who speaks of itself, or of the company of the headline.
static ITSELF: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:the\s(?:\w+\s){0,3}(?:company|startup|start-up|firm|business|platform|lab|round|maker)|it|we|our|we’ve|we're|its|his\s(?:new\s)?startup|her\s(?:new\s)?startup|their\sstartup|today|this\sweek|announc\w+|on\s(?:monday|tuesday|wednesday|thursday|friday))\b",
    )
});

/// News of purchases, flotations, loans, funds, lists …
pub fn is_something_else(title: &Line<'_>, body: &[Line<'_>]) -> bool {
    let is_raise = title.sums.iter().any(|sum| sum.role == Role::Raised && !sum.earlier);
    let raised_before = |at: usize| matches(&RAISES, &title.text[..at]);
    let elsewhere = places(&ELSE, title.text).into_iter().any(|place| !is_before_listing(title.text, &place))
        || places(&PURCHASE, title.text).into_iter().any(|place| !raised_before(place.start))
        || !is_raise && (matches(&CRIME, title.text) || matches(&MANY, title.text));
    let gives = matches(&GIVES, title.text) && title.raised().is_none();
    let lead = body.iter().take(3).map(|line| line.text);
    let about = body
        .iter()
        .find(|line| line.raised().is_some_and(|sum| title.raised().is_none_or(|one| one.is_near(sum))));
    let listed = lead.chain(about.map(|line| line.text)).any(|text| matches(&LISTED, text));
    elsewhere || gives || listed || is_fund(title, body)
}

/// "ahead of its IPO" tells when, not how.
fn is_before_listing(title: &str, place: &Range<usize>) -> bool {
    const NOT_YET: [&str; 8] =
        ["ahead of", "before", "potential", "pre-ipo", "toward", "eyes", "possible", "looming"];
    let head = before(title, place.end, place.len() + 24).to_lowercase();
    title[place.clone()].to_lowercase().contains("ipo") && NOT_YET.iter().any(|word| head.contains(word))
}

fn is_fund(title: &Line<'_>, body: &[Line<'_>]) -> bool {
    if matches(&FUND, title.text) || matches(&OF_FIRM, title.text) {
        return true;
    }
    let Some(sum) = title.raised() else { return false };
    body.iter().take(4).any(|line| {
        line.sums.iter().any(|one| {
            one.money.is_near(sum) && {
                let right: String = line.text[one.money.end..].chars().take(50).collect();
                let right = right
                    .split([',', '.'])
                    .next()
                    .unwrap_or_default()
                    .split(" from ")
                    .next()
                    .unwrap_or_default()
                    .to_lowercase();
                right.split_whitespace().any(|word| word == "fund" || word == "funds")
                    && !right.contains("to fund")
            }
        })
    })
}

/// Whether headline or body speak of a round around a sum that was "secured" or "landed".
pub fn is_round(title: &Line<'_>, body: &[Line<'_>], main: Option<usize>) -> bool {
    matches(&ROUND, title.text)
        || main.is_some_and(|at| {
            matches(&ROUND, body[at].text) || body.get(at + 1).is_some_and(|next| matches(&ROUND, next.text))
        })
}

/// Whether the headline lets one expect a round.
pub fn hints(title: &str) -> bool {
    matches(&HINTS, title)
}

/// Whether the headline names a round that was raised, without a sum.
pub fn is_raise_without_sum(title: &Line<'_>) -> bool {
    static OF_ROUND: Pattern = LazyLock::new(|| {
        compile(r"(?i)\b(?:new\sround|round\sled|raising|to\sraise|funding|raises|series\s[a-k])\b")
    });
    let is_worth = title.sums.iter().any(|sum| sum.role == Role::Valuation && !sum.earlier);
    matches(&NO_SUM, title.text) || is_worth && matches(&OF_ROUND, title.text)
}

/// Whether the headline's verb of taking money is said of a round, as far as a headline can tell.
pub fn is_taken(title: &str) -> bool {
    matches(&TAKEN, title)
}

/// Whether a sentence tells a round of whom the headline is about.
pub fn tells_round(sentence: &str, subject: Option<&str>, title: &str) -> bool {
    static GENERIC: Pattern = LazyLock::new(|| compile(r"(?i)\b(?:startup|start-up|founders?|insider)\b"));
    matches(&ROUND, sentence)
        && match subject {
            Some(name) => sentence.contains(name.split(' ').next().unwrap_or(name)),
            None => matches(&GENERIC, title),
        }
}

/// Whether a sentence with a sum is about the company of the headline.
pub fn is_of(sentence: &str, at: usize, subject: Option<&str>) -> bool {
    let names_it = |name: &str| {
        let first = name.split(' ').next().unwrap_or(name);
        sentence.contains(name) || first.chars().count() > 3 && sentence.contains(first)
    };
    subject.is_none_or(names_it) || matches(&ITSELF, &sentence[..at])
}

/// Whether it is more than hearsay and intention.
pub fn is_announced(title: &Line<'_>, main: Option<&Line<'_>>, body: &[Line<'_>]) -> bool {
    if matches(&SAID_BY_OTHERS, title.text) {
        return false;
    }
    if matches(&DONE, title.text) {
        return !main
            .is_some_and(|main| matches(&SAID_BY_OTHERS, main.text) && !matches(&CONFIRMED, main.text));
    }
    if matches(&HEARSAY, title.text) {
        return matches(&CONFIRMED, title.text);
    }
    let Some(main) = main else {
        return !body.iter().take(4).any(|line| matches(&SAID_BY_OTHERS, line.text));
    };
    let until = main.raised().map_or(main.text.len(), |sum| sum.end);
    let is_told =
        matches(&HEARSAY, &main.text[..until]) || matches(&SAID_BY_OTHERS, after(main.text, 0, until + 160));
    !is_told || matches(&CONFIRMED, main.text) && !matches(&SAID_BY_OTHERS, main.text)
}
