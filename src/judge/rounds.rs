//! Rounds of funding and Chinese people in a sentence, by the words around them.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

static ROUND: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?P<series>[Ss]eries[\s-]+(?P<en>[A-K])(?-u:\b))|(?P<zh>[A-K])\d?\+{0,2}\s?轮|(?P<seed>(?i:(?-u:\b)(?:pre-)?seed(?-u:\b))(?:\s+(?:funding\s+)?round|\s+funding|\s+extension)|种子轮)|天使轮|(?i:angel round)").ok()
});
static TITLED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let surname = "[王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓冯程蔡彭潘袁董余苏叶吕魏蒋田杜丁沈姜范江傅钟卢汪戴崔任陆廖姚方金邱夏谭韦贾邹石熊孟秦阎薛侯雷白龙段郝孔邵史毛常万顾赖武康贺严尹钱施牛洪龚汤陶黎温莫易樊乔文安殷颜庄章鲁倪庞邢俞翟蓝聂齐向申葛柴伍覃骆关焦柳欧祝纪尚毕耿芦左季管符辛苗詹曲欧阳靳祁路涂兰甘裴梅童翁霍游阮尤岳柯牟滕谷舒卜成饶宁凌盛查单冉鲍华包屈房喻解蒲卫简时连车项闵邬吉党阳司费蒙席晏隋古强穆姬宫景米麦谈柏瞿艾沙鄢桂窦郁缪畅巩卓褚栾戚全娄甄郎池丛边岑农苟迟保商臧佘卞虞刁冷应匡栗仇练楚揭师官佟封燕桑巫敖原植邝仲荆储宗楼干苑寇盖南屠鞠荣井乐银奚明麻雍花闻冼木郜廉衣蔺和冀占门帅利满]";
    Regex::new(&format!(r"(?:创始人|首席执行官|首席技术官|首席运营官|首席财务官|CEO|CTO|COO|CFO|总裁|董事长|教授|院士|博士|研究员|总经理|负责人|首席科学家|合伙人|总监|院长|所长)\s?(?P<a>{surname}\p{{Han}}{{1,2}}?)(?:表示|称|说|认为|指出|透露|宣布|介绍|坦言|强调|曾|向|对|告诉|领导|创办|创立|出任|担任|毕业|也|还|已|在|于|将|则|，|、|。|（|的)|(?:^|[，。、；：])(?P<b>{surname}\p{{Han}}{{1,2}})(?:表示|称|说|认为|指出|透露|坦言|强调|介绍|告诉|教授|博士|院士|先生|女士)")).ok()
});

/// The rounds of `text`, each as a word of its own ("a", "seed", "angel") and as it stands there.
pub fn find(text: &str) -> Vec<(String, String)> {
    let found = ROUND.iter().flat_map(|round| round.captures_iter(text));
    found
        .filter_map(|found| {
            let words = found.get(0)?.as_str();
            let letter = found.name("en").or(found.name("zh")).map(|letter| letter.as_str().to_lowercase());
            let seed = found.name("seed").map(|_| "seed".to_owned());
            Some((letter.or(seed).unwrap_or_else(|| "angel".to_owned()), words.to_owned()))
        })
        .collect()
}

/// Chinese people whom `text` quotes or gives a title.
pub fn people(text: &str) -> Vec<&str> {
    let found = TITLED.iter().flat_map(|titled| titled.captures_iter(text));
    found.filter_map(|found| Some(found.name("a").or(found.name("b"))?.as_str())).collect()
}

/// What a person does, right behind a name.
const DOES: [&str; 22] = [
    "任", "出任", "担任", "就任", "接任", "卸任", "表示", "称", "说", "认为", "指出", "透露", "宣布", "加入",
    "离职", "离开", "创办", "创立", "领导", "先生", "女士", "博士",
];

/// A name in `text` that is `person` but for one character. One of two characters must be seen to be a person.
pub fn altered<'t>(person: &str, text: &'t str) -> Option<&'t str> {
    let wanted: Vec<char> = person.chars().collect();
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let names = places.windows(wanted.len() + 1).filter_map(|at| text.get(at[0]..at[wanted.len()]));
    let differs = |name: &&str| {
        let n_other = name.chars().zip(&wanted).filter(|(c, wanted)| c != *wanted).count();
        n_other == 1
            && name.chars().all(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
            && name.starts_with(wanted[0])
    };
    let is_person = |name: &&str| {
        let at = name.as_ptr() as usize - text.as_ptr() as usize;
        let rest = &text[at + name.len()..];
        wanted.len() > 2 || DOES.iter().any(|word| rest.starts_with(word))
    };
    names.filter(differs).find(is_person)
}

static FUND: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\p{Han}{2,8}?(?:资本|基金|创投|风投)").ok());
/// What stands before 资本 and 基金 in kinds of them.
const KINDS: &str = "社会 民间 国有 风险 金融 人力 产业 引导 对冲 私募 公募 主权 养老 种子 慈善 投资 政府 科学 专项 美元 创业 \
    早期 母子 天使 战略 家族 耐心 长期 外国 海外 国际 国内 注册 一级 二级 大型 知名 多家 两家 三家 几家 数家 政策 市场 股权 \
    并购 成长 新兴 发展 财富 富基 指数 退休 信托 保险 社保 研究 自然 科研 创新 旗舰 首支 首只 一只 一支 该只 这只 这支 \
    机构 方为 包括 本轮 领投 头部 顶级 老牌 旗下 相关 上述 其他 更多 全球 中国 美国 地方 国家 风险投资";

/// What follows a fund's name in news of money.
const AFTER_FUND: [&str; 19] = [
    "领投", "跟投", "参投", "独投", "共同", "联合", "独家", "继续", "加码", "追加", "投资", "持股", "等",
    "、", "，", "。", "和", "与", "及",
];

/// Chinese funds of `text`, by the two characters before 资本, 基金 and 创投: where a longer name begins nothing tells.
pub fn funds(text: &str) -> Vec<(&str, Range<usize>)> {
    let found = FUND.iter().flat_map(|fund| fund.find_iter(text));
    found
        .filter_map(|found| {
            let start = found.as_str().char_indices().rev().nth(3)?.0;
            let name = &found.as_str()[start..];
            let kind: String = name.chars().take(2).collect();
            let is_kind = kind.contains([
                '大', '与', '和', '及', '的', '由', '等', '过', '民', '家', '级', '个', '只', '支',
            ]) || KINDS.split_whitespace().any(|word| word == kind);
            let rest = &text[found.end()..];
            let is_named = rest.is_empty() || AFTER_FUND.iter().any(|word| rest.starts_with(word));
            (is_named && !is_kind).then(|| (name, found.start() + start..found.end()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_is_one_in_both_languages() {
        let round = |text: &str| find(text).into_iter().map(|(round, _)| round).collect::<Vec<_>>();
        assert_eq!(round("a Series B round"), round("完成B轮融资"));
        assert_eq!(round("a seed round"), round("种子轮"));
        assert_eq!(round("a series of talks"), Vec::<String>::new());
    }

    #[test]
    fn people_are_known_by_what_they_do() {
        assert_eq!(people("创始人梁文锋表示，成本会下降"), ["梁文锋"]);
        assert_eq!(people("公司称，成本会下降"), Vec::<&str>::new());
    }

    #[test]
    fn one_other_character_makes_another_person() {
        assert_eq!(altered("王霁", "王骥任首席执行官"), Some("王骥"));
        assert_eq!(altered("王霁", "王者归来，王霁任首席执行官"), None);
        assert_eq!(altered("柳青禾", "公司由柳青和领导"), Some("柳青和"));
        assert_eq!(altered("柳青禾", "公司由柳青禾领导"), None);
    }
}
