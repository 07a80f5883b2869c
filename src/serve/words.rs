//! Every fixed word of the archive, in both languages.

use std::collections::BTreeMap;

use super::{draft_words, reader_words};
use crate::edition;
use crate::model::Language;

/// Key, English, Chinese.
const WORDS: &[(&str, &str, &str)] = &[
    ("brand", "headsup 抬头", "抬头 headsup"),
    ("tagline", "Work heads-down; get a heads-up once a week.", "埋头写代码，每周抬一次头。"),
    ("home", "Latest issue", "最新一期"),
    ("issues", "Issues", "往期"),
    ("papers", "Papers", "论文"),
    ("learn", "Learn", "学习路径"),
    ("dropped", "Left out", "未收录"),
    ("search", "Search", "搜索"),
    ("sources", "Sources", "信源"),
    ("status", "Status", "运行状态"),
    ("outbox", "Mail", "邮件"),
    ("about", "How it chooses", "如何取舍"),
    ("other_language", "中文", "English"),
    ("skip", "Skip to the text", "跳到正文"),
    ("missing", "There is no such page.", "没有这个页面。"),
    ("broken", "Something failed here; it has been written down.", "这里出错了，已记录。"),
    (
        "nothing_yet",
        "Nothing yet. Run “headsup run”, or wait for the schedule of “headsup up”.",
        "还没有内容。请运行 headsup run，或等待 headsup up 的定时任务。",
    ),
    ("nothing_found", "Nothing found.", "没有找到。"),
    ("weekly", "Weekly", "周刊"),
    ("paper", "Paper of the month", "本月论文"),
    ("number", "No.", "第"),
    ("period", "Period", "时段"),
    ("stories", "stories", "条"),
    ("kept", "told", "收录"),
    ("left_out", "left out", "未收录"),
    ("chart_issues", "Stories told and left out, issue by issue", "每期收录与未收录的条数"),
    ("read", "Read", "读了"),
    ("items_from", "items from", "条内容，来自"),
    ("sources_word", "sources", "个信源"),
    ("told_in", "stories;", "件事；"),
    ("screened", "screened out.", "件未收录。"),
    ("minutes", "minutes to read", "分钟读完"),
    ("as_mail", "as mail", "邮件版"),
    ("as_text", "plain text", "纯文本"),
    ("feed", "Atom feed", "Atom 订阅"),
    ("also", "also told by", "另见"),
    ("why", "why", "依据"),
    ("quiet_week", "A quiet week.", "本周不多。"),
    ("leads", "What matters most", "最重要的"),
    ("company", "Companies and models", "公司与模型"),
    ("funding", "Funding", "融资"),
    ("research", "Research", "研究"),
    ("open-source", "Open source and tools", "开源与工具"),
    ("industry", "Industry", "行业"),
    ("focus-multimodal", "Long view: multimodal", "长期关注：多模态"),
    ("focus-efficiency", "Long view: cheaper training and inference", "长期关注：降低训练与推理成本"),
    ("focus-privacy", "Long view: privacy and private deployment", "长期关注：隐私与私有部署"),
    ("rumours", "Rumours, not confirmed", "传闻，未经证实"),
    ("multimodal", "multimodal", "多模态"),
    ("efficiency", "cheaper training and inference", "降低训练与推理成本"),
    ("privacy", "privacy and private deployment", "隐私与私有部署"),
    ("facts_checked", "facts checked against the articles", "项事实与原文核对"),
    ("withheld", "sentences withheld", "句因无出处被删"),
    ("tokens", "tokens paid", "个 token"),
    ("judged_by", "Judged by", "评判者"),
    ("rules", "fixed rules, no model", "固定规则（未使用模型）"),
    ("sha", "Frozen; SHA-256 of its content:", "内容已冻结，SHA-256："),
    ("sources_of_story", "Who tells it", "谁在报道"),
    ("first_hand", "first-hand", "一手"),
    ("primary_tier", "first-hand", "一手"),
    ("press_tier", "press", "媒体"),
    ("community_tier", "community", "社区"),
    ("reason", "why it is here", "归入理由"),
    ("score", "Score", "评分"),
    ("score_parts", "Parts of the score", "评分的组成"),
    ("points", "points", "分"),
    ("flag", "flag", "标志"),
    ("quote", "the words that show it", "依据的原文"),
    ("verdict", "Verdict", "结论"),
    ("may_enter", "good for an issue", "可入选"),
    ("below_floor", "below the floor of an issue", "低于入选分数线"),
    ("was_dropped", "left out:", "未收录："),
    ("unscored", "The model did not judge:", "模型未参与评判："),
    ("goes_on_from", "Goes on from", "前情"),
    ("went_on", "Went on with", "后续"),
    ("told_in_issues", "Told in", "收录于"),
    ("entities", "Names", "相关名称"),
    ("versions", "Versions", "版本"),
    ("artifacts", "To use or check now", "可以上手或查证的"),
    ("artifact_paper", "Paper", "论文"),
    ("artifact_code", "Code", "代码"),
    ("artifact_weights", "Weights or data", "权重或数据"),
    ("artifact_api", "API", "接口"),
    ("artifact_price", "Price", "价格"),
    ("claims", "Who claims what", "谁这么说"),
    ("by_maker", "the maker", "厂商自己"),
    ("by_independent", "somebody else than the maker", "厂商以外的一方"),
    ("by_unnamed", "unnamed sources", "匿名来源"),
    ("by_press", "the press", "媒体"),
    ("lane", "Lane", "类别"),
    ("focus_label", "Long-term questions", "长期关注"),
    ("happened", "What happened", "发生了什么"),
    ("is_new", "What is new", "新在哪里"),
    ("matters", "Why it matters to a programmer", "对程序员的意义"),
    ("unknown", "What the articles do not say", "文中未提"),
    ("publisher_words", "the publisher's own words", "原文摘录"),
    ("in_en", "in English", "原文为英文"),
    ("in_zh", "in Chinese", "原文为中文"),
    ("not_judged", "Not judged yet.", "尚未评判。"),
    ("company_label", "Company", "公司"),
    ("amount", "Amount", "金额"),
    ("round", "Round", "轮次"),
    ("lead_investor", "Lead investor", "领投方"),
    ("valuation", "Valuation", "估值"),
    ("announced", "announced by those concerned", "当事方已公布"),
    ("reported", "reported by others", "他人报道，未经证实"),
    ("paper_issues", "Papers of the month", "历月论文"),
    ("other_papers", "All papers that were read", "读过的论文"),
    (
        "dropped_intro",
        "What was screened out, newest first, with the reason. If something here is wrong, the words that led to it stand beside it.",
        "未收录的内容，按时间倒序，附理由。若有误判，旁边就是导致判断的原文。",
    ),
    ("search_hint", "Words or 中文, in titles and texts", "标题与正文中的词语"),
    ("newer", "newer", "较新"),
    ("older", "older", "较早"),
    ("source", "Source", "信源"),
    ("state", "State", "状态"),
    ("last_ok", "Last answer", "上次成功"),
    ("next", "Next", "下次"),
    ("per_week", "Items per week", "每周条数"),
    ("says", "Says", "说明"),
    ("ok", "ok", "正常"),
    ("new", "not asked yet", "尚未读取"),
    ("quiet", "quiet", "久未更新"),
    ("undated", "undated", "没有日期"),
    ("html-instead", "HTML instead of a feed", "返回网页而非信源"),
    ("empty", "empty", "没有内容"),
    ("failing", "failing", "读取出错"),
    ("blocked", "blocked", "被拒绝"),
    ("gone", "gone", "已关闭"),
    ("moved", "moved", "已迁移"),
    ("never-worked", "never worked", "从未成功"),
    ("off", "off", "停用"),
    ("issue", "Issue", "期号"),
    ("deliveries", "Deliveries", "投递"),
    ("how_many", "How many", "数量"),
    ("runs", "Last run of each stage", "各阶段最近一次运行"),
    ("stage", "Stage", "阶段"),
    ("started", "Started", "开始"),
    ("did", "Did", "结果"),
    ("jobs", "Schedule", "定时任务"),
    ("job", "Job", "任务"),
    ("model_week", "Model, last seven days", "模型，最近七天"),
    ("calls", "calls", "次调用"),
    ("failed_calls", "failed", "次失败"),
    ("cost", "cost", "花费"),
    ("no_model", "No model was asked.", "未使用模型。"),
    ("problems", "Needs a hand", "需要处理"),
    ("leave_title", "Unsubscribe", "退订"),
    ("leave_text", "One click, and no further mail comes.", "点一下，之后不再收到邮件。"),
    ("leave_button", "Unsubscribe", "退订"),
    ("left_title", "You are unsubscribed.", "已退订。"),
    ("left_text", "No further mail comes. The archive stays open.", "不会再发邮件，存档仍可浏览。"),
    ("was_hype", "was this hype?", "是炒作吗？"),
    ("was_wrong", "was this wrong?", "有误吗？"),
    ("vote_title", "What do you say?", "你怎么看？"),
    ("vote_ask", "About this story:", "这件事："),
    ("vote_change", "Say something else:", "改为："),
    ("vote_stands", "You said:", "你的看法："),
    ("vote_hype", "Hype", "炒作"),
    ("vote_hype_hint", "loud, with little behind it", "声量大，内容少"),
    ("vote_solid", "Not hype", "不是炒作"),
    ("vote_solid_hint", "there is substance in it", "有实质内容"),
    ("vote_wrong", "Wrong", "有误"),
    ("vote_wrong_hint", "something in our text is not true", "我们写的内容与事实不符"),
    (
        "vote_comment",
        "What is wrong, or why? (optional, at most 500 characters)",
        "哪里有误，或者理由（可不填，最多 500 字）",
    ),
    ("vote_button", "Send", "提交"),
    ("vote_back", "Take it back", "撤回"),
    (
        "vote_use",
        "One vote for each reader and story; the latest counts. The operator reads it. A confirmed error is corrected on the story's page and in the next weekly issue.",
        "每位读者对每件事一票，以最后一次为准，由运营者查看。确认的错误会在该条目的页面和下一期周刊中更正。",
    ),
    (
        "vote_cookie_use",
        "These pages keep one cookie, a random number, so that you can change your vote.",
        "这些页面只保存一个 Cookie（随机数），便于你修改自己的投票。",
    ),
    ("vote_refused", "This vote cannot be taken.", "无法接受这一票。"),
    (
        "vote_forged",
        "The link is not one of ours, or a part of it was lost. Open it once more from the mail, or begin at the story's page.",
        "这个链接不是我们发出的，或者不完整。请从邮件里重新打开，或从该条目的页面进入。",
    ),
    (
        "vote_expired",
        "The link is too old. You can still vote on the story's page in the archive.",
        "链接已过期。你仍可在存档中该条目的页面投票。",
    ),
    (
        "vote_cookie",
        "This form was made for another browser, or the browser keeps no cookie. Begin at the story's page once more.",
        "这个表单属于另一个浏览器，或浏览器没有保存 Cookie。请从该条目的页面重新进入。",
    ),
    ("vote_form", "The form is incomplete: choose one of the three.", "表单不完整：请三选一。"),
    ("vote_gone", "The story or the reader is not there any more.", "该条目或读者已不存在。"),
    (
        "vote_too_many",
        "Too many visitors vote at this moment. Try again in a minute; the link in the mail always works.",
        "此刻投票的访客太多，请一分钟后再试；邮件里的链接不受影响。",
    ),
    ("votes", "What readers say", "读者的看法"),
    (
        "votes_visitors",
        "Visitors of the archive, who may vote more than once and are not counted among readers:",
        "网站访客（可能重复投票，不计入读者）：",
    ),
    ("no_votes", "Nobody has voted yet.", "还没有人投票。"),
    ("newest_wrong", "Said to be wrong, newest first", "被指有误，最新在前"),
    ("confirmed", "confirmed", "已确认"),
    ("errata", "Corrections", "更正"),
    ("erratum", "Correction", "更正"),
    ("errata_since", "Corrected since this issue was sent:", "本期发出后的更正："),
    ("hindsight", "Hindsight", "事后回看"),
    (
        "hindsight_intro",
        "Which stories lasted and which were noise, of those that we told and of those that we left out: looked at again after 30, 90 and 180 days.",
        "收录的和未收录的消息里，哪些站住了，哪些只是噪音：在 30、90、180 天后再看一次。",
    ),
    ("hindsight_nothing", "Nothing has been followed in this quarter yet.", "这个季度还没有跟踪的内容。"),
    ("hindsight_foresight", "How well the score foresaw it", "评分预见得准不准"),
    (
        "hindsight_chart",
        "Share of stories that lasted, by score when published",
        "按发布时的评分：站住的比例",
    ),
    (
        "hindsight_sample",
        "All stories of the issues are in it. Of what was left out, those that an issue named, the loudest of each week, and as many drawn by lot.",
        "各期收录的全部在内；未收录的包括刊中点名的、每周声量最大的，以及同样数量的随机抽样。",
    ),
    ("hindsight_rule", "When a story has lasted", "怎样算站住了"),
    (
        "hindsight_rule_text",
        "With two points or more, at any age. Without a point after 30 days, or with less than two after 90, it has faded. Else it is too early to say.",
        "任何时候满两分即为站住；30 天时一分没有，或 90 天后不足两分，即为没站住；其余尚早。",
    ),
    ("hindsight_sign", "sign", "迹象"),
    ("hindsight_all", "all of them, with reasons", "完整名单与理由"),
    ("lasted", "lasted", "站住了"),
    ("faded", "faded", "没站住"),
    ("early", "too early", "尚早"),
    ("share_lasted", "share that lasted", "站住的比例"),
    ("as_table", "as a table", "表格"),
    ("days_later", "days later: ", "天后："),
    ("told_lasted", "Told, and lasted", "收录了，而且站住了"),
    ("told_faded", "Told, and was noise", "收录了，后来证明是噪音"),
    ("left_lasted", "Left out, and lasted: what we missed", "没有收录，却站住了：我们的遗漏"),
    ("left_faded", "Left out, and was noise", "没有收录，也确是噪音"),
    ("told_early", "Told, too early to say", "收录了，尚早"),
    ("left_out_followed", "left out, and followed", "未收录但跟踪"),
    ("watched_told", "told", "收录"),
    ("watched_named", "named as left out", "点名未收录"),
    ("watched_loud", "left out, among the loudest", "声量大但未收录"),
    ("watched_sample", "left out, drawn by lot", "未收录，随机抽取"),
    (
        "sign_widely",
        "three or more other owners mentioned it after its first 72 hours",
        "72 小时之后又有三家以上提到",
    ),
    ("sign_mentioned", "one or two did", "72 小时之后又有一两家提到"),
    ("sign_late", "two or more of them in the second half", "其中两家以上在后半段才提到"),
    ("sign_updates", "a later story goes on from it", "有后续报道"),
    ("sign_grew", "its popularity grew", "星标、点赞或投票比第一周多出一半，且不少于 50"),
    ("sign_silent", "nobody came back to it", "过了前三分之一的时间就无人再提（90 天与 180 天）"),
    ("sign_gone", "what it links to is gone", "所链接的内容已不存在"),
    ("sign_alive", "what it links to is there", "所链接的内容仍在（只作说明，不计分）"),
    ("sign_nobody", "nobody else mentioned it", "没有其他来源再提到（只作说明，不计分）"),
    ("no_token", "This link belongs to no reader.", "这个链接不属于任何读者。"),
];

/// Flags and reasons that a page has room to say more of than an issue: key, English, Chinese. The rest is said as there.
const FLAGS: &[(&str, &str, &str)] = &[
    ("numbers", "figures with their units", "有带单位的数据"),
    ("artifact", "something to touch: paper, code, weights, API, price", "有论文、代码、权重、接口或价格"),
    ("benchmark", "a measured comparison", "有评测或对比"),
    ("list-bait", "a list without news", "清单式标题"),
    ("thin", "nothing but a headline could be read", "只读到标题"),
    ("one-voice", "enough of this source already", "同一来源的条目已够多"),
    ("rumour-thin", "a rumour without a second source", "传闻，且无第二来源"),
];

/// The word of `key`; an unknown key is its own word.
pub fn word(key: &str, language: Language) -> String {
    let mut tables = [WORDS, draft_words::WORDS, reader_words::WORDS].into_iter();
    tables.find_map(|table| find(table, key, language)).unwrap_or_else(|| key.to_owned())
}

/// The words for a flag or a reason.
pub fn flag(key: &str, language: Language) -> String {
    find(FLAGS, key, language).unwrap_or_else(|| edition::flag(key, language).to_owned())
}

/// All words by key, for templates.
pub fn all(language: Language) -> BTreeMap<&'static str, &'static str> {
    let words = WORDS.iter().chain(draft_words::WORDS).chain(reader_words::WORDS);
    words.map(|(key, en, zh)| (*key, if language == Language::En { *en } else { *zh })).collect()
}

fn find(table: &[(&str, &str, &str)], key: &str, language: Language) -> Option<String> {
    let (_, en, zh) = table.iter().find(|(name, _, _)| *name == key)?;
    Some(if language == Language::En { *en } else { *zh }.to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_key_has_one_meaning_and_both_languages() {
        let all: Vec<_> =
            WORDS.iter().chain(draft_words::WORDS).chain(reader_words::WORDS).copied().collect();
        for table in [&all[..], FLAGS] {
            let keys: BTreeSet<&str> = table.iter().map(|(key, _, _)| *key).collect();
            assert_eq!(keys.len(), table.len(), "a key stands twice");
            assert!(table.iter().all(|(_, en, zh)| !en.is_empty() && !zh.is_empty()));
        }
    }
}
