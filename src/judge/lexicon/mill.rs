//! The words of texts that are made for a market: stock tips and the mills of press releases.

use std::sync::LazyLock;

use super::{Pattern, compile};

/// Advice on shares: what to buy, where a price will go. A company's results are no tip.
pub static STOCK_TIP: Pattern = LazyLock::new(|| {
    compile(concat!(
        r"(?i)\b(?:stocks? (?:to|that could|you (?:should|can)) (?:buy|watch|own|soar|double)|(?:best|top|under-?valued|hot) (?:\w+ ){0,3}stocks?\b|price targets?|(?:is|are) (?:it|\w+ stock) a (?:buy|sell)|buy the dip|",
        r"should you (?:buy|sell|invest)|better (?:\w+ )?(?:stock|buy)|(?:stocks?|shares?|investments?)\b.{0,40}\b(?:could|will) make you|(?:could|will) turn \$|(?:buy|sell|hold),? (?:(?:sell|hold|buy),? )?or (?:hold|sell|buy)\b|millionaire[- ]maker|(?:shares|stock) (?:jump|soar|surge|pop|plunge|tumble|sink|slide|rall(?:y|ies))\w*|",
        r"(?:up|down)graded? (?:to|from) (?:buy|sell|hold|neutral|overweight|underweight)|analysts? (?:see|predict|expect)s? (?:\w+ ){0,4}upside)",
        r"|概念股|涨停|跌停|个股|牛股|龙头股|目标价|买入评级|抄底|(?:股价|盘中|早盘|午后|尾盘)(?:大?[涨跌]|拉升|跳水|飙升|走[高低强弱])|板块(?:领涨|走强|爆发|拉升)|主力资金|荐股"
    ))
});

/// Hosts that publish what a company pays for, word for word.
const MILLS: [&str; 14] = [
    "prnewswire.com",
    "businesswire.com",
    "globenewswire.com",
    "accesswire.com",
    "newsfilecorp.com",
    "einpresswire.com",
    "einnews.com",
    "prweb.com",
    "openpr.com",
    "prlog.org",
    "newswire.com",
    "newswire.ca",
    "prnasia.com",
    "meijieyi.com",
];

/// What a paid release says of itself.
pub static PRESS_RELEASE: Pattern = LazyLock::new(|| {
    compile(concat!(
        r"(?i)(?:/ ?(?:prnewswire|businesswire|globe newswire|accesswire|美通社) ?/|\((?:globe newswire|business wire|prnewswire)\)|\bfor immediate release\b|\bforward-looking statements?\b|\bmedia contacts? ?:|\bsafe harbor statement)",
        r"|前瞻性(?:陈述|声明)|媒体联系人?[：:]|本文为(?:企业)?(?:推广|供稿|投稿)|免责声明[：:].{0,20}(?:与本(?:网|站)无关|不代表本(?:网|站))"
    ))
});

/// Whether a link leads to a mill of press releases.
pub fn is_mill(link: &str) -> bool {
    let host = link.split_once("://").map_or(link, |(_, rest)| rest);
    let host = host.split(['/', '?', '#']).next().unwrap_or_default();
    MILLS
        .iter()
        .any(|mill| host.strip_suffix(mill).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::lexicon::find;

    #[test]
    fn a_stock_tip_is_heard_and_a_financial_report_is_not() {
        for tip in [
            "3 AI stocks to buy before autumn",
            "Is Quokka stock a buy now?",
            "算力概念股午后拉升",
            "Quokka shares soar 12%",
            "Quokka: buy, hold or sell after the results?",
        ] {
            assert!(find(&STOCK_TIP, tip).is_some(), "{tip}");
        }
        for plain in [
            "Quokka reports revenue of $3 billion",
            "Quokka takes a stake in a chip maker",
            "Four AI apps that will make you smile",
            "某公司公布季度财报",
        ] {
            assert_eq!(find(&STOCK_TIP, plain), None, "{plain}");
        }
    }

    #[test]
    fn a_press_release_is_known_by_its_host_or_its_own_words() {
        assert!(is_mill("https://www.prnewswire.com/news/x") && is_mill("https://prweb.com"));
        assert!(!is_mill("https://example.org/prnewswire.com") && !is_mill("https://notprweb.com/"));
        assert!(find(&PRESS_RELEASE, "OSLO, May 3 /PRNewswire/ -- Quokka today").is_some());
        assert_eq!(find(&PRESS_RELEASE, "Quokka released its code today"), None);
    }
}
