//! Whole articles of many kinds, all invented: what each tells of a round, and which tell of none.

use super::find;

/// What an article states, in its own words; `-` where it states none.
struct Stated {
    company: &'static str,
    amount: &'static str,
    currency: &'static str,
    round: &'static str,
    leads: &'static str,
    valuation: &'static str,
    announced: bool,
}

const ROUND: Stated = Stated {
    company: "Velorin",
    amount: "-",
    currency: "-",
    round: "-",
    leads: "-",
    valuation: "-",
    announced: true,
};

#[track_caller]
fn states(title: &str, text: &str, wanted: &Stated) {
    let Some(read) = find(title, text) else { panic!("{title}: no round was found") };
    let or = |said: &Option<String>| said.clone().unwrap_or_else(|| "-".to_owned());
    let leads = if read.leads.is_empty() { "-".to_owned() } else { read.leads.join(", ") };
    assert_eq!(
        [
            read.company,
            or(&read.amount),
            or(&read.currency),
            or(&read.round),
            leads,
            or(&read.valuation),
            read.announced.to_string()
        ],
        [
            wanted.company,
            wanted.amount,
            wanted.currency,
            wanted.round,
            wanted.leads,
            wanted.valuation,
            &wanted.announced.to_string()
        ]
        .map(str::to_owned),
        "{title}"
    );
}

#[test]
fn an_extension_is_a_round_with_its_own_lead() {
    states(
        "Velorin extends its Series A by $9 million",
        "The extension, led by Harbour Row, brings the round to $31 million. Velorin makes compilers for small chips.",
        &Stated { amount: "$9 million", currency: "USD", round: "Series A", leads: "Harbour Row", ..ROUND },
    );
    states(
        "Velorin closes Series A extension for an undisclosed sum",
        "Velorin said on Monday that it closed an extension to its Series A. The extension was led by Harbour Row. \
         Its Series A in 2029 was $12 million, led by Tallow Ventures.",
        &Stated { round: "Series A extension", leads: "Harbour Row", ..ROUND },
    );
}

#[test]
fn currencies_of_many_countries_are_read() {
    for (sum, currency) in [
        ("€22m", "EUR"),
        ("£7 million", "GBP"),
        ("C$18M", "CAD"),
        ("A$15m", "AUD"),
        ("S$12 million", "SGD"),
        ("SEK 140 million", "SEK"),
        ("CHF 6 million", "CHF"),
        ("₹90 crore", "INR"),
        ("₩30 billion", "KRW"),
        ("HK$80 million", "HKD"),
    ] {
        let title = format!("Velorin raises {sum} in Series B round");
        let text = "The round was led by Harbour Row, with participation from Tallow Ventures.";
        let leads = "Harbour Row";
        states(&title, text, &Stated { amount: sum, currency, round: "Series B", leads, ..ROUND });
    }
}

#[test]
fn the_company_is_told_from_whom_and_what_stands_before_it() {
    for (title, text) in [
        ("AI SRE startup Velorin raises $25M", "Velorin has raised $25 million."),
        ("Voice AI firm Velorin lands $25M", "The company said it raised $25 million from angels."),
        (
            "Brock's Ana Field raises $25M for her new startup",
            "Ana Field, who left Brock in May, has founded Velorin. Velorin raised $25 million in seed money.",
        ),
        ("Former Brock engineers raise $25M for Velorin", "Velorin has raised $25 million, it announced."),
        ("Exclusive: Velorin raises $25M to tame agents", "Velorin raised $25 million, it said on Tuesday."),
        (
            "Nurse-turned-founder raises $25M for health agents",
            "Her startup, Velorin, has raised $25 million.",
        ),
    ] {
        let read = find(title, text);
        assert_eq!(read.map(|read| read.company).as_deref(), Some("Velorin"), "{title}");
    }
}

#[test]
fn a_round_that_is_only_reported_says_so() {
    states(
        "Velorin nears $400M round at $3B valuation, the Ledger reports",
        "Velorin is close to raising $400 million led by Harbour Row, the Ledger reported, citing people familiar \
         with the talks.",
        &Stated {
            amount: "$400M",
            currency: "USD",
            leads: "Harbour Row",
            valuation: "$3B",
            announced: false,
            ..ROUND
        },
    );
    let weighs = find("Velorin weighs raising $200M, sources say", "Nothing is signed yet.");
    assert_eq!(weighs.map(|read| read.announced), Some(false));
}

#[test]
fn several_rounds_at_once_have_the_leads_of_all() {
    states(
        "Velorin raises $30M across seed and Series A",
        "Tallow Ventures led the seed round and Harbour Row led the Series A, Velorin said.",
        &Stated {
            amount: "$30M",
            currency: "USD",
            round: "Series A",
            leads: "Tallow Ventures, Harbour Row",
            ..ROUND
        },
    );
}

#[test]
fn the_worth_after_or_before_the_money_is_the_valuation() {
    states(
        "Velorin raises a fifth of a billion dollars",
        "Velorin has raised $200 million in a Series D, the company announced. Harbour Row led the round. Velorin \
         is now worth $1.9 billion before the new money.",
        &Stated {
            amount: "a fifth of a billion dollars",
            currency: "USD",
            round: "Series D",
            leads: "Harbour Row",
            valuation: "$1.9 billion",
            ..ROUND
        },
    );
}

#[test]
fn other_news_of_money_is_none() {
    let none = [
        ("Velorin secures $120M credit facility to buy chips", "The facility comes from Brine Bank."),
        ("Velorin borrows $40M against its chips", "The loan runs for four years."),
        ("Velorin spends $90M on a data center", "It raised $30 million in a Series A in 2029."),
        (
            "Velorin agrees to buy Quist for $70M",
            "Quist raised $8 million in a seed round led by Tallow Ventures.",
        ),
        ("Velorin sues Brock for $60M", "Velorin, which has raised $90 million, filed the suit on Friday."),
        ("Velorin hack: thieves take $12M", "The startup raised $20 million last year."),
        ("Velorin says reports of a $400M round are wrong", "The company is not raising money."),
        ("Harbour Row closes $500M fund for robot startups", "The firm has backed Velorin and Quist."),
        ("Velorin files to go public, seeks $1B", "It would list in New York."),
        ("Ministry gives Velorin $5M for open models", "The grant runs for three years."),
        ("Velorin reaches $100M in annual revenue", "It raised $60 million in a Series B in March 2030."),
        ("Velorin cuts prices as rivals raise $2B", "Its models cost $1 per million tokens now."),
        ("云杉智造获银行2亿元授信", "授信将用于建设算力中心。"),
        ("云杉智造去年营收3亿元", "公司曾于2029年完成1亿元A轮融资。"),
        ("云杉智造8000万元收购海岬机器人", "海岬机器人此前完成天使轮融资。"),
        ("云杉智造：不存在5亿元融资计划", "公司称相关报道不实。"),
    ];
    let found: Vec<_> =
        none.iter().filter_map(|(title, text)| Some((title, find(title, text)?.quotes))).collect();
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn chinese_rounds_in_other_money_and_of_other_kinds() {
    const ROUND: Stated = Stated { company: "云杉智造", ..self::ROUND };
    states(
        "云杉智造获近亿元Pre-A轮融资，深岭资本领投",
        "机器人公司云杉智造近日完成近亿元Pre-A轮融资，由深岭资本领投，海岬创投跟投。",
        &Stated { amount: "近亿元", currency: "CNY", round: "Pre-A轮", leads: "深岭资本", ..ROUND },
    );
    states(
        "云杉智造完成8000万港元B轮融资",
        "本轮由深岭资本与海岬创投联合领投，投后估值6亿港元。",
        &Stated {
            amount: "8000万港元",
            currency: "HKD",
            round: "B轮",
            leads: "深岭资本, 海岬创投",
            valuation: "6亿港元",
            ..ROUND
        },
    );
    states(
        "云杉智造完成超10亿日元A轮融资",
        "云杉智造宣布完成超10亿日元A轮融资，由深岭资本独家投资。",
        &Stated { amount: "10亿日元", currency: "JPY", round: "A轮", leads: "深岭资本", ..ROUND },
    );
    states(
        "消息称云杉智造将以30亿美元估值融资5亿美元",
        "知情人士称，谈判仍在进行。",
        &Stated {
            amount: "5亿美元", currency: "USD", valuation: "30亿美元", announced: false, ..ROUND
        },
    );
}

#[test]
fn two_chinese_rounds_at_once_name_both_leads_or_none() {
    let read = find(
        "云杉智造半年内完成天使轮及天使+轮两轮融资",
        "天使轮由深岭资本领投，天使+轮由海岬创投领投，累计金额数千万元。",
    );
    let leads = read.map(|read| read.leads).unwrap_or_default();
    assert!(leads.is_empty() || leads == ["深岭资本", "海岬创投"], "{leads:?}");
}
