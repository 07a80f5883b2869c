//! What each sum of an English sentence is: money raised, a valuation, or one of the many other sums in such news.

use std::ops::Range;
use std::sync::LazyLock;

use super::money::{self, Money};
use super::words::{Pattern, after, before, compile, matches, places};

/// What a sum stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Raised in the round, said with a noun of rounds or the verb "raise".
    Raised,
    /// Taken in by a verb that also serves for contracts and loans ("secures $5M").
    Taken,
    /// What the company is worth.
    Valuation,
    /// Of all rounds together.
    Total,
    /// Not equity of a company: a fund, a loan, a grant, revenue, a price.
    Other,
}

/// A sum with its role.
#[derive(Clone, Debug)]
pub struct Sum<'a> {
    /// The sum.
    pub money: Money<'a>,
    /// What it is.
    pub role: Role,
    /// Of an earlier round, or of another time.
    pub earlier: bool,
}

static RAISE: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:raises?|raised|raising|fundrais\w+|scoops? up|scooped up|hauls? in|pulls? in|pulled in|rakes? in|raked in)\b[^.;:$€£]{0,60}$|\b(?:extends?|extended|tops?\sup|topped\sup|upsizes?|upsized|expands?|expanded)\b[^.;:$€£]{0,40}\b(?:series\s[a-k]\d?|seed|round|financing)\b[^.;:$€£]{0,20}\b(?:by|with|to)\s(?:\w+\s)?$|\b(?:round|raise|financing|funding|fundraise|series\s[a-k]\d?)\b(?:\s(?:led|by|from|co-led)\b[^.;$€£]{0,60}|,[^.;,$€£]{0,60},|,\swhich\b)?[^.;,$€£]{0,45}\b(?:of|at|totals?|totall?ing|to\stotal|worth|to\sbe|nears|valued)\s(?:\w+\s){0,3}$",
    )
});
static TAKE: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:secur(?:e[sd]?|ing)|land(?:s|ed|ing)?|nab(?:s|bed|bing)?|bag(?:s|ged)?|clos(?:e[sd]?|ing)(?:\son)?|pick(?:s|ed)?\sup|snag(?:s|ged)?|scor(?:es?|ed)|receiv(?:es?|ed)|attract(?:s|ed)?|complet(?:es?|ed)|collect(?:s|ed)|gets?|got|net(?:s|ted)|locks?\s(?:in|up)|grab(?:s|bed)?|clinch(?:es|ed)|announc(?:es?|ed|ing)|with|finaliz\w+|brings?\sin|snares?|wins?|won|unveil(?:s|ed)|obtain(?:s|ed)|draws?|banks|reels?\sin|swoops|garners?|emerges?|exits|seek(?:s|ing)|eyes)\b[^.;:$€£]{0,45}$",
    )
});
static NOUN: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)^\+?(?:,?\s(?:in|of|worth\sof))?\s(?:(?:a|an|its|the|new|fresh|additional|oversubscribed|total|initial|venture|equity|growth|strategic|early[- ]stage|all-\w+|private|external|first|second|third|latest|mega|primary)[\s-]){0,4}(?:series|pre-?series|pre-?seed|seed|venture|funding|financing|equity|growth|round|raise|investment|capital|mega-?round|backing|fundraise|extension|raised)\b",
    )
});
static WORTH_BEFORE: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\bvalu(?:ation|ing|es|ed|e)\b[^.;,$€£]{0,50}$|\bvaluation,?\s[^.;$€£]{0,25}$|\bnow\sworth\s(?:\w+\s)?$",
    )
});
static WORTH_AFTER: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)^\+?(?:\sor\smore)?[\s,]*(?:\(?(?:pre|post)-?\s?money\b|(?:(?:pre|post)-?money\s|paper\s|estimated\s|new\s|implied\s|private\s|potential\s|headline\s|reported\s|record\s|enterprise\s|company\s|equity\s){0,2}(?:valuation|unicorn|worth)\b)",
    )
});
/// A company that "hits $2B" in one breath with its worth; "at $3 billion" after a sum that was raised.
static AT: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)^(?:\s(?:in|of)?\s?[\w\s-]{0,30})?\sat\s(?:a|an|about|around|roughly|nearly|over|some|\s)*$",
    )
});
static TOTAL_BEFORE: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:total(?:s|ling)?|altogether|overall|cumulative|combined|to\sdate|lifetime|haul)\b[^.;$€£]{0,60}$|\b(?:brings?|bringing|pushing|taking|takes)\b[^.;$€£]{0,50}\bto\s(?:\w+\s){0,3}$|\bhas\s(?:now\s)raised[^.;$€£]{0,30}$",
    )
});
static TOTAL_AFTER: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)^[^.;,$€£]{0,50}\b(?:to\sdate|so\sfar|altogether|since\s(?:its|it|inception|launch|founding|20\d\d)|across\s(?:\w+\s){0,2}(?:startups|companies|rounds|ventures)|over\sthe\s(?:years|past))\b|^\sin\stotal\s(?:funding|capital|venture)|^\sin\s(?:total|all)\b",
    )
});
/// Nouns after a sum that is no equity.
static OTHER_AFTER: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:funds?|loans?|debt|credit|grants?|facility|notes?|bonds?|non-dilutive|contracts?|orders?|revenue|arr|sales|profits?|loss(?:es)?|fines?|settlement|ipo|stock|shares?|prize|buyback|budget|acquisition|purchase|alliance|deal|agreement|per|annual\w*|recurring|run-?rate|damages|bail|assets|bill|tax|lawsuit|jobs|pledge|commitment|award|subsidy|subsidies|donation|lease|mortgage|bond|warrants|offering|cash|bonus|salary|market|infrastructure|a\s(?:year|month|day))\b",
    )
});
/// An investment in somebody else, a plan to build.
static GIVEN: Pattern = LazyLock::new(|| {
    compile(r"(?i)^\s(?:[\w-]+\s){0,2}(?:investments?|equity\sstake|stake|venture)\s(?:in|into|with)\b")
});
static FOR_FUNDS: Pattern =
    LazyLock::new(|| compile(r"(?i)^\s(?:for|across|in|into)\s(?:[\w’'-]+\s){0,5}funds?\b"));
static OTHER_BEFORE: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:revenues?|arr|run[- ]rate|sales|profits?|loss(?:es)?|earnings|acquir\w+|acquisition|buy(?:s|ing)?|bought|sell(?:s|ing)?|sold|paid|pay(?:s|ing)?|spen[dt]\w*|invest(?:s|ed|ing)?|bets?|commit(?:s|ted)?|pledg\w+|steal\w*|stole|hack|loans?|debt|credit|grants?|contracts?|fined?|prices?|guidance|forecasts?|outlook|target|estimates?|bid|offer|capex|dividend|wages?|tariffs?|market|fund|funds|assets|stake|losing|lost|save[sd]?|cost|costs|worth|ipo|offering|backlog|bookings|severance|contribut\w+|donat\w+|lend\w*|charg\w+|rent|budget)\b(?:\s[\w’'%-]+){0,5}\s$",
    )
});
/// From here to the end of the sentence, it is of another time.
static SINCE: Pattern = LazyLock::new(|| {
    compile(
        r"(?ix)\b(?:(?:\w+\s){0,2}(?:days?|weeks?|months?|years?)\s(?:after|since|later\sthan|from)\b
        |after\s(?:raising|it\s|they|closing|securing|announcing|its|an?\s|the|having|completing|last|landing)
        |when\s(?:it|they|the)\b|since\s(?:its|our|raising|the|closing|then)\b|following\s(?:an?|its|the|on|last)\b|follows\b|previously\b|prior\sto\b|up\sfrom\b|compared\b
        |from\s(?:its|the|an?)\s(?:\w+\s){0,2}[$€£]|from\s[$€£]|(?:nearly|more\sthan|almost|over|roughly)?\s?(?:double|doubling|triple|tripling|doubles|quadruple|doubled|tripled)\s(?:the|its|of|that)\b
        |which\s(?:reached|valued|was\svalued|had)\b|on\stop\sof\b|in\saddition\sto\b|builds?\son\b|comes?\s(?:\w+\s){0,4}after\b|brings?\sthe\stotal)",
    )
});
/// The clause around it is of another time.
static THEN: Pattern = LazyLock::new(|| {
    compile(
        r"(?ix)\b(?:last\s(?:raised|valued|closed|raise|round|year|month|fall|autumn|spring|summer|winter|january|february|march|april|may|june|july|august|september|october|november|december)
        |(?:previous|prior|earlier|preceding|last)\s(?:\w+\s){0,2}(?:rounds?|raises?|funding|financing|valuation|investment|seed|series)|earlier\s(?:this|in)\s(?:year|month|20)|(?:months?|years?|weeks?)\s(?:ago|earlier)|(?:that|those)\srounds?\b|that\swas\b|at\sthe\stime\b
        |in\s(?:(?:early|mid|late|the)[-\s](?:\w+\sof\s)?)?(?:(?:january|february|march|april|may|june|july|august|september|october|november|december)\s)?(?:of\s)?20\d\d|had\s(?:previously|already|earlier)|already\sraised|previously|was\svalued|originally|initially)\b",
    )
});
static BORN: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:founded|started|launched|born|established|incorporated|created|formed|begun|based|headquartered|spun\s(?:out|off)|began)(?:\s[\w.’'-]+){0,8}\s(?:in\s)?(?:\w+\s)?20\d\d|\bthat\swas\s(?:founded|started)",
    )
});

static DEBT: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)^\+?\s(?:(?:in|of|is|as|was|comes\sas)\s)?(?:(?:a|an|venture|bank|secured|convertible|term)\s){0,2}(?:debt|loans?|credit|notes|bonds?|borrowings?)\b",
    )
});

/// Whether the sum is borrowed: "$20 million in debt".
pub fn is_debt(sentence: &str, money: &Money<'_>) -> bool {
    matches(&DEBT, after(sentence, money.end, 50))
}

/// The sums of `sentence`, each with its role.
pub fn sums(sentence: &str) -> Vec<Sum<'_>> {
    let past = past(sentence);
    let mut sums: Vec<Sum<'_>> = Vec::new();
    for money in money::english(sentence) {
        let role = role(sentence, &money, sums.last());
        let earlier = past.iter().any(|past| past.contains(&money.start));
        sums.push(Sum { money, role, earlier });
    }
    sums
}

/// The parts of `sentence` that tell of another time.
pub fn past(sentence: &str) -> Vec<Range<usize>> {
    let born = places(&BORN, sentence);
    let is_birth = |at: usize| born.iter().any(|born| born.contains(&at));
    let clause_end = |at: usize| sentence[at..].find(", ").map_or(sentence.len(), |comma| at + comma);
    let since = places(&SINCE, sentence).into_iter().filter(|cue| !is_birth(cue.start)).map(|cue| {
        // "After raising …, the company now …": only what stands before the comma.
        let end = if opens(sentence, cue.start) { clause_end(cue.start) } else { sentence.len() };
        cue.start..end
    });
    let then = places(&THEN, sentence).into_iter().filter(|cue| !is_birth(cue.start)).map(|cue| {
        if opens(sentence, cue.start) {
            return 0..sentence.len();
        }
        let head = &sentence[..cue.start];
        let start = [", ", " after ", " when ", " — ", "(", "; ", " that comes ", " while ", " but "]
            .iter()
            .filter_map(|mark| head.rfind(mark))
            .max();
        start.unwrap_or(0)..clause_end(cue.end)
    });
    since.chain(then).collect()
}

/// Whether a cue at `at` begins the sentence, perhaps after a word or two.
fn opens(sentence: &str, at: usize) -> bool {
    let head = &sentence[..at];
    head.chars().count() <= 14 && !head.contains(['$', ',']) && !head.contains(" raise")
}

fn role(sentence: &str, money: &Money<'_>, last: Option<&Sum<'_>>) -> Role {
    let (left, right) = (before(sentence, money.start, 110), after(sentence, money.end, 70));
    let right_noun = until_next(right);
    if matches(&WORTH_AFTER, right) || matches(&WORTH_BEFORE, left) && !matches(&NOUN, right) {
        return Role::Valuation;
    }
    let after_raised = last.is_some_and(|last| {
        matches!(last.role, Role::Raised | Role::Taken)
            && matches(&AT, &sentence[last.money.end..money.start])
    });
    if after_raised {
        return Role::Valuation;
    }
    if matches(&TOTAL_BEFORE, left) || matches(&TOTAL_AFTER, right) {
        return Role::Total;
    }
    if matches(&GIVEN, right) {
        return Role::Other;
    }
    let is_other = matches(&OTHER_AFTER, right_noun) || matches(&FOR_FUNDS, right);
    let is_noun = matches(&NOUN, right);
    match () {
        () if is_other && !right_noun.to_lowercase().contains("equity") => Role::Other,
        () if is_noun => Role::Raised,
        () if matches(&OTHER_BEFORE, left) => Role::Other,
        () if matches(&RAISE, left) => Role::Raised,
        () if matches(&TAKE, left) => Role::Taken,
        () => Role::Other,
    }
}

/// What belongs to a sum: the words after it up to who gave it or what it is for.
fn until_next(right: &str) -> &str {
    static NEXT: Pattern = LazyLock::new(|| {
        compile(
            r"(?i)\s(?:from|led|with|by|to|at|as|and|for|amid|after|before|ahead|while|because|valuing|that|which|who|into|on|through)\b|[,;:(—–]|\.\s|\.$",
        )
    });
    let end = NEXT.as_ref().and_then(|next| next.find(right)).map_or(right.len(), |found| found.start());
    &right[..end]
}
