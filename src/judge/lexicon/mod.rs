//! The words by which rules judge, in English and Chinese. Patterns, not lists of names of a sample: each stands for a
//! way of speaking.

pub(super) mod mill;

use std::sync::LazyLock;

use regex::Regex;

use crate::model::Focus;

/// A pattern that is compiled once; one that does not compile never matches (a test compiles them all).
pub type Pattern = LazyLock<Option<Regex>>;

/// Compiles a pattern of both languages. `\b` means an edge of a word of Latin letters: Chinese puts no blank around one,
/// and a Chinese character counts as a letter otherwise.
pub fn compile(pattern: &str) -> Option<Regex> {
    Regex::new(&pattern.replace(r"\b", r"(?-u:\b)")).ok()
}

/// Shouting: promises of shock, end of the world, wonder.
pub static SENSATIONAL: Pattern = LazyLock::new(|| {
    compile(concat!(
        r"(?i)\b(?:you won'?t believe|mind[- ]?blowing|jaw[- ]dropping|insane(?:ly)?|game[- ]?chang(?:er|ing)|",
        r"changes? everything|will change (?:everything|the world|your life)|(?:is|are) (?:doomed|finished|toast)|\w+[- ]killer|kills? (?:chatgpt|google|openai|coding|programming|jobs)|",
        r"shock(?:s|ed|ing)? (?:the )?(?:world|industry|everyone|experts|silicon valley)|this changes|blows? (?:away|your mind)|secret(?:s)? (?:they|nobody|no one)|",
        r"nobody is talking about|the end of (?:programming|coding|work|jobs|google|software|developers)|unbelievable|crushes|destroys|obliterates|humanity'?s last|god[- ]?like|",
        r"just broke the internet|agi is (?:here|already)|terrif(?:ying|ies)|10x your|replace(?:s)? all (?:programmers|developers|engineers))",
        r"|震惊|炸裂|炸锅|沸腾|颠覆(?:一切|认知|行业|三观)|刷屏|疯传|逆天|史诗级|王炸|封神|碾压|吊打|秒杀|杀疯|杀手锏|太恐怖|细思极恐|惊呆|",
        r"彻底(?:改变|颠覆|凉)|要失业|饭碗不保|再见[，,！!]|天塌|一夜之间|全网|重磅|重大突破|遥遥领先|史上最强|地表最强|最强.{0,6}来了|不看后悔|速看|绝了|太强了|杀死了?比赛|新纪元|划时代"
    ))
});

/// Lists that are made to be clicked, and round-ups, which tell what others told.
pub static LIST_BAIT: Pattern = LazyLock::new(|| {
    compile(concat!(
        r"(?i)^\W*(?:the )?(?:top |best )?(?:\d{1,3}\+?|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty) (?:\w+[- ]){0,4}(?:tools?|prompts?|tricks?|hacks?|ways|reasons|tips|apps|things|websites|chrome extensions|secrets|ideas)\b",
        r"|^\W*\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\W*$|\b(?:daily|weekly|monthly) (?:digest|round-?up|briefing|recap|links)\b|\b(?:last|this) week in\b|(?:日报|早报|晚报|周报|周刊|一周速览|速递)(?:\s*[：:丨|#第]|$)",
        r"|^\W*(?:盘点|必看|收藏|建议收藏)|(?:这|最[好强火]的?)?\s*[\d一二三四五六七八九十百]+\s*(?:个|款|种|条|大|招)[^。]{0,12}(?:工具|神器|技巧|提示词|方法|理由|秘诀|网站|应用|玩法)"
    ))
});

/// Shows how a thing is done: a lesson, whatever it promises.
pub static HOW_TO: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)^\W*(?:how (?:to|we|i)\b|(?:a |an |the )?(?:\w+ )?(?:guide|tutorial|introduction|primer) to\b|show hn\b|ask hn\b)|教程|入门|实战|指南",
    )
});

/// Advertisements and announcements of the house's own events.
pub static PROMO: Pattern = LazyLock::new(|| {
    compile(concat!(
        r"(?i)\b(?:webinar|register now|sign up (?:today|now)|early[- ]bird|limited[- ]time|discount code|coupon|promo code|use code|sponsored (?:post|content)|we(?:'re| are) hiring|job opening|",
        r"book (?:a|your) demo|free trial today|join us (?:at|for|on)|save the date|(?:buy|get) your (?:ticket|pass)|giveaway|affiliate|this (?:feed|blog|site|channel|newsletter) (?:is no longer|has moved|was moved|has been (?:moved|retired)))\b",
        r"|\b\d{1,2}% off(?:\s*[.!,:;]|$| (?:for|with|until|all|your|any|every|today|tickets?|the (?:price|ticket|first|regular|course|annual|plan))\b)",
        r"|限时|优惠|立即报名|点击报名|扫码|免费领取|直播预告|训练营|招聘|加入我们|抽奖|领券|课程上线|商务合作|本文由.{0,12}赞助|推广"
    ))
});

/// What a paid text says of itself: once is enough.
pub static PAID: Pattern = LazyLock::new(|| {
    compile(concat!(
        r"(?im)\bthis (?:article|post|story|content|piece|page) (?:is|was|has been) (?:sponsored|paid for)\b|^\W*(?:sponsored|presented|brought to you) by\b|\b(?:sponsored|paid) (?:post|content|article|partnership)\b|\badvertorial\b",
        r"|本文(?:由.{0,12}赞助|为(?:广告|推广|商业合作))|(?:广告|推广)合作内容"
    ))
});

/// Unnamed people.
pub static ANONYMOUS: Pattern = LazyLock::new(|| {
    compile(concat!(
        r"(?i)\b(?:(?:people|person|sources?|employees?|insiders?) (?:who (?:asked|requested|declined)|familiar with|with (?:direct )?knowledge|close to|briefed on)|according to (?:sources|people|insiders|leaks?|a leak(?:ed)?|rumou?rs?)|",
        r"sources (?:say|said|told|claim)|rumou?rs? (?:ha(?:s|ve) it|suggests?|says?|that|claims?|about|swirl\w*)|rumou?red\b|(?:amid|on|of|denie[sd]|deny) (?:\w+ )?rumou?rs?\b|rumou?rs?:|reportedly|allegedly|leak(?:s|ed|er|ers) (?:suggest|show|reveal|document|screenshot|memo|claim)|unnamed|anonymous(?:ly)? (?:source|post|account|user|said)|speculat(?:e|ion)|is said to be)",
        r"|知情人士|消息人士|据传|传闻|爆料|网传|据悉.{0,10}(?:尚未|未)|内部人士|不愿具名|疑似|或将|曝光|传.{0,12}(?:将|正)"
    ))
});

/// Not there yet.
pub static FUTURE: Pattern = LazyLock::new(|| {
    compile(concat!(
        r"(?i)\b(?:coming soon|in the coming (?:weeks|months|years)|later this (?:year|decade)|plans? to (?:launch|release|build|ship|open)|will (?:soon|eventually|one day)|is set to (?:launch|release)|aims? to (?:launch|release|ship)|roadmap|teas(?:es|ed)|sneak peek|join the waitlist|waitlist)",
        r"|即将(?:推出|发布|上线|开源)|敬请期待|计划(?:于|在|推出|发布|年内)|未来(?:将|几个月|几年)|预计.{0,8}(?:发布|推出|上线)|年内(?:推出|发布)|预告"
    ))
});

/// The vendor about itself, in superlatives.
pub static SUPERLATIVE: Pattern = LazyLock::new(|| {
    compile(concat!(
        r"(?i)\b(?:world'?s (?:first|best|fastest|most|leading|smartest)|revolutionary|revolutioni[sz](?:e|es|ing)|groundbreaking|unprecedented|best[- ]in[- ]class|industry[- ]leading|cutting[- ]edge|next[- ]gen(?:eration)?|unrivall?ed|unmatched|state[- ]of[- ]the[- ]art|paradigm shift|reimagin(?:e|es|ing)|supercharg(?:e|es|ed|ing)|transformative|unparalleled|most (?:advanced|powerful|capable))",
        r"|全球(?:首个|首款|领先|第一|最)|业界(?:首个|领先|第一)|革命性|颠覆性|前所未有|国内首个|行业领先|赋能|引领|里程碑|最先进|最强大"
    ))
});

/// Something to touch.
pub static ARTIFACT: Pattern = LazyLock::new(|| {
    compile(concat!(
        r"(?i)(?:github\.com/|huggingface\.co/|arxiv\.org/|\b(?:open[- ]?sourc(?:e|ed|ing)|open[- ]weights?|weights (?:are|is|were)? ?(?:available|released|published|on|under)|released? (?:the )?(?:code|weights|model|dataset|checkpoints?)|code (?:is|and)? ?(?:available|released|published|at|on)|",
        r"(?:apache[- ]2|mit|bsd)[- ](?:2\.0 )?licen[cs]ed?|under (?:the )?(?:apache|mit|bsd)|technical report|model card|api (?:is )?(?:available|access|price|pricing)|per million (?:input |output )?tokens|generally available|pip install|docker (?:image|pull)|download(?:able|s)?|changelog|release notes|pre-?print|paper)\b)",
        r"|开源|开放(?:权重|下载|源代码|源码|API)|权重|代码(?:已|仓库|和|与|均)|论文|技术报告|接口(?:已|价格|定价)|API.{0,6}(?:开放|价格|定价|上线)|每百万|许可证|协议(?:开源|发布)|镜像|可下载|模型卡|数据集"
    ))
});

/// A measured comparison.
pub static BENCHMARK: Pattern = LazyLock::new(|| {
    compile(concat!(
        r"(?i)\b(?:mmlu|gpqa|swe[- ]?bench|humaneval|gsm8k|math[- ]?500|aime|mmmu|livecodebench|lmarena|arena elo|arc[- ]agi|hellaswag|mteb|imagenet|coco|librispeech|longbench|ruler|needle[- ]in[- ]a[- ]haystack|terminal[- ]?bench|benchmark(?:s|ed)?|baseline|ablation|compared (?:to|with)|versus|outperform(?:s|ed)?|tokens per second|perplexity)\b",
        r"|基准|评测|跑分|对比|相比|基线|消融|榜单|得分|准确率"
    ))
});

/// Somebody else measured it.
pub static INDEPENDENT: Pattern = LazyLock::new(|| {
    compile(concat!(
        r"(?i)\b(?:independent(?:ly)? (?:test|tests|tested|evaluat\w+|verif\w+|measur\w+|reproduc\w+|audit\w*|review\w*)|third[- ]party (?:test|evaluation|audit|benchmark)s?|reproduced by|replicat(?:ed|ion)|peer[- ]reviewed)",
        r"|第三方(?:评测|测试|机构|审计)|独立(?:评测|测试|验证|复现|审计)|复现"
    ))
});

/// Talks about progress.
pub static PROGRESS: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:launch\w*|releas\w+|announc\w+|introduc\w+|unveil\w*|breakthrough|improv\w+|faster|better|smarter|powerful)\b|发布|推出|上线|突破|升级|提升|领先",
    )
});

/// A number with its unit.
pub static MEASURED: Pattern = LazyLock::new(|| {
    compile(concat!(
        r"(?i)(?:[$€£¥￥]\s?\d[\d,.]*|\d[\d,]*(?:\.\d+)?\s?(?:%|percent\b|x\b|×|k\b|m\b|bn?\b|million\b|billion\b|trillion\b|tokens?\b|gb\b|tb\b|gib\b|mb\b|ms\b|seconds?\b|minutes?\b|hours?\b|gpus?\b|h100s?\b|parameters?\b|params\b|dollars?\b|points?\b|fps\b|gw\b|mw\b|watts?\b|bits?\b|times\b|layers?\b|languages?\b|customers?\b|users?\b)",
        r"|\d[\d.]*\s?(?:倍|万|亿|％|元|美元|个百分点|毫秒|秒|小时|张|块|卡|参数|字节|项|种语言|分|位))"
    ))
});

/// Anything about AI; a text of general press without it is off topic.
pub static ABOUT_AI: Pattern = LazyLock::new(|| {
    compile(concat!(
        r"(?i)\b(?:a\.?i\.?|agi|llms?|gpt[-\w.]*|chatgpt|claude|gemini|gemma|llama[-\w.]*|qwen[-\w.]*|deepseek[-\w.]*|mistral|mixtral|grok|kimi|copilot|openai|anthropic|hugging ?face|vllm|sglang|ollama|pytorch|tensorflow|jax|cuda|transformers?|diffusion|",
        r"\d+(?:\.\d+)?\s?b (?:model|parameter)s?|open[- ]weights?|vector (?:database|search|index)|system prompts?|on[- ]device models?|prompts?|artificial intelligence|machine learning|deep learning|neural|language models?|foundation models?|generative|multimodal|vision[- ]language|reinforcement learning|fine[- ]?tun\w+|inference|embeddings?|rag|retrieval[- ]augmented|agents?|agentic|chatbots?|text[- ]to[- ](?:image|video|speech)|speech recognition|quanti[sz]ation|mixture[- ]of[- ]experts|moe|attention|kv[- ]cache|tokens?|tokenizer|checkpoint|weights|gpus?|tpus?|npus?|robotics?|autonomous|benchmarks?|training|distill\w+|federated|differential privacy)\b",
        r"|人工智能|模型|提示词|开放权重|开源权重|语料|知识库|机器学习|深度学习|神经网络|生成式|多模态|智能体|推理|训练|微调|量化|向量|算力|显卡|文生图|文生视频|语音识别|机器人|自动驾驶|智驾|通义|文心|豆包|混元|智谱|月之暗面|阶跃|面壁|百川|零一万物|昇腾|寒武纪|联邦学习|差分隐私|具身"
    ))
});

/// Companies whose models or chips most of us depend on.
pub static BIG: Pattern = LazyLock::new(|| {
    compile(concat!(
        r"\b(?:OpenAI|Google|DeepMind|Anthropic|Microsoft|Meta|Apple|Amazon|AWS|NVIDIA|Nvidia|AMD|Intel|xAI|Mistral|DeepSeek|Qwen|Alibaba|Tencent|Baidu|ByteDance|Huawei|Moonshot|Hugging Face|IBM|Tesla|Samsung|TSMC)\b",
        r"|谷歌|微软|英伟达|苹果|亚马逊|阿里|腾讯|百度|字节|华为|深度求索|月之暗面|智谱|小米|美团"
    ))
});

/// A headline about courts, regulators and laws.
pub static LAW: Pattern = LazyLock::new(|| {
    compile(concat!(
        r"(?i)\b(?:courts?|judges? (?:rules?|orders?|dismiss\w*|blocks?|approves?)|lawsuits?|sues?|sued|suing|regulators?|antitrust|ftc|sec charges|european commission|competition authority|data protection authority|parliament|senate|congress|subpoena\w*|ruling|fines|fined|indict\w+|legislation|lawmakers)\b",
        r"|法院|法庭|起诉|诉讼|判决|判令|监管机构|监管部门|反垄断|罚款|立法|网信办|欧盟委员会|约谈"
    ))
});

/// Words of a text about a study.
pub static STUDY: Pattern = LazyLock::new(|| {
    compile(r"(?i)\b(?:papers?|pre-?print|study|researchers|authors)\b|论文|研究(?:者|人员|团队|表明)|预印本")
});

/// A headline about something given away to be used and changed.
pub static OPENED: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:open[- ]?sourc(?:es|ed|ing)|(?:releas|launch|publish)\w* .{0,60}\b(?:open[- ]source|open[- ]weights?|weights|source code)|(?:releas|launch|publish)\w* .{0,60}\bunder (?:the |an? )?(?:mit|apache|bsd|gpl)|open[- ]source release|goes open[- ]source)\b|开源",
    )
});

/// Terms of the three long-term questions.
pub static FOCUS: LazyLock<Vec<(Focus, Regex)>> = LazyLock::new(|| {
    let rows = [
        (
            Focus::Multimodal,
            concat!(
                r"(?i)\b(?:multi[- ]?modal\w*|vision[- ]language|vlms?|text[- ]to[- ](?:image|video|speech|audio|3d)|image (?:generation|understanding|editing)|video (?:generation|understanding)|speech (?:recognition|synthesis|model|to)|audio (?:model|generation|understanding)|ocr|visual (?:question|reasoning|grounding))\b",
                r"|多模态|文生图|文生视频|图文|视觉语言|语音(?:合成|识别|模型)|视频生成|图像(?:生成|理解)|音频"
            ),
        ),
        (
            Focus::Efficiency,
            concat!(
                r"(?i)\b(?:quanti[sz](?:ation|ed|e)|kv[- ]?cache|speculative decoding|sparse attention|linear attention|mixture[- ]of[- ]experts|moe|distill(?:ation|ed)|pruning|low[- ]rank|lora|throughput|latency|(?:inference|training|serving) (?:cost|costs|price|efficiency|speed)|cheaper|cost[- ](?:per|efficient|effective)|price cut|(?:4|8|2)-bit|int[48]|fp[48]|flash ?attention|batching|tokens per second|memory (?:footprint|usage|savings)|gpu hours?|half the (?:price|cost|memory))\b",
                r"|降本|量化|推理成本|训练成本|成本(?:下降|降低|减半)|降价|吞吐|时延|延迟|显存|稀疏注意力|投机解码|蒸馏|剪枝|混合专家|低秩|加速|算力成本|缓存"
            ),
        ),
        (
            Focus::Privacy,
            concat!(
                r"(?i)\b(?:privacy|private (?:deployment|cloud|inference|data)|on[- ]?prem(?:ises|ise)?|on[- ]device|local(?:ly)?[- ](?:run|hosted|running|models?|inference|first)|self[- ]host(?:ed|ing)?|federated|differential privacy|confidential comput\w+|homomorphic|air[- ]gapped|data (?:sovereignty|residency|protection|leak\w*|retention)|gdpr|personal data|runs? (?:entirely |fully )?(?:locally|offline|on (?:a )?(?:laptop|phone))|edge (?:device|deployment))\b",
                r"|隐私|私有(?:化|部署|云)|本地(?:部署|运行|化|模型|推理)|端侧|离线运行|联邦学习|差分隐私|机密计算|数据(?:安全|出境|合规|主权|泄露)|个人信息|内网"
            ),
        ),
    ];
    rows.into_iter().filter_map(|(focus, pattern)| Some((focus, compile(pattern)?))).collect()
});

/// The first match in `text`.
pub fn find<'a>(pattern: &Pattern, text: &'a str) -> Option<&'a str> {
    pattern.as_ref()?.find(text).map(|found| found.as_str())
}

/// How often it matches, at most `max`.
pub fn count(pattern: &Pattern, text: &str, max: usize) -> usize {
    pattern.as_ref().map_or(0, |pattern| pattern.find_iter(text).take(max).count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        for pattern in [
            &SENSATIONAL,
            &LIST_BAIT,
            &PROMO,
            &PAID,
            &HOW_TO,
            &ANONYMOUS,
            &FUTURE,
            &SUPERLATIVE,
            &ARTIFACT,
            &BENCHMARK,
            &INDEPENDENT,
            &PROGRESS,
            &MEASURED,
            &ABOUT_AI,
            &BIG,
        ] {
            assert!(pattern.is_some());
        }
        assert_eq!(FOCUS.len(), 3);
    }

    #[test]
    fn a_latin_word_is_a_word_beside_a_chinese_character_too() {
        assert_eq!(find(&ABOUT_AI, "蓝鲸AI手机亮相"), Some("AI"));
        assert_eq!(find(&ABOUT_AI, "新款GPU跑分公布"), Some("GPU"));
        assert_eq!(find(&BIG, "据Anthropic发布的报告"), Some("Anthropic"));
        assert_eq!(find(&BENCHMARK, "在MMLU上得到新高"), Some("MMLU"));
        assert_eq!(find(&SUPERLATIVE, "一份state-of-the-art的成绩"), Some("state-of-the-art"));
        assert!(
            FOCUS.iter().any(|(focus, words)| *focus == Focus::Efficiency && words.is_match("用LoRA微调"))
        );
        // Beside a letter, a digit or a low line it is part of a longer word, in both languages.
        for other in ["The maid said so", "MAIN函数", "Metallurgy", "Intelsat卫星", "他在_ai_里"] {
            assert_eq!(find(&ABOUT_AI, other).or(find(&BIG, other)), None, "{other}");
        }
    }

    #[test]
    fn shouting_is_heard_in_both_languages_and_plain_speech_is_not() {
        for loud in [
            "This insane model changes everything",
            "震惊！它彻底改变了编程",
            "10 AI tools you need",
            "Four AI apps that do your homework",
            "2026-03-17",
            "AI日报：多模态模型发布",
        ] {
            assert!(find(&SENSATIONAL, loud).or(find(&LIST_BAIT, loud)).is_some(), "{loud}");
        }
        for plain in [
            "Qwen releases 7B weights under Apache 2.0",
            "智谱开源新模型，权重可下载",
            "Killer whales and AI",
            "Four lessons from a year of serving models",
        ] {
            assert_eq!(find(&SENSATIONAL, plain).or(find(&LIST_BAIT, plain)), None, "{plain}");
        }
    }

    #[test]
    fn a_number_counts_with_its_unit_only() {
        assert_eq!(find(&MEASURED, "cut latency by 38% on H100"), Some("38%"));
        assert_eq!(find(&MEASURED, "成本降低到原来的3.5倍以下"), Some("3.5倍"));
        assert_eq!(find(&MEASURED, "founded in 2023 by two people"), None);
    }
}
