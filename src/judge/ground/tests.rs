use super::*;
use chrono::TimeZone;

const ARTICLE: &str = "Acme raised $180 million from Northgate on Tuesday for its Falcon-3 model with four “fast” modes, and Google took part. \
    It has 3 million users, 30 employees in Kyoto, and revenue grew by 12.5% last year. Chief executive Ilse Brandt said more than \
    8,750 firms, a third of them in Germany, use Falcon 3.1. A Series B round followed a seed round of €5 million in June 2024.";

const CHINESE: &str = "灵图智能于3月12日宣布完成15亿元B轮融资，由北辰资本领投，估值超100亿元。创始人周启明表示，公司去年营收翻了一番，\
    用户超过120万，新模型星图2.5支持128K上下文，成本下降三成。";

fn english() -> Sources {
    let day = Utc.with_ymd_and_hms(2026, 6, 4, 12, 0, 0).single();
    Sources::new([(ARTICLE, day)])
}

fn chinese() -> Sources {
    let day = Utc.with_ymd_and_hms(2026, 3, 13, 12, 0, 0).single();
    Sources::new([(CHINESE, day)])
}

#[track_caller]
fn stands(sources: &Sources, sentence: &str) {
    let facts = sources.facts(sentence);
    assert!(!facts.is_empty(), "{sentence}: nothing was checked");
    assert!(facts.iter().all(|fact| fact.stands), "{sentence}: {facts:?}");
}

#[track_caller]
fn missing(sources: &Sources, sentence: &str) {
    assert!(sources.hold(sentence).missing > 0, "{sentence}: {:?}", sources.facts(sentence));
}

#[test]
fn what_stands_in_the_articles_is_kept() {
    for sentence in [
        "Acme 融资1.8亿美元，谷歌参投。",
        "Falcon-3 has 4 modes.",
        "The round was $180M.",
        "Acme 有300万用户，去年收入增长12.5%。",
        "About 8,800 firms use it, a third of them German.",
        "2025年收入增长12.5%。",
        "On June 2, Acme raised 180 million dollars.",
        "周二，Acme 宣布B轮融资，此前在2024年6月获得500万欧元种子轮融资。",
        "伊尔莎·布兰特称三分之一的客户在德国。",
    ] {
        stands(&english(), sentence);
    }
    for sentence in [
        "Lingtu raised 1.5 billion yuan in a Series B on March 12.",
        "Founder Zhou Qiming says revenue doubled in 2025.",
        "More than 1.2 million users; costs fell by 30%.",
        "创始人周启明表示，成本下降30%。",
    ] {
        stands(&chinese(), sentence);
    }
}

#[test]
fn what_stands_nowhere_is_missed() {
    for sentence in [
        "Acme 融资180万美元。",
        "Acme raised €180 million.",
        "Acme has $3 million.",
        "It has 30 million users.",
        "It has 30% in Kyoto.",
        "The money came from Benchmark and Northgate.",
        "Its Falcon-4 model follows.",
        "Falcon 3.2 is used.",
        "It grew by 12%.",
        "微软参投。",
        "On June 3, Acme raised the money.",
        "In 2023 revenue grew by 12.5%.",
        "It followed a Series A round.",
        "马丁·克鲁格称三分之一的客户在德国。",
        "Half of them are in Germany.",
    ] {
        missing(&english(), sentence);
    }
    for sentence in [
        "Lingtu raised 1.5 million yuan.",
        "Lingtu raised $1.5 billion.",
        "On December 3 it raised the money.",
        "Founder Zhou Wenbin says revenue doubled.",
        "创始人周文彬表示，成本下降30%。",
        "成本下降四成。",
        "星图2.6支持128K上下文。",
    ] {
        missing(&chinese(), sentence);
    }
}

#[test]
fn currencies_are_read_in_every_spelling() {
    let article = "Gneiss Labs raised 2.4 billion yuan in May, after $70 million in April and HK$300 million in March. \
        Its engine cuts the delay, and the bandwidth rose to 12 GB.";
    let sources = Sources::new([(article, None)]);
    for sentence in [
        "Gneiss Labs raised RMB 2.4 bn.",
        "Gneiss Labs raised CNY 2.4 billion.",
        "Gneiss Labs raised 2.4 bn yuan.",
        "Gneiss Labs raised RMB2.4bn.",
        "Before, it raised US$70m and HK$300m.",
        "Before, it raised USD 70 mn.",
        "Throughput rose to 12 GB.",
        "Bandwidth is now 12 GB.",
    ] {
        stands(&sources, sentence);
    }
    for sentence in [
        "Gneiss Labs raised RMB 2.5 bn.",
        "Gneiss Labs raised CNY 2.4 million.",
        "Gneiss Labs raised USD 2.4 billion.",
        "Gneiss Labs raised 2.4 mn yuan.",
        "Before, it raised US$90m.",
    ] {
        missing(&sources, sentence);
    }
}

#[test]
fn chinese_funds_and_people_stand_as_they_are_written() {
    let article = "石英智能完成两轮融资，投资方包括岚桥资本、朗川创投和产业基金。创始人王霖曾在大学任教，首席技术官李若舟介绍了新模型。";
    let sources = Sources::new([(article, None)]);
    for sentence in [
        "本轮由岚桥资本领投。",
        "朗川创投、岚桥资本参投。",
        "创始人王霖曾在大学任教。",
        "李若舟介绍了新模型。",
    ] {
        let facts = sources.facts(sentence);
        assert!(facts.iter().all(|fact| fact.stands), "{sentence}: {facts:?}");
    }
    for sentence in [
        "本轮由岚侨资本领投。",
        "郎川创投参投。",
        "创始人王琳曾在大学任教。",
        "首席技术官李若洲介绍了新模型。",
    ] {
        missing(&sources, sentence);
    }
    assert_eq!(sources.hold("社会资本和对冲基金也参与。").missing, 0);
}
