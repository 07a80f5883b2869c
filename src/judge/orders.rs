//! Texts that give orders to machines. A paragraph with an order is not read, neither by the rules nor by a model, and is
//! flagged with its words: what an article says to its judge can only count against it.

use std::sync::LazyLock;

use regex::Regex;

use crate::model::{Story, StoryItem};

/// Longest quote, in characters.
const MAX_QUOTE: usize = 160;

/// News about such attacks quotes them.
static ABOUT_ATTACKS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)prompt[- ]?injection|jailbreak|red[- ]?team|adversarial|injected (?:prompt|instruction)|提示词?注入|越狱|红队|对抗(?:攻击|样本)").ok()
});

/// Orders: to forget, to be somebody else, to rate, to answer in a certain way; and the marks of chat formats.
static ORDER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)(?:ignore|disregard|forget|override|do not follow|stop following)\b.{0,40}\b(?:previous|prior|above|earlier|preceding|foregoing|all|any|your|the|other)\b.{0,30}\b(?:instructions?|prompts?|rules?|guidelines?|directions?|messages?|context|constraints?|articles?|stories|tasks?)\b",
        r"|\b(?:new|updated|real|actual|special|important|hidden|secret|additional|final)\s+(?:system\s+)?(?:instructions?|prompt|task|orders?)\s*(?:for|to)?\s*(?:the\s+|any\s+|all\s+)?(?:ai|llm|model|assistant|reader|summari[sz]er|judge|bot)?s?\s*[:：]",
        r"|\b(?:note|message|attention|instructions?|reminder|notice|memo|hint)\s+(?:to|for)\s+(?:the\s+|any\s+|all\s+|every\s+)?(?:ai|llm|language models?|model|assistant|summari[sz]er|judge|classifier|agent|bot|crawler|automated|machine)s?\b",
        r"|\b(?:dear|hey|attention,?|hello,?)\s+(?:ai|llm|language model|assistant|chat ?bot|gpt|model|summari[sz]er)\b",
        r"|\b(?:if|as|when|since) you(?:'re| are)? (?:an? )?(?:ai|llm|language model|assistant|large language model|summari[sz]er|classifier|automated)\b",
        r"|\b(?:machines|ais|llms|(?:language )?models|bots|assistants|summari[sz]ers|automated readers) (?:reading this|that read this|should|must|shall|are to) (?:say|state|write|answer|rate|mark|report|call|treat|praise|rank)\b",
        r"|\b(?:you are|you're) (?:now|no longer|actually) (?:an? |the |in |bound|required|my )|\bfrom now on,? (?:you|act|answer|respond)\b|\bact as (?:an?|the) .{0,40}(?:judge|editor|summari[sz]er)\b",
        r"|(?:^|[.!?:;,]\s*)(?:please |you must |kindly |always )*(?:rate|score|rank|judge|classify|mark|flag|label|treat|list|place|put) (?:this|our)(?: \w+)? ?(?:article|story|item|text|post|paper|news|page|product|release|piece)\b.{0,60}",
        r"|(?:^|[.!?:;,]\s*)(?:please |you must |kindly |always )*(?:give|assign|award|set|return|output) (?:this|it|the|a|an)\b.{0,30}\b(?:score|rating|points?|rank|priority|importance|lane|about_ai)\b.{0,20}(?:\b(?:10|ten|100|highest|maximum|max|top|full|true)\b|[=:])",
        r#"|"?(?:holds|about_ai|vendor_claim|anonymous|sensational|artifact|independent)"?\s*[:=]\s*"?(?:true|false)"#,
        r"|\b(?:system|developer|admin(?:istrator)?|operator) (?:prompt|message|override|note|mode|instruction)s?\b\s*[:：=\]]|\b(?:reveal|print|repeat|leak|show|output)\b.{0,20}\b(?:system prompt|your (?:prompt|instructions|rules)|api key|environment variables?)",
        r"|<\|?(?:im_start|im_end|system|user|assistant|endoftext|eot_id|start_header_id)\|?>|\[/?INST\]|<</?SYS>>|^\s*#{2,}\s*(?:system|instructions?|assistant|user)\s*[:：]?\s*$|(?:^|\n)\s*(?:system|assistant)\s*[:：]\s|</?(?:article|story|stories|document|system|instructions?)\b[^>]*>",
        r"|(?:忽略|无视|忘记|忘掉|不要理会|跳过)(?:掉)?(?:你|之前|以上|上述|前面|先前|此前|所有|一切|全部|系统|的|任何|收到|里|中){1,8}(?:指令|指示|提示词?|规则|要求|设定|内容|说明)",
        r"|你(?:现在是|从现在起是|从现在起必须|不再是)(?:一|我|没)|从现在(?:开始|起)[，,]?(?:你|请回答)|(?:请|必须|务必)(?:把|将|给|为)(?:本|这|该)(?:文|篇|条|则|个).{0,24}(?:满分|最高|高分|10分|十分|头条|第一|评为|标记|列为|分类)",
        r"|(?:^|[。！？，：])(?:请|必须|务必)?(?:给|打|评)(?:出|予|本文|这篇|该文|它).{0,8}(?:满分|最高分|10\s?分|100\s?分|十分)|(?:^|[。！？：【\[（(])(?:致|写给|告知|提醒)(?:所有|各位|任何|阅读|正在).{0,8}(?:AI|人工智能|模型|助手|机器人|摘要程序)|系统(?:提示|指令|消息)[:：]|(?:只|仅)(?:需)?(?:回答|输出|回复|返回).{0,12}(?:JSON|满分|true|false)|作为(?:一个|一名)?(?:AI|人工智能|语言模型|大模型|助手)[，,].{0,12}(?:你|请|必须|应)"
    ))
    .ok()
});

/// Quoted words are somebody else's.
static QUOTED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"“[^”\n]{0,300}”|「[^」\n]{0,300}」|"[^"\n{}:]{0,300} [^"\n{}:]{0,300}""#).ok()
});

/// The story without the paragraphs that give orders, and the first order found in it, verbatim.
pub fn without(story: Story) -> (Story, Option<String>) {
    let about =
        |item: &StoryItem| ABOUT_ATTACKS.as_ref().is_some_and(|pattern| pattern.is_match(&item.title));
    if story.items.iter().any(about) {
        return (story, None);
    }
    let mut first = None;
    let mut clean = |text: &str| -> Option<String> {
        let mut kept: Vec<&str> = Vec::new();
        let mut found = None;
        for line in text.split('\n') {
            match order_in(line) {
                Some(order) => found = found.or(Some(order)),
                None => kept.push(line),
            }
        }
        let found = found?;
        first.get_or_insert(found);
        Some(kept.join("\n"))
    };
    let items = story.items.into_iter().map(|mut item| {
        if let Some(text) = clean(&item.text) {
            item.text = text;
        }
        item
    });
    let items = items.collect();
    (Story { items, ..story }, first)
}

/// The order that a paragraph gives, if it does.
fn order_in(line: &str) -> Option<String> {
    let plain = QUOTED.as_ref().map_or(line.into(), |quoted| quoted.replace_all(line, "“…”"));
    let found = ORDER.as_ref()?.find(&plain)?;
    Some(found.as_str().trim().chars().take(MAX_QUOTE).collect())
}
