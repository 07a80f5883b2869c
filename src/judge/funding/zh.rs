//! Reads a round out of Chinese news: 某公司完成1亿元A轮融资，由甲领投，乙、丙跟投，投后估值10亿元。

use std::ops::Range;
use std::sync::LazyLock;

use regex::Captures;

use super::money::{self, Money};
use super::words::{Pattern, Reading, Said, after, before, compile, matches, places};
use super::zh_who as who;
use super::{denied, round as rounds};

/// Money raised, in headline or text.
static RAISED_BEFORE: Pattern = LazyLock::new(|| {
    compile(
        r"(?:完成|获得?|拿下|斩获|敲定|收获|揽获|筹集|筹得|募集|募得|融资|筹资|注资|投资|融到|入账|吸金|官宣|宣布|新一轮|首轮|轮)[^。；，$]{0,24}$|融资(?:金额|规模|额|总额)?[^。；]{0,10}$",
    )
});
static RAISED_AFTER: Pattern = LazyLock::new(|| {
    compile(
        r"^(?:的|级别?|规模|新一轮|首轮|独家|联合|股权|巨额|大额|超额|额度|左右|以上|\s|[A-Ka-k]\d?\+*|[Pp]re-?|[^。，；]{0,6})*(?:轮|融资|战略投资|风险投资|风投|投资)",
    )
});
static WORTH_BEFORE: Pattern = LazyLock::new(|| compile(r"(?:估值|身价)[^。；，$融筹募]{0,16}$"));
static WORTH_AFTER: Pattern =
    LazyLock::new(|| compile(r"^\s?(?:[的之]|左右|以上|上下)*\s?(?:投前|投后|公司|整体|最新)*估值"));
/// Sums of all rounds, of earlier ones, and of other things.
static OTHER_BEFORE: Pattern = LazyLock::new(|| {
    compile(
        r"(?:累计|合计|迄今|至今|总计|历史|共计融资|营收|收入|销售额|利润|亏损|净利|市值|ARR|订单|合同|采购|收购|并购|出售|罚款|贷款|授信|债|补贴|预算|成本|薪|售价|价格|定价|基金规模|规模|管理资产|注册资本|市场|投入|斥资|豪掷|投资额)[^。；，$]{0,14}$",
    )
});
static OTHER_AFTER: Pattern = LazyLock::new(|| {
    compile(
        r"^(?:的|级|规模|\s)*(?:基金|贷款|授信|债|订单|合同|营收|收入|年化|罚款|采购|收购|补贴|预算|市值|市场|美元基金|人民币基金|专项基金|可转债|定增|存款)",
    )
});
/// Of another time.
static THEN: Pattern = LazyLock::new(|| {
    compile(
        r"此前|曾(?:于|经|在)?|上一轮|上轮|前一轮|前轮|前次|去年|前年|个月前|年前|今年(?:年初|[一二三四五六七八九十\d]+月)|累计|迄今|至今|20\d\d\s?年|早在|首轮融资后|[A-K]\s?轮融资(?:之?后|[^，。]{0,6}后)|自成立以来",
    )
});
static HEARSAY: Pattern = LazyLock::new(|| {
    compile(
        r"据传|传闻|传(?:出|正|将|[^。，]{0,10}融资)|知情人士|消息人士|消息称|爆料|洽谈|商谈|谈判|拟(?:以|融|募|完成)|寻求|寻找|正(?:在)?(?:推进|进行|考虑|筹集|筹备|募集|融资|与)|计划(?:融|募|筹|以|进行)|或(?:将|融资|以)|有望|接近(?:完成|敲定)|即将(?:完成|敲定)|据报道|据(?:彭博|路透|华尔街日报|The Information|外媒|媒体)[^。，]{0,12}(?:报道|称)|据悉正|据称|考虑(?:融|以)|讨论",
    )
});
/// Headlines of something else.
static ELSE: Pattern = LazyLock::new(|| {
    compile(
        r"收购|并购|无需出让|不出让股权|非稀释|上市首日|挂牌|招股|递表|港股上市|(?:完成|启动|进行|冲刺|申请)\s?IPO|IPO\s?(?:募|融|定价|首日)|募资|定增|增发|配股|可转债|债券|发债|贷款|授信|财报|股价|市值|涨停|罚款|起诉|裁员|(?:家|批|起|笔)[^，。]{0,8}(?:公司|企业|项目)?(?:获|完成)[^，。]{0,4}融资|融资(?:周报|日报|月报|汇总|盘点|报告|速递|一览|榜)|投融资(?:周|日|月|汇总|报)|基金[^，。]{0,10}(?:首关|募集|成立|设立|关账)|(?:首关|关账|募集)[^，。]{0,12}(?:元|基金)|(?:拟|将|宣布|计划)?(?:投资|斥资|豪掷|投入)\s?(?:超|近|约|逾)?\s?\d",
    )
});
static ROUND: Pattern =
    LazyLock::new(|| compile(r"融资|[A-Ka-k]\d?\+*\s?轮|天使\+?轮|种子轮|战略投资|领投|注资|估值"));
/// A sentence that goes on about the round of the headline.
static OF_IT: Pattern = LazyLock::new(|| {
    compile(r"本轮|此轮|该轮|本次|此次|这轮|这一轮|新一轮|这笔|领投|投后|投前|最新估值|跟投")
});
static LED: Pattern = LazyLock::new(|| {
    compile(r"(?:联合|共同|独家)?(?:领投|主投|独投)(?:方|机构)?(?P<is>为|是|包括)?|独家(?:战略)?投资|牵头")
});

struct Sum<'a> {
    money: Money<'a>,
    is_worth: bool,
    is_raised: bool,
    earlier: bool,
}

struct Line<'a> {
    text: &'a str,
    sums: Vec<Sum<'a>>,
    past: Vec<Range<usize>>,
}

impl<'a> Line<'a> {
    fn new(text: &'a str) -> Self {
        let past = past(text);
        let sums = money::chinese(text).into_iter().map(|money| sum(text, money, &past)).collect();
        Self { text, sums, past }
    }

    fn raised(&self) -> Option<&Money<'a>> {
        self.sums.iter().find(|sum| sum.is_raised && !sum.earlier).map(|sum| &sum.money)
    }

    fn worth(&self) -> Option<&Money<'a>> {
        let worths =
            self.sums.iter().filter(|sum| sum.is_worth && !sum.earlier && sum.money.currency.is_some());
        worths.map(|sum| &sum.money).next()
    }

    fn is_past(&self, at: usize) -> bool {
        self.past.iter().any(|past| past.contains(&at))
    }
}

/// The round that the article tells of, if that is its news.
pub fn read<'a>(title: &'a str, sentences: &[&'a str]) -> Option<Reading<'a>> {
    let title = Line::new(title);
    let body: Vec<Line<'a>> = sentences.iter().take(40).map(|sentence| Line::new(sentence)).collect();
    if is_something_else(&title)
        || !matches(&ROUND, title.text) && body.first().is_none_or(|line| !tells(line))
    {
        return None;
    }
    let same = |line: &Line<'a>| match title.raised() {
        Some(sum) => line.sums.iter().any(|one| !one.is_worth && one.money.is_near(sum)),
        None => tells(line),
    };
    let main = body.iter().take(12).position(same);
    let sum = title.raised().map(|sum| (sum, title.text));
    let sum = sum.or_else(|| main.and_then(|at| Some((body[at].raised()?, body[at].text))));
    if sum.is_none() && title.worth().is_none() && !who::names_a_round(title.text) {
        return None;
    }
    let told = main.map(|at| body[at].text);
    if is_past_alone(&title) || denied::chinese(title.text, told) {
        return None;
    }
    let company = who::company(title.text, told)?;
    let near = near(&title, &body, main);
    Some(Reading {
        company,
        amount: sum.map(|(sum, quote)| Said { what: sum.clone(), quote }),
        round: near.iter().find_map(|line| round(line)),
        leads: near.iter().find_map(|line| leads(line)),
        valuation: near.iter().find_map(|line| Some(Said { what: line.worth()?.clone(), quote: line.text })),
        announced: !matches(&HEARSAY, title.text)
            && !told.is_some_and(|text| matches(&HEARSAY, text))
            && !denied::denies_chinese(&mut body.iter().map(|line| line.text)),
    })
}

fn tells(line: &Line<'_>) -> bool {
    line.raised().is_some() && matches(&ROUND, line.text)
}

/// The headline's only round is one of another time.
fn is_past_alone(title: &Line<'_>) -> bool {
    let is_told = title.sums.iter().any(|sum| sum.is_raised && sum.earlier) && title.raised().is_none();
    is_told && !rounds::chinese(title.text).iter().any(|round| !title.is_past(round.start))
}

fn is_something_else(title: &Line<'_>) -> bool {
    // "完成1亿元融资，收购某公司" is a round first.
    let round = ROUND.as_ref().and_then(|round| round.find(title.text)).map(|found| found.start());
    let first = title.raised().map(|sum| sum.start).zip(round).map(|(sum, _)| sum);
    places(&ELSE, title.text).into_iter().any(|place| {
        let is_purchase = ["收购", "并购"].contains(&&title.text[place.clone()]);
        !(is_purchase && first.is_some_and(|first| first < place.start))
    })
}

fn near<'l, 'a>(title: &'l Line<'a>, body: &'l [Line<'a>], main: Option<usize>) -> Vec<&'l Line<'a>> {
    let mut near = vec![title];
    near.extend(main.map(|at| &body[at]));
    let follows = |at: &usize| main != Some(*at) && matches(&OF_IT, body[*at].text);
    near.extend((0..body.len().min(20)).filter(follows).map(|at| &body[at]));
    near
}

fn round<'a>(line: &Line<'a>) -> Option<Said<'a, String>> {
    let named = rounds::chinese(line.text).into_iter().find(|round| !line.is_past(round.start))?;
    Some(Said { what: named.name, quote: line.text })
}

fn leads<'a>(line: &Line<'a>) -> Option<Said<'a, Vec<&'a str>>> {
    let found = LED.as_ref()?.captures_iter(line.text);
    let of_now = found.filter(|found| found.get(0).is_some_and(|place| !line.is_past(place.start())));
    // Of several rounds told at once each has its own.
    let n = rounds::chinese(line.text).len().max(1);
    let mut names: Vec<&str> = of_now.take(n).flat_map(|found| of_verb(line.text, &found)).collect();
    names.dedup();
    (!names.is_empty()).then_some(Said { what: names, quote: line.text })
}

fn of_verb<'a>(text: &'a str, found: &Captures<'_>) -> Vec<&'a str> {
    let Some(place) = found.get(0) else { return Vec::new() };
    let is_after = found.name("is").is_some();
    if is_after {
        who::listed_after(&text[place.end()..])
    } else {
        who::listed_before(&text[..place.start()])
    }
}

/// From a word of another time to the end of its clause.
fn past(sentence: &str) -> Vec<Range<usize>> {
    let clause = |cue: Range<usize>| {
        let end =
            sentence[cue.start..].find(['，', '；', '。']).map_or(sentence.len(), |end| cue.start + end);
        // "2024年，…": the adverb stands alone, what follows is meant.
        let stands_alone = end - cue.end <= 6;
        let rest = &sentence[end.min(sentence.len())..];
        let mark = rest.chars().next().map_or(0, char::len_utf8);
        let further =
            rest[mark..].find(['，', '；', '。']).map_or(sentence.len(), |further| end + mark + further);
        cue.start..if stands_alone { further } else { end }
    };
    let is_birth = |cue: &Range<usize>| {
        let clause = format!("{}{}", before(sentence, cue.start, 6), after(sentence, cue.start, 16));
        clause.contains("成立") || clause.contains("创立") || clause.contains("创办")
    };
    places(&THEN, sentence).into_iter().filter(|cue| !is_birth(cue)).map(clause).collect()
}

fn sum<'a>(sentence: &'a str, money: Money<'a>, past: &[Range<usize>]) -> Sum<'a> {
    let (left, right) = (before(sentence, money.start, 30), after(sentence, money.end, 24));
    let is_worth = matches(&WORTH_BEFORE, left) || matches(&WORTH_AFTER, right);
    let is_other = matches(&OTHER_BEFORE, left) || matches(&OTHER_AFTER, right);
    let is_round_next = matches(&RAISED_AFTER, right);
    let is_raised = !is_worth
        && !is_other
        && (is_round_next || money.currency.is_some() && matches(&RAISED_BEFORE, left));
    let earlier = past.iter().any(|past| past.contains(&money.start));
    Sum { money, is_worth, is_raised, earlier }
}
